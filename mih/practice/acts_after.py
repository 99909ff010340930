"""Acts after the scene: referrals, contacts, facilities."""

from mih.practice.case import NotThere, Step
from mih.practice.requests import Answer, Requests, brief, plain


class AfterActs(Requests):
    """What navigators do with what was planned."""

    def do_referral(self, step: Step) -> Answer:
        """Something that happened to a referral."""
        _, _, record = self._record(step.given.get("entry", "referral"))
        body = {name: value for name, value in step.given.items() if name not in ("entry", "response")}
        for name in ("happened_at", "appointment_at"):
            if name in body:
                body[name] = self._time(step, body[name])
        return brief(self.ask(step, "post", f"referrals/{record}/events/", plain(body)))

    def do_claim(self, step: Step) -> Answer:
        return brief(self.ask(step, "post", f"contacts/{self._contact(step)}/claim/"))

    def do_snooze(self, step: Step) -> Answer:
        body = {"until": self._time(step, step.given.get("until")), "reason": step.given.get("reason", "")}
        return brief(self.ask(step, "post", f"contacts/{self._contact(step)}/snooze/", body))

    def do_attempt(self, step: Step) -> Answer:
        """Try to reach the person for one of the planned contacts."""
        body = {name: value for name, value in step.given.items() if name not in ("contact", "response")}
        answer = self.ask(step, "post", f"contacts/{self._contact(step)}/attempts/", plain(body))
        if "data" in answer:
            answer["next"] = (answer.pop("data") or {}).get("next")
        return answer

    def _contact(self, step: Step) -> str:
        wanted = step.given.get("contact")
        answer = self.ask(step, "get", f"people/{self.person}/contacts/")
        found = answer.get("data") or []
        if isinstance(found, dict):
            found = found.get("results", [])
        labels = []
        for contact in found:
            label = contact["label"]
            labels.append(label)
            if label == wanted and contact["status"] not in ("superseded", "cancelled"):
                return str(contact["id"])
        raise NotThere(f"there is no contact “{wanted}”. Planned: {', '.join(labels) or 'none'}.")

    def do_facility(self, step: Step) -> Answer:
        """The person went into a facility (`in: name`) or left it (`out: true`)."""
        record = self.ask(step, "get", f"encounters/{self._here(step)}/conclusions/").get("data") or {}
        body = {"name": step.given["in"]} if "in" in step.given else {"out": True}
        return brief(self.ask(step, "post", f"episodes/{record.get('episode')}/facility/", body))

    def do_hold(self, step: Step) -> Answer:
        """Something learned of protective custody: an LMHP's assessment, a discharge, a release."""
        body = {name: value for name, value in step.given.items() if name != "response"}
        body["happened_at"] = self._time(step, body.get("happened_at", step.at))
        return brief(self.ask(step, "post", f"encounters/{self._here(step)}/hold-events/", plain(body)))

    def do_wait(self, step: Step) -> Answer:
        """Only the clock moves, and the scheduled work with it."""
        return {"status": 200}

    def do_request(self, step: Step) -> Answer:
        """Any request: `method`, `path` under /api/ (with {response}, {person} filled in), `body`."""
        path = str(step.given.get("path", "")).format(response=self.response, person=self.person)
        return self.ask(
            step, str(step.given.get("method", "get")).lower(), path.lstrip("/"), step.given.get("body")
        )
