"""Copies of whole responses, made by the database: one statement for each table and batch.

A copy's identifiers follow from its number and the identifiers of what it is a copy of, so that every reference between
copied rows is right by making, in whatever order the tables are written. Times move with the copy.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from mih.config.city.writing import events_of, tables_of
from mih.encounters.models import Disposition, Encounter, Incident
from mih.episodes.models import EpisodeOfCare
from mih.followups.models import ContactDue, FollowUpTrigger, PlannedStep
from mih.people.models import Person
from mih.privacy.models import Consent
from mih.referrals.models import LoopEvent, ReferralLoop
from mih.safety_plans.models import PlanReading

PLAN = """
CREATE TEMPORARY TABLE city_plan (
    no int PRIMARY KEY, exemplar uuid NOT NULL, episode uuid, incident uuid NOT NULL, person uuid, navigator uuid,
    began timestamptz NOT NULL, delta interval NOT NULL, stays_open boolean NOT NULL, place text NOT NULL,
    present timestamptz NOT NULL
) ON COMMIT PRESERVE ROWS
"""

MAPPED = """
CREATE OR REPLACE FUNCTION pg_temp.copied(no int, began timestamptz, old uuid) RETURNS uuid IMMUTABLE LANGUAGE sql AS $$
SELECT CASE WHEN old IS NULL THEN NULL ELSE (
    lpad(to_hex((extract(epoch FROM began) * 1000)::bigint), 12, '0')
    || overlay(overlay(right(md5(no::text || old::text), 20) placing '7' from 1) placing '8' from 5))::uuid END
$$
"""

NEVER = {"encounters_conflict", "encounters_signedsnapshot", "field_attachment", "followups_planningtrouble"}


@dataclass(frozen=True)
class Copying:
    """How one table is copied: which of its rows belong to an exemplar, and what is not simply moved along.

    `link` is a condition on `t` (the row) and `c` (the copy); `instead` gives SQL for columns by name, with
    `row` for the row or one of its earlier versions.
    """

    model: type[models.Model]
    link: str
    instead: dict[str, str]
    every_version: bool = True
    """Whether the whole history comes along; else its last line, where the copy ends otherwise than the exemplar."""


def id_of(column: str) -> str:
    """SQL for the copy's identifier of what `column` names."""
    return f"pg_temp.copied(c.no, c.began, {column})"


@cache
def copyings() -> tuple[Copying, ...]:
    """Every table that hangs on a response, parents before what refers to them."""
    own = [
        model
        for model in _models()
        if any(field.related_model is Encounter for field in model._meta.concrete_fields)
        and model._meta.db_table not in NEVER
        and model not in (ContactDue, FollowUpTrigger)
    ]
    contact = "t.contact_id IN (SELECT id FROM followups_contactdue WHERE encounter_id = c.exemplar)"
    loop = "IN (SELECT loop_id FROM referrals_referral WHERE encounter_id = c.exemplar)"
    consents = "IN (SELECT id FROM encounters_consenttaken WHERE encounter_id = c.exemplar)"
    plans = "IN (SELECT id FROM safety_plans_safetyplan WHERE encounter_id = c.exemplar)"
    return (
        Copying(Incident, "t.id = c.incident", INCIDENT),
        Copying(EpisodeOfCare, "t.id = c.episode", EPISODE, every_version=False),
        Copying(Encounter, "t.id = c.exemplar", ENCOUNTER),
        Copying(ContactDue, "t.encounter_id = c.exemplar", CONTACT, every_version=False),
        Copying(PlannedStep, contact, STEP, every_version=False),
        Copying(FollowUpTrigger, "t.encounter_id = c.exemplar", TRIGGER, every_version=False),
        Copying(ReferralLoop, f"t.id {loop}", LOOP, every_version=False),
        Copying(LoopEvent, f"t.loop_id {loop}", {}),
        *(Copying(model, "t.encounter_id = c.exemplar", _instead(model)) for model in own),
        Copying(Consent, f"t.source {consents}", {}),
        Copying(PlanReading, f"t.plan_id {plans}", {}),
    )


