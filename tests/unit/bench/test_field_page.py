"""The page about the offline tablet can be written: the measuring before it takes a quarter of an hour."""

from bench.field.__main__ import words


def test_it_holds_the_figures_and_says_on_what_machine_and_day() -> None:
    page = words("| Cold offline open | 1.25 s |")
    assert "| Cold offline open | 1.25 s |" in page
    assert "processors of" in page
    assert "{" not in page
