"""What every page says to the browser, on each page there is."""

import lxml.html
import pytest

from tests.architecture.addresses import ADDRESSES, url
from tests.architecture.test_pages_by_role import knock, signed_in
from tests.architecture.town import CANARY_WORDS, TwoWorlds, rolled_back

SELF_ALONE = (["'self'"], ["'self'"])
POLICIES = {
    # A PIN is stretched by WebAssembly, which the browser counts as evaluation.
    "field-setup": [(["'self'", "'wasm-unsafe-eval'"], ["'self'"])],
    # A file: nothing in it runs.
    "field-attachment": [(["'none'"], ["'none'"])],
}
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
    scripts = directives.get("script-src", directives["default-src"])
    styles = directives.get("style-src", directives["default-src"])
    assert (scripts, styles) in POLICIES.get(name, [SELF_ALONE])
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


@pytest.mark.parametrize("name", [name for name in PAGES if not name.startswith("api-")])
def test_no_query_breaks_a_page(name: str, towns: TwoWorlds, savepoint: None) -> None:
    role = next(role for role in FIRST if role in ADDRESSES[name].roles("get"))
    client = signed_in(towns.real, role)
    broken = {}
    for query in QUERIES:
        with rolled_back():
            answer = client.get(f"{url(name, towns.real)}?{query}")
        if answer.status_code >= 500:
            broken[query] = answer.status_code
    assert not broken


QUERIES = [
    "after=%00&kind=%00&programme=%00&q=%00&text=%00",
    "scope=%00&when=%00&language=%00&risk=%00&role=%00&state=%00&category=%00&level=%00&form=%00&field=%00",
    "owner=worker&key=%00&number=%00&place=%00&contact=%00&part=%00&next=%00&whose=%00",
    "after=x&kind=x&programme=x&scope=x&when=x&risk=x&state=x&category=x&level=x&owner=x&key=x&place=x",
    "after=9999-12-31T23:59:59Z_x&level=99999999999999999999&next=//evil.example",
    "after=%ED%A0%80&place=%ED%A0%80&programme=%ED%A0%80&language=%F0%9F%9A%91",
]
