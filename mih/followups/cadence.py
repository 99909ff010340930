"""The follow-up cadence: which contacts each trigger asks for, as read from the policy in force."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, Protocol


class PolicyValues(Protocol):
    """What this app needs of a policy document: its version and its values by name."""

    @property
    def version(self) -> int: ...

    def __getitem__(self, name: str) -> Any: ...


class Anchor(StrEnum):
    """The moment a step's hours are counted from."""

    T0 = "t0"
    APPOINTMENT = "appointment"


@dataclass(frozen=True)
class Step:
    """One contact a trigger asks for. `modalities` run from the first choice to the least that will do."""

    code: str
    trigger: str
    anchor: Anchor
    opens: timedelta
    target: timedelta
    closes: timedelta
    purpose: str
    modalities: tuple[str, ...]
    owners: frozenset[str]

    def __post_init__(self) -> None:
        if not self.opens <= self.target <= self.closes:
            raise ValueError(f"Step {self.code}: opens, target and closes must follow one another.")
        if not (self.modalities and self.owners):
            raise ValueError(f"Step {self.code}: name at least one modality and one owner.")


@dataclass(frozen=True)
class Cadence:
    """The whole cadence of one policy version; built by `from_policy`, never by hand outside tests."""

    version: int
    steps: Mapping[str, tuple[Step, ...]]
    trigger_names: Mapping[str, str]
    merge_within: timedelta
    suicide_order: tuple[str, ...]
    owner_order: tuple[str, ...]
    modality_order: tuple[str, ...]
    hold_reverts_after: timedelta
    hold_modality: str
    outlines: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    """What planning has concluded by this cadence, for triggers that stand to one another in the same way."""

    @classmethod
    def from_policy(cls, policy: PolicyValues) -> "Cadence":
        """Raises KeyError when the document lacks a value, ValueError when a step contradicts itself."""
        triggers = policy["triggers"]
        return cls(
            version=policy.version,
            steps={
                code: tuple(_steps(code, ((name, policy[name]) for name in row["steps"])))
                for code, row in triggers.items()
            },
            trigger_names={code: row["name"] for code, row in triggers.items()},
            merge_within=timedelta(hours=policy["merge_within_hours"]),
            suicide_order=tuple(policy["suicide_order"]),
            owner_order=tuple(policy["owner_order"]),
            modality_order=tuple(policy["modality_order"]),
            hold_reverts_after=timedelta(hours=policy["hold_reverts_after_hours"]),
            hold_modality=policy["hold_modality"],
        )


def _steps(trigger: str, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[Step]:
    """A step that names no owner or modality keeps those of the step before it."""
    owners: list[str] = []
    modalities: list[str] = []
    for code, row in rows:
        owners = row.get("owners", owners)
        modalities = row.get("modalities", modalities)
        yield Step(
            code=code,
            trigger=trigger,
            anchor=Anchor(row.get("from", Anchor.T0)),
            opens=timedelta(hours=row["opens"]),
            target=timedelta(hours=row["target"]),
            closes=timedelta(hours=row["closes"]),
            purpose=row["purpose"],
            modalities=tuple(modalities),
            owners=frozenset(owners),
        )
