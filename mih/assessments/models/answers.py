"""A standard instrument, asked once."""

from collections.abc import Mapping
from typing import Any

from django.db import models

from mih.audit.history import tracked
from mih.core.models import choices
from mih.encounters.models import Entry
from mih.instruments.catalogue import definition, in_wording
from mih.instruments.definition import Definition
from mih.instruments.engine import NOT_DONE

ANSWERED = "answered"
OUTCOMES = choices((ANSWERED, "Asked"), *NOT_DONE.items())
MODES = choices(
    ("interview", "Asked by staff"), ("self", "Filled in by the person"), ("observed", "Observed by staff")
)


@tracked()
class InstrumentAnswers(Entry):
    """The answers to one instrument under the definition version they were given to.

    `answers` holds what was entered, by item key. `derived` holds items taken from a vital sign, each as
    `{"points", "reading", "unit", "at", "vitals"}`; a derived item counts in place of the entered one unless
    `override_reason` says why not. `outcome` other than "answered" (or empty, which says the same) is neither missing
    data nor a score of zero.
    `wording_pack` is the version of the site's licensed wording that was on the form; empty where the instrument brings
    its own words. `total`, `band` and `result` are computed (`mih.instruments.engine`), never typed.
    """

    instrument = models.CharField(max_length=30)
    definition_version = models.PositiveSmallIntegerField()
    wording_pack = models.PositiveSmallIntegerField(null=True, blank=True)
    answers = models.JSONField(default=dict, blank=True)
    derived = models.JSONField(default=dict, blank=True)
    override_reason = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=30, choices=OUTCOMES, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    mode = models.CharField(max_length=10, choices=MODES, blank=True)
    language = models.CharField(max_length=8, blank=True)
    total = models.SmallIntegerField(null=True, blank=True)
    band = models.CharField(max_length=40, blank=True)
    result = models.JSONField(default=dict, blank=True)

    class Meta(Entry.Meta):
        verbose_name = "instrument"
        verbose_name_plural = "instruments"
        indexes = [
            *Entry.Meta.indexes,
            models.Index(fields=["instrument", "-happened_at"], name="answers_by_instrument"),
        ]

    @property
    def definition(self) -> Definition:
        """The definition these answers belong to, in the wording they were given to."""
        known = definition(self.instrument, self.definition_version)
        return known if self.wording_pack is None else in_wording(known, self.wording_pack)

    @property
    def asked(self) -> bool:
        """Whether it was asked: not refused, impossible or deferred."""
        return self.outcome in ("", ANSWERED)

    @property
    def how(self) -> str:
        """The mode; asked by staff, where the instrument allows it, when nobody said."""
        modes = self.definition.modes
        return self.mode or ("interview" if "interview" in modes else modes[0])

    @property
    def wording(self) -> str:
        """The language of the wording used."""
        return self.language or "en"

    @property
    def counted(self) -> dict[str, Any]:
        """The answers that are scored."""
        return self.counted_with(self.derived)

    def counted_with(self, derived: Mapping[str, Any]) -> dict[str, Any]:
        """The answers that are scored, given these derived items: they stand in place of entered ones, unless
        overridden with a reason."""
        taken = {key: item["points"] for key, item in derived.items()}
        return {**taken, **self.answers} if self.override_reason.strip() else {**self.answers, **taken}
