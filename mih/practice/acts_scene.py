"""Acts before and around a response: shift, start, times, crew, person."""

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

from mih.core.ids import uuid7
from mih.encounters.models import Encounter, Incident
from mih.practice.case import CaseError, Step
from mih.practice.loose import choice, understood
from mih.practice.requests import Answer, Requests, plain

_TIMES = {
    "enroute": "en_route",
    "arrived": "on_scene",
    "arrived_on_scene": "on_scene",
    "patient": "at_patient",
    "left": "left_scene",
    "clear": "cleared",
}
"""Other names of a response's times."""


class SceneActs(Requests):
    """What a crew does around its documentation."""

    def do_shift(self, step: Step) -> Answer:
        crew = [self.stage.username(name) for name in step.given.get("crew", [])]
        return self.ask(step, "post", "shifts/", {"unit": self.stage.unit.call_sign, "crew": crew})

    def do_start(self, step: Step) -> Answer:
        again = step.given.get("again")
        if again is not None and again not in self.starts:
            raise CaseError(f"there is no response called “{again}” to start again.")
        if again is not None:
            path_and_body = self.starts[again]
            answer = self.ask(step, "post", *path_and_body)
            return {"status": answer["status"], "response": again} if "data" in answer else answer
        name = step.given.get("name", f"response {len(self.responses) + 1}")
        incident = self._incident(step)
        body: dict[str, Any] = {
            "id": str(uuid7()),
            "unit": self.stage.unit.call_sign,
            "modality": step.given.get("modality", "scene"),
            "new_incident": incident,
            "crew": [self.stage.username(each) for each in step.given.get("crew", [])],
        }
        answer = self.ask(step, "post", "encounters/", body)
        if "data" in answer:
            self.response = self.responses[name] = answer["data"]["id"]
            self.starts[name] = ("encounters/", body)
            return {"status": answer["status"], "response": name}
        return answer

    def _incident(self, step: Step) -> dict[str, Any]:
        """The call, with its choices by code or label."""
        given = {"called_at": None, **dict(step.given.get("incident", {}))}
        if given["called_at"] is None:
            given["called_at"] = given.pop("called", None)
        found = {"id": str(uuid7()), **{name: _coded(Incident, name, value) for name, value in given.items()}}
        found["called_at"] = self._time(step, given["called_at"])
        return found

    def do_times(self, step: Step) -> Answer:
        here, answer = self._here(step), {"status": 200}
        for name, given in step.given.items():
            if name in ("response", "reason"):
                continue
            name = name.removesuffix("_at")
            body = {
                "field": f"{_TIMES.get(name, name)}_at",
                "value": self._time(step, given),
                "reason": step.given.get("reason", ""),
            }
            answer = self.ask(step, "post", f"encounters/{here}/times/", body)
            if "refused" in answer:
                return answer
        return {"status": answer["status"]}

    def do_describe(self, step: Step) -> Answer:
        details = {
            key: _coded(Encounter, key, value) for key, value in step.given.items() if key != "response"
        }
        answer = self.ask(step, "patch", f"encounters/{self._here(step)}/", details)
        answer.pop("data", None)
        return answer

    def do_crew(self, step: Step) -> Answer:
        body = {"staff": self.stage.username(step.given["add"]), "remote": bool(step.given.get("remote"))}
        return self.ask(step, "post", f"encounters/{self._here(step)}/crew/", body)

    def do_person(self, step: Step) -> Answer:
        """Add a person and name them on the response, or name one added before (`known: name`)."""
        given = {
            key: value
            for key, value in step.given.items()
            if key not in ("name", "known", "aliases", "response")
        }
        known, strangers = step.given.get("known"), list[str]()
        if known is not None:
            if known not in self.people:
                raise CaseError(f"there is no person called “{known}” in this case.")
            self.person = self.people[known]
        else:
            details, strangers = understood("person", given)
            body = {"id": str(uuid7()), "details": plain(details), "aliases": step.given.get("aliases", [])}
            answer = self.ask(step, "post", "people/", body)
            if "refused" in answer:
                return answer
            self.person = self.people[step.given.get("name", f"person {len(self.people) + 1}")] = answer[
                "data"
            ]["id"]
        answer = self.ask(step, "post", f"encounters/{self._here(step)}/person/", {"person": self.person})
        answer.pop("data", None)
        return {**answer, "not_understood": strangers} if strangers else answer


def _coded(model: type[Model], name: str, value: Any) -> Any:
    """A choice of `model` by its code or its label."""
    try:
        choices = model._meta.get_field(name).flatchoices  # type: ignore[union-attr]
    except FieldDoesNotExist:
        return value
    return choice(value, choices) if choices else value
