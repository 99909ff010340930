"""Whatever a tablet hands over is kept, once, in the order it was written; and only what is genuine is applied."""

from dataclasses import replace
from uuid import UUID

import pytest
from django.db import transaction
from django.db.utils import InternalError, ProgrammingError

from mih.assessments.models import VitalSigns
from mih.core.ids import uuid7
from mih.encounters.models import Encounter, Narrative, Patch
from mih.field.models import Envelope, EnvelopeClash
from mih.field.sync.keys import current_key, new_key
from tests.field.client import Author, Sealed, Tablet, deflated
from tests.world import World

pytestmark = pytest.mark.django_db


def story(author: Author, encounter: UUID, text: str, record: UUID, /, **more: object) -> Sealed:
    return author.patch(encounter, "narrative", record, {"text": text}, **more)  # type: ignore[arg-type]


def test_a_patch_is_applied_and_received(pat: Author, tablet: Tablet, encounter: UUID) -> None:
    record = uuid7()
    (item,) = tablet.items(story(pat, encounter, "Found sitting.", record))
    assert item["outcome"] == "applied"
    assert item["opened"] is True
    assert item["version"] == 1
    assert (item["encounter"], item["record"]) == (str(encounter), str(record))
    entry = Narrative.objects.get(pk=record)
    assert (entry.text, entry.author_id, entry.device) == ("Found sitting.", pat.staff.pk, tablet.device.pk)
    assert Patch.objects.get(pk=item["mid"]).by_id == pat.staff.pk


def test_one_folded_deeper_than_anybody_reads_is_kept_apart_alone(
    pat: Author, tablet: Tablet, encounter: UUID
) -> None:
    deep = "[" * 700 + "]" * 700
    for packed in (f'{{"changes": {deep}}}', f'{{"changes": {{"text": {{"value": {deep}}}}}}}'):
        folded = pat.seal(
            "draft.patch",
            {},
            encounter=encounter,
            record=uuid7(),
            form="narrative",
            packed=deflated(packed.encode()),
        )
        beside = story(pat, encounter, "Found sitting.", uuid7(), prev=None)
        found = tablet.items(beside, folded)
        assert [item["outcome"] for item in found] == ["applied", "quarantined"]
        assert bytes(Envelope.objects.get(pk=folded.mid).body) == folded.body


def test_the_receipt_echoes_the_nonce(pat: Author, tablet: Tablet, encounter: UUID) -> None:
    from tests.field.client import framed

    sealed = story(pat, encounter, "Once.", uuid7())
    answer = tablet.send(framed([sealed.parts], nonce=b"0123456789abcdef")).json()
    assert answer["nonce"] == b"0123456789abcdef".hex()
    assert UUID(answer["epoch"])
    assert answer["directives"] == []


def test_the_same_bytes_again_change_nothing(pat: Author, tablet: Tablet, encounter: UUID) -> None:
    sealed = story(pat, encounter, "Once.", uuid7())
    (first,) = tablet.items(sealed)
    (second,) = tablet.items(sealed)
    assert second["outcome"] == "dup"
    assert second["first"] == first
    assert Envelope.objects.count() == Patch.objects.count() == 1


def test_the_same_bytes_twice_in_a_batch(pat: Author, tablet: Tablet, encounter: UUID) -> None:
    sealed = story(pat, encounter, "Once.", uuid7())
    assert tablet.outcomes(sealed, sealed) == ["applied", "dup"]
    assert Patch.objects.count() == 1


def test_other_bytes_under_a_known_identifier_are_kept_apart(
    pat: Author, tablet: Tablet, encounter: UUID
) -> None:
    record = uuid7()
    sealed = story(pat, encounter, "The first.", record)
    tablet.items(sealed)
    other = story(pat, encounter, "The second.", record, mid=sealed.mid)
    (item,) = tablet.items(other)
    assert (item["outcome"], item["detail"]["code"]) == ("quarantined", "mid_reuse")
    tablet.items(other)
    clash = EnvelopeClash.objects.get()
    assert bytes(clash.body) == other.body
    assert Narrative.objects.get(pk=record).text == "The first."


