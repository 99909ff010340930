"""Forms as tablets hold them: every version that was ever given out."""

import pgtrigger
from django.db import models
from django.db.models import Q

from mih.core import clock


@pgtrigger.register(
    pgtrigger.Protect(name="form_version_is_kept", operation=pgtrigger.Delete),
    pgtrigger.ReadOnly(
        name="form_version_stands", fields=["key", "version", "sha", "document", "published_at"]
    ),
)
class FormVersion(models.Model):
    """One version of a form as it was rendered for every tablet. Never changed: what was begun on it ends on it.

    `document` is the JSON text that tablets get, byte for byte; `sha` its SHA-256. `retired_at`: another version has
    taken its place, or the form is no longer used; it is still given to whoever asks by its `sha`.
    """

    key = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    sha = models.CharField(max_length=64, unique=True)
    document = models.TextField()
    published_at = models.DateTimeField(default=clock.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="form_version_once"),
            models.UniqueConstraint(
                fields=["key"], condition=Q(retired_at__isnull=True), name="form_version_one_stands"
            ),
        ]

    @property
    def name(self) -> str:
        """How an envelope names it: the key and the first of the digest."""
        return f"{self.key}@{self.sha[:8]}"

    def __str__(self) -> str:
        return f"{self.key} {self.version}"
