"""Two versions of a plan: nothing is lost, nothing is invented, and what stayed is not marked."""

from hypothesis import given
from hypothesis import strategies as st

from mih.safety_plans.diff import Piece, line_diffs, plan_diff, word_diff
from mih.safety_plans.models import SafetyPlan

words = st.text(alphabet="ab ñ.,1", max_size=30)
plans = st.lists(words.filter(str.strip), max_size=6)


@given(words, words)
def test_both_lines_can_be_read_off_their_difference(old: str, new: str) -> None:
    pieces = list(word_diff(old, new))
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == new


@given(plans, plans)
def test_every_line_of_both_versions_stands_in_it_once(old: list[str], new: list[str]) -> None:
    found = line_diffs(old, new)
    before = ["".join(piece.text for piece in line.old) for line in found if line.old]
    after = ["".join(piece.text for piece in line.new) for line in found if line.new]
    assert sorted(before) == sorted(old)
    assert sorted(after) == sorted(new)


@given(plans)
def test_a_plan_that_did_not_change_has_nothing_marked(same: list[str]) -> None:
    assert not any(line.changed for line in line_diffs(same, same))


def test_one_word_changed_is_one_word_marked() -> None:
    [line] = line_diffs(["Call my brother Joe at night"], ["Call my brother Sam at night"])
    assert line.pieces == (
        Piece("same", "Call my brother "),
        Piece("gone", "Joe"),
        Piece("new", "Sam"),
        Piece("same", " at night"),
    )


def test_a_line_of_other_words_went_and_another_came() -> None:
    gone, new = line_diffs(["Guitar"], ["Swim at the lake"])
    assert (gone.old, gone.new) == ((Piece("gone", "Guitar"),), ())
    assert (new.old, new.new) == ((), (Piece("new", "Swim at the lake"),))


def test_the_steps_say_which_of_them_changed() -> None:
    older = SafetyPlan(coping=[{"activity": "Walk"}], reason_for_living="My daughter")
    newer = SafetyPlan(coping=[{"activity": "Walk"}, {"activity": "Swim"}], reason_for_living="My daughter")
    changed = [step.heading for step in plan_diff(older, newer) if step.changed]
    assert changed == ["2. What I can do on my own"]
