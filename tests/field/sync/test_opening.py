"""What is opened holds nothing that no database keeps, however its bytes say it."""

import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from mih.field.sync.opening import _is_storable, storable

TEXT = st.text(st.characters() | st.sampled_from('\x00\ud800\udfff\\u"é東'), max_size=12)
VALUES = st.dictionaries(TEXT, TEXT | st.lists(TEXT, max_size=3) | st.dictionaries(TEXT, TEXT, max_size=3))
CODES = ("utf-8", "utf-16", "utf-16-le", "utf-32")


@settings(max_examples=300)
@example(value={"text": "half \ud800"}, escaped=False, code="utf-8")
@given(value=VALUES, escaped=st.booleans(), code=st.sampled_from(CODES))
def test_what_need_not_be_looked_through_is_storable_as_it_is(value: Any, escaped: bool, code: str) -> None:
    plain = json.dumps(value, ensure_ascii=escaped).encode(code, "surrogatepass")
    read = json.loads(plain)
    assert not _is_storable(plain) or storable(read) == read


def test_plain_words_need_not_be_looked_through() -> None:
    assert _is_storable(json.dumps({"changes": {"text": {"base": None, "value": 'Says "no"\n.'}}}).encode())


def test_what_is_folded_deep_is_looked_through() -> None:
    assert not _is_storable(b"[" * 700 + b"]" * 700)
