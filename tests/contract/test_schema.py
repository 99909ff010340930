"""The API's description is whole, and no request made from it is answered with a server error."""

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, seed
from hypothesis import settings as how
from hypothesis import strategies as st
from knox.models import AuthToken
from schemathesis import Case

from mih.config.api_docs import Generator
from mih.config.wsgi import application
from tests.architecture.addresses import ADDRESSES
from tests.architecture.town import TwoWorlds, rolled_back
from tests.contract.test_bad_input import INSIDE

WHO = ("paramedic", "programme_manager")
EXAMPLES = 4
"""For each operation and member of staff: with some sixty operations, half a minute in all."""

DESCRIPTION: dict[str, Any] = Generator().get_schema(request=None, public=True)
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
SCHEMA.app = application
OPERATIONS = {each.ok().label: each.ok() for each in SCHEMA.get_all_operations()}


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests share the test's connection and its transaction, as those of Django's own test client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_the_schema_builds_without_a_warning() -> None:
    complaints = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO(), stderr=complaints)
    assert not complaints.getvalue()


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does() -> None:
    operations = [operation for path in DESCRIPTION["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert [each["operationId"] for each in operations if not each.get("description", "").strip()] == []


def test_the_schema_describes_every_address_of_the_api() -> None:
    assert len(DESCRIPTION["paths"]) == len([name for name in ADDRESSES if name.startswith("api-")])


@pytest.mark.parametrize("role", WHO)
@pytest.mark.parametrize("label", OPERATIONS)
def test_no_request_made_from_the_schema_breaks_the_api(
    label: str, role: str, towns: TwoWorlds, savepoint: None, one_connection: None
) -> None:
    operation, town = OPERATIONS[label], towns.real
    _, token = AuthToken.objects.create(user=town.world.staff[role])
    known = {key: str(value) for key, value in town.ids.items()}

    @seed(20270112)
    @how(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), real=st.booleans())
    def knock(case: Case, real: bool) -> None:
        if real:  # on a record that exists, so that the request gets as far as its body
            case.path_parameters = {
                name: known.get(name, value) for name, value in dict(case.path_parameters or {}).items()
            }
        with rolled_back():
            answer = case.call(headers={"Authorization": f"Token {token}"}, base_url="http://testserver")
        text = (answer.content or b"").decode(errors="replace")  # a print is no text
        assert answer.status_code < 500, (case.as_curl_command(), text[:400])
        assert answer.status_code not in (401, 429)
        assert not INSIDE.search(text)

    knock()
