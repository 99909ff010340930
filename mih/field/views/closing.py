"""The end of a response: what is missing, the signature, the record as signed, and what is added to it."""

from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views import View

from mih.core import clock
from mih.core.errors import Refused
from mih.encounters.models import Entry, EntryStatus
from mih.encounters.registry import registry
from mih.encounters.services import amendments, signing
from mih.field.dressing import dress
from mih.field.forms import AddendumForm
from mih.field.opening import Opened, opened
from mih.field.record import attachments, follow_ups, given_signatures, plan_to_hand_over, sections
from mih.field.views.base import FieldPage
from mih.field.views.workspace import live_context
from mih.privacy import policy


class Review(FieldPage, View):
    """Everything missing before signing, each a tap from its field."""

    def get(self, request: HttpRequest, encounter: UUID) -> HttpResponse:
        seen = opened(self.staff, encounter, surface="field_review")
        if seen.encounter.is_signed:
            return redirect("field-record", encounter)
        return self.show("field/review.html", **review_context(seen))


class Sign(FieldPage, View):
    """Sign the response."""

    def post(self, request: HttpRequest, encounter: UUID) -> HttpResponse:
        seen = opened(self.staff, encounter, surface="field_sign")
        policy.demand(seen.writing)
        try:
            signing.sign(encounter=encounter, by=self.staff, at=clock.now())
        except Refused as refusal:
            again = opened(self.staff, encounter, surface="field_review")
            if again.encounter.is_signed:
                return redirect("field-record", encounter)
            return self.show(
                "field/review.html", refusal.status, refusal=refusal.sentence, **review_context(again)
            )
        return redirect("field-record", encounter)


class SignOwn(FieldPage, View):
    """Sign one's own sections of a response somebody else leads."""

    def post(self, request: HttpRequest, encounter: UUID) -> HttpResponse:
        seen = opened(self.staff, encounter, surface="field_sign")
        policy.demand(seen.writing)
        try:
            signing.sign_own(encounter=encounter, by=self.staff, at=clock.now())
        except Refused as refusal:
            again = opened(self.staff, encounter, surface="field_review")
            return self.show(
                "field/review.html", refusal.status, refusal=refusal.sentence, **review_context(again)
            )
        return redirect("field-review", encounter)


class RecordPage(FieldPage, View):
    """The signed record, read-only, with its addenda and the follow-ups it led to."""

    page = "chart"

    def get(self, request: HttpRequest, encounter: UUID) -> HttpResponse:
        seen = opened(self.staff, encounter, surface="field_record")
        return self.show("field/record.html", **record_context(seen), form=dress(AddendumForm()))


class AddAddendum(FieldPage, View):
    """Add what was learned after signing."""

    page = "chart"

    def post(self, request: HttpRequest, encounter: UUID) -> HttpResponse:
        seen = opened(self.staff, encounter, surface="field_record")
        form = dress(AddendumForm(request.POST))
        if not form.is_valid():
            return self.show("field/record.html", 400, **record_context(seen), form=form)
        amendments.add_addendum(encounter=seen.encounter, by=self.staff, at=clock.now(), **form.cleaned_data)
        return redirect("field-record", encounter)


def review_context(seen: Opened) -> dict[str, Any]:
    """What stands between the response and its signature, by form."""
    found = signing.review(seen.picture, by=seen.staff)
    order = {form.key: rank for rank, form in enumerate(registry)}
    ranked = sorted(found.gaps, key=lambda gap: (not gap.blocking, order.get(gap.form, 999)))
    groups = [
        {"title": registry[key].title if key in registry else "The response", "gaps": list(gaps)}
        for key, gaps in groupby((gap for gap in ranked if gap.blocking), key=lambda gap: gap.form)
    ]
    own = [
        entry
        for _, entry in seen.picture.entries
        if isinstance(entry, Entry) and entry.author_id == seen.staff.pk and not entry.is_frozen
    ]
    attached = attachments(seen)
    return live_context(seen, "") | {
        "review": found,
        "groups": groups,
        "advice": [gap for gap in ranked if not gap.blocking],
        "missing_count": len(found.blocking) + len(found.alarms),
        "signatures": signatures(seen),
        "may_sign": bool(policy.section(seen.staff, "disposition", "S")) and seen.writable,
        "own_sections": len(own),
        "given_signatures": given_signatures(seen),
        "plan": plan_to_hand_over(seen),
        "attachments": attached,
        "attachments_waiting": sum(each.state == "waiting" for each in attached),
        "title": "Review and sign",
    }


def signatures(seen: Opened) -> list[dict[str, Any]]:
    """Who signs what: each entry's section with its signature as it stands or as it is expected."""
    rows = []
    for key, entry in seen.picture.entries:
        if not isinstance(entry, Entry):
            continue
        spec = registry[key]
        cosign = policy.needs_cosign(entry.author, spec.section)
        rows.append(
            {
                "spec": spec,
                "entry": entry,
                "cosign": cosign,
                "state": _signature_state(entry, cosign, signable=policy.signs(seen.staff, spec.section)),
            }
        )
    return rows


def _signature_state(entry: Entry, cosign: bool, *, signable: bool) -> str:
    if entry.status == EntryStatus.COSIGNED and entry.cosigned_by:
        return f"Co-signed by {entry.cosigned_by.signature_name}"
    if entry.status == EntryStatus.AWAITING_COSIGN:
        return "Waits for co-signature"
    if entry.is_frozen and entry.signed_by:
        return f"Signed by {entry.signed_by.signature_name}"
    if cosign:
        return f"{entry.author.display_name} signs; a co-signature follows"
    return "Signed with the response" if signable else f"{entry.author.display_name} signs this section"


def record_context(seen: Opened) -> dict[str, Any]:
    """The record as it stands."""
    return live_context(seen, "") | {
        "sections": sections(seen),
        "plan": plan_to_hand_over(seen),
        "attachments": attachments(seen),
        "addenda": seen.encounter.addenda.select_related("by").order_by("at"),
        "follow_ups": follow_ups(seen),
        "signatures": signatures(seen),
        "may_add": bool(seen.writing),
        "title": "Signed record" if seen.encounter.is_signed else "Record",
    }