INCIDENT = {
    "number": "'S' || c.no",
    "cad_number": "'CITY-' || c.no",
    "address": "c.place",
}
ENCOUNTER = {"response_number": "'R' || c.no", "shift_id": "NULL", "gist": "NULL"}
_KIN = (
    ("stabilised_in_place", ("shelter_clinic_other", "ed_private_vehicle")),
    ("treated_released_refused_transport", ("refused_evaluation",)),
    ("crisis_centre_transport", ("detox_program",)),
    ("left_scene", ("eloped",)),
    ("cancelled_prior", ("cancelled_on_scene",)),
    ("deceased_on_arrival", ("died",)),
    ("ccd_phone_resolved", ("handoff_cap",)),
)
"""Dispositions the demo's week has, and those it has not that are followed up in the same way."""
DISPOSITION = {
    "code": "CASE "
    + " ".join(
        f"WHEN row.code = '{one}' AND mod(c.no, 11) = {n} THEN '{kin}'"
        for one, others in _KIN
        for n, kin in enumerate(others)
    )
    + " ELSE row.code END"
}
_SIGNER = "(SELECT min(id::text)::uuid FROM accounts_staff WHERE role = 'medical_director')"
_SEEN = (
    f"(row.status = 'awaiting_cosign' AND row.author_id <> {_SIGNER} "
    "AND row.signed_at + c.delta + interval '9 days' < c.present)"
)
COSIGNED = {
    "status": f"CASE WHEN {_SEEN} THEN 'cosigned' ELSE row.status END",
    "cosigned_by_id": f"CASE WHEN {_SEEN} THEN {_SIGNER} ELSE row.cosigned_by_id END",
    "cosigned_at": f"CASE WHEN {_SEEN} THEN row.signed_at + interval '1 day' * (1 + mod(c.no, 8)) "
    "ELSE row.cosigned_at END + c.delta",
}
"""Nobody leaves co-signatures waiting for years: what the demo's week leaves open is signed within nine days."""
LEARNED = "(t.closed_at IS NULL AND c.began + interval '60 days' < c.present AND mod(c.no, 50) <> 0)"
"""Of a referral still open in the demo's week: whether it is closed by now, as nearly all are after two months."""
CLOSING = "(ARRAY['outcome', 'outcome', 'outcome', 'lost', 'person_declined'])[1 + mod(c.no, 5)]"
CAME_AT = "(c.began + interval '12 days')"
CLOSED_AT = "(c.began + interval '1 day' * (30 + mod(c.no, 25)))"
_CAME = f"{LEARNED} AND {CLOSING} = 'outcome'"
LOOP = {
    "level": f"CASE WHEN {_CAME} THEN greatest(t.level, 4) ELSE t.level END",
    "kept_at": f"CASE WHEN t.kept_at IS NULL AND {_CAME} THEN {CAME_AT} ELSE t.kept_at + c.delta END",
    "outcome_at": f"CASE WHEN t.outcome_at IS NULL AND {_CAME} THEN {CLOSED_AT} ELSE t.outcome_at + c.delta END",
    "closed_at": f"CASE WHEN {LEARNED} THEN {CLOSED_AT} ELSE t.closed_at + c.delta END",
    "closing": f"CASE WHEN {LEARNED} THEN {CLOSING} ELSE t.closing END",
}
_EPISODE_CLOSED = "least(c.present, c.began + interval '45 days')"
EPISODE = {
    "closed_at": f"CASE WHEN c.stays_open THEN NULL ELSE coalesce(t.closed_at + c.delta, {_EPISODE_CLOSED}) END",
    "closing": "CASE WHEN c.stays_open THEN '' WHEN t.closing <> '' THEN t.closing ELSE "
    "(ARRAY['goals_met', 'linked', 'unable', 'declined'])[1 + mod(c.no, 4)] END",
    "primary_id": "CASE WHEN t.primary_id IS NULL THEN NULL ELSE c.navigator END",
    "facility": "CASE WHEN c.stays_open THEN t.facility ELSE '' END",
    "in_facility_since": "CASE WHEN c.stays_open THEN t.in_facility_since + c.delta END",
}
_RUNNING = "t.status IN ('on_hold', 'planned', 'open', 'claimed')"
_OVER = f"({_RUNNING} AND (NOT c.stays_open OR t.closes_at + c.delta < c.present))"
_ENDING = "(ARRAY['done', 'done', 'done', 'done', 'done', 'done', 'unable', 'unable', 'cancelled', 'done'])[1 + mod(c.no + t.risk_rank, 10)]"
CONTACT = {
    "status": f"CASE WHEN {_OVER} THEN {_ENDING} WHEN t.status IN ('planned', 'claimed') AND t.opens_at + c.delta <= c.present "
    "THEN 'open' WHEN t.status = 'claimed' THEN 'open' ELSE t.status END",
    "outcome": f"CASE WHEN {_OVER} THEN CASE {_ENDING} WHEN 'done' THEN 'reached' WHEN 'unable' THEN 'no_answer' ELSE '' END "
    "ELSE t.outcome END",
    "closed_at": f"CASE WHEN {_OVER} THEN least(c.present, coalesce(t.target_at, t.next_at) + c.delta + mod(c.no, 20) * interval '1 hour') "
    f"WHEN {_RUNNING} THEN NULL ELSE t.closed_at + c.delta END",
    "closed_by_id": f"CASE WHEN {_RUNNING} AND NOT {_OVER} THEN NULL ELSE c.navigator END",
    "attempts_count": f"CASE WHEN {_OVER} THEN CASE {_ENDING} WHEN 'cancelled' THEN 0 WHEN 'unable' THEN 3 ELSE 1 + mod(c.no, 2) END "
    f"WHEN {_RUNNING} THEN 0 ELSE least(t.attempts_count, 3) END",
    "assigned_to_id": "CASE WHEN t.assigned_to_id IS NULL THEN NULL ELSE c.navigator END",
    "claimed_by_id": "NULL",
    "claimed_at": "NULL",
    "snoozed_until": "NULL",
    "snooze_reason": "''",
}
STEP = {
    "state": "CASE WHEN row.state = 'planned' THEN (SELECT CASE WHEN k.closed_at IS NULL THEN row.state ELSE k.status END "
    f"FROM followups_contactdue k WHERE k.id = {id_of('row.contact_id')}) ELSE row.state END",
}
"""A contact that is over takes its steps with it."""
TRIGGER = {
    "ended_at": f"CASE WHEN t.ended_at IS NULL AND NOT c.stays_open THEN {_EPISODE_CLOSED} ELSE t.ended_at + c.delta END",
    "ending": "CASE WHEN t.ended_at IS NULL AND NOT c.stays_open THEN 'episode_closed' ELSE t.ending END",
}
"""Closing an episode ends what its follow-up was planned for, holds among them."""


