"""The forms of the credentials page."""

from typing import Any

from django import forms

from mih.accounts.models import Staff
from mih.protocols.policy import Policy


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class SupervisorField(forms.ModelChoiceField[Staff]):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.signature_name)


class AddForm(forms.Form):
    """A license or certification to record."""

    kind = forms.ChoiceField(label="License or certification")
    number = forms.CharField(max_length=40, required=False)
    issuer = forms.CharField(
        max_length=120, required=False, help_text="Left empty: the usual issuer of this kind."
    )
    issued_on = forms.DateField(label="Issued", required=False, widget=DayInput())
    expires_on = forms.DateField(
        label="Last day it stands", required=False, widget=DayInput(), help_text="Left empty: it has no end."
    )
    supervisor = SupervisorField(
        Staff.objects.none(), required=False, empty_label="Nobody", help_text="Where the board asks for one."
    )
    scope_note = forms.CharField(label="Scope note", max_length=200, required=False)

    def __init__(self, *args: Any, of: Staff, policy: Policy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.policy = policy
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [("", "Choose"), *((name, name) for name in policy["kinds"])]
        supervisor = self.fields["supervisor"]
        assert isinstance(supervisor, SupervisorField)
        world = Staff.objects.filter(
            is_active=True, role__in=("supervisor", "clinician", "ladc", "medical_director")
        )
        world = (
            world.filter(programme__is_practice=True)
            if of.in_practice
            else world.exclude(programme__is_practice=True)
        )
        supervisor.queryset = world.exclude(pk=of.pk).order_by("first_name", "last_name")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("kind") and not given.get("issuer"):
            given["issuer"] = self.policy["kinds"][given["kind"]]["issuer"]
        return given


class RenewForm(forms.Form):
    """A renewal."""

    issued_on = forms.DateField(
        label="Renewed from",
        required=False,
        widget=DayInput(),
        help_text="Left empty: the day after the old one ends.",
    )
    expires_on = forms.DateField(label="Last day it stands", widget=DayInput())


class SuspendForm(forms.Form):
    """A suspension, from a day on."""

    on = forms.DateField(label="Suspended from", widget=DayInput())
    reason = forms.CharField(label="Why", max_length=200)


class ReinstateForm(forms.Form):
    """The end of a suspension."""

    on = forms.DateField(label="Stands again from", widget=DayInput())