def test_what_comes_out_of_order_waits_and_is_applied_in_order(
    pat: Author, tablet: Tablet, encounter: UUID
) -> None:
    record = uuid7()
    one = story(pat, encounter, "One.", record)
    two = pat.patch(encounter, "narrative", record, {"text": "Two."}, base={"text": "One."})
    three = pat.patch(encounter, "narrative", record, {"text": "Three."}, base={"text": "Two."})
    (late,) = tablet.items(three)
    assert late["outcome"] == "held"
    assert late["opened"] is True
    assert tablet.outcomes(two) == ["held"]
    assert not Narrative.objects.filter(pk=record).exists()
    assert tablet.outcomes(one) == ["applied"]
    assert Narrative.objects.get(pk=record).text == "Three."
    assert list(Envelope.objects.order_by("seq").values_list("outcome", flat=True)) == ["applied"] * 3
    assert list(Envelope.objects.order_by("seq").values_list("version", flat=True)) == [1, 2, 3]


def test_a_batch_in_reverse_is_applied_in_order(pat: Author, tablet: Tablet, encounter: UUID) -> None:
    record = uuid7()
    one = story(pat, encounter, "One.", record)
    two = pat.patch(encounter, "narrative", record, {"text": "Two."}, base={"text": "One."})
    assert tablet.outcomes(two, one) == ["applied", "applied"]
    assert Narrative.objects.get(pk=record).text == "Two."


def test_a_dup_of_a_held_one_tells_what_became_of_it(pat: Author, tablet: Tablet, encounter: UUID) -> None:
    record = uuid7()
    one, two = story(pat, encounter, "One.", record), story(pat, encounter, "Two.", record)
    tablet.items(two)
    assert tablet.items(two)[0]["first"]["outcome"] == "held"
    tablet.items(one)
    assert tablet.items(two)[0]["first"]["outcome"] == "conflict"


def test_what_is_kept_apart_does_not_hold_up_what_follows(
    pat: Author, tablet: Tablet, encounter: UUID
) -> None:
    odd = pat.seal("note.lost", {}, encounter=encounter)
    record = uuid7()
    assert tablet.outcomes(odd, story(pat, encounter, "Still.", record)) == ["quarantined", "applied"]


@pytest.mark.parametrize("part", ["author", "header", "body", "sig"])
def test_what_was_tampered_with_is_kept_and_not_applied(
    part: str, world: World, pat: Author, nia: Author, tablet: Tablet, encounter: UUID
) -> None:
    record = uuid7()
    sealed = story(pat, encounter, "Genuine.", record)
    header, body, sig = sealed.parts
    if part == "author":
        forged = header.replace(str(pat.staff.pk).encode(), str(world.clinician.pk).encode())
        tablet.of(world.clinician)
        parts, codes = (forged, body, pat.sign(forged + body)), {"bad_signature"}
    elif part == "header":
        altered = header.replace(b'"seq": 1', b'"seq": 7')
        parts, codes = (altered, body, sig), {"bad_signature"}
    elif part == "body":
        parts, codes = (header, body[:-1] + bytes([body[-1] ^ 1]), sig), {"bad_signature"}
    else:
        parts, codes = (header, body, sig[:-1] + bytes([sig[-1] ^ 1])), {"bad_signature"}
    (item,) = tablet.items(Sealed(sealed.head, *parts))
    assert item["outcome"] == "quarantined"
    assert item["detail"]["code"] in codes
    assert item["opened"] is False
    assert bytes(Envelope.objects.get(pk=sealed.mid).header) == parts[0]
    assert not Narrative.objects.exists()


def test_a_header_the_body_was_not_sealed_to_does_not_open(
    pat: Author, tablet: Tablet, encounter: UUID
) -> None:
    sealed = story(pat, encounter, "Sealed elsewhere.", uuid7(), info=b"another header")
    (item,) = tablet.items(sealed)
    assert (item["outcome"], item["detail"]["code"], item["opened"]) == ("quarantined", "open_failed", False)


@pytest.mark.parametrize(
    "packed",
    [
        b"no deflate",
        deflated(b"[1]"),
        deflated(b"{"),
        deflated(b" " * 3_000_000 + b"{}"),
        deflated(b"{}")[:-1],
    ],
    ids=["no deflate", "no mapping", "no JSON", "too large", "cut"],
)
def test_a_body_that_holds_no_payload_does_not_open(
    packed: bytes, pat: Author, tablet: Tablet, encounter: UUID
) -> None:
    sealed = pat.seal("draft.patch", None, encounter=encounter, packed=packed)
    (item,) = tablet.items(sealed)
    assert item["detail"]["code"] == "open_failed"


