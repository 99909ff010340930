"""What the films opened amount to."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from mih.interventions.buprenorphine import compose_films
from mih.interventions.doses import films_mg, strengths
from mih.interventions.supply_items import ITEMS, film_code
from mih.protocols.policy import Policy

POLICY = Policy.default("buprenorphine")


@given(st.lists(st.tuples(st.sampled_from(list(strengths(POLICY))), st.integers(1, 6)), max_size=4))
def test_films_add_up_whatever_their_order(rows: list[tuple[str, int]]) -> None:
    films = [{"strength": strength, "count": str(count), "lot": ""} for strength, count in rows]
    total = films_mg(films, POLICY)
    assert total == films_mg(films[::-1], POLICY)
    assert total == sum((strengths(POLICY)[strength] * count for strength, count in rows), Decimal(0))


@given(st.sampled_from([2, 4, 8, 12, 16, 24]))
def test_a_proposed_composition_makes_its_own_dose(mg: int) -> None:
    films = compose_films(mg, POLICY["film_strengths_mg"])
    assert films is not None
    rows = [{"strength": strength, "count": str(count)} for strength, count in films.counts.items()]
    assert films_mg(rows, POLICY) == mg


def test_a_row_without_strength_or_number_says_nothing_of_the_total() -> None:
    whole = {"strength": "8/2", "count": "2"}
    assert films_mg([whole], POLICY) == 16
    for broken in (
        {"strength": "", "count": "2"},
        {"strength": "8/2", "count": ""},
        {"strength": "9/2", "count": "1"},
    ):
        assert films_mg([whole, broken], POLICY) is None


def test_every_film_of_the_protocol_is_counted_as_a_controlled_item() -> None:
    for strength in strengths(POLICY):
        _, controlled = ITEMS[film_code(strength)]
        assert controlled
