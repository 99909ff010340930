"""Every form filled on scene, in one list.

The workspace, the patch endpoint, the review screen, printing and exports read this list and nothing else. Adding a
form is one model, one form class and one line here; tests fail until print and export cover it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from mih.encounters.facts import Facts
from mih.encounters.findings import AlarmDue, Gap

if TYPE_CHECKING:
    from mih.accounts.models import Staff
    from mih.encounters.onscene_form import OnSceneForm
    from mih.encounters.picture import Picture

Provider = Callable[[], Iterable["OnSceneForm"]]
FactsFrom = Callable[["Picture", Facts], None]
Rule = Callable[["Picture"], Iterable[Gap | AlarmDue]]


class AfterChange(Protocol):
    """What an app stores because of a change, on whichever form it was made."""

    def __call__(self, picture: "Picture", *, by: "Staff", at: datetime) -> None: ...


class Registry:
    """The on-scene forms in the order of the rail, with the facts and rules their apps contribute."""

    GROUPS: ClassVar[tuple[str, ...]] = (
        "Person",
        "Medical",
        "Behavioral health",
        "Overdose care",
        "Plan and referrals",
        "Close",
    )

    def __init__(self) -> None:
        self._forms: dict[str, OnSceneForm] = {}
        self._in_order: tuple[OnSceneForm, ...] = ()
        self._providers: list[Provider] = []
        self._facts: list[FactsFrom] = []
        self._rules: list[Rule] = []
        self._after: list[AfterChange] = []

    def add(self, form: "OnSceneForm") -> None:
        """Register a form. Two forms of one key are a mistake in the code."""
        if form.key in self._forms:
            raise ValueError(f"Two on-scene forms are called {form.key}.")
        if form.group not in self.GROUPS:
            raise ValueError(f"{form.key}: there is no group called {form.group}.")
        self._forms[form.key] = form

    def provide(self, provider: Provider) -> Provider:
        """Decorator: a function that gives the forms that are data, as they are now. A form of the program's own
        always stands before one provided under its key."""
        self._providers.append(provider)
        return provider

    def facts(self, contribute: FactsFrom) -> FactsFrom:
        """Decorator: let a function add what its app's entries say to an encounter's facts."""
        self._facts.append(contribute)
        return contribute

    def rule(self, rule: Rule) -> Rule:
        """Decorator: let a function find gaps and alarms in the whole encounter."""
        self._rules.append(rule)
        return rule

    def after_change(self, follow: AfterChange) -> AfterChange:
        """Decorator: let an app store what follows from a change, inside its transaction. It must not change the
        facts."""
        self._after.append(follow)
        return follow

    def changed(self, picture: "Picture", *, by: "Staff", at: datetime) -> None:
        """Tell every app that something in the encounter was saved or taken out."""
        for follow in self._after:
            follow(picture, by=by, at=at)

    def __getitem__(self, key: str) -> "OnSceneForm":
        own = self._forms.get(key)
        return own if own is not None else self._provided()[key]

    def __contains__(self, key: str) -> bool:
        return key in self._forms or key in self._provided()

    def __iter__(self) -> Iterator["OnSceneForm"]:
        provided = self._provided()
        if not provided:
            if len(self._in_order) != len(self._forms):
                self._in_order = self._sorted(self._forms)
            return iter(self._in_order)
        return iter(self._sorted({**provided, **self._forms}))

    def _sorted(self, forms: Mapping[str, "OnSceneForm"]) -> tuple["OnSceneForm", ...]:
        ranked = {group: rank for rank, group in enumerate(self.GROUPS)}
        return tuple(sorted(forms.values(), key=lambda form: (ranked[form.group], form.order, form.key)))

    def _provided(self) -> dict[str, "OnSceneForm"]:
        return {form.key: form for provider in self._providers for form in provider()}

    def gather(self, picture: "Picture") -> Facts:
        """The facts of one encounter from every app that knows some."""
        facts = Facts()
        for contribute in self._facts:
            contribute(picture, facts)
        return facts

    def find(self, picture: "Picture") -> Iterator[Gap | AlarmDue]:
        """Everything the forms and rules find in one encounter."""
        for form in self:
            for entry in picture.by_form.get(form.key, ()):
                yield from form.gaps(entry, picture)
                yield from form.alarms(entry, picture)
        for rule in self._rules:
            yield from rule(picture)


registry = Registry()


def by_model() -> dict[type[Any], list["OnSceneForm"]]:
    """Forms grouped by the model their entries are stored in."""
    grouped: dict[type[Any], list[OnSceneForm]] = {}
    for form in registry:
        grouped.setdefault(form.model, []).append(form)
    return grouped
