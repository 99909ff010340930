"""Plays a practice case: each step is one request to the public API by its named staff, under the case's own clock."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from mih.audit.context import SYSTEM, acting
from mih.core import clock
from mih.followups import sweeps
from mih.practice.acts_after import AfterActs
from mih.practice.acts_entries import EntryActs
from mih.practice.acts_scene import SceneActs
from mih.practice.case import Case, CaseError, NotThere, Step
from mih.practice.props import add_partners, add_stock, stock_report
from mih.practice.requests import Answer
from mih.practice.stage import DIRECTOR, Stage


class Player(SceneActs, EntryActs, AfterActs):
    """One playing of one case. `play` gives what the system concluded."""

    def __init__(self, case: Case) -> None:
        super().__init__()
        self.case = case
        self.now = case.start
        self.acts: dict[str, Callable[[Step], Answer]] = {
            name[3:]: getattr(self, name) for name in dir(self) if name.startswith("do_")
        }
        self.log: list[Answer] = []
        self.looks: dict[str, Any] = {}

    def play(self) -> dict[str, Any]:
        """Play every step and report. Nothing stays in the database."""
        with transaction.atomic(), clock.fixed(self.case.start), acting(SYSTEM):
            try:
                return self._play()
            finally:
                transaction.set_rollback(True)

    def _play(self) -> dict[str, Any]:
        self.stage = Stage(self.case)
        add_stock(self.case, self.stage)
        add_partners(self.case, self.stage)
        before = stock_report(self.stage)
        for step in self.case.steps:
            self._move_to(step.at)
            with clock.fixed(step.at):
                answer = self._act(step)
                self.log.append(answer)
                self._sweep(step.at)
        with clock.fixed(self.now):
            return self._report(before)

    def _act(self, step: Step) -> Answer:
        act = self.acts.get(step.do)
        if act is None:
            raise CaseError(
                f"Step {step.number}: there is no “{step.do}”. Known: {', '.join(sorted(self.acts))}."
            )
        try:
            answer = act(step)
        except NotThere as missing:
            answer = {
                "status": 404,
                "refused": [{"code": "not_there", "sentence": str(missing), "field": None}],
            }
        except CaseError as error:
            raise CaseError(f"Step {step.number}: {error}") from None
        head = {"step": step.number, "at": clock.local(step.at).isoformat(), "by": step.by, "do": step.do}
        return {**head, **answer}

    def do_look(self, step: Step) -> Answer:
        """Keep what the system concludes just now, under a name: an intermediate state to expect something of."""
        name = str(step.given.get("name", f"look {len(self.looks) + 1}"))
        self.looks[name] = self._concluded(step, self._here(step))
        return {"status": 200, "look": name}

    # The clock and the scheduled work

    def _move_to(self, at: datetime) -> None:
        if at > self.now:
            self.now = at
            with clock.fixed(at):
                self._sweep(at)

    def _sweep(self, at: datetime) -> None:
        """What Celery does each minute, for the practice programme alone."""
        for sweep in (sweeps.plan_due, sweeps.activate, sweeps.remind, sweeps.escalate):
            sweep(at=at, programme=self.stage.programme)

    # What was concluded

    def _concluded(self, step: Step, response: str) -> dict[str, Any]:
        """The conclusions as the medical director reads them, who reads every section; what keeps from signing and how to
        reach the person, as the step's own person sees it."""
        path = f"encounters/{response}/conclusions/"
        whole: dict[str, Any] = self.ask(step, "get", path, by=DIRECTOR).get("data") or {}
        own = self.ask(step, "get", path).get("data") or {}
        return {**whole, **{name: own[name] for name in ("gates", "advice", "reaching") if name in own}}

    def _report(self, before: dict[str, Any]) -> dict[str, Any]:
        first = next(iter(self.case.staff))
        step = Step(0, self.now, first, "report", {})
        found = {}
        for name, pk in self.responses.items():
            found[name] = self._concluded(step, pk)
        return {
            "case": self.case.name,
            "title": self.case.title,
            "played_until": clock.local(self.now).isoformat(),
            "responses": found,
            "stock": _difference(before, stock_report(self.stage)),
            "looks": self.looks,
            "refusals": [answer for answer in self.log if "refused" in answer],
            "warnings": [
                f"Step {answer['step']}: {sentence}"
                for answer in self.log
                for sentence in answer.get("not_understood", ())
            ],
            "steps": self.log,
        }


def _difference(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {**after[key], "before": before.get(key, {}).get("balance", 0)}
        | {"change": after[key]["balance"] - before.get(key, {}).get("balance", 0)}
        for key in after
    ]
