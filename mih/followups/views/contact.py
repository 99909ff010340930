"""The contact screen: everything needed to make one contact well, and the form that keeps what came of it."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from mih.accounts.models import Staff
from mih.core import clock
from mih.core.errors import Invalid, NotAllowed, Stale
from mih.followups import services
from mih.followups.forms import AttemptForm, CloseForm, DecideForm, DischargeForm
from mih.followups.models import ContactDue, ContactStatus, Escalation
from mih.followups.models.attempt import CHANNELS
from mih.followups.models.contact import OUTCOMES
from mih.followups.permissions import Channel
from mih.followups.selectors import ContactBrief, contact_brief, day_word
from mih.followups.selectors.consequences import NOT_REACHED, Consequences, consequences
from mih.followups.selectors.summary import person_summary
from mih.followups.services.access import found
from mih.followups.services.closing import safety_codes
from mih.followups.services.escalations import DECISIONS
from mih.followups.views.line import may_put_off, rights
from mih.followups.views.queue import queue_url
from mih.followups.views.words import due_state, hours
from mih.privacy import policy
from mih.privacy.desk import put_in
from mih.privacy.web import page_required, staff_of
from mih.protocols.selectors import in_force

ICONS = {
    "call": "phone",
    "voicemail": "voicemail",
    "text": "message",
    "email": "mail",
    "mail": "mail",
    "third_party": "people-help",
    "in_person": "home",
    "incoming": "bell",
}


@require_GET
@page_required("queue")
def contact_page(request: HttpRequest, contact: UUID) -> HttpResponse:
    """One contact. The look at the person is logged."""
    return _screen(request, contact)


@require_POST
@page_required("contact_work")
def contact_attempt(request: HttpRequest, contact: UUID) -> HttpResponse:
    """Keep an attempt, say what follows, and go on: to the queue, or back here when something waits here."""
    staff, at = staff_of(request), clock.now()
    form = AttemptForm(request.POST)
    if not form.is_valid():
        return _screen(request, contact, attempt_form=form, status=400)
    given = {name: value for name, value in form.cleaned_data.items() if value not in ("", None)}
    try:
        done = services.record_attempt(contact=contact, by=staff, at=at, **given)
    except (Invalid, NotAllowed, Stale) as refusal:
        put_in(form, refusal)
        return _screen(request, contact, attempt_form=form, status=refusal.status)
    outcome = dict(OUTCOMES)[done.attempt.outcome].lower()
    messages.success(request, f"Kept: {outcome}. {done.next.sentence}")
    if done.next.kind in ("escalated", "on_hold", "sign_off"):
        return redirect("contact", contact=contact)
    return redirect(queue_url(request))


@require_POST
@page_required("contact_work")
def contact_decide(request: HttpRequest, contact: UUID, action: str) -> HttpResponse:
    """Keep what was decided about one action of the escalation."""
    escalation = Escalation.objects.filter(contact=contact).first()
    form = DecideForm(request.POST, decisions=list(DECISIONS.get(action, {}).items()))
    if escalation is None or not form.is_valid():
        messages.error(request, "Nothing was kept. Choose one of the decisions.")
        return redirect("contact", contact=contact)
    try:
        services.decide_escalation(
            escalation=escalation.pk, action=action, by=staff_of(request), at=clock.now(), **form.cleaned_data
        )
    except (Invalid, Stale) as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, "The decision is kept.")
    return redirect("contact", contact=contact)


@require_POST
@page_required("contact_work")
def contact_close(request: HttpRequest, contact: UUID) -> HttpResponse:
    """End a contact that will not be made."""
    form = CloseForm(request.POST)
    if form.is_valid():
        try:
            services.close_contact(contact=contact, by=staff_of(request), at=clock.now(), **form.cleaned_data)
        except (Invalid, Stale) as refusal:
            put_in(form, refusal)
        else:
            messages.success(request, "The contact is closed.")
            return redirect(queue_url(request))
    return _screen(request, contact, close_form=form, status=400)


@require_POST
@page_required("contact_work")
def contact_discharge(request: HttpRequest, contact: UUID) -> HttpResponse:
    """The person left the facility or custody: what waited gets its times."""
    row = found(contact)
    form = DischargeForm(request.POST)
    if form.is_valid():
        moment = min(form.cleaned_data["at"], clock.now())
        try:
            services.release_from_facility(episode=row.episode_id, at=moment, by=staff_of(request))
        except (Invalid, Stale) as refusal:
            put_in(form, refusal)
        else:
            messages.success(request, "The release is kept. The contacts that waited have their times now.")
            return redirect("contact", contact=contact)
    return _screen(request, contact, discharge_form=form, status=400)


def _screen(request: HttpRequest, contact: UUID, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The whole screen; `forms` stand in for the empty ones when something was wrong with them."""
    staff, at = staff_of(request), clock.now()
    policy.open_person(staff, found(contact).person_id, surface="contact", purpose="follow_up")
    brief = contact_brief(staff, contact, at=at)
    row = brief.contact
    context = {
        "brief": brief,
        "contact": row,
        "person": row.person,
        "age": row.person.age_on(clock.local(at).date()),
        "state": due_state(row, at),
        "hours": hours(brief.permissions),
        "summary": person_summary(staff, row.episode),
        "phones": _phones(row),
        "attempt_form": AttemptForm(),
        "close_form": CloseForm(),
        "discharge_form": DischargeForm(initial={"at": at}),
        **_actions(brief, staff),
        **_ending(row, staff),
        "mine": row.claimed_by_id == staff.pk,
        "snoozed": row.snoozed_until is not None and row.snoozed_until > at,
        "may_put_off": may_put_off(row, at),
        "queue_url": queue_url(request),
        **rights(staff),
        **forms,
    }
    if context["can_work"] and not row.is_finished and row.status != ContactStatus.ON_HOLD:
        follows = consequences(row, at=at)
        context |= {"channels": _channels(brief), "outcomes": _outcomes(brief, follows), "follows": follows}
    return render(request, "followups/contact.html", context, status=status)