def test_an_author_without_a_key_is_unknown(
    world: World, tablet: Tablet, pat: Author, encounter: UUID
) -> None:
    stranger = story(pat, encounter, "Who?", uuid7(), author=str(world.peer.pk))
    nobody = story(pat, encounter, "Who?", uuid7(), author=str(uuid7()), prev=None)
    codes = [item["detail"]["code"] for item in tablet.items(stranger, nobody)]
    assert codes == ["unknown_author", "unknown_author"]


def test_the_next_persons_tablet_delivers_the_last_ones_work(
    world: World, tablet: Tablet, pat: Author, encounter: UUID
) -> None:
    sealed = story(pat, encounter, "Pat's own words.", uuid7())
    nia = tablet.of(world.navigator)
    assert tablet.outcomes(sealed, story(nia, encounter, "Clash", uuid7()))[0] == "applied"
    assert Narrative.objects.get(pk=sealed.head["record"]).author_id == pat.staff.pk


def test_words_signed_under_an_ended_key_are_still_taken(
    world: World, tablet: Tablet, pat: Author, encounter: UUID
) -> None:
    sealed = story(pat, encounter, "Before the PIN was forgotten.", uuid7())
    tablet.of(world.paramedic)
    assert tablet.outcomes(sealed) == ["applied"]


def test_a_tablet_that_lost_its_cookie_delivers_under_its_old_name(
    world: World, tablet: Tablet, pat: Author, encounter: UUID
) -> None:
    sealed = story(pat, encounter, "From before.", uuid7())
    again = Tablet("Tablet 7")
    again.of(world.paramedic)
    assert again.outcomes(sealed) == ["applied"]
    assert Envelope.objects.get(pk=sealed.mid).flags == ["readopted"]


def test_a_revoked_tablets_work_is_kept_apart_and_it_is_told_to_wipe(
    world: World, tablet: Tablet, pat: Author, encounter: UUID, noon: object
) -> None:
    sealed = story(pat, encounter, "Lost and found.", uuid7())
    type(tablet.device).objects.filter(pk=tablet.device.pk).update(revoked_at=noon)
    answer = tablet.push(sealed).json()
    assert answer["items"][0]["detail"]["code"] == "revoked"
    assert answer["directives"] == ["wipe"]
    other = Tablet("Tablet 9")
    other.of(world.navigator)
    second = story(pat, encounter, "Carried over by another.", uuid7())
    assert other.items(second)[0]["detail"]["code"] == "revoked"
    assert not Narrative.objects.exists()


def test_what_was_sealed_to_a_retired_key_opens(pat: Author, tablet: Tablet, encounter: UUID) -> None:
    old = current_key()
    sealed = story(pat, encounter, "Sealed last year.", uuid7(), server_key=old)
    assert new_key().kid != old.kid
    assert tablet.outcomes(sealed) == ["applied"]


def test_a_key_the_server_never_had_does_not_open(pat: Author, tablet: Tablet, encounter: UUID) -> None:
    sealed = story(pat, encounter, "To whom?", uuid7(), kid="ffffffff")
    assert tablet.items(sealed)[0]["detail"]["code"] == "open_failed"


def test_a_number_used_again_is_flagged_and_accepted(pat: Author, tablet: Tablet, encounter: UUID) -> None:
    record = uuid7()
    tablet.items(story(pat, encounter, "One.", record))
    again = story(pat, encounter, "Two.", uuid7(), seq=1)
    tablet.items(again)
    assert "device_rewound" in Envelope.objects.get(pk=again.mid).flags


def test_another_version_of_the_envelope_is_kept(pat: Author, tablet: Tablet, encounter: UUID) -> None:
    sealed = story(pat, encounter, "From the future.", uuid7(), v=9)
    (item,) = tablet.items(sealed)
    assert (item["outcome"], item["detail"]["code"]) == ("quarantined", "unknown_type")


def test_a_header_that_cannot_be_read_is_kept_under_its_identifier(
    pat: Author, tablet: Tablet, encounter: UUID
) -> None:
    sealed = story(pat, encounter, "Odd.", uuid7(), seq="seven")
    (item,) = tablet.items(sealed)
    assert (item["outcome"], item["detail"]["code"]) == ("quarantined", "failed")


