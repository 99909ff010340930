"""The pages on instruments: what is in use, how it is scored, and what the medical director adds."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mih.accounts.gate import opens, page
from mih.accounts.models import Staff
from mih.core import clock
from mih.core.errors import Invalid, NotFound
from mih.instruments import catalogue, selectors, services, shelf
from mih.instruments.definition import Definition
from mih.instruments.forms import form_for
from mih.instruments.models import INSTRUMENT, WORDING, UploadedFile
from mih.instruments.page_forms import SignForm, UploadForm, WithdrawForm
from mih.instruments.services import UnfitFile
from mih.instruments.wording import slots

SIGN = "instruments_sign"


@require_safe
@page("instruments")
def instrument_list(request: HttpRequest, staff: Staff) -> HttpResponseBase:
    """Every instrument with its version, state, license, languages and ages."""
    lines = shelf.shelf(clock.now())
    context = {
        "own": [line for line in lines if line.local],
        "shipped": [line for line in lines if not line.local],
        "may_upload": opens(staff, SIGN),
    }
    return render(request, "instruments/list.html", context)


@require_safe
@page("instruments")
def instrument_detail(
    request: HttpRequest, staff: Staff, key: str, number: int | None = None
) -> HttpResponseBase:
    """One instrument, to be read and tried: the version in use, or the version `number`."""
    at = clock.now()
    versions = shelf.versions_of(INSTRUMENT, key, at)
    row: UploadedFile | None = None
    if key in catalogue.shipped_keys():
        if number is not None and number not in catalogue.versions(key):
            raise _no_version()
        known = catalogue.current(key) if number is None else catalogue.definition(key, number)
    elif versions:
        row = _chosen(versions, number).row
        assert row is not None
        known = shelf.shown_definition(row)
    else:
        raise NotFound("There is no instrument of that name.", code="no_instrument")
    return render(request, "instruments/detail.html", _about(request, staff, known, row, versions))


@require_safe
@page("instruments")
def wording_detail(request: HttpRequest, staff: Staff, key: str, number: int) -> HttpResponseBase:
    """An instrument in the wording version `number`, to be read and tried."""
    row = shelf.uploaded(WORDING, key, number)
    known = shelf.shown_definition(row)
    versions = shelf.versions_of(WORDING, key, clock.now())
    return render(request, "instruments/detail.html", _about(request, staff, known, row, versions))


@require_safe
@page("instruments")
def uploaded_file(
    request: HttpRequest, staff: Staff, key: str, number: int, kind: str = INSTRUMENT
) -> HttpResponseBase:
    """An uploaded file to the letter."""
    row = shelf.uploaded(kind, key, number)
    name = f"{row.key}{'.wording' if kind == WORDING else ''}.v{row.number}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(row.source, content_type="application/json; charset=utf-8", headers=headers)


@require_http_methods(["GET", "POST"])
@page(SIGN)
def instrument_upload(request: HttpRequest, staff: Staff) -> HttpResponseBase:
    """Take in a file, or say everything that is wrong with it and keep nothing."""
    form = UploadForm(request.POST or None, request.FILES or None)
    problems: list[Any] = []
    if request.method == "POST":
        if form.is_valid():
            try:
                row = services.upload(source=form.cleaned_data["source"], by=staff, at=clock.now())
            except UnfitFile as unfit:
                problems = unfit.problems[:100]
                form = UploadForm(initial={"text": form.cleaned_data["source"]})
            else:
                messages.success(
                    request,
                    "The file is sound and kept. Try it here, then sign it: until then nobody is offered it.",
                )
                return redirect(_address(row))
        else:
            problems = [error for errors in form.errors.values() for error in errors]
            form = UploadForm()
    status = 400 if request.method == "POST" else 200
    return render(request, "instruments/upload.html", {"form": form, "problems": problems}, status=status)


@require_POST
@page(SIGN)
def instrument_sign(
    request: HttpRequest, staff: Staff, key: str, number: int, kind: str = INSTRUMENT
) -> HttpResponseBase:
    """Sign a version as medical director."""
    row = shelf.uploaded(kind, key, number)
    form = SignForm(request.POST)
    if not form.is_valid():
        messages.error(request, f"Not signed. {_first_error(form)}")
        return redirect(_address(row))
    try:
        done = services.sign(
            file=row, by=staff, at=clock.now(), effective_from=form.cleaned_data["effective_from"]
        )
    except Invalid as refused:
        messages.error(request, f"Not signed. {refused.sentence}")
        return redirect(_address(row))
    later = done.effective_from is not None and done.effective_from > clock.now()
    messages.success(request, f"Signed. {done} {'takes effect on its day' if later else 'is in use'}.")
    return redirect(_address(done))


@require_POST
@page(SIGN)
def instrument_withdraw(
    request: HttpRequest, staff: Staff, key: str, number: int, kind: str = INSTRUMENT
) -> HttpResponseBase:
    """Stop offering a version, with the reason."""
    row = shelf.uploaded(kind, key, number)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        messages.error(request, f"Not withdrawn. {_first_error(form)}")
        return redirect(_address(row))
    services.withdraw(file=row, reason=form.cleaned_data["reason"], by=staff, at=clock.now())
    messages.success(request, f"Withdrawn. {row} is offered no more; records that hold it keep it.")
    return redirect(_address(row))


@require_POST
@page(SIGN)
def instrument_remove(
    request: HttpRequest, staff: Staff, key: str, number: int, kind: str = INSTRUMENT
) -> HttpResponseBase:
    """Take out an upload that nobody signed."""
    row = shelf.uploaded(kind, key, number)
    services.remove(file=row, by=staff)
    messages.success(request, f"Removed. {row} was never signed.")
    return redirect("instruments:list")


def _about(
    request: HttpRequest,
    staff: Staff,
    known: Definition,
    row: UploadedFile | None,
    versions: list[shelf.Version],
) -> dict[str, Any]:
    asked = request.GET.get("language", "en")
    language = asked if asked in known.languages else "en"
    state = shelf.state_of(row, clock.now()) if row else "shipped"
    signs = opens(staff, SIGN)
    is_wording = row is not None and row.kind == WORDING
    return {
        "known": known,
        "row": row,
        "state": shelf.Version(known.version, state, row),
        "is_wording": is_wording,
        "versions": versions,
        "shipped_versions": catalogue.versions(known.key) if known.key in catalogue.shipped_keys() else (),
        "waits_for_wording": slots(known),
        "wordings": [] if is_wording else shelf.versions_of(WORDING, known.key, clock.now()),
        "languages": [(code, shelf.LANGUAGES.get(code, code)) for code in known.languages],
        "language": language,
        "ages": shelf.age_words(known),
        "rules": shelf.rules(known),
        "form": form_for(known, language)(),
        "document": _document(known, row),
        "placement": selectors.placement_of(row.pk) if row and not is_wording else None,
        "sign_form": SignForm(auto_id="sign-%s") if signs and state == "waiting" else None,
        "withdraw_form": WithdrawForm(auto_id="withdraw-%s")
        if signs and state in ("planned", "in_force")
        else None,
        "may_upload": signs,
    }


def _document(known: Definition, row: UploadedFile | None) -> dict[str, Any]:
    """The definition for the browser's engine."""
    if row is not None and row.kind == INSTRUMENT:
        return selectors.definition_part(selectors.content(row.pk))
    return catalogue.document(known.key, known.version)


def _chosen(versions: list[shelf.Version], number: int | None) -> shelf.Version:
    if number is None:
        in_force = [each for each in versions if each.state == "in_force"]
        return (in_force or versions)[0]
    for each in versions:
        if each.number == number:
            return each
    raise _no_version()


def _no_version() -> NotFound:
    return NotFound("There is no such version of this instrument.", code="no_instrument_version")


def _first_error(form: Any) -> str:
    return str(next(iter(form.errors.values()))[0])


def _address(row: UploadedFile) -> str:
    name = "instruments:wording" if row.kind == WORDING else "instruments:version"
    return reverse(name, args=[row.key, row.number])
