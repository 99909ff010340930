"""The registry line of a referral, and what referrals add to an encounter's facts."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms

from mih.encounters.facts import Facts, ReferralMade
from mih.encounters.findings import Gap
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.picture import Picture
from mih.encounters.registry import registry
from mih.referrals.forms import ReferralForm
from mih.referrals.models import Referral, ReferralLoop
from mih.referrals.services import begin_loop

if TYPE_CHECKING:
    from mih.accounts.models import Staff


class ReferralOnScene(OnSceneForm):
    """A referral to a partner. Several may be made in one response, each with its own consent."""

    key, title, icon = "referral", "Referral", "send"
    model = Referral
    section, group, order = "referral", "Plan and referrals", 30
    repeatable, add_label = True, "Make another referral"
    related = ("partner", "loop")
    alone = True

    def form_class(self) -> type[forms.BaseForm]:
        return ReferralForm

    def carried(self, entry: Any) -> frozenset[str]:
        return super().carried(entry) | {"loop", "segment"}

    def derive(self, entry: Referral, picture: Picture) -> None:
        """The partner's category unless another was chosen; a referral to MAT says that there is substance use."""
        if entry.partner and not entry.category:
            entry.category = entry.partner.category
        entry.segment = "sud" if entry.category == "mat" else "general"
        if entry._state.adding and entry.replaces:
            begin_loop(entry)  # a correction carries the loop on, with what it corrects
        elif entry._state.adding:
            entry.loop = ReferralLoop.objects.create(pk=entry.pk, created_at=entry.recorded_at)

    def check(self, entry: Referral, picture: Picture) -> dict[str, str]:
        if entry.sent_at and entry.appointment_at and entry.appointment_at < entry.sent_at:
            return {"appointment_at": "The appointment is before the referral was sent. Check the two times."}
        return {}

    def gaps(self, entry: Referral, picture: Picture) -> Iterable[Gap]:
        if not entry.to:
            yield self.gap(entry, "partner", "Referral: choose the partner, or write its name.")
        if not entry.category:
            yield self.gap(entry, "category", "Referral: choose what kind of help it is for.")
        if entry.consent_given is None:
            yield self.gap(entry, "consent_given", "Referral: say whether the person agrees to it.")
        if entry.consent_given and not entry.sent_at:
            yield self.gap(entry, "sent_at", "Referral: say when it was sent.")
        if entry.consent_given is False and entry.sent_at and entry.how != "given":
            yield self.gap(
                entry,
                "consent_given",
                "Referral: it was sent without the person's agreement. Tell your supervisor.",
                code="sent_without_consent",
                blocking=False,
            )

    def on_signed(self, entry: Referral, *, by: "Staff", at: datetime) -> None:
        begin_loop(entry)

    def happened_at(self, entry: Referral) -> datetime | None:
        return entry.sent_at or entry.happened_at

    def summary(self, entry: Referral) -> str:
        return entry.to or entry.get_category_display() or self.title


@registry.facts
def referrals_made(picture: Picture, facts: Facts) -> None:
    """Each referral with what is known of it now. One the person did not agree to, or that is closed, is not open."""
    for entry in picture.all("referral"):
        loop: ReferralLoop = entry.loop
        facts.referrals.append(
            ReferralMade(
                entry=loop.pk,
                partner=entry.to,
                category=entry.category,
                created_at=entry.sent_at or entry.happened_at or entry.recorded_at,
                appointment_at=loop.appointment_at or entry.appointment_at,
                open=entry.consent_given is not False and not loop.is_closed,
            )
        )


registry.add(ReferralOnScene())
