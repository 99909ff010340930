"""Refusal of care: what must be recorded, when medical control is needed, and when capacity is unclear (clinical.md §6.4).

Being oriented is not capacity: the four elements are asked one by one, for this decision, at this time.
"""

from dataclasses import dataclass
from typing import Literal

from mih.protocols.policy import Policy
from mih.protocols.reasons import Reason

_ELEMENTS = {
    "understands": "understands the situation and the offer",
    "appreciates": "appreciates what refusing may mean for them",
    "reasons": "reasons about the choices",
    "expresses_choice": "expresses a clear choice",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalFacts:
    """What is recorded about a refusal. None always means: not recorded yet.

    `suicidal`: an attempt, voiced intent or suspected intent now. `abnormal_vitals`: any value that asked for
    confirmation or was critical. `language_ok`: the person's own language, or an interpreter.
    """

    understands: bool | None = None
    appreciates: bool | None = None
    reasons: bool | None = None
    expresses_choice: bool | None = None
    how_assessed: str | None = None
    gcs: int | None = None
    low_gcs_reason: str | None = None
    glucose: float | str | None = None
    spo2: int | None = None
    intoxicated: bool | None = None
    language_ok: bool | None = None
    risks_told: bool | None = None
    alternatives: bool | None = None
    witness: str | None = None
    signature_status: str | None = None
    plan: str | None = None
    return_instructions: bool | None = None
    medical_control: bool = False
    supervisor: bool = False
    policy_exemption: bool = False
    naloxone_given: bool = False
    suicidal: bool | None = None
    age: int | None = None
    abnormal_vitals: bool = False


@dataclass(frozen=True, slots=True)
class RefusalVerdict:
    """`clear`: capacity shown. `unclear`: an element is No, or intent speaks against it. `incomplete`: not all asked.

    `blocked`: the refusal may not be signed yet. `medical_control_for` names why a physician must be reached, whether or
    not one has been.
    """

    capacity: Literal["clear", "unclear", "incomplete"]
    reasons: tuple[Reason, ...]
    medical_control_for: tuple[str, ...]

    @property
    def blocked(self) -> bool:
        return any(reason.blocks for reason in self.reasons)

    @property
    def alarms(self) -> tuple[str, ...]:
        """`CAPACITY_UNCLEAR` when capacity is unclear."""
        return ("CAPACITY_UNCLEAR",) if self.capacity == "unclear" else ()

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(reason.code for reason in self.reasons)


def refusal(facts: RefusalFacts, gates: Policy) -> RefusalVerdict:
    """The verdict on a refusal under the `gates` policy, with everything that is missing or stands against it."""
    unclear = _unclear(facts, gates)
    unasked = [e for e in gates["capacity_elements"] if getattr(facts, e) is None]
    needs = _medical_control_for(facts, gates)
    found = [*unclear, *_missing(facts, gates)]
    if unclear:
        found += _unclear_needs(facts, gates)
    elif needs and not _physician_settled(facts, needs, gates):
        found.append(
            Reason(
                "MEDICAL_CONTROL_NEEDED",
                "missing",
                f"This refusal needs online medical control: {_listed(needs)}.",
                "Call medical control and record the physician and the time.",
            )
        )
    return RefusalVerdict(
        capacity="unclear" if unclear else "incomplete" if unasked else "clear",
        reasons=tuple(found),
        medical_control_for=needs,
    )


def _unclear(facts: RefusalFacts, gates: Policy) -> list[Reason]:
    """Why capacity is in doubt. These speak, and do not block by themselves: what `_unclear_needs` asks for does."""
    found = [
        Reason(
            f"CAPACITY_{element.upper()}_NO",
            "caution",
            f"The person does not show that they: {_ELEMENTS.get(element, element)}.",
            "Treat capacity as unclear. Do not leave the person alone.",
            blocks=False,
        )
        for element in gates["capacity_elements"]
        if getattr(facts, element) is False
    ]
    if facts.suicidal and gates["suicidal_lacks_capacity"]:
        found.append(
            Reason(
                "SUICIDAL_INTENT",
                "caution",
                "With a suicide attempt or intent, the person is not treated as having capacity to refuse.",
                "Do not leave the person alone. Call medical control and the supervisor.",
                blocks=False,
            )
        )
    return found


def _unclear_needs(facts: RefusalFacts, gates: Policy) -> list[Reason]:
    words = {"medical_control": "medical control", "supervisor": "the supervisor"}
    return [
        Reason(
            f"CAPACITY_UNCLEAR_{need.upper()}",
            "hard",
            f"Capacity is unclear: a refusal needs {words[need]}.",
            f"Call {words[need]} and record who decided, and when.",
        )
        for need in gates["unclear_needs"]
        if not getattr(facts, need)
    ]


def _medical_control_for(facts: RefusalFacts, gates: Policy) -> tuple[str, ...]:
    holds = {
        "NALOXONE_GIVEN": facts.naloxone_given,
        "SUICIDAL_IDEATION": bool(facts.suicidal),
        "UNDER_18": facts.age is not None and facts.age < gates["adult_age"],
        "GCS_LT_15": facts.gcs is not None and facts.gcs < gates["capacity_gcs_min"],
        "ABNORMAL_VITALS": facts.abnormal_vitals,
    }
    return tuple(code for code in gates["medical_control_required_when"] if holds[code])


def _physician_settled(facts: RefusalFacts, needs: tuple[str, ...], gates: Policy) -> bool:
    exempt = (
        facts.policy_exemption and gates["naloxone_policy_exemption_counts"] and needs == ("NALOXONE_GIVEN",)
    )
    return facts.medical_control or exempt


def _missing(facts: RefusalFacts, gates: Policy) -> list[Reason]:
    found = []
    answers: dict[str, tuple[bool, str, str]] = {
        "how_assessed": (
            bool(facts.how_assessed),
            "How capacity was assessed is missing.",
            "Write how you asked.",
        ),
        "gcs": (facts.gcs is not None, "GCS is missing.", "Record a full set of vital signs."),
        "glucose_or_spo2": (
            facts.glucose is not None or facts.spo2 is not None,
            "Neither glucose nor SpO2 is recorded.",
            "Measure one of them, or both.",
        ),
        "intoxication": (
            facts.intoxicated is not None,
            "Intoxication is not answered.",
            "Say whether there are signs.",
        ),
        "language": (
            facts.language_ok is not None,
            "Language is not answered.",
            "Say how you understood each other.",
        ),
        "risks_told": (
            bool(facts.risks_told),
            "Telling the risks is not recorded.",
            "Tell the risks of refusing.",
        ),
        "alternatives": (
            bool(facts.alternatives),
            "Alternatives are not recorded.",
            "Offer other care and record it.",
        ),
        "witness": (bool(facts.witness), "There is no witness.", "A second person signs as witness."),
        "signature_status": (
            bool(facts.signature_status),
            "The signature status is missing.",
            "Take the signature, or say why there is none.",
        ),
        "plan": (bool(facts.plan), "The plan is missing.", "Write what happens next, and who is there."),
        "return_instructions": (
            bool(facts.return_instructions),
            "Instructions to call again are not recorded.",
            "Say when to call 911 again, and record it.",
        ),
    }
    for name in gates["refusal_required"]:
        if name == "capacity_elements":
            found += [
                Reason(
                    f"CAPACITY_{element.upper()}_MISSING",
                    "missing",
                    f"Capacity: not answered whether the person {_ELEMENTS.get(element, element)}.",
                    "Ask, and answer yes or no.",
                )
                for element in gates["capacity_elements"]
                if getattr(facts, element) is None
            ]
        elif not answers[name][0]:
            found.append(Reason(f"REFUSAL_{name.upper()}_MISSING", "missing", *answers[name][1:]))
    low = facts.gcs is not None and facts.gcs < gates["capacity_gcs_min"]
    all_yes = all(getattr(facts, element) for element in gates["capacity_elements"])
    if low and all_yes and not (facts.low_gcs_reason or "").strip():
        found.append(
            Reason(
                "GCS_LT15_REASON_MISSING",
                "missing",
                f"GCS is {facts.gcs}; capacity needs a written reason.",
                "Write why the person has capacity all the same.",
            )
        )
    return found


def _listed(codes: tuple[str, ...]) -> str:
    words = {
        "NALOXONE_GIVEN": "naloxone was given",
        "SUICIDAL_IDEATION": "suicidal thoughts",
        "UNDER_18": "under 18",
        "GCS_LT_15": "GCS below 15",
        "ABNORMAL_VITALS": "abnormal vital signs",
    }
    return ", ".join(words[code] for code in codes)
