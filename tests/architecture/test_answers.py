"""What every page says to the browser, on each page there is."""

import lxml.html
import pytest

from tests.architecture.addresses import ADDRESSES
from tests.architecture.test_pages_by_role import knock, signed_in
from tests.architecture.town import CANARY_WORDS, TwoWorlds

PAGES = [name for name, expected in ADDRESSES.items() if "get" in expected.methods]
FIRST = ("paramedic", "supervisor", "medical_director", "privacy_officer", "administrator")


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_kept_by_no_cache_and_runs_only_built_files(
    name: str, towns: TwoWorlds, savepoint: None
) -> None:
    role = next(role for role in FIRST if role in ADDRESSES[name].roles("get"))
    answer = knock(signed_in(towns.real, role), name, "get", towns.real)

    assert answer.status_code in (200, 302), answer.content[:300]
    assert answer.headers["Cache-Control"] == "no-store"
    directives = {
        line.split()[0]: line.split()[1:] for line in answer.headers["Content-Security-Policy"].split("; ")
    }
    assert directives["script-src"] == directives["style-src"] == ["'self'"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
        page = lxml.html.document_fromstring(answer.content)
        assert page.xpath("//@style | //style | //@*[starts-with(name(), 'on')]") == []
        assert page.xpath("//script[not(@src) and not(@type='application/json')]") == []
        shown = "input[not(@type='hidden') and not(@type='submit')] | .//textarea | .//select"
        assert [
            form.get("action") for form in page.xpath(f"//form[not(@autocomplete='off')][.//{shown}]")
        ] == []
        addresses = " ".join(
            page.xpath("//@href[not(starts-with(., 'tel:'))] | //@action | //@src | //@hx-get | //@hx-post")
        )
        assert not any(word in addresses for word in CANARY_WORDS)


@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_addresses_hold_identifiers_only(name: str) -> None:
    from tests.architecture.addresses import OURS

    kinds = {type(converter).__name__ for converter in OURS[name].converters.values()}
    assert kinds <= {"UUIDConverter", "SlugConverter", "IntConverter"}
    assert "(?P<" not in OURS[name].pattern
