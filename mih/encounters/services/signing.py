"""Signing and co-signing."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from mih.accounts.models import Staff, Team
from mih.core import clock
from mih.core.errors import Invalid, NotAllowed, NotFound, Stale
from mih.core.nudge import nudge
from mih.encounters import dispositions, gist
from mih.encounters import picture as pictures
from mih.encounters.findings import Gap
from mih.encounters.models import Alarm, Encounter, Entry, EntryStatus, Patch
from mih.encounters.onscene_closing import gate_facts
from mih.encounters.picture import Picture
from mih.encounters.registry import registry
from mih.encounters.services.alarms import sync_alarms
from mih.encounters.services.waiting import signatures_to_repeat
from mih.episodes.services import episode_for, touch
from mih.privacy import policy
from mih.protocols.licenses import problem_signing
from mih.protocols.licenses.standing import Purpose
from mih.protocols.selectors import in_force


@dataclass(frozen=True)
class Review:
    """What stands between a response and its signature: every gap, each with the field that fills it, and every red
    alarm nobody has acted on."""

    gaps: list[Gap]
    alarms: list[Alarm]
    awaiting: list[tuple[str, Entry]]

    @property
    def ready(self) -> bool:
        return not self.blocking and not self.alarms

    @property
    def blocking(self) -> list[Gap]:
        return [gap for gap in self.gaps if gap.blocking]


def review(picture: Picture, *, by: Staff) -> Review:
    """What `by` would still have to do before signing."""
    gaps = [
        *picture.gaps,
        *_conflicts(picture),
        *_licensed(picture, by),
        *signatures_to_repeat(picture.encounter),
    ]
    awaiting: list[tuple[str, Entry]] = []
    for key, entry in picture.entries:
        if not isinstance(entry, Entry) or entry.is_frozen:
            continue
        if _signable(by, key) or _cosign_later(entry, key):
            continue
        awaiting.append((key, entry))
        title = registry[key].title
        gaps.append(
            Gap(
                "signature_missing",
                f"{title}: {entry.author.display_name} or somebody licensed for it signs this section first.",
                key,
                entry.pk,
            )
        )
    catalogue = picture.policies["alarms"]
    unhandled = [alarm for alarm in picture.alarms if _blocks(catalogue[alarm.code]["blocks_signing"], alarm)]
    return Review(gaps, unhandled, awaiting)


def _licensed(picture: Picture, by: Staff) -> list[Gap]:
    """A HIGH tier is signed off by a licensed clinician, in person or remotely (clinical.md §6.6)."""
    blocks = dispositions.signing_blocks(
        gate_facts(picture), signer_role=by.role, gates=picture.policies["gates"]
    )
    already = {gap.code for gap in picture.gaps}
    return [
        Gap(reason.code, f"{reason.sentence} {reason.what_to_do}", "disposition", None, "clinician_name")
        for reason in blocks
        if reason.code not in already
    ]


def _blocks(rule: str, alarm: Alarm) -> bool:
    """ "resolve": until its cause is gone; "acknowledge": until somebody said what was done; "no": never. An alarm
    that is met holds nothing back."""
    if alarm.met_by:
        return False
    return rule == "resolve" or (rule == "acknowledge" and alarm.acknowledged_at is None)


def _conflicts(picture: Picture) -> list[Gap]:
    open_conflicts = picture.encounter.conflicts.filter(resolved_at__isnull=True).select_related("mine_by")
    return [
        Gap(
            "conflict",
            f"Two people gave “{_label(conflict.form, conflict.field)}” different values. Choose which one stands.",
            conflict.form,
            conflict.entry,
            conflict.field,
        )
        for conflict in open_conflicts
    ]


def _team(response: Encounter, by: Staff) -> Team | None:
    """The team that takes on a new episode: the signer's in this program, or the program's only one."""
    theirs = by.teams.filter(programme=response.programme).order_by("name").first()
    if theirs is not None:
        return theirs
    teams = list(Team.objects.filter(programme=response.programme)[:2])
    return teams[0] if len(teams) == 1 else None


def _label(form: str, name: str) -> str:
    field = registry[form].fields().get(name) if form in registry else None
    return str(field.label) if field and field.label else name.replace("_", " ")


def _signable(staff: Staff, form: str) -> bool:
    return policy.signs(staff, registry[form].section)


def _cosign_later(entry: Entry, form: str) -> bool:
    return policy.needs_cosign(entry.author, registry[form].section)


@transaction.atomic
def sign(*, encounter: UUID, by: Staff, at: datetime, seen_sha256: str = "") -> Encounter:
    """Sign the response: freeze it with all its entries, and ask for its follow-ups to be planned.

    `seen_sha256` is of the text the signer had before them, when a tablet sent it. Entries by an intern await co-signature. Raises `NotAllowed` when the role or a lapsed credential forbids signing,
    `Stale` when it is signed already, `Invalid` with every gap when something is missing.
    """
    rows = Encounter.objects.select_for_update(of=("self",)).select_related(
        "person", "programme", "incident", "unit"
    )
    response = rows.filter(pk=encounter).first()
    if response is None:
        raise NotFound(
            "There is no such response. Go back to today's list and open it again.", code="no_encounter"
        )
    policy.demand(policy.encounter(by, response, "write"))
    policy.demand(policy.section(by, "disposition", "S"))
    demand_credential(by, response, at)
    if response.is_signed:
        raise Stale("This response is already signed.", code="already_signed")
    picture = pictures.load(response)
    sync_alarms(picture, at=at)
    found = review(picture, by=by)
    if not found.ready:
        sentences = [gap.sentence for gap in found.blocking] + [
            f"Act on: {alarm.message}" for alarm in found.alarms
        ]
        raise Invalid(
            f"{len(sentences)} thing{'s' if len(sentences) != 1 else ''} to finish before signing: {sentences[0]}",
            code="not_ready",
            fields={f"{gap.form}.{gap.field or gap.code}": gap.sentence for gap in found.blocking}
            | {f"alarms.{alarm.code}": f"Act on: {alarm.message}" for alarm in found.alarms},
        )
    for key, entry in picture.entries:
        if isinstance(entry, Entry) and not entry.is_frozen:
            _sign_entry(key, entry, by=by, at=at)
    if response.person is not None:
        response.episode = episode_for(
            person=response.person, programme=response.programme, team=_team(response, by), at=at
        )
        touch(episode=response.episode, at=at, risk=picture.facts.tier)
    response.signed_digest, response.seen_sha256 = digest(picture), seen_sha256
    response.signed_by, response.signed_at, response.plan_due_since = by, at, at
    response.gist = gist.as_json(gist.of_picture(picture))
    response.version += 1
    response.save()
    nudge("mih.followups.plan")
    return response


@transaction.atomic
def sign_own(*, encounter: UUID, by: Staff, at: datetime) -> list[Entry]:
    """Sign one's own sections of a response that somebody else leads. An intern's await co-signature."""
    response = (
        Encounter.objects.select_for_update(of=("self",)).filter(pk=encounter, signed_at__isnull=True).first()
    )
    if response is None:
        raise Stale("This response is signed, or is not there any more.", code="encounter_signed")
    demand_credential(by, response, at)
    picture = pictures.load(response)
    mine = [
        (k, e)
        for k, e in picture.entries
        if isinstance(e, Entry) and e.author_id == by.pk and not e.is_frozen
    ]
    able = [(k, e) for k, e in mine if _signable(by, k) or _cosign_later(e, k)]
    missing = [gap for gap in picture.gaps if gap.blocking and gap.entry in {entry.pk for _, entry in able}]
    if missing:
        raise Invalid(
            missing[0].sentence, code="not_ready", fields={f"{g.form}.{g.field}": g.sentence for g in missing}
        )
    if not able:
        raise NotAllowed("You have no section here that your role signs.", code="nothing_to_sign")
    for key, entry in able:
        _sign_entry(key, entry, by=by, at=at)
    return [entry for _, entry in able]


def _sign_entry(key: str, entry: Entry, *, by: Staff, at: datetime) -> None:
    cosign = _cosign_later(entry, key)
    entry.signed_by = entry.author if cosign else by
    entry.signed_at = at
    entry.status = EntryStatus.AWAITING_COSIGN if cosign else EntryStatus.SIGNED
    entry.version += 1
    entry.save()
    registry[key].on_signed(entry, by=by, at=at)


@transaction.atomic
def cosign(*, form: str, entry: UUID, by: Staff, at: datetime) -> Entry:
    """Co-sign somebody else's entry. Nobody co-signs their own work."""
    model = registry[form].model
    row = (
        model._default_manager.select_for_update(of=("self",))
        .select_related("encounter", "author")
        .get(pk=entry)
    )
    if not isinstance(row, Entry) or row.status != EntryStatus.AWAITING_COSIGN:
        raise Stale("This entry does not wait for a co-signature any more.", code="not_awaiting")
    wrote = by.pk in (row.author_id, row.signed_by_id)
    if wrote or Patch.objects.filter(encounter=row.encounter, record=row.pk, by=by).exists():
        raise NotAllowed(
            "You wrote in this entry, and nobody co-signs their own work. Ask the supervisor on duty.",
            code="own_work",
            section=registry[form].section,
        )
    policy.demand(policy.cosigns(by, registry[form].section, row.segment))
    demand_credential(by, row.encounter, at, "needed_to_cosign")
    row.cosigned_by, row.cosigned_at, row.status = by, at, EntryStatus.COSIGNED
    row.version += 1
    row.save()
    row.encounter.alarms.filter(code="COSIGN_OVERDUE", entry=row.pk, cleared_at__isnull=True).update(
        cleared_at=at
    )
    return row


def cosign_due(entry: Entry, hours: float) -> datetime | None:
    """When the co-signature is due: `hours` after the author signed."""
    return entry.signed_at + timedelta(hours=hours) if entry.signed_at else None


def demand_credential(by: Staff, response: Encounter, at: datetime, purpose: Purpose = "needed") -> None:
    """A license of the right kind stands on every day of service and today; days are the agency's own."""
    served = [moment for moment in (response.on_scene_at, response.cleared_at) if moment]
    days = [clock.local(moment).date() for moment in (*(served or [response.created_at]), at)]
    problem = problem_signing(by, days=days, policy=in_force("credentials", at), purpose=purpose)
    if problem:
        raise NotAllowed(problem, code="credential_lapsed")


def digest(picture: Picture) -> str:
    """SHA-256 over every value of the record in a fixed order: what the signer saw."""
    seen = [[key, str(entry.pk), registry[key].read(entry)] for key, entry in picture.entries]
    return hashlib.sha256(json.dumps(seen, sort_keys=True, default=str).encode()).hexdigest()
