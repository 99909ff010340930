"""What the pages of the desk share: where to go back to, dialogs, and a refusal shown in the form it belongs to."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from mih.core.errors import Refused


def wants_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page, such as a dialog, and not for the page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def back(request: HttpRequest, otherwise: str) -> str:
    """The page of ours to go back to: named by the form, or the one a dialog was opened on; else `otherwise`."""
    wanted = request.POST.get("next") or request.GET.get("next") or request.headers.get("HX-Current-URL", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return "/" + wanted.split("//", 1)[-1].partition("/")[2] if "//" in wanted else wanted
    return otherwise


def put_in(form: forms.BaseForm, refusal: Refused) -> None:
    """Write a service's refusal beside the fields it speaks of, or over the form."""
    named = {name: sentence for name, sentence in refusal.fields.items() if name in form.fields}
    for name, sentence in named.items():
        form.add_error(name, sentence)
    if not named:
        form.add_error(None, refusal.sentence)


def form_page(
    request: HttpRequest,
    template: str,
    form: forms.BaseForm,
    *,
    refusal: Refused | None = None,
    otherwise: str,
    **context: Any,
) -> HttpResponse:
    """A page with one form, or the same in a dialog. `otherwise`: where cancelling leads when nothing better is known."""
    if refusal:
        put_in(form, refusal)
    status = refusal.status if refusal else 400 if form.is_bound and form.errors else 200
    layout = "desk/dialog.html" if wants_part(request) else "base_desk.html"
    context |= {"form": form, "layout": layout, "next": back(request, otherwise)}
    return render(request, template, context, status=status)


def not_kept(request: HttpRequest, refusal: Refused, *, words: str, otherwise: str) -> HttpResponse:
    """A page that says why nothing was kept and shows the words that were typed, so that they can be copied."""
    context = {"sentence": refusal.sentence, "words": words, "next": back(request, otherwise)}
    return render(request, "desk/your_words.html", context, status=refusal.status)
