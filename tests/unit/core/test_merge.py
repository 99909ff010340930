"""Merging ticked boxes: nobody's tick and nobody's clearing is lost, whoever comes first."""

from hypothesis import given
from hypothesis import strategies as st

from mih.core.merge import Change, merge

BOXES = st.lists(st.sampled_from("abcdef"), unique=True)


@given(base=BOXES, one=BOXES, two=BOXES)
def test_two_peoples_ticks_come_together_in_either_order(
    base: list[str], one: list[str], two: list[str]
) -> None:
    def after(first: list[str], second: list[str]) -> set[str]:
        merged = merge({"x": first}, {"x": Change(base, second)}, ticked={"x"})
        assert not merged.clashes
        return set(merged.values.get("x", first))

    expected = (set(base) & set(one) & set(two)) | ((set(one) | set(two)) - set(base))
    assert after(one, two) == after(two, one) == expected


@given(base=BOXES, one=BOXES, two=BOXES)
def test_other_lists_clash_when_both_changed_them(base: list[str], one: list[str], two: list[str]) -> None:
    merged = merge({"x": one}, {"x": Change(base, two)})
    assert bool(merged.clashes) == (one != two and one != base and one != [])


def test_nothing_ticked_before_is_an_empty_list() -> None:
    merged = merge({"x": None}, {"x": Change(["a"], ["a", "b"])}, ticked={"x"})
    assert merged.values == {"x": ["b"]}
    assert merge({"x": ["a"]}, {"x": Change(None, None)}, ticked={"x"}).values == {}
