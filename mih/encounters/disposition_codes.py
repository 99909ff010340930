"""How an encounter ended, and what NEMSIS 3.5.1 calls it (clinical.md §6.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mih.protocols.policy import Policy

Group = Literal[
    "stay",
    "refusal",
    "crisis_centre",
    "other_facility",
    "ed",
    "custody",
    "left",
    "no_contact",
    "death",
    "internal",
]
Followup = Literal["create", "on_hold", "none"]
"""create: contacts start at clearance. on_hold: the person is in a facility or custody. none: nobody to contact."""

NOT_APPLICABLE = "7701001"
"""The NEMSIS not-value of an element that does not apply."""


@dataclass(frozen=True, slots=True)
class NemsisDisposition:
    """eDisposition .27 `unit`, .28 `care`, .29 `crew`, .30 `transport`, .31 `reason`, .21 `destination`, .19 `acuity`.

    None: the element is nil with `NOT_APPLICABLE`. Without a `unit` there is no patient care report at all.
    """

    unit: str | None
    care: str | None
    crew: str | None
    transport: str | None
    reason: str | None
    destination: str | None
    acuity: str | None = None

    @property
    def has_report(self) -> bool:
        return self.unit is not None

    def elements(self) -> dict[str, str | None]:
        """By NEMSIS element number; None is nil, not applicable."""
        return {
            "eDisposition.27": self.unit,
            "eDisposition.28": self.care,
            "eDisposition.29": self.crew,
            "eDisposition.30": self.transport,
            "eDisposition.31": self.reason,
            "eDisposition.21": self.destination,
            "eDisposition.19": self.acuity,
        }


@dataclass(frozen=True, slots=True)
class Disposition:
    """One way an encounter ends, with its variant applied."""

    code: str
    variant: str | None
    label: str
    group: Group
    own_transport: bool
    refusal: bool
    followup: Followup
    nemsis: NemsisDisposition
    asks: tuple[str, ...] = ()
    """Fields of the disposition record that belong to this ending."""
    needs: tuple[str, ...] = ()
    """Those of them that signing waits for."""


def app_codes(policy: Policy) -> list[str]:
    """Every disposition of the `dispositions` policy, in its order."""
    return list(policy)


def choices(policy: Policy) -> list[tuple[str, str]]:
    """(code, label) of every disposition."""
    return [(code, policy[code]["label"]) for code in policy]


def variants(code: str, policy: Policy) -> list[str]:
    """The variants of a disposition, such as `ama`; empty when it has none."""
    return list(_entry(code, policy).get("variants", {}))


def disposition(code: str, policy: Policy, *, variant: str | None = None) -> Disposition:
    """The disposition `code`, in its `variant` when given. Raises KeyError for a code or variant it does not hold."""
    entry = _entry(code, policy)
    if variant is not None:
        if variant not in entry.get("variants", {}):
            raise KeyError(f"Disposition {code} has no variant {variant!r}.")
        entry = {**entry, **entry["variants"][variant]}
    names = ("unit", "care", "crew", "transport", "reason", "destination")
    return Disposition(
        code=code,
        variant=variant,
        label=entry["label"],
        group=entry["group"],
        own_transport=entry["own_transport"],
        refusal=entry["refusal"],
        followup=entry["followup"],
        nemsis=NemsisDisposition(**{name: entry[name] for name in names}, acuity=entry.get("acuity")),
        asks=tuple(entry.get("asks", ())),
        needs=tuple(entry.get("needs", ())),
    )


def variant_of(code: str, policy: Policy, *, chosen: str = "", against_advice: bool = False) -> str | None:
    """The variant that applies: the one chosen if the disposition has it, `ama` for a refusal against advice."""
    known = variants(code, policy)
    if chosen in known:
        return chosen
    return "ama" if against_advice and "ama" in known else None


def choices_of_variants(policy: Policy) -> list[tuple[str, str]]:
    """(variant, words) of every variant that is chosen by hand; `ama` follows from its own question."""
    found: dict[str, str] = {}
    for code in policy:
        for name, entry in policy[code].get("variants", {}).items():
            if name != "ama":
                found[name] = entry.get("name", name.replace("_", " ").capitalize())
    return list(found.items())


def asked_for(policy: Policy) -> dict[str, list[str]]:
    """Field of the disposition record: the dispositions that ask for it."""
    found: dict[str, list[str]] = {}
    for code in policy:
        for name in policy[code].get("asks", ()):
            found.setdefault(name, []).append(code)
    return found


def codes(app_code: str, policy: Policy, *, variant: str | None = None) -> NemsisDisposition:
    """The NEMSIS codes of a disposition; `variant="ama"` turns a refusal of transport into one against medical advice."""
    return disposition(app_code, policy, variant=variant).nemsis


def _entry(code: str, policy: Policy) -> Mapping[str, Any]:
    if code not in policy:
        raise KeyError(f"There is no disposition {code!r}.")
    entry: Mapping[str, Any] = policy[code]
    return entry
