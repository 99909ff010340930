"""Acts on entries: fill, change, send again, remove, correct, co-sign; and closing the record."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.forms import DateTimeField, ModelChoiceField

from mih.core.ids import uuid7
from mih.encounters.registry import registry
from mih.practice.case import CaseError, NotThere, Step
from mih.practice.loose import form_key, nearest, understood
from mih.practice.requests import Answer, Requests, brief, plain


class EntryActs(Requests):
    """What a crew writes down and signs."""

    def do_fill(self, step: Step) -> Answer:
        """Fill a form. With `name`, later steps can change, remove, correct or co-sign it."""
        written = step.given.get("form")
        if not written:
            raise CaseError("name the form to fill.")
        form = form_key(written)
        if form is None:
            known = [spec.key for spec in registry]
            raise NotThere(f"there is no form “{written}”{nearest(str(written), known)}: {', '.join(known)}.")
        here, name = self._here(step), step.given.get("name", form)
        kept = self._filled_before(here, form)
        # Named even when it is refused: a later change is then a second try at the same record.
        self.records[name] = (here, form, kept or str(uuid7()))
        return self._change(step, form, self.records[name][2], step.given.get("values", {}))

    def _filled_before(self, here: str, form: str) -> str | None:
        """The record of a form that is filled once: filling it again is adding to it, as on the tablet."""
        if registry[form].repeatable:
            return None
        return next((record for at, key, record in self.records.values() if (at, key) == (here, form)), None)

    def do_change(self, step: Step) -> Answer:
        """Change an entry filled before."""
        _, form, record = self._record(step.given.get("entry"))
        return self._change(step, form, record, step.given.get("values", {}))

    def _change(self, step: Step, form: str, record: str, written: Any) -> Answer:
        here = self._here(step)
        values, strangers = understood(form, written)
        base, version = self._standing(step, here, record)
        happened = step.given.get("time", step.at if form not in ("person", "contact") else None)
        body = {
            "id": str(uuid7()),
            "form": form,
            "record": record,
            "base_version": version,
            "happened_at": self._time(step, happened),
            "changes": {
                name: {"base": base.get(name), "value": self._value(step, form, name, value)}
                for name, value in values.items()
            },
        }
        self.last_patch = (f"encounters/{here}/patches/", body)
        answer = brief(self.ask(step, "post", *self.last_patch))
        if form == "buprenorphine_dose" and "refused" not in answer:
            self._second_people(step, here, record, values)
        return {**answer, "not_understood": strangers} if strangers else answer

    def _second_people(self, step: Step, here: str, record: str, values: Mapping[str, Any]) -> None:
        """Whoever the case names as second person to a dose or its waste was there: they sign, as themselves."""
        named = self.seconds.setdefault(record, {})
        for act, field in (("dose", "witness"), ("waste", "waste_witness")):
            if values.get(field) in self.stage.staff:
                named[act] = str(values[field])
        for act, name in named.items():
            self.ask(
                replace(step, by=name),
                "post",
                f"encounters/{here}/doses/{record}/second-person/",
                {"act": act},
            )

    def _standing(self, step: Step, here: str, record: str) -> tuple[dict[str, Any], int]:
        answer = self.ask(step, "get", f"encounters/{here}/")
        for entry in (answer.get("data") or {}).get("entries", []):
            if entry["record"] == record:
                return entry["values"], entry["version"]
        return {}, 0

    def _value(self, step: Step, form: str, name: str, value: Any) -> Any:
        """Times of day, partners and colleagues are written as a person says them."""
        field = registry[form].fields().get(name) if form in registry else None
        if isinstance(field, DateTimeField):
            return self._time(step, value)
        if name == "partner" and value in self.stage.partners:
            return self.stage.partners[value]
        if isinstance(field, ModelChoiceField) and isinstance(value, str) and value in self.stage.staff:
            return str(self.stage.person_on_staff(value).pk)
        return plain(value)

    def do_again(self, step: Step) -> Answer:
        """Send the last change set once more, unaltered, as a tablet does that heard no answer."""
        if self.last_patch is None:
            raise CaseError("nothing was sent yet.")
        return brief(self.ask(step, "post", *self.last_patch))

    def do_remove(self, step: Step) -> Answer:
        here, form, record = self._record(step.given.get("entry"))
        return self.ask(step, "delete", f"encounters/{here}/entries/{form}/{record}/")

    def do_correct(self, step: Step) -> Answer:
        _, form, record = self._record(step.given.get("entry"))
        written, strangers = understood(form, step.given.get("values", {}))
        values = {name: self._value(step, form, name, value) for name, value in written.items()}
        body = {"changes": values, "reason": step.given.get("reason", "")}
        answer = self.ask(step, "post", f"entries/{form}/{record}/correct/", body)
        if "data" in answer:
            name = step.given["entry"]
            self.records[name] = (self._record(name)[0], form, answer["data"]["record"])
        answer = brief(answer)
        return {**answer, "not_understood": strangers} if strangers else answer

    def do_cosign(self, step: Step) -> Answer:
        _, form, record = self._record(step.given.get("entry"))
        return brief(self.ask(step, "post", f"entries/{form}/{record}/cosign/"))

    def do_acknowledge(self, step: Step) -> Answer:
        wanted = step.given.get("alarm")
        record = self.ask(step, "get", f"encounters/{self._here(step)}/").get("data") or {}
        for alarm in record.get("alarms", []):
            if alarm["code"] == wanted:
                body = {"action": step.given.get("action", "")}
                return brief(self.ask(step, "post", f"alarms/{alarm['id']}/acknowledge/", body))
        raise NotThere(f"the alarm {wanted} does not stand.")

    def do_review(self, step: Step) -> Answer:
        answer = self.ask(step, "get", f"encounters/{self._here(step)}/review/")
        if "data" in answer:
            data = answer.pop("data")
            answer["ready"] = data["ready"]
            answer["missing"] = [
                {"code": gap["code"], "form": gap["form"], "field": gap["field"], "sentence": gap["sentence"]}
                for gap in data["missing"]
            ]
            answer["alarms"] = [alarm["code"] for alarm in data["alarms"]]
        return answer

    def do_sign(self, step: Step) -> Answer:
        return brief(self.ask(step, "post", f"encounters/{self._here(step)}/sign/"))

    def do_sign_own(self, step: Step) -> Answer:
        return self.ask(step, "post", f"encounters/{self._here(step)}/sign-own/")

    def do_addendum(self, step: Step) -> Answer:
        body = {"text": step.given.get("text", ""), "reason": step.given.get("reason", "")}
        return brief(self.ask(step, "post", f"encounters/{self._here(step)}/addenda/", body))

    def do_contact(self, step: Step) -> Answer:
        """Set how the person may be reached."""
        given = {key: value for key, value in step.given.items() if key != "response"}
        return self._change(step, "contact", self._contact_record(step), given)

    def _contact_record(self, step: Step) -> str:
        answer = self.ask(step, "get", f"encounters/{self._here(step)}/")
        for entry in (answer.get("data") or {}).get("entries", []):
            if entry["form"] == "contact":
                return str(entry["record"])
        return str(uuid7())
