"""Instrument definitions for whoever shows or scores them outside the server's own pages."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mih.core.errors import NotFound
from mih.encounters.registry import registry
from mih.instruments import catalogue
from mih.privacy.api import PolicyMixin


class InstrumentsView(PolicyMixin, APIView):
    page = "chart"

    @extend_schema(operation_id="instruments_list", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """Every instrument: key, version, title, modes, wording languages, whether it is the agency's own and offered
        now, and the on-scene form it is answered on."""
        return Response([_line(key) for key in catalogue.latest_keys()])


class InstrumentView(PolicyMixin, APIView):
    page = "chart"

    @extend_schema(
        parameters=[OpenApiParameter("version", int, description="Default: the latest.")],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request, key: str) -> Response:
        """One instrument's definition as the scoring engines read it. 404 for an unknown one."""
        wanted = request.query_params.get("version")
        try:
            return Response(catalogue.document(key, int(wanted) if wanted else None))
        except (catalogue.UnknownInstrumentError, ValueError):
            raise NotFound(
                "There is no such instrument, or no such version of it. See the list of instruments.",
                code="no_instrument",
            ) from None


class InstrumentVersionView(PolicyMixin, APIView):
    page = "chart"

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, key: str, number: int) -> Response:
        """The definition that an answer sheet of this version was given to, local and withdrawn ones too. 404 for a
        version that has not taken effect."""
        try:
            return Response(catalogue.document(key, number))
        except catalogue.UnknownInstrumentError:
            raise NotFound(
                "There is no such instrument, or no such version of it. See the list of instruments.",
                code="no_instrument",
            ) from None


def _line(key: str) -> dict[str, object]:
    known = catalogue.definition(key)
    form = next((form for form in registry if form.key == key), None)
    return {
        "key": known.key,
        "version": known.version,
        "versions": list(catalogue.versions(key)),
        "title": known.title.say(),
        "short_title": known.short_title,
        "purpose": known.purpose.say(),
        "modes": list(known.modes),
        "languages": list(known.languages),
        "local": key not in catalogue.shipped_keys(),
        "offered": catalogue.offered(key),
        "form": form.key if form else None,
        "repeatable": form.repeatable if form else None,
    }
