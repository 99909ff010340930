"""The instruments that come with the program, without a database."""

from collections.abc import Iterator

import pytest

from mih.instruments.selectors import nothing_uploaded


@pytest.fixture(autouse=True)
def only_shipped() -> Iterator[None]:
    """Nothing has been uploaded."""
    with nothing_uploaded():
        yield