def _phones(row: ContactDue) -> list[Any]:
    preferences = getattr(row.person, "contact", None)
    return (
        [number for number in (preferences.phone, preferences.second_phone) if number] if preferences else []
    )


def _channels(brief: ContactBrief) -> list[dict[str, Any]]:
    """The ways to choose from. One the person has not agreed to cannot be chosen; one out of hours needs a reason."""
    verdicts = {line.channel.value: line for line in brief.channels}
    found = []
    for key, words in CHANNELS:
        line = verdicts.get(key)
        barred = line is not None and not line.allowed and line.code != "reason_needed"
        sentence = line.sentence if line is not None and not line.allowed else ""
        found.append({"key": key, "words": words, "icon": ICONS[key], "barred": barred, "sentence": sentence})
    return found


def _outcomes(brief: ContactBrief, follows: Consequences) -> list[tuple[str, list[dict[str, Any]]]]:
    """The outcomes in three groups, each with what it sets in motion."""
    barred = {"voicemail_left": Channel.VOICEMAIL, "text_sent": Channel.TEXT}
    refused = {line.channel for line in brief.channels if not line.allowed and line.code != "reason_needed"}
    words = dict(OUTCOMES)

    def each(keys: tuple[str, ...]) -> list[dict[str, Any]]:
        return [
            {
                "key": key,
                "words": words[key],
                "follows": follows.of(key),
                "barred": barred.get(key) in refused,
            }
            for key in keys
        ]

    return [
        ("Spoke with the person", each(("reached", "declined"))),
        ("Not reached", each(NOT_REACHED)),
        ("Learned where they are", each(("in_facility", "in_custody", "deceased"))),
    ]


def _actions(brief: ContactBrief, staff: Staff) -> dict[str, Any]:
    """What the escalation asks for, and which of it the reader may decide."""
    if brief.escalation is None:
        return {}
    may_act = bool(policy.page(staff, "contact_work")) and not brief.contact.is_finished
    lines = []
    for action in brief.escalation.actions:
        decided = action.get("decision")
        mine = may_act and not decided and (not action["roles"] or staff.role in action["roles"])
        choices = DECISIONS.get(action["code"], {})
        lines.append(
            {
                **action,
                "decided": choices.get(decided, decided) if decided else "",
                "for": " or ".join(action["roles"]).replace("_", " "),
                "form": DecideForm(decisions=list(choices.items()), auto_id=f"{action['code']}-%s")
                if mine
                else None,
            }
        )
    return {
        "escalation": brief.escalation,
        "actions": lines,
        "decide_by": f"Decide {_by(brief.escalation.due_at, clock.now())}",
    }


def _by(due: datetime, at: datetime) -> str:
    """Until when, in words; midnight is the end of the day before it."""
    there = clock.local(due)
    if due <= at:
        return f"now, it was due {day_word(due, at)}"
    if there.time() == time():
        return f"by the end of {day_word(due - timedelta(minutes=1), at)}"
    return f"by {day_word(due, at)} {there:%H:%M}"


def _ending(row: ContactDue, staff: Staff) -> dict[str, Any]:
    """Who may end this contact without making it."""
    at = clock.now()
    critical = bool(safety_codes(at).intersection(row.triggers))
    deciders = in_force("unreachable", at)["welfare_check_roles"]
    return {"critical": critical, "may_end": not critical or staff.role in deciders}
