"""What must hold after every fault, checked against the database alone (the promises come from the ledger).

I1 saved work is on its tablet or on the server, and on the server once all is sent · I2 each piece applied once ·
I3 authors right, signatures verify · I4 each value ever saved stands, stood, or waits for a person · I5 what was signed
never changes · I6 "Received" means committed · I7 no personal word in the clear · I8 nothing is left unsent ·
I9 one response for each identifier · I10 the order of a record is the order of its author.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ValidationError

from mih.encounters.models import Addendum, Conflict, Encounter, Entry, Patch
from mih.encounters.registry import registry
from mih.encounters.values import as_json, understood
from mih.field.models import Enrolment, Envelope, EnvelopeClash
from mih.field.sync.opening import open_payload
from tests.faults import wire
from tests.faults.ledger import Ledger, Saved, Typed

IN_THE_RECORD = {"applied", "merged", "conflict", "attention"}
NOT_IN_THE_RECORD = {"held", "frozen", "quarantined", "missing"}


def committed(ledger: Ledger) -> Any:
    """For a ledger's `on_receipt`: I6 is checked at the moment of each receipt, from another connection."""

    def look(mid: UUID) -> None:
        if not Envelope.objects.filter(pk=mid).exists():
            ledger.broken.append(f"I6: {mid} was called received and is not in the database.")

    return look


