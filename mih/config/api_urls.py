"""The API: what every app's ``api_urls`` offers, its schema and its documentation."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, path

from mih.config.rooms import included


def schema(request: HttpRequest) -> HttpResponseBase:
    """The API's description as a file."""
    from drf_spectacular.views import SpectacularAPIView  # here: only a reader needs what writes it

    return SpectacularAPIView.as_view()(request)


def pages(request: HttpRequest) -> HttpResponseBase:
    """The API's description as pages to read and try."""
    from drf_spectacular.views import SpectacularSwaggerSplitView

    return SpectacularSwaggerSplitView.as_view(url_name="schema")(request)


urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", schema, name="schema"),
    path("docs/", pages, name="api-docs"),
    *included("api_urls"),
]
