"""The forms of follow-up: narrowing the queue, recording an attempt, putting off, handing on, deciding and ending."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from mih.accounts.models import Staff, Team
from mih.core import clock
from mih.core.ids import uuid7
from mih.core.moments import LocalMomentField
from mih.followups.models.attempt import CHANNELS
from mih.followups.models.contact import OUTCOMES
from mih.followups.selectors import day_word
from mih.privacy.pages import PAGES

CLOSINGS = (
    ("unable", "It could not be made"),
    ("declined", "The person declined"),
    ("not_needed", "It is no longer needed"),
)
ELSE = "else"


class AttemptForm(forms.Form):
    """One attempt, as the person who made it tells it. What goes with what is the service's to judge."""

    channel = forms.ChoiceField(label="How", choices=CHANNELS, widget=forms.RadioSelect)
    outcome = forms.ChoiceField(label="What came of it", choices=OUTCOMES, widget=forms.RadioSelect)
    spoke_with = forms.CharField(label="Spoke with", max_length=120, required=False)
    wording = forms.CharField(
        label="Words left, if not the ones above",
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    note = forms.CharField(
        label="Note", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    outside_hours_reason = forms.CharField(
        label="Why it could not wait",
        max_length=200,
        required=False,
        help_text="Needed outside the hours for contacting this person.",
    )
    happened_at = LocalMomentField(label="When, if not now", required=False)
    attempt = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("attempt", uuid7())
        super().__init__(*args, **kwargs)


class SnoozeForm(forms.Form):
    """Until when, and why."""

    moment = forms.ChoiceField(label="Until", widget=forms.RadioSelect)
    until = LocalMomentField(label="Another time", required=False)
    reason = forms.CharField(label="Why", max_length=200)

    def __init__(self, *args: Any, moments: Sequence[datetime], at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.moments = {moment.isoformat(): moment for moment in moments}
        self.fields["moment"].choices = [  # type: ignore[attr-defined]
            *((key, _moment_words(moment, at)) for key, moment in self.moments.items()),
            (ELSE, "Another time"),
        ]
        self.fields["moment"].initial = next(iter(self.moments), ELSE)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        chosen = self.moments.get(given.get("moment", ""))
        if chosen:
            given["until"] = chosen
        elif "until" not in self.errors and "moment" not in self.errors and not given.get("until"):
            self.add_error("until", "Choose until when.")
        return given


class RecipientField(forms.ChoiceField):
    """Who is given work: a colleague, or on purpose nobody. Cleans to the member of staff, or None for the team."""

    TEAM = "team"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.colleagues: dict[str, Staff] = {}

    def offer(self, staff: Staff) -> None:
        """Offer the colleagues of `staff`'s world who may be given contacts."""
        self.colleagues = {str(member.pk): member for member in workers(staff)}
        self.choices = [
            ("", "Choose"),
            (self.TEAM, "Nobody: back to the team"),
            *((key, member.signature_name) for key, member in self.colleagues.items()),
        ]

    def clean(self, value: Any) -> Staff | None:
        return self.colleagues.get(super().clean(value))


class ReassignForm(forms.Form):
    """To whom contacts go."""

    contact = forms.TypedMultipleChoiceField(widget=forms.MultipleHiddenInput)
    to = RecipientField(label="Give to")
    team: forms.ModelChoiceField[Team] = forms.ModelChoiceField(
        Team.objects.none(), label="Team", required=False, empty_label="Stays with its team"
    )

    def __init__(self, *args: Any, staff: Staff, contacts: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].choices = [(pk, pk) for pk in contacts]  # type: ignore[attr-defined]
        self.fields["contact"].initial = list(contacts)
        self.fields["to"].offer(staff)  # type: ignore[attr-defined]
        self.fields["team"].queryset = Team.objects.filter(  # type: ignore[attr-defined]
            programme__is_practice=staff.in_practice
        ).order_by("name")


class CloseForm(forms.Form):
    """Why a contact ends without being made."""

    outcome = forms.ChoiceField(label="Why it ends", choices=CLOSINGS, widget=forms.RadioSelect)
    note = forms.CharField(label="What happened", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class DischargeForm(forms.Form):
    """When the person was discharged or released."""

    at = LocalMomentField(label="Discharged or released at")


class DecideForm(forms.Form):
    """What was decided about one action of an escalation."""

    decision = forms.ChoiceField(label="Decision", widget=forms.RadioSelect)
    note = forms.CharField(label="Note", max_length=300, required=False)

    def __init__(self, *args: Any, decisions: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = list(decisions)  # type: ignore[attr-defined]


def workers(staff: Staff) -> QuerySet[Staff]:
    """Colleagues of `staff`'s world who may be given contacts, by name."""
    practice = Q(programme__is_practice=True)
    rows = Staff.objects.filter(practice if staff.in_practice else ~practice, is_active=True)
    return rows.filter(role__in=PAGES["contact_work"]).order_by("first_name", "last_name", "username")


def _moment_words(moment: datetime, at: datetime) -> str:
    return f"{day_word(moment, at)}, {clock.local(moment):%H:%M}".capitalize()
