"""On what basis a minor is assessed and cared for (clinical.md §9.6; 25 O.S. §2005, 63 O.S. §2602)."""

from django.db import models

from mih.audit.history import tracked
from mih.core.models import choices
from mih.encounters.models import Entry

BASES = choices(
    ("parent_written", "Parent or guardian, in writing"),
    ("parent_verbal_pending", "Parent agreed by word; writing to follow"),
    ("emergency_exception", "Emergency exception"),
    ("self_sud_2602", "The minor, for substance-use care (63 O.S. §2602)"),
    ("guardian_dhs", "Guardian or DHS"),
    ("court", "Court order"),
)


@tracked()
class MinorConsent(Entry):
    """The basis for a minor's care. What each basis opens is the `gates` policy's to say."""

    basis = models.CharField(max_length=24, choices=BASES, blank=True, verbose_name="Consent basis")
    given_by = models.CharField(max_length=160, blank=True, verbose_name="Given by: name, relation or agency")
    phone = models.CharField(max_length=40, blank=True, verbose_name="Their phone")
    given_at = models.DateTimeField(null=True, blank=True, verbose_name="Given at")
    signature = models.JSONField(null=True, blank=True, verbose_name="Signature of parent or guardian")
    on_paper = models.BooleanField(null=True, blank=True, verbose_name="Signed on paper, kept with the file")
    emergency = models.TextField(
        blank=True, max_length=600, verbose_name="The emergency: what serious harm would follow"
    )
    tried = models.CharField(
        max_length=300, blank=True, verbose_name="How a parent was tried, and what came of it"
    )
    self_reason = models.CharField(max_length=300, blank=True, verbose_name="Why the minor may consent alone")
    order_number = models.CharField(max_length=80, blank=True, verbose_name="Court, and number of the order")

    class Meta(Entry.Meta):
        verbose_name = "consent for a minor"
