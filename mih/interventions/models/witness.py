"""A second person's own sign-in for controlled stock, beside the colleague whose work it is."""

from django.db import models
from django.db.models import F, Q

from mih.accounts.models import Staff
from mih.audit.history import append_only
from mih.core import clock
from mih.core.models import Record, choices
from mih.encounters.models import Encounter

ACTS = choices(("dose", "Dose given"), ("waste", "Waste of a dose"), ("ledger", "Lines of the supply ledger"))
HOW = choices(
    ("password", "Own password on the same device"),
    ("password_code", "Own password and code on the same device"),
    ("own_session", "Signed in on their own device"),
    ("carried", "Carried over: a correction changed nothing they saw"),
)


@append_only
class SecondPerson(Record):
    """One sign-in of a second person, or one try that failed (`accepted` false). No password is ever kept.

    `subject`: the dose, or the `act` of ledger lines. `digest`: what they saw of a dose; a dose changed later needs them
    again. `beside`: whose work it is. `person` is empty after a try with an unknown name.
    """

    act = models.CharField(max_length=8, choices=ACTS)
    subject = models.UUIDField()
    digest = models.CharField(max_length=64, blank=True)
    encounter = models.ForeignKey(
        Encounter, null=True, blank=True, on_delete=models.PROTECT, related_name="second_people"
    )
    person = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    beside = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=14, choices=HOW, blank=True)
    accepted = models.BooleanField()
    refusal = models.CharField(max_length=40, blank=True)
    device = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted=False) | (Q(person__isnull=False) & ~Q(person=F("beside")) & ~Q(how="")),
                name="second_person_is_another",
            )
        ]
        indexes = [models.Index(fields=["subject", "act"], name="second_person_of")]

    def __str__(self) -> str:
        return f"{self.act} {self.subject}"
