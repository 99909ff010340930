"""Clocks that are wrong and forms that have changed since."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mih.core import clock
from mih.encounters.models import Disposition, Narrative, Patch
from mih.field.models import Envelope
from tests.faults.scene import Scene


@pytest.mark.parametrize("ahead", [timedelta(days=3), -timedelta(hours=2)], ids=["+3d", "-2h"])
def test_f47_a_wrong_clock_is_flagged_put_right_and_refuses_nothing(scene: Scene, ahead: timedelta) -> None:
    pat = scene.world.paramedic
    tablet = scene.tablet(pat)
    encounter = tablet.begin(pat)
    tablet.clock = tablet.offset = ahead
    made = tablet.fill(pat, encounter, "narrative", text=scene.words())
    assert {item.outcome for item in tablet.push().items} == {"applied"}
    row = Envelope.objects.get(pk=made.mid)
    assert "clock_skew" in row.flags
    assert row.captured_at
    assert abs(row.captured_at - clock.now() - ahead) < timedelta(minutes=1)
    entry = Narrative.objects.get(encounter=encounter)
    assert abs(entry.received_at - clock.now()) < timedelta(minutes=1)
    assert abs(entry.recorded_at - clock.now()) < timedelta(minutes=1)


def test_f47_a_clock_set_ahead_without_a_signal_is_flagged(scene: Scene) -> None:
    """The tablet has not heard from the server since, so it does not know that it is wrong."""
    pat = scene.world.paramedic
    tablet = scene.tablet(pat)
    encounter = tablet.begin(pat)
    tablet.clock = timedelta(days=3)
    made = tablet.fill(pat, encounter, "narrative", text=scene.words())
    tablet.drain()
    assert "clock_skew" in Envelope.objects.get(pk=made.mid).flags
    assert Narrative.objects.get(encounter=encounter).recorded_at <= clock.now()


def test_f47_a_clock_that_goes_backwards_orders_nothing(scene: Scene) -> None:
    """Mid-form the clock falls back by two hours: numbers order the words, and the fall is flagged."""
    pat = scene.world.paramedic
    tablet = scene.tablet(pat)
    encounter = tablet.begin(pat)
    tablet.fill(pat, encounter, "narrative", text=scene.words("first"))
    tablet.clock = -timedelta(hours=2)
    last = scene.words("second")
    made = tablet.fill(pat, encounter, "narrative", text=last)
    tablet.drain()
    assert Narrative.objects.get(encounter=encounter).text == last
    assert "clock_suspect" in Envelope.objects.get(pk=made.mid).flags


def test_f47_the_hour_that_comes_twice(scene: Scene) -> None:
    """Across the end of daylight saving time: 01:50 and 01:10 on the wall are twenty minutes apart, in order."""
    pat = scene.world.paramedic
    tablet = scene.tablet(pat)
    zone = ZoneInfo("America/Chicago")
    times = [
        datetime(2026, 11, 1, 1, 50, tzinfo=zone, fold=0),
        datetime(2026, 11, 1, 1, 10, tzinfo=zone, fold=1),
    ]
    tablet.clock = times[0] - timedelta(minutes=10) - clock.now()
    encounter = tablet.begin(pat)
    tablet.clock = timedelta()
    for moment in times:
        last = scene.words()
        tablet.fill(pat, encounter, "narrative", text=last, at=moment)
    tablet.drain()
    rows = Envelope.objects.filter(encounter=encounter, type="draft.patch").order_by("seq")
    first, second = [row.captured_at for row in rows]
    assert first
    assert second
    assert second - first == timedelta(minutes=20)
    assert not any("clock_suspect" in row.flags for row in rows)
    assert Narrative.objects.get(encounter=encounter).text == last


def test_f42_a_form_of_an_older_release_is_accepted_and_what_it_lacks_or_has_too_much_is_said(
    scene: Scene,
) -> None:
    pat = scene.world.paramedic
    tablet = scene.tablet(pat)
    encounter = tablet.begin(pat)
    good = scene.words()
    made = tablet.fill(pat, encounter, "disposition", destination=good, asked_until_last_year=scene.words())
    assert tablet.push()[made.mid].outcome == "attention"
    assert list(tablet.sent[-1].detail["refused"]) == ["asked_until_last_year"]
    assert Disposition.objects.get(encounter=encounter).destination == good
    assert Patch.objects.get(pk=made.mid).by == pat


def test_f42_work_of_a_kind_this_release_does_not_know_is_kept(scene: Scene) -> None:
    pat = scene.world.paramedic
    tablet = scene.tablet(pat)
    encounter = tablet.begin(pat)
    later = tablet.write(pat, "future.thing", {"what": "nobody knows yet"}, encounter=encounter)
    tablet.fill(pat, encounter, "narrative", text=scene.words("goes on after it"))
    receipt = tablet.push()
    assert receipt[later.mid].outcome == "quarantined"
    assert receipt[later.mid].detail["code"] == "unknown_type"
    assert [item.outcome for item in receipt.items] == ["applied", "quarantined", "applied"]
