"""What each buprenorphine reason says, and what to do next."""

from mih.protocols.reasons import Reason, Severity

_ASK_PHYSICIAN = "Tell the physician before the order, and note it with the order."
_SUPPORTIVE = "Give supportive care, leave a kit, and arrange treatment."

SENTENCES: dict[str, tuple[str, str]] = {
    "PROTOCOL_UNSIGNED": (
        "The medical director has not signed the buprenorphine protocol, so no dose may be given.",
        "Offer a referral to treatment instead. Ask the medical director to sign.",
    ),
    "PROTOCOL_OFF": ("The buprenorphine protocol is switched off.", "Offer a referral to treatment instead."),
    "ROLE_NOT_ALLOWED": (
        "The role {role} may not give buprenorphine.",
        "A paramedic of the crew gives the dose.",
    ),
    "AGE_MISSING": ("The age is not known yet.", "Ask for the age or the date of birth."),
    "UNDER_AGE": (
        "The person is {age}; the protocol starts at {least}.",
        "Call medical control about other care.",
    ),
    "MINOR": ("The person is {age}, under age.", _ASK_PHYSICIAN),
    "MINOR_CONSENT_MISSING": (
        "The person is {age} and no consent basis for a minor is recorded.",
        "Record who consented, or the rule that lets the person consent alone.",
    ),
    "COWS_MISSING": ("There is no complete COWS yet.", "Do the COWS; every item needs an answer."),
    "COWS_BELOW_MIN": (
        "COWS is {total}; a first dose needs {least} or more.",
        f"{_SUPPORTIVE} Repeat the COWS later.",
    ),
    "COWS_BELOW_REPEAT_MIN": (
        "COWS is {total}; a further dose needs {least} or more.",
        "No further dose. Observe, and go on to the referral.",
    ),
    "OBJECTIVE_SIGNS_LT_2": (
        "{signs} objective withdrawal signs; a first dose needs {least} or more.",
        "Look again at pupils, sweating, yawning, gooseflesh, nose and tremor; repeat the COWS later.",
    ),
    "OBJECTIVE_SIGNS_MISSING": (
        "The COWS items are not recorded, only its total.",
        "Record the COWS item by item.",
    ),
    "METHADONE_MISSING": (
        "Methadone use is not recorded.",
        "Ask when methadone was last taken, or record never.",
    ),
    "METHADONE_UNKNOWN": (
        "When methadone was last taken is not known; the protocol asks for {least} hours.",
        _ASK_PHYSICIAN,
    ),
    "RECENT_METHADONE": (
        "Methadone was taken {hours} hours ago; the protocol asks for {least} hours.",
        "Give no buprenorphine. Contact the person's methadone clinic, with consent.",
    ),
    "SHORT_ACTING_RECENT": (
        "{opioid} was taken {hours} hours ago; {least} hours are advised.",
        "Go by the COWS and the objective signs, and mention it to the physician.",
    ),
    "REVERSAL_START_NOT_ALLOWED": ("The protocol does not allow a start after naloxone.", _SUPPORTIVE),
    "AWAKE_MINUTES_MISSING": (
        "After naloxone the person must be fully awake, breathing {rate} or more, for {least} minutes.",
        "Record vital signs now and again after that time.",
    ),
    "AWAKE_UNDER_MIN": (
        "Fully awake and breathing {rate} or more for {so_far} of {least} minutes since naloxone.",
        "Wait {wait} more minutes, then record vital signs again.",
    ),
    "ALREADY_BUP_TODAY": (
        "The person has already taken buprenorphine today.",
        "Give none. Call medical control if withdrawal is severe.",
    ),
    "ALREADY_BUP_MISSING": ("Buprenorphine taken today is not recorded.", "Ask what was taken today."),
    "GCS_MISSING": ("There is no GCS yet.", "Record eye, verbal and motor response."),
    "GCS_LT_15": ("GCS is {value}; the protocol needs {least}.", "Look for the cause and treat it first."),
    "RR_MISSING": ("There is no respiratory rate yet.", "Count the breaths and record them."),
    "RR_LOW": (
        "Respiratory rate is {value}; the protocol needs {least} or more.",
        "Support breathing first.",
    ),
    "SPO2_MISSING": ("There is no SpO2 yet.", "Measure and record it."),
    "SPO2_LOW": ("SpO2 is {value} %; the protocol needs {least} % or more.", "Treat the low oxygen first."),
    "CAPACITY_MISSING": ("Capacity is not recorded.", "Assess and record the four elements of capacity."),
    "NO_CAPACITY": ("The person lacks capacity to agree to this treatment.", "Call medical control."),
    "CONSENT_MISSING": (
        "Consent to treatment is not recorded.",
        "Explain the treatment, ask, and record the answer.",
    ),
    "NO_CONSENT": ("The person does not agree to this treatment.", "Respect it. Offer a kit and a referral."),
    "ALLERGY_MISSING": ("Allergies are not recorded.", "Ask about allergy to buprenorphine or naloxone."),
    "ALLERGY": ("The person is allergic to buprenorphine or naloxone.", "Give none. Call medical control."),
    "SEVERE_ILLNESS_MISSING": (
        "Severe illness or injury is not recorded.",
        "Ask, examine, and record the answer.",
    ),
    "SEVERE_ILLNESS": (
        "There is severe illness or injury.",
        "Treat and transport; the hospital can start treatment.",
    ),
    "DEPENDENCE_MISSING": (
        "Opioid dependence is not recorded.",
        "Ask about daily use and earlier withdrawal.",
    ),
    "NOT_DEPENDENT": ("The person is not opioid dependent.", "Give none. Leave a kit and offer a referral."),
    "SEDATIVES_MISSING": (
        "Alcohol and sedatives today are not recorded.",
        "Ask about alcohol and benzodiazepines.",
    ),
    "SEDATIVES_TODAY": ("Alcohol, a benzodiazepine or another sedative was taken today.", _ASK_PHYSICIAN),
    "PREGNANCY_MISSING": ("Pregnancy is not recorded.", "Ask, or record that it does not apply."),
    "PREGNANCY": ("The person is pregnant.", _ASK_PHYSICIAN),
    "LIVER_DISEASE_MISSING": ("Liver disease is not recorded.", "Ask about liver disease."),
    "LIVER_DISEASE": ("The person has liver disease.", _ASK_PHYSICIAN),
    "TOLERANCE_MISSING": ("Opioid tolerance is not recorded.", "Ask whether this was first or rare use."),
    "LOW_TOLERANCE": ("First or rare opioid use: tolerance may be low.", _ASK_PHYSICIAN),
    "ORDER_MISSING": ("There is no physician's order on file.", "Call medical control and record the order."),
    "ORDER_DENIED": ("The physician did not approve a dose.", "Follow the physician's advice and record it."),
    "DAILY_CAP": (
        "{given} mg have been given; the day's cap is {cap} mg and {remaining} mg remain.",
        "Give no more than that. Call medical control.",
    ),
    "DOSE_NOT_ALLOWED": (
        "{asked} mg is not a dose of the protocol now ({allowed} mg).",
        "Choose one of those doses.",
    ),
    "FILMS_CANNOT_MAKE_DOSE": (
        "No dose of the protocol can be made of the film strengths it names.",
        "Ask the medical director to correct the protocol.",
    ),
    "REASSESS_TOO_EARLY": (
        "{minutes} minutes since the last dose; reassess after {least}.",
        "Wait {wait} more minutes, then repeat COWS and vital signs.",
    ),
    "PRECIP_WD": (
        "Withdrawal came on or grew worse after the dose.",
        "Call medical control before the next dose. Stay with the person.",
    ),
    "VOMITED": (
        "The person vomited soon after the last dose.",
        "Do not make the dose up without an order given since. It counts in full toward the day's cap.",
    ),
    "BRIDGE_OFF": (
        "The protocol has no further daily doses by the team.",
        "Arrange treatment with a prescriber or program.",
    ),
    "BRIDGE_NO_PLAN": (
        "There is no plan for further daily doses.",
        "Plan them with the physician's order, or arrange treatment.",
    ),
    "BRIDGE_NOT_AGREED": ("The person has not agreed to daily doses.", "Ask, and record the answer."),
    "BRIDGE_DAYS_USED": (
        "{given} of {most} further daily doses have been given.",
        "Give no more. Hand over to a prescriber or program today.",
    ),
    "BRIDGE_NO_PRESCRIBER": (
        "No prescriber has taken the person on, so at most {most} further daily doses are given.",
        "Link a prescriber or program, and record it in the plan.",
    ),
    "BRIDGE_OVER": (
        "The plan's {days} days are over.",
        "Give no more under it. Call medical control about a new plan.",
    ),
    "BRIDGE_GIVEN_TODAY": ("Today's dose has already been given.", "Come back tomorrow."),
    "OVERRIDE_ROLE": ("Only a paramedic may override a hard stop.", "Ask the paramedic of the crew."),
    "OVERRIDE_ORDER": (
        "An override needs an online physician's order.",
        "Call medical control; record the order.",
    ),
    "OVERRIDE_REASON": (
        "An override needs a written reason.",
        "Write why the dose is right for this person.",
    ),
}


def reason(code: str, severity: Severity, *, blocks: bool | None = None, **words: object) -> Reason:
    """The reason `code` with its words filled in. A hard stop and a missing answer block; a caution does not."""
    sentence, what_to_do = SENTENCES[code]
    return Reason(
        code=code,
        severity=severity,
        sentence=_first_up(sentence.format(**words)),
        what_to_do=what_to_do.format(**words),
        blocks=severity != "caution" if blocks is None else blocks,
    )


def _first_up(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