def _instead(model: type[models.Model]) -> dict[str, str]:
    if model is Disposition:
        return COSIGNED | DISPOSITION
    return COSIGNED if any(field.name == "cosigned_by" for field in model._meta.concrete_fields) else {}


def lay_out() -> None:
    """Put what is to be copied into small tables of its own, where growing ones need not be searched for it."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE city_of AS SELECT DISTINCT exemplar, episode, incident FROM city_plan"
        )
        for copying in copyings():
            table = copying.model._meta.db_table
            cursor.execute(
                f"CREATE TEMPORARY TABLE {_laid(table)} AS SELECT c.exemplar AS city_of, t.* FROM city_of c "
                f"JOIN {quote(table)} t ON {copying.link}"
            )
            events = events_of(copying.model)
            if events is not None:
                versions = "SELECT * FROM {} WHERE pgh_obj_id = t.id ORDER BY pgh_id {}".format(
                    quote(events._meta.db_table), "" if copying.every_version else "DESC LIMIT 1"
                )
                cursor.execute(
                    f"CREATE TEMPORARY TABLE {_laid(events._meta.db_table)} AS SELECT t.city_of, e.* "
                    f"FROM {_laid(table)} t CROSS JOIN LATERAL ({versions}) e"
                )
        for table in tables_of(copying.model for copying in copyings()):
            cursor.execute(f"ANALYZE {_laid(table)}")


def clear_away() -> None:
    """Drop what `lay_out` made."""
    with connection.cursor() as cursor:
        for table in tables_of(copying.model for copying in copyings()):
            cursor.execute(f"DROP TABLE {_laid(table)}")
        cursor.execute("DROP TABLE city_of")


def copy_batch(low: int, high: int) -> int:
    """Write the copies numbered from `low` up to, not with, `high`, with their history. Gives the number of rows."""
    rows = 0
    with connection.cursor() as cursor:
        for copying in copyings():
            for sql in statements(copying, "c.no >= %s AND c.no < %s"):
                cursor.execute(sql, [low, high])
                rows += cursor.rowcount
    return rows


def _laid(table: str) -> str:
    return connection.ops.quote_name(f"laid_{table}"[:63])


def statements(copying: Copying, among: str) -> Iterator[str]:
    """SQL that copies the rows of one table for the visits `among` names, and then every version of them in the history."""
    quote = connection.ops.quote_name
    table = copying.model._meta.db_table
    columns, made = _columns(copying)
    named = ", ".join(map(quote, columns))
    rows = f"FROM city_plan c JOIN {_laid(table)} t ON t.city_of = c.exemplar"
    yield f"INSERT INTO {quote(table)} ({named}) SELECT {', '.join(made)} {rows} WHERE {among} ORDER BY c.no"
    events = events_of(copying.model)
    if events is None:
        return
    kept = events._meta.db_table
    columns, made = _columns(copying, source="e" if copying.every_version else "t", of=events)
    named = ", ".join(map(quote, columns))
    yield (
        f"INSERT INTO {quote(kept)} (pgh_created_at, pgh_label, pgh_obj_id, pgh_context_id, {named}) "
        f"SELECT e.pgh_created_at + c.delta, e.pgh_label, {id_of('t.id')}, e.pgh_context_id, {', '.join(made)} "
        f"{rows} JOIN {_laid(kept)} e ON e.city_of = c.exemplar AND e.pgh_obj_id = t.id WHERE {among} "
        "ORDER BY c.no, e.pgh_id"
    )


def _models() -> list[type[models.Model]]:
    found = [
        model
        for model in apps.get_models()
        if model.__module__.startswith("mih.") and not hasattr(model, "pgh_tracked_model")
    ]
    return sorted(found, key=lambda model: model._meta.label)


@cache
def _copied() -> frozenset[type[models.Model]]:
    return frozenset(copying.model for copying in copyings())


def _columns(
    copying: Copying, source: str = "t", of: type[models.Model] | None = None
) -> tuple[list[str], list[str]]:
    """The columns of a table, or those that its history `of` it keeps, and SQL for a copy's value of each, taken from
    `source`."""
    kept = {field.column for field in (of or copying.model)._meta.concrete_fields}
    names, made = [], []
    for field in copying.model._meta.concrete_fields:
        if field.generated or field.column not in kept:
            continue
        names.append(str(field.column))
        instead = copying.instead.get(str(field.column), "").replace("row.", f"{source}.")
        made.append(instead or _moved(field, source))
    return names, made


def _moved(field: Any, source: str) -> str:
    column = f'{source}."{field.column}"'
    if field.related_model is Person:
        return "c.person"
    if field.primary_key or field.related_model in _copied():
        return id_of(column)
    if field.related_model is not None or isinstance(field, ArrayField):
        return column
    match field.get_internal_type():
        case "UUIDField":
            return column if field.name in ("device", "pgh_context") else id_of(column)
        case "DateTimeField":
            return f"{column} + c.delta"
        case "DateField":
            return f"({column} + c.delta)::date"
    return column