def in_custody(mids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """For a ledger's `complete`: what the server read on these envelopes."""
    rows = Envelope.objects.filter(pk__in=list(mids))
    return {
        row.mid: {"device": row.device, "encounter": row.encounter, "form": row.form.partition("@")[0]}
        for row in rows
    }


class Oracle:
    """Judges one test's ledger. `unsent`: how many envelopes every tablet says it still keeps."""

    def __init__(self, ledger: Ledger, *, unsent: int = 0, logs: Iterable[Path] = ()) -> None:
        self.ledger = ledger
        self.unsent = unsent
        self.logs = list(logs)
        self.kept = {row.mid: row for row in Envelope.objects.filter(pk__in=ledger.saved)}
        encounters = ledger.encounters
        self.patches = {row.pk: row for row in Patch.objects.filter(encounter__in=encounters)}

    def check(self) -> None:
        """Raises AssertionError naming every promise that was broken."""
        broken = list(self.ledger.broken)
        for each in (
            self.i1_saved_is_there, self.i2_applied_once, self.i3_authors, self.i4_values, self.i5_signed,
            self.i6_received, self.i7_secret, self.i8_sent, self.i9_responses, self.i10_order,
        ):  # fmt: skip
            broken += each()
        assert not broken, f"{len(broken)} promises broken:\n" + "\n".join(broken[:40])

    def i1_saved_is_there(self) -> Iterator[str]:
        for saved in self.ledger.saved.values():
            if saved.mid not in self.kept:
                yield f"I1: saved and never received by the server: {_words(saved)}"
            elif saved.sha256 and self.kept[saved.mid].sha256 != saved.sha256:
                yield f"I1: the server keeps other bytes than the tablet saved: {_words(saved)}"

    def i2_applied_once(self) -> Iterator[str]:
        for saved in self.ledger.of_type("draft.patch"):
            row = self.kept.get(saved.mid)
            if row is None:
                continue
            if row.outcome in IN_THE_RECORD and saved.mid not in self.patches:
                yield f"I2: {row.outcome} and not in the record: {_words(saved)}"
            if row.outcome in NOT_IN_THE_RECORD and saved.mid in self.patches:
                yield f"I2: {row.outcome} and yet in the record: {_words(saved)}"
        by_record: dict[UUID, list[Patch]] = {}
        for patch in self.patches.values():
            by_record.setdefault(patch.record, []).append(patch)
        for record, patches in by_record.items():
            yield from self._versions(record, patches)
        yield from self._addenda()

    def _versions(self, record: UUID, patches: list[Patch]) -> Iterator[str]:
        entry = _entry(patches[0].form, record)
        if entry is None:
            yield f"I2: {len(patches)} changes were applied to a record that is not there: {record}"
            return
        versions = Counter(patch.outcome["version"] for patch in patches)
        doubled = [version for version, times in versions.items() if times > 1]
        if doubled:
            yield f"I2: record {record} has versions {doubled} from two changes each."
        if max(versions) > entry.version:
            yield f"I2: record {record} stands at version {entry.version}, a change made {max(versions)}."
        if isinstance(entry, Entry):
            written = entry.events.count()
            if written != entry.version:
                yield f"I2: record {record} was written {written} times for version {entry.version}."
            settled = Conflict.objects.filter(
                entry=record, resolved_at__isnull=False, kept__in=["mine", "both"]
            )
            others = settled.count() + int(entry.is_frozen) + int(not entry.counts)
            if entry.version > len(patches) + others:
                yield (
                    f"I2: record {record} is at version {entry.version} after {len(patches)} changes and {others} "
                    "signatures and decisions."
                )

    def _addenda(self) -> Iterator[str]:
        wanted = Counter(
            (saved.encounter, saved.author)
            for saved in self.ledger.of_type("record.addendum")
            if (row := self.kept.get(saved.mid)) and row.outcome in IN_THE_RECORD
        )
        found = Counter(
            Addendum.objects.filter(encounter__in=self.ledger.encounters).values_list("encounter_id", "by_id")
        )
        if wanted != found:
            yield f"I2: {dict(found)} addenda are in the record, {dict(wanted)} were received as applied."

    def i3_authors(self) -> Iterator[str]:
        for saved in self.ledger.saved.values():
            row = self.kept.get(saved.mid)
            if row is None or saved.mid in self.ledger.forged:
                continue
            if row.author != saved.author:
                yield f"I3: kept under another author: {_words(saved)}"
            keys = self.ledger.keys.get((saved.device, saved.author)) or _enrolled(saved)
            content = bytes(row.header) + bytes(row.body)
            if not any(wire.verifies(key, bytes(row.sig), content) for key in keys):
                yield f"I3: its author's signature does not verify: {_words(saved)}"
            patch = self.patches.get(saved.mid)
            if patch is not None and patch.by_id != saved.author:
                yield f"I3: written into the record under another name: {_words(saved)}"
        for mid in self.ledger.forged & set(self.patches):
            yield f"I3: the forged {mid} is in the record."

    def i4_values(self) -> Iterator[str]:
        yield from self._overwritten()
        unapplied = self._unapplied()
        for typed in self.ledger.values:
            if not _found(typed, unapplied):
                yield (
                    f"I4: {typed.form}.{typed.field} = {typed.value!r} of {typed.author} is neither in record "
                    f"{typed.record}, nor in its history, nor kept for a person to decide."
                )

    def _overwritten(self) -> Iterator[str]:
        """Words that gave way to others whose author had not seen them, although nobody was asked."""
        by_record: dict[UUID, list[Patch]] = {}
        for patch in self.patches.values():
            by_record.setdefault(patch.record, []).append(patch)
        for record, patches in by_record.items():
            patches.sort(key=lambda patch: int(patch.outcome["version"]))
            decided = set(
                Conflict.objects.filter(entry=record, resolved_at__isnull=False).values_list(
                    "field", flat=True
                )
            )
            for earlier, patch in pairwise(patches):
                for name in set(patch.outcome["applied"]) - decided:
                    stood = earlier.outcome["values"].get(name)
                    seen = plain(patch.form, name, patch.changes[name]["base"])
                    if stood not in (None, "", [], seen) and not isinstance(stood, list):
                        yield f"I4: {stood!r} in {patch.form}.{name} gave way to {patch.pk}, whose author saw {seen!r}."

    def _unapplied(self) -> dict[tuple[UUID, UUID, str], list[Any]]:
        """The values inside what is in custody and not, or not wholly, in a record: by author, record and field."""
        found: dict[tuple[UUID, UUID, str], list[Any]] = {}
        rows = Envelope.objects.filter(
            encounter__in=self.ledger.encounters,
            type="draft.patch",
            outcome__in=[*NOT_IN_THE_RECORD, "attention"],
        )
        clashes = EnvelopeClash.objects.filter(mid__in=self.ledger.saved)
        for row in [*rows, *clashes]:
            header = bytes(row.header)
            head = wire.Envelope(header, b"", b"", {}).head
            try:
                payload = open_payload(head["kid"], bytes(row.body), header)
            except ValueError:
                continue  # what does not open shows in I4 when somebody's value was in it
            refused = row.detail.get("refused", {}) if isinstance(row, Envelope) else {}
            for name, change in payload.get("changes", {}).items():
                if not refused or name in refused:
                    place = (UUID(head["author"]), UUID(head["record"]), name)
                    found.setdefault(place, []).append(change["value"])
        return found

    def i5_signed(self) -> Iterator[str]:
        for response in Encounter.objects.filter(pk__in=self.ledger.encounters, signed_at__isnull=False):
            digests = set(
                response.events.filter(signed_at__isnull=False).values_list("signed_digest", flat=True)
            )
            if digests != {response.signed_digest}:
                yield f"I5: what was signed of {response.pk} has changed: {digests}"
            signings = response.events.filter(signed_at__isnull=False).values_list("signed_at").distinct()
            if signings.count() != 1:
                yield f"I5: {response.pk} was signed {signings.count()} times."

    def i6_received(self) -> Iterator[str]:
        for mid, outcome in self.ledger.received.items():
            row = self.kept.get(mid) or Envelope.objects.filter(pk=mid).first()
            if row is None:
                yield f"I6: {mid} was called received ({outcome}) and is not in the database."
        for saved in self.ledger.saved.values():
            if saved.mid not in self.ledger.received:
                yield f"I6: sent and its tablet was never told: {_words(saved)}"

    def i7_secret(self) -> Iterator[str]:
        for log in self.logs:
            content = log.read_bytes()
            for word in self.ledger.canaries:
                if word.encode() in content:
                    yield f"I7: {word!r} stands in the log {log.name}."

    def i8_sent(self) -> Iterator[str]:
        if self.unsent:
            yield f"I8: {self.unsent} envelopes are still on their tablets."

    def i9_responses(self) -> Iterator[str]:
        wanted = {
            saved.encounter
            for saved in self.ledger.of_type("encounter.create")
            if (row := self.kept.get(saved.mid)) and row.outcome in IN_THE_RECORD
        }
        devices = {saved.device for saved in self.ledger.saved.values()}
        made = Encounter.objects.filter(
            pk__in=Envelope.objects.filter(device__in=devices, type="encounter.create").values("encounter")
        )
        found = Counter(made.values_list("pk", flat=True))
        for missing in wanted - set(found):
            yield f"I9: response {missing} was received and is not there."
        incidents = Counter(made.values_list("incident_id", flat=True))
        calls = {
            UUID(saved.payload["incident"]["id"])
            for saved in self.ledger.of_type("encounter.create")
            if saved.payload
        }
        if calls and set(incidents) - calls:
            yield f"I9: responses to calls that nobody logged: {set(incidents) - calls}"

    def i10_order(self) -> Iterator[str]:
        streams: dict[tuple[Any, ...], list[tuple[int, int, UUID]]] = {}
        for saved in self.ledger.of_type("draft.patch"):
            patch = self.patches.get(saved.mid)
            if patch is not None:
                place = (saved.device, saved.author, saved.record, saved.life)
                streams.setdefault(place, []).append((saved.seq, patch.outcome["version"], saved.mid))
        for place, steps in streams.items():
            versions = [version for _, version, _ in sorted(steps)]
            if versions != sorted(versions):
                yield f"I10: record {place[2]} took its author's changes in the order {versions}."


def _enrolled(saved: Saved) -> list[Any]:
    rows = Enrolment.objects.filter(device=saved.device, staff=saved.author)
    return [wire.from_point(bytes(point)) for point in rows.values_list("sign_pub", flat=True)]


def _words(saved: Saved) -> str:
    return (
        f"{saved.type} {saved.form} {saved.mid} (number {saved.seq} of {saved.author} on {saved.device}, "
        f"record {saved.record})"
    )


def _entry(form: str, record: UUID) -> Any:
    return registry[form].model._default_manager.filter(pk=record).first()


def plain(form: str, name: str, value: Any) -> Any:
    """A value as its form reads it, so that two ways of writing one time are the same."""
    try:
        return as_json(understood(partial(registry[form].clean, name), value))
    except ValidationError:
        return value


def _found(typed: Typed, unapplied: dict[tuple[UUID, UUID, str], list[Any]]) -> bool:
    wanted = plain(typed.form, typed.field, typed.value)
    entry = _entry(typed.form, typed.record)
    if entry is not None:
        if registry[typed.form].under(entry).read(entry).get(typed.field) == wanted:
            return True
        if wanted in _history(entry, typed.field):
            return True
    # A person who types again while their clash is open renews it: its history holds what they had typed before.
    clashes = apps.get_model("encounters", "ConflictEvent").objects.filter(
        entry=typed.record, field=typed.field
    )
    if any(wanted in pair for pair in clashes.values_list("mine", "theirs")):
        return True
    waiting = unapplied.get((typed.author, typed.record, typed.field), [])
    return wanted in [plain(typed.form, typed.field, value) for value in waiting]


def _history(entry: Any, name: str) -> list[Any]:
    try:
        entry._meta.get_field(name)
    except FieldDoesNotExist:
        return []
    return [as_json(value) for value in entry.events.values_list(name, flat=True)]
