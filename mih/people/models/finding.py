"""What the search box looks into: kept by the database, so that no way of writing a person can forget it.

Both tables follow from people, their aliases and their phones, and hold nothing of their own. The functions that fill
them are in `mih.people.finding.sql`.
"""

from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from mih.core.models import choices
from mih.people.models.person import Person

KINDS: Final = choices(
    ("n", "Name"), ("a", "Alias"), ("p", "Phone, read backwards"), ("b", "Date of birth"), ("c", "Code of somebody unknown"),
    ("d", "Description"), ("w", "Place"),
)  # fmt: skip


class FindKey(models.Model):
    """One text by whose beginning a person is found, in capitals without accents, with a space after each word.

    A name, an alias, a description and a place stand here once from each of their words on, so that whatever word
    comes first to mind is the beginning of a key: `ADA QUILL ` and `QUILL ADA `. A phone is read backwards, because its
    last digits are what is known of it; phone and date of birth have the name behind them, which puts them in its order.
    """

    person = models.ForeignKey(
        Person, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="find_keys"
    )
    is_practice = models.BooleanField()
    kind = models.CharField(max_length=1, choices=KINDS)
    key = models.CharField(max_length=121, db_collation="C")

    class Meta:
        constraints = [
            # Every search is some ranges of this one index: in order already, so that the first page of a million
            # Roberts and the last cost the same. `person` is in it so that the table itself is not read.
            models.UniqueConstraint(fields=["is_practice", "kind", "key", "person"], name="find_key_range")
        ]
        # A person's keys are written anew when the person changes.
        indexes = [models.Index(fields=["person"], name="find_key_of_person")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class NameWord(models.Model):
    """One word of somebody's name, and what is left of its first seven letters without any two of them.

    Two words that are two typing errors apart have one of these remains in common, so an index finds every candidate.
    Words nobody bears any more stay; they find nobody.
    """

    word = models.CharField(max_length=60, primary_key=True, db_collation="C")
    near = ArrayField(models.CharField(max_length=7))

    class Meta:
        # "Which words share a remainder with what was typed": some thousand words, however many people bear them.
        indexes = [GinIndex(fields=["near"], name="name_word_near", fastupdate=False)]

    def __str__(self) -> str:
        return self.word
