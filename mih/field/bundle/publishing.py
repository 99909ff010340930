"""Gives out a new version of each form that has changed, and says which versions stand now."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, Final

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import JSONField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from mih.core import clock
from mih.encounters.registry import registry
from mih.field.bundle.checks import Unfit
from mih.field.bundle.rendering import Rendered, every_form
from mih.field.models import FormVersion
from mih.instruments.selectors import signed
from mih.protocols.selectors import versions_in_force

log = structlog.get_logger()

ONE_AT_A_TIME: Final = 0x6D69_685F_666F_726D
"""The advisory lock under which forms are published, across processes."""


@dataclass(frozen=True)
class Bundle:
    """The list of forms as tablets get it: JSON text, and its digest. `new` counts the versions that were published
    when it was made."""

    sha: str
    text: str
    forms: frozenset[str] = field(repr=False)
    new: int = 0


_made: tuple[str, Bundle] | None = None
_making = Lock()


def published() -> Bundle:
    """The forms as they stand. Renders them anew, and publishes what has changed, when a policy took effect or an
    instrument was signed or withdrawn since this process last did; otherwise three cheap questions to the database.

    A form that no tablet may hold stays at the version that stands, and is logged: the others go on without it.
    """
    global _made
    with _making:
        mark = _mark(clock.now())
        if _made is not None and _made[0] == mark and _stands(_made[1]):
            return _made[1]
        bundle = publish(unfit=_log)
        _made = (mark, bundle)
        return bundle


def _log(fault: Unfit) -> None:
    log.error("field_form_unfit", why=str(fault))


def publish(*, unfit: Callable[[Unfit], None] | None = None) -> Bundle:
    """Render every form, keep a new version of each that differs from the one that stands, and retire what it replaces.

    Two processes at once publish one after the other, and the second finds nothing new. Raises `Unfit` and publishes
    nothing when a form may not be held by tablets; with `unfit`, tells it and leaves that form as it stands.
    """
    rendered = list(every_form(unfit=unfit))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        standing = {row.key: row for row in FormVersion.objects.filter(retired_at__isnull=True)}
        now = clock.now()
        found = {form.key: _version_of(form, standing.get(form.key), now) for form in rendered}
        versions = {key: row for key, row in found.items() if row is not None}
        gone = [row.pk for key, row in standing.items() if key not in versions]
        FormVersion.objects.filter(pk__in=gone).update(retired_at=now)
    new = sum(row.published_at == now for row in versions.values())
    return _bundle(rendered, versions, new)


def _version_of(form: Rendered, standing: FormVersion | None, now: datetime) -> FormVersion | None:
    if form.content is None:
        return standing
    if standing is not None:
        if standing.document == _text(form.content | {"version": standing.version}):
            return standing
        standing.retired_at = now
        standing.save(update_fields=["retired_at"])
    last = (
        FormVersion.objects.filter(key=form.key)
        .order_by("-version")
        .values_list("version", flat=True)
        .first()
    )
    version = (last or 0) + 1
    text = _text(form.content | {"version": version})
    return FormVersion.objects.create(
        key=form.key, version=version, sha=_digest(text), document=text, published_at=now
    )


def _bundle(rendered: Iterable[Rendered], versions: dict[str, FormVersion], new: int) -> Bundle:
    asked = _questionnaires(versions)
    lines: dict[str, Any] = {
        form.key: {"sha": versions[form.key].sha, "version": versions[form.key].version}
        | form.line
        | asked.get(form.key, {})
        for form in rendered
        if form.key in versions
    }
    listed = {"forms": lines, "groups": list(registry.GROUPS)}
    sha = _digest(_text(listed))
    held = frozenset(row.sha for row in versions.values())
    return Bundle(sha, _text({"sha": sha} | listed), held, new)


def _questionnaires(versions: dict[str, FormVersion]) -> dict[str, dict[str, Any]]:
    """For each form of a questionnaire: its version now, and the digest to show answers given under an earlier one."""
    rows = (
        FormVersion.objects.filter(key__in=versions)
        .alias(content=Cast("document", JSONField()))
        .annotate(number=KT("content__instrument__version"))
        .filter(number__isnull=False)
        .order_by("version")
        .values_list("key", "sha", "number")
    )
    standing = {row.sha for row in versions.values()}
    known: dict[str, dict[str, str]] = {}
    now: dict[str, str] = {}
    for key, sha, number in rows:
        known.setdefault(key, {})[number] = sha
        if sha in standing:
            now[key] = number
    return {
        key: {
            "instrument": int(number),
            "before": {each: sha for each, sha in known[key].items() if each != number},
        }
        for key, number in now.items()
    }


def _stands(bundle: Bundle) -> bool:
    """Whether every version on the list is stored: a restored database may hold fewer."""
    return FormVersion.objects.filter(sha__in=bundle.forms).count() == len(bundle.forms)


def _mark(at: datetime) -> str:
    """What the rendered forms depend on besides the program itself, which does not change while it runs."""
    uploads = [[each.kind, each.key, each.number, each.stands(at)] for each in signed() if each.began(at)]
    templates = clock.now().isoformat() if settings.DEBUG else ""
    return _digest(_text([versions_in_force(at), uploads, templates]))


def _text(data: Any) -> str:
    """One spelling of the data: what digests are made of."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
