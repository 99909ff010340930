"""Sessions that end, tablets that are revoked, restored or forget who they are, keys that change."""

import copy

import pytest

from mih.accounts.models import Device, Session
from mih.core import clock
from mih.encounters.models import Narrative, Patch
from mih.field.models import Envelope
from mih.field.sync.keys import new_key
from tests.faults.scene import Scene
from tests.faults.wire import Refused


def test_f32_the_end_of_a_session_stops_no_upload(scene: Scene) -> None:
    pat = scene.world.paramedic
    tablet = scene.tablet(pat)
    encounter = tablet.begin(pat)
    tablet.push()
    cookies = tablet.session(pat)
    assert tablet.ask("GET", "/field/api/pull", cookies=cookies)[0] == 200
    Session.objects.all().delete()
    tablet.fill(pat, encounter, "narrative", text=scene.words())
    assert tablet.push().items[0].outcome == "applied"
    status, _, _ = tablet.ask("GET", "/field/api/pull", cookies=cookies)
    assert status in (302, 401)
    assert tablet.pull(pat)["responses"]


def test_f33_a_revoked_tablets_words_are_in_custody_and_in_no_record(scene: Scene) -> None:
    pat = scene.world.paramedic
    tablet = scene.tablet(pat)
    encounter = tablet.begin(pat)
    tablet.drain()
    tablet.fill(pat, encounter, "narrative", text=scene.words())
    Device.objects.filter(pk=tablet.device).update(revoked_at=clock.now())
    receipt = tablet.push()
    assert [(item.outcome, item.detail["code"]) for item in receipt.items] == [("quarantined", "revoked")]
    assert "wipe" in receipt.directives
    assert not tablet.pending
    assert not Narrative.objects.filter(encounter=encounter).exists()
    with pytest.raises(Refused, match=r"40[13]"):
        tablet.pull(pat)


def test_f58_what_was_sealed_to_an_old_key_is_still_opened(scene: Scene) -> None:
    pat = scene.world.paramedic
    tablet = scene.tablet(pat)
    encounter = tablet.begin(pat)
    old = tablet.keys[0]["kid"]
    tablet.fill(pat, encounter, "narrative", text=scene.words("under the old key"))
    new_key()
    assert {item.outcome for item in tablet.push().items} == {"applied"}
    tablet.report()
    assert tablet.keys[0]["kid"] != old
    tablet.fill(pat, encounter, "narrative", text=scene.words("under the new key"))
    assert tablet.push().items[0].outcome == "applied"
    kids = Envelope.objects.filter(encounter=encounter).values_list("kid", flat=True)
    assert set(kids) == {old, tablet.keys[0]["kid"]}


def test_f59_a_tablet_put_back_to_an_older_copy_of_itself_loses_and_doubles_nothing(scene: Scene) -> None:
    pat = scene.world.paramedic
    tablet = scene.tablet(pat)
    encounter = tablet.begin(pat)
    tablet.drain()
    tablet.fill(pat, encounter, "narrative", text=scene.words("before the backup"))
    backup = copy.deepcopy({name: getattr(tablet, name) for name in ("outbox", "sent", "known", "versions")})
    author = tablet.authors[pat.pk]
    numbers = (author.seq, dict(author.last))
    tablet.drain()
    tablet.fill(pat, encounter, "disposition", destination=scene.words("after the backup"))
    tablet.drain()

    for name, value in backup.items():
        setattr(tablet, name, value)
    author.seq, author.last = numbers
    tablet.life += 1
    again = tablet.fill(pat, encounter, "disposition", receiver=scene.words("after the restore"))
    receipt = tablet.push()
    assert [item.outcome for item in receipt.items] == ["dup", "applied"]
    row = Envelope.objects.get(pk=again.mid)
    assert "device_rewound" in row.flags
    assert Envelope.objects.filter(device=tablet.device, author=pat.pk, seq=row.seq).count() == 2
    assert Patch.objects.filter(encounter=encounter).count() == 3


def test_f60_a_tablet_that_lost_its_cookie_is_adopted_again_with_all_it_keeps(scene: Scene) -> None:
    pat, nia = scene.world.paramedic, scene.world.navigator
    tablet = scene.tablet(pat, nia)
    encounter = tablet.begin(pat, crew=[nia])
    tablet.fill(pat, encounter, "narrative", text=scene.words())
    tablet.fill(nia, encounter, "disposition", destination=scene.words())
    before, tablet.secret = tablet.device, None
    with pytest.raises(Refused, match="401"):
        tablet.push()
    assert len(tablet.pending) == 3
    tablet.enrol(nia, readopts=before)
    assert tablet.device != before
    receipt = tablet.push()
    assert {item.outcome for item in receipt.items} <= {"applied", "merged"}
    rows = Envelope.objects.filter(encounter=encounter)
    assert {row.device for row in rows} == {before}
    assert {row.uploader for row in rows} == {tablet.device}
    assert all("readopted" in row.flags for row in rows)
    assert {row.author for row in rows} == {pat.pk, nia.pk}
