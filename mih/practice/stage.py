"""The practice programme a case is played in: its staff, unit, stock, partners and policies.

Everything here happens inside one database transaction that is rolled back at the end, so that a case leaves nothing
behind and meets no real record.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pgtrigger
from django.utils.dateparse import parse_date
from knox.models import AuthToken
from rest_framework.test import APIClient

from mih.accounts.models import Credential, Programme, Role, Staff, Team, Unit
from mih.core import clock
from mih.practice.case import Case, CaseError
from mih.protocols.licenses import kinds_in, needed_by
from mih.protocols.models import Protocol
from mih.protocols.policy import default_document
from mih.protocols.selectors import forget, in_force, versions_in_force
from mih.protocols.services import load_defaults, propose, sign

_ROLES = {
    "prss": "peer",
    "peer_specialist": "peer",
    "bhcm": "navigator",
    "lpc": "clinician",
    "lcsw": "clinician",
    "lmft": "clinician",
    "student": "intern",
    "manager": "programme_manager",
    "program_manager": "programme_manager",
}
DIRECTOR = "the practice programme's medical director"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_STANDING = ("protocols.Protocol:signature_stands", "protocols.Protocol:withdrawn_stands")


class Stage:
    """The practice programme with the case's own people on it."""

    def __init__(self, case: Case) -> None:
        self.case = case
        tag = f"practice-{case.start:%Y%m%d}"
        self.programme = Programme.objects.create(
            code=f"P{case.start:%y%m%d%H%M}", name="Practice", is_practice=True
        )
        self.team = Team.objects.create(programme=self.programme, name="Practice team")
        self.unit = Unit.objects.create(
            call_sign=_free(str(case.unit.get("call_sign", "PRACTICE-1"))), programme=self.programme
        )
        self.director = self._hire(
            f"{tag}-director", {"role": "medical_director", "name": "Practice Director"}
        )
        self.lots: dict[str, str] = {}
        self.partners: dict[str, str] = {}
        self._keepers = tuple(
            self._hire(f"{tag}-{name}", {"role": "supervisor", "name": f"Practice {name.title()}"})
            for name in ("keeper", "witness")
        )
        self.staff = {name: self._hire(f"{tag}-{name}", about) for name, about in case.staff.items()}
        for name, about in case.staff.items():
            if about.get("supervisor"):
                self.staff[name].supervisor = self._one(str(about["supervisor"]))
                self.staff[name].save(update_fields=["supervisor"])
        self._set_policies()
        self._clients: dict[str, APIClient] = {}

    def person_on_staff(self, name: str) -> Staff:
        """One of the case's staff by the case's own name for them. Raises `CaseError`."""
        return self._one(name)

    def _one(self, name: str) -> Staff:
        if name not in self.staff:
            raise CaseError(f"“{name}” is not among the case's staff.")
        return self.staff[name]

    def keepers(self) -> tuple[Staff, Staff]:
        """Two people who are not of the case: they receive and count its stock."""
        return self._keepers[0], self._keepers[1]

    def username(self, name: str) -> str:
        """The sign-in name of one of the case's staff."""
        return self._one(name).username

    def _hire(self, username: str, about: Any) -> Staff:
        role = _role(str(about.get("role", "")))
        if role not in Role.values:
            raise CaseError(f"“{role}” is not a role. Roles are {', '.join(Role.values)}.")
        first, _, last = str(about.get("name", username.rsplit("-", 1)[-1].title())).partition(" ")
        member = Staff.objects.create(
            username=username,
            role=role,
            first_name=first,
            last_name=last,
            title=str(about.get("title", "")),
            programme=self.programme,
            phone=str(about.get("phone", "")),
        )
        member.set_unusable_password()
        member.save(update_fields=["password"])
        member.teams.add(self.team)
        Credential.objects.create(
            staff=member,
            kind=_license(about, role),
            issued_on=None,
            expires_on=_day(about.get("license_expires")),
        )
        return member

    def _set_policies(self) -> None:
        """The policies in force today, signed, as if they had always been; then the case's own differences."""
        load_defaults(by=self.director, at=LONG_AGO)
        today = versions_in_force(datetime.now(UTC))
        # A signed or withdrawn version never changes. Here it does, until the transaction is rolled back.
        with pgtrigger.ignore(*_STANDING):
            Protocol.objects.update(effective_from=None, effective_to=None)
            for protocol in Protocol.objects.filter(key__in=today):
                if protocol.number == today[protocol.key]:
                    self._set(protocol, signed=self.case.policies.get(protocol.key, {}).get("signed", True))
        forget()
        for key, wanted in self.case.policies.items():
            values = {name: value for name, value in wanted.items() if name != "signed"}
            if values:
                self._change(key, values, signed=bool(wanted.get("signed", True)))

    def _set(self, protocol: Protocol, *, signed: bool) -> None:
        """In force since long ago; where it needs a signature, signed or not as the case has it."""
        if signed or not protocol.needs_signature:
            protocol.effective_from = LONG_AGO
        if protocol.needs_signature:
            protocol.signed_by = self.director if signed else None
            protocol.signed_at = LONG_AGO if signed else None
        protocol.version += 1
        protocol.save()

    def _change(self, key: str, values: dict[str, Any], *, signed: bool) -> None:
        try:
            document = default_document(key)
        except KeyError:
            raise CaseError(f"There is no policy called “{key}”.") from None
        standing = in_force(key, self.case.start)
        for name, value in document["values"].items():
            value["value"] = standing[name]
        for name, value in values.items():
            if name not in document["values"]:
                raise CaseError(f"Policy {key} holds no value “{name}”.")
            document["values"][name]["value"] = value
        protocol = propose(key=key, document=document, by=self.director)
        if signed:
            sign(protocol=protocol, by=self.director, at=LONG_AGO + timedelta(days=2))

    def client(self, name: str) -> APIClient:
        """The public API as one of the case's staff sees it, signed in by token."""
        if name not in self._clients:
            member = self.director if name == DIRECTOR else self._one(name)
            _, token = AuthToken.objects.create(user=member)
            client = APIClient(raise_request_exception=False)
            client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
            self._clients[name] = client
        return self._clients[name]


def _free(call_sign: str) -> str:
    """That call sign, or one like it where a unit of the agency bears it."""
    taken = Unit.objects.filter(call_sign=call_sign[:20]).exists()
    return f"{call_sign[:11]} practice" if taken else call_sign[:20]


def _role(written: str) -> str:
    """A role by its code, its label, or the name of its credential."""
    word = written.strip().lower().replace(" ", "_").replace("-", "_")
    labels = {label.lower().replace(" ", "_"): value for value, label in Role.choices}
    return _ROLES.get(word) or labels.get(word, word)


def _license(about: Any, role: str) -> str:
    """The license as the case names it; else one that its role signs under."""
    if "license" in about:
        return str(about["license"])
    rules, title = in_force("credentials", clock.now()), str(about.get("title", ""))
    kinds = needed_by(role, rules) or needed_by(role, rules, "needed_to_cosign")
    return title if not kinds or set(kinds) & kinds_in(title, rules) else kinds[0]


def _day(given: Any) -> date | None:
    if given is None or isinstance(given, date):
        return given
    found = parse_date(str(given))
    if found is None:
        raise CaseError(f"“{given}” is not a date. Write 2028-01-31.")
    return found
