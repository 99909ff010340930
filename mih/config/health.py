"""For machines that watch the installation: is it alive, is it ready, its metrics."""

import secrets

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django_prometheus.exports import ExportToDjangoView


def live(request: HttpRequest) -> HttpResponse:
    """200 while the process answers."""
    return HttpResponse("alive\n", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:
    """200 while the database answers, 503 otherwise. Redis is not asked: without it work is late, not lost."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:  # whatever the driver raises, the answer is the same
        return HttpResponse("the database does not answer\n", status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus metrics for whoever carries METRICS_TOKEN; without that setting there is nothing here."""
    token = settings.METRICS_TOKEN
    offered = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not secrets.compare_digest(offered.encode(), token.encode()):
        raise Http404
    response: HttpResponse = ExportToDjangoView(request)
    return response
