"""Envelopes that are not what they say: other bytes under a known identifier, a changed header, another's name."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from mih.encounters.models import Narrative, Patch
from mih.field.models import Envelope, EnvelopeClash
from tests.faults import breakage, wire
from tests.faults.scene import Scene
from tests.faults.tablet import Tablet, once


def test_f09_other_bytes_under_a_known_identifier_are_kept_and_not_applied(scene: Scene) -> None:
    pat = scene.world.paramedic
    tablet = scene.tablet()
    encounter = tablet.begin(pat)
    first = tablet.fill(pat, encounter, "narrative", text=scene.words("what was written"))
    tablet.drain()
    key = tablet.authors[pat.pk].key
    changes = {"text": {"base": None, "value": "what somebody else put there"}}
    twin = wire.envelope(
        first.head,
        {"changes": changes, "base_version": 0, "happened_at": None},
        key=key,
        sealed_to=_public(tablet),
    )
    assert (twin.mid, twin.header) == (first.mid, first.header)
    item = tablet.push([twin])[first.mid]
    assert item.outcome == "quarantined"
    assert item.detail["code"] == "mid_reuse"
    clash = EnvelopeClash.objects.get(mid=first.mid)
    assert bytes(clash.body) == twin.body
    assert bytes(Envelope.objects.get(pk=first.mid).body) == first.body
    assert Narrative.objects.get(encounter=encounter).text == first.payload["changes"]["text"]["value"]
    tablet.push([twin])
    assert EnvelopeClash.objects.filter(mid=first.mid).count() == 1


def test_f10_a_header_altered_on_the_way_is_in_custody_and_in_no_record(scene: Scene) -> None:
    pat = scene.world.paramedic
    tablet = scene.tablet()
    encounter = tablet.begin(pat)
    tablet.drain()
    made = tablet.fill(pat, encounter, "narrative", text=scene.words())
    before, after = b'"America/Chicago"', b'"America/Caracas"'
    scene.network.next(breakage.edited(lambda body: body.replace(before, after)))
    item = tablet.push()[made.mid]
    assert item.outcome == "quarantined"
    assert item.detail["code"] in ("open_failed", "bad_signature")
    row = Envelope.objects.get(pk=made.mid)
    assert after in bytes(row.header)
    assert not Patch.objects.filter(encounter=encounter).exists()
    # What the author wrote is still on the tablet, under its own identifier: it is offered anew as another envelope.
    scene.ledger.forged.add(made.mid)
    scene.ledger.saved.pop(made.mid)
    text = made.payload["changes"]["text"]["value"]
    tablet.known.pop((once(encounter, "narrative"), "text"))
    tablet.fill(pat, encounter, "narrative", text=text)
    tablet.drain()
    assert Narrative.objects.get(encounter=encounter).text == text


@pytest.mark.parametrize("forgery", ["own key", "a colleague's key", "no key at all"])
def test_f11_a_forged_author_changes_no_record(scene: Scene, forgery: str) -> None:
    pat, nia = scene.world.paramedic, scene.world.navigator
    tablet = scene.tablet(pat, nia)
    encounter = tablet.begin(pat, crew=[nia])
    tablet.drain()
    honest = tablet.authors[pat.pk].key
    keys = {
        "own key": ec.generate_private_key(ec.SECP256R1()),
        "a colleague's key": tablet.authors[nia.pk].key,
        "no key at all": None,
    }
    key = keys[forgery]
    tablet.authors[pat.pk].key = key or honest
    made = tablet.fill(pat, encounter, "narrative", text="Words nobody wrote.")
    if key is None:
        made.sig = bytes(64)
    tablet.authors[pat.pk].key = honest
    scene.ledger.forged.add(made.mid)
    scene.ledger.saved.pop(made.mid)
    scene.ledger.typed.clear()
    item = tablet.push()[made.mid]
    assert (item.outcome, item.detail["code"]) == ("quarantined", "bad_signature")
    assert Envelope.objects.filter(pk=made.mid, outcome="quarantined").exists()
    assert not Narrative.objects.filter(encounter=encounter).exists()
    # The true author goes on after it.
    tablet.known.clear()
    tablet.fill(pat, encounter, "narrative", text=scene.words("the true words"))
    tablet.drain()
    assert Narrative.objects.get(encounter=encounter).author == pat


def test_f11_nobodys_name_is_kept_apart(scene: Scene) -> None:
    """An author this tablet never enrolled."""
    pat, nia = scene.world.paramedic, scene.world.navigator
    tablet = scene.tablet(pat)
    encounter = tablet.begin(pat)
    tablet.drain()
    head = json.loads(tablet.fill(pat, encounter, "narrative", text="x").header) | {"author": str(nia.pk)}
    [mine] = tablet.pending
    forged = wire.envelope(head, mine.payload, key=tablet.authors[pat.pk].key, sealed_to=_public(tablet))
    tablet.outbox.remove(mine)
    scene.ledger.saved.pop(mine.mid)
    scene.ledger.typed.clear()
    item = tablet.push([forged])[forged.mid]
    assert item.outcome == "quarantined"
    assert item.detail["code"] in ("unknown_author", "bad_signature")
    assert not Narrative.objects.filter(encounter=encounter).exists()


def _public(tablet: Tablet) -> bytes:
    return base64.b64decode(tablet.keys[0]["pk"])