@pytest.mark.parametrize("broken", ["cut", "spoiled", "folded"])
def test_a_header_that_is_no_json_waits_alone_under_its_identifier(
    broken: str, pat: Author, tablet: Tablet, encounter: UUID
) -> None:
    before, odd, after = (
        pat.patch(encounter, "vitals", uuid7(), {"hr": rate}) for rate in ("80", "90", "100")
    )
    header = {
        "cut": odd.header[:-9],
        "spoiled": odd.header.replace(b'"tz"', b"\xff\xfe"),
        "folded": odd.header[:-1] + b', "more": ' + b"[" * 100_000 + b"}",
    }[broken]
    sent = replace(odd, header=header)
    assert tablet.outcomes(before, sent, after) == ["applied", "quarantined", "applied"]
    kept = Envelope.objects.get(pk=odd.mid)
    assert (bytes(kept.header), bytes(kept.body), bytes(kept.sig)) == sent.parts
    assert (kept.author, kept.device, kept.opened) == (pat.staff.pk, tablet.device.pk, False)
    assert kept.detail["code"] == "failed"
    assert tablet.outcomes(sent) == ["dup"]
    assert set(VitalSigns.objects.filter(encounter=encounter).values_list("hr", flat=True)) == {80, 100}


def test_an_item_without_an_identifier_is_refused_and_the_others_go_without_it(
    pat: Author, tablet: Tablet, encounter: UUID
) -> None:
    one, odd = (story(pat, encounter, words, uuid7()) for words in ("Found sitting.", "Unnamed."))
    nameless = replace(odd, header=odd.header.replace(odd.mid.encode(), b"?"))
    both, alone = tablet.push(one, nameless), tablet.push(nameless)
    assert {(each.status_code, each.json()["code"]) for each in (both, alone)} == {(400, "malformed")}
    assert not Envelope.objects.exists()
    assert tablet.outcomes(one) == ["applied"]


def test_custody_cannot_be_changed_or_removed(pat: Author, tablet: Tablet, encounter: UUID) -> None:
    sealed = story(pat, encounter, "Kept.", uuid7())
    tablet.items(sealed)
    row = Envelope.objects.filter(pk=sealed.mid)
    for change in ({"body": b""}, {"author": uuid7()}, {"outcome": "held"}, {"detail": {"a": 1}}, {"seq": 9}):
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            row.update(**change)
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        row.delete()


def test_a_response_nobody_told_of_is_waited_for(
    world: World, pat: Author, nia: Author, tablet: Tablet, encounter: UUID
) -> None:
    begun = uuid7()
    create = pat.begin(begun, crew=["nia"])
    early = story(nia, begun, "Nia's words.", uuid7())
    (item,) = nia.tablet.items(early)
    assert (item["outcome"], item["detail"]["waits_for"]) == ("held", "response")
    assert tablet.outcomes(create) == ["applied"]
    assert Narrative.objects.get(encounter=begun).author_id == world.navigator.pk
    assert Encounter.objects.get(pk=begun).created_by_id == world.paramedic.pk


@pytest.mark.parametrize(
    "odd",
    [
        {"seq": -1},
        {"seq": 2**80},
        {"app": "x" * 41},
        {"tz": "Mars\u0000"},
        {"form": "\ud800"},
        {"encounter": "here"},
        {"device": None},
    ],
    ids=lambda odd: next(iter(odd)),
)
def test_an_odd_header_spoils_nothing_beside_it(
    odd: dict[str, object], pat: Author, tablet: Tablet, encounter: UUID
) -> None:
    strange = pat.seal("draft.patch", {}, **odd)
    assert tablet.outcomes(strange, story(pat, encounter, "Fine.", uuid7())) == ["quarantined", "applied"]


@pytest.mark.parametrize(
    "clock",
    [
        {"captured_at": "0001-01-01T00:00:00+00:00"},
        {"captured_at": "9999-12-31T23:59:59-12:00"},
        {"captured_at": None},
        {"captured_at": "yesterday"},
        {"clock": "noon"},
        {"clock": {"offset_ms": float("nan"), "last_seen": 7}},
        {"clock": {"offset_ms": 10**30, "last_seen": "9999-01-01T00:00:00Z"}},
    ],
)
def test_no_clock_stops_anything(
    clock: dict[str, object], pat: Author, tablet: Tablet, encounter: UUID
) -> None:
    record = uuid7()
    assert tablet.outcomes(story(pat, encounter, "Odd.", record, **clock)) == ["applied"]
    entry = Narrative.objects.get(pk=record)
    assert entry.recorded_at <= entry.received_at


def test_text_no_database_keeps_is_kept_without_what_it_cannot_hold(
    pat: Author, tablet: Tablet, encounter: UUID
) -> None:
    record = uuid7()
    assert tablet.outcomes(story(pat, encounter, "Half \ud83d of\x00 a face", record)) == ["applied"]
    assert Narrative.objects.get(pk=record).text == "Half \ufffd of a face"
