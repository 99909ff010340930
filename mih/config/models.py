"""What the settings' app keeps: how often each one asked the API of late."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class RequestRate(models.Model):
    """The moments at which one member of staff, or one address of somebody unknown, was answered by the API.

    The table is not written to the log of the database (UNLOGGED): it holds a minute's worth, and after a crash of the
    database everybody begins anew.
    """

    key = models.CharField(max_length=200, primary_key=True)
    times = ArrayField(models.FloatField(), help_text="Seconds since 1970, the latest first.")
    token = models.BigIntegerField(help_text="Of the request that was let through last.")

    def __str__(self) -> str:
        return self.key
