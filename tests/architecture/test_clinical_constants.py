"""A clinical number stands in policy or in an instrument's definition, with its source, and never in code.

The walk finds every number that decides something (see `clinical_constants`). One that is not clinical is listed here
with the reason; whoever adds a number to code either moves it to data or says here what it is.
"""

from pathlib import Path

import pytest

from tests.architecture.clinical_constants import (
    APPS,
    REPOSITORY,
    Constant,
    constants,
    in_browser_code,
    in_code,
)

PAGE = "how much a page or an answer shows at once"
TEXT = "a length of text"
GUARD = "keeps absurd input out; far beyond anything measured"
SCALE = "an end of a published scale, part of its name: not a threshold"
CLOCK = "how far a device's clock may run ahead of the server's"
STEPS = "the number of a step of the safety plan"

EXEMPT: dict[str, dict[str, str]] = {
    "mih/assessments/forms/parts.py": {"_LARGEST": GUARD},
    "mih/assessments/limits.py": {
        "(number - 32) * 5 / 9": "Fahrenheit to Celsius",
        'quantize(Decimal("0.1")': "one decimal",
        "len(known) == 3": "the three parts of the GCS",
    },
    "mih/assessments/onscene/instruments.py": {"len(missing)": TEXT},
    "mih/assessments/onscene/local.py": {"AFTER_THE_PROGRAMS_OWN": "a place in the list of forms"},
    "mih/assessments/onscene/vitals.py": {"points == 3": "words only; the flag is NEWS2's definition's"},
    "mih/assessments/picture.py": {
        "len(parts) == 3": "the three parts of the GCS",
        "== 15": SCALE,
        "total < 15": SCALE,
    },
    "mih/cases/cosign_overdue.py": {"BATCH": PAGE},
    "mih/cases/handoffs.py": {"UNDO_FOR": "how long a mistaken hand-over may be undone", "AT_ONCE": PAGE},
    "mih/cases/views/caseload.py": {"100 * count": "a percentage"},
    "mih/cases/views/holds.py": {"LATELY": PAGE},
    "mih/charts/card_rows.py": {"MOST_FOLLOW_UPS": PAGE},
    "mih/charts/plans.py": {"LAST": PAGE},
    "mih/charts/printing.py": {"COLUMNS": PAGE, "WIDE": TEXT},
    "mih/charts/section.py": {"LONG": TEXT},
    "mih/charts/strokes.py": {"MARGIN": "the drawing of a signature", "FARTHEST": GUARD},
    "mih/charts/summary.py": {"MOST": PAGE},
    "mih/crisis/clocks.py": {"day.weekday() < 5": "Monday to Friday"},
    "mih/crisis/lines/checks.py": {"int(hours) < 24 and int(minutes) < 60": "a time of day"},
    "mih/encounters/api/serializers.py": {"max_value=2_000_000_000": GUARD, "len(changes) > 80": GUARD},
    "mih/encounters/onscene.py": {"len(words) > 80": TEXT},
    "mih/encounters/services/alarms.py": {"_LONGEST": TEXT},
    "mih/encounters/services/people.py": {"SHOWN": PAGE, "limit: int": PAGE},
    "mih/encounters/services/responses.py": {"AHEAD": CLOCK},
    "mih/encounters/values.py": {"FIRST_YEAR, LAST_YEAR": GUARD},
    "mih/field/dressing.py": {"FEW": PAGE, "len(str(label))": TEXT},
    "mih/field/selectors.py": {"RECENT": PAGE},
    "mih/field/views/quarantine.py": {"FIRST": PAGE},
    "mih/field/views/closing.py": {"999": "last in order"},
    "mih/field/views/today.py": {"CALLS_SHOWN": PAGE},
    "mih/followups/api/serializers.py": {"max_value=200": PAGE},
    "mih/followups/exporting.py": {"CHUNK": PAGE, "OLDEST": "an age group of HIPAA's safe harbor"},
    "mih/followups/hours.py": {"range(-2, 3)": "the local days that a moment may fall on"},
    "mih/followups/idle.py": {"AT_ONCE": PAGE},
    "mih/followups/planning.py": {"_MOST": "how much one process remembers"},
    "mih/followups/services/starting.py": {"_MOST": "how much one process remembers"},
    "mih/followups/models/contact.py": {"risk_rank=3": "the order of the tiers"},
    "mih/followups/selectors/consequences.py": {"MOST_MOMENTS": PAGE, "range(4)": PAGE},
    "mih/followups/selectors/queue.py": {"LARGEST_PAGE": PAGE},
    "mih/followups/selectors/summary.py": {"LATEST": PAGE},
    "mih/followups/selectors/windows.py": {"days) < 7": "a weekday named alone"},
    "mih/followups/services/assigning.py": {"MOST": PAGE},
    "mih/followups/services/attempts.py": {"AHEAD": CLOCK},
    "mih/followups/services/next_step.py": {"_DAYS_AHEAD": "how far a search for an open hour looks"},
    "mih/followups/sweeps.py": {
        "BATCH": PAGE,
        "trouble.tries": "waits between tries of a failed sweep",
    },
    "mih/followups/tasks.py": {"PATIENCE": "how long one run of a sweep goes on"},
    "mih/followups/views/queue.py": {
        "LONGEST": "letters of a code in a cookie",
        "UNDO_SHOWN": PAGE,
        "status == 200": "the answer's own status",
    },
    "mih/instruments/answers.py": {"_LARGEST": GUARD, "_SMALLEST": GUARD},
    "mih/instruments/local_rules.py": {"MOST_": GUARD, "longest in": TEXT},
    "mih/instruments/strict_json.py": {
        "LARGEST": GUARD,
        "DEEPEST": GUARD,
        "LONGEST": GUARD,
        "len(text) > 10": TEXT,
    },
    "mih/instruments/wording.py": {"_LONGEST_LICENCE": TEXT},
    "mih/interventions/buprenorphine/dosing.py": {
        "_MOST_FILMS": "ends the search for films that make up a dose"
    },
    "mih/interventions/evaluation.py": {"gcs == 15": SCALE},
    "mih/interventions/forms/stock.py": {"max_value=": GUARD},
    "mih/interventions/lines/closing.py": {"entry.orientation > 4": SCALE},
    "mih/interventions/lines/deescalation.py": {"<= 7": SCALE},
    "mih/interventions/lines/dose.py": {"MOST_FILMS": GUARD},
    "mih/interventions/models/closing.py": {"__range=(1, 7)": SCALE},
    "mih/interventions/serializers.py": {"max_value=100_000": GUARD},
    "mih/safety_plans/api.py": {"max_value=6": STEPS},
    "mih/safety_plans/completeness.py": {"Gap(": STEPS, "6,": STEPS, '(3, "': STEPS, '(4, "': STEPS},
    "mih/safety_plans/copy_pdf.py": {"LONG": TEXT, "PIECE": TEXT},
    "mih/safety_plans/diff.py": {"ALIKE": "how alike two texts are to be shown as one changed"},
    "mih/safety_plans/forms.py": {"step.number == 6": STEPS},
    "mih/safety_plans/steps.py": {"PlanStep(": STEPS, "3,": STEPS, "5,": STEPS, "6,": STEPS},
    "static/src/field/api.ts": {"status": "answers of HTTP"},
    "static/src/field/keypad.ts": {"typed.length > 5": TEXT},
    "static/src/field/moment.ts": {"hour > 23 || minute > 59": "a time of day"},
    "static/src/lib/vitals-scores.ts": {
        "=== 15": SCALE,
        "=== 3": "words only; the flag is NEWS2's definition's",
    },
}


