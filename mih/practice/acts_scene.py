"""Acts before and around a response: shift, start, times, crew, person."""

from typing import Any

from mih.core.ids import uuid7
from mih.practice.case import CaseError, Step
from mih.practice.requests import Answer, Requests, plain


class SceneActs(Requests):
    """What a crew does around its documentation."""

    def do_shift(self, step: Step) -> Answer:
        crew = [self.stage.username(name) for name in step.given.get("crew", [])]
        return self.ask(step, "post", "shifts/", {"unit": self.stage.unit.call_sign, "crew": crew})

    def do_start(self, step: Step) -> Answer:
        name = step.given.get("name", f"response {len(self.responses) + 1}")
        incident = dict(step.given.get("incident", {}))
        if "called_at" in incident:
            incident["called_at"] = self._time(step, incident["called_at"])
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
            return {"status": answer["status"], "response": name}
        return answer

    def do_times(self, step: Step) -> Answer:
        here, answer = self._here(step), {"status": 200}
        for name, given in step.given.items():
            if name in ("response", "reason"):
                continue
            body = {
                "field": name if name.endswith("_at") else f"{name}_at",
                "value": self._time(step, given),
                "reason": step.given.get("reason", ""),
            }
            answer = self.ask(step, "post", f"encounters/{here}/times/", body)
            if "refused" in answer:
                return answer
        return {"status": answer["status"]}

    def do_describe(self, step: Step) -> Answer:
        details = {key: value for key, value in step.given.items() if key != "response"}
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
        known = step.given.get("known")
        if known is not None:
            if known not in self.people:
                raise CaseError(f"there is no person called “{known}” in this case.")
            self.person = self.people[known]
        else:
            body = {"id": str(uuid7()), "details": plain(given), "aliases": step.given.get("aliases", [])}
            answer = self.ask(step, "post", "people/", body)
            if "refused" in answer:
                return answer
            self.person = self.people[step.given.get("name", f"person {len(self.people) + 1}")] = answer[
                "data"
            ]["id"]
        answer = self.ask(step, "post", f"encounters/{self._here(step)}/person/", {"person": self.person})
        answer.pop("data", None)
        return answer
