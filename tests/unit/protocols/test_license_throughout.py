"""Whether a license stands on every day of a span, told without asking each day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mih.accounts.models import Credential

FIRST = date(2027, 1, 1)
DAYS = st.integers(-5, 15).map(lambda number: FIRST + timedelta(days=number))
MAYBE = st.none() | DAYS


@given(issued=MAYBE, ends=MAYBE, suspended=MAYBE, back=st.integers(1, 9) | st.none(), span=st.integers(0, 9))
def test_it_is_so_when_it_stands_on_each_of_them(
    issued: date | None, ends: date | None, suspended: date | None, back: int | None, span: int
) -> None:
    reinstated = suspended + timedelta(days=back) if suspended and back else None
    held = Credential(issued_on=issued, expires_on=ends, suspended_on=suspended, reinstated_on=reinstated)
    each = [held.active_on(FIRST + timedelta(days=number)) for number in range(span + 1)]
    assert held.active_throughout(FIRST, FIRST + timedelta(days=span)) is all(each)