def excused(found: Constant) -> str:
    """The part of the statement that an exemption names; empty when there is none."""
    return next((part for part in EXEMPT.get(found.path, {}) if part in found.code), "")


FOUND = [*in_code(), *in_browser_code()]


def test_no_clinical_number_stands_in_code() -> None:
    unexplained = [str(found) for found in FOUND if not excused(found)]
    assert not unexplained, (
        "Move each of these to a policy of mih/protocols/defaults or to an instrument's definition, with its source. "
        "If it is not clinical, say in EXEMPT what it is:\n" + "\n".join(unexplained)
    )


def test_every_exemption_is_still_needed() -> None:
    used = {(found.path, excused(found)) for found in FOUND}
    idle = [f"{path}: {part}" for path, parts in EXEMPT.items() for part in parts if (path, part) not in used]
    assert not idle


def test_every_exemption_says_why() -> None:
    assert all(len(reason.split()) >= 2 for parts in EXEMPT.values() for reason in parts.values())


def test_every_clinical_app_is_walked() -> None:
    assert all((REPOSITORY / "mih" / app).is_dir() for app in APPS)


@pytest.mark.parametrize(
    "code",
    [
        "if cows < 8: pass",
        "LIMIT = 94",
        "WAIT: int = 30",
        "later = given + timedelta(minutes=60)",
        "def verdict(total, cut=10): pass",
        "cut = total * 15",
        "dose = Decimal('16')",
        "DOSES = {'first': 16}",
        "if -3 <= rass: pass",
        "form = IntegerField(min_value=18)",
        "rows = found.filter(score__gte=10)",
    ],
)
def test_the_walk_finds_a_clinical_number(code: str) -> None:
    assert [found.code for found in constants(code, "x.py")] == [code]


@pytest.mark.parametrize(
    "code",
    [
        "first = rows[:25]",
        "name = CharField(max_length=40)",
        "PAGE_SIZE = 50",
        "minutes = seconds // 60",
        "area = Textarea(attrs={'rows': 12})",
        "answer = extend_schema(responses={201: None})",
        "def show(status=400): pass",
        "section, order = 'vitals', 20",
        "shown = f'{mg:.3f}'",
        "if not rows or len(rows) == 1: pass",
    ],
)
def test_the_walk_passes_over_what_only_shapes_text_or_pages(code: str) -> None:
    assert list(constants(code, "x.py")) == []


def test_a_number_put_into_the_product_would_be_found(tmp_path: Path) -> None:
    folder = tmp_path / "mih" / "interventions"
    folder.mkdir(parents=True)
    (folder / "rules.py").write_text("def may_start(cows):\n    return cows >= 8\n")
    assert [str(found) for found in in_code(tmp_path)] == [
        "mih/interventions/rules.py:2: 8 in “return cows >= 8”"
    ]
    browser = tmp_path / "static" / "src" / "lib"
    browser.mkdir(parents=True)
    (browser / "rules.ts").write_text("export const may = (cows: number) => cows >= 8;\n")
    assert [(found.line, found.number) for found in in_browser_code(tmp_path)] == [(1, 8)]
