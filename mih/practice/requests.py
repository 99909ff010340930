"""One request after another to the public API, as the people of a case, remembering what a case calls by name."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from mih.practice.case import Case, CaseError, NotThere, Step
from mih.practice.loose import form_key, nearest
from mih.practice.stage import Stage

Answer = dict[str, Any]


class Requests:
    """The base of every group of acts."""

    case: Case
    stage: Stage

    def __init__(self) -> None:
        self.response: str | None = None
        self.responses: dict[str, str] = {}
        self.person: str | None = None
        self.starts: dict[str, tuple[str, dict[str, Any]]] = {}
        self.people: dict[str, str] = {}
        self.records: dict[str, tuple[str, str, str]] = {}
        self.seconds: dict[str, dict[str, str]] = {}
        self.last_patch: tuple[str, dict[str, Any]] | None = None

    def ask(
        self, step: Step, method: str, path: str, body: Mapping[str, Any] | None = None, *, by: str = ""
    ) -> Answer:
        """One request to the API as the step's person, or as `by`; a refusal is an answer, an error of ours is not."""
        client = self.stage.client(by or step.by)
        host = next((name for name in settings.ALLOWED_HOSTS if name not in ("*", "")), "localhost").lstrip(
            "."
        )
        send = getattr(client, method)
        reply = send(f"/api/{path}", body or {}, format="json", secure=True, headers={"host": host})
        if reply.status_code >= 500:
            raise CaseError(
                f"the server failed on {method.upper()} /api/{path}. This is a mistake in the product."
            )
        data = reply.json() if reply.content else None
        if reply.status_code >= 400:
            errors = (data or {}).get("errors", [])
            return {
                "status": reply.status_code,
                "refused": [
                    {"code": error.get("code"), "sentence": error.get("detail"), "field": error.get("attr")}
                    for error in errors
                ],
            }
        return {"status": reply.status_code, "data": data}

    def _here(self, step: Step) -> str:
        wanted = step.given.get("response")
        if wanted is not None:
            if wanted not in self.responses:
                raise CaseError(f"there is no response called “{wanted}”.")
            return self.responses[wanted]
        if self.response is None:
            raise CaseError("start a response first.")
        return self.response

    def _record(self, name: Any) -> tuple[str, str, str]:
        """(response, form, record) of an entry by its name, or the last one of a form by the form's."""
        if name in self.records:
            return self.records[name]
        of_form = [found for found in self.records.values() if found[1] == form_key(name)]
        if not of_form:
            known = ", ".join(map(str, self.records)) or "none"
            raise NotThere(
                f"there is no entry called “{name}”{nearest(str(name), map(str, self.records))}. Entries: {known}."
            )
        return of_form[-1]

    def _time(self, step: Step, given: Any) -> str | None:
        return None if given is None else self.case.moment(given, after=step.at).isoformat()


def plain(value: Any) -> Any:
    """YAML's own dates and times as JSON text."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def brief(answer: Answer) -> Answer:
    data = answer.pop("data", None) or {}
    if isinstance(data, dict):
        for key in ("clashes", "ready"):
            if data.get(key):
                answer[key] = data[key]
    return answer
