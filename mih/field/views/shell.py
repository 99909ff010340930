"""The tablet's document, its service worker and its manifest: public, without a session and without a cookie."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from mih.field import shell
from mih.field.views.base import FieldPage

BUILD_HEADER = "X-MIH-Build"

SHELL_POLICY: dict[str, Any] = {
    # Argon2id, which a PIN goes through, is WebAssembly.
    "script-src": ["'wasm-unsafe-eval'"],
    # Text becomes markup through one door (static/src/lib/markup.ts), wherever the browser can hold us to it.
    "require-trusted-types-for": ["'script'"],
    "trusted-types": ["mih"],
}
"""How the one document's rules differ from every other page's: here, keys are in memory."""

KILL = """self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("mih-")) await caches.delete(name);
  await self.registration.unregister();
})()));
"""
"""A worker that takes itself off the tablet. What is stored in the database of the browser stays: it is records."""


@require_safe
@gzip_page
@cache_control(no_cache=True)
def document(request: HttpRequest) -> HttpResponse:
    """The document the service worker keeps."""
    return shell_answer(request)


def shell_answer(request: HttpRequest) -> HttpResponse:
    """The shell as an answer to any address that shows it."""
    made = shell.build()
    answer = HttpResponse(made.html)
    answer[BUILD_HEADER] = made.id
    # As csp's decorator does, for an answer that several views give.
    answer._csp_update = SHELL_POLICY  # type: ignore[attr-defined]  # noqa: SLF001
    return answer


@method_decorator(gzip_page, name="dispatch")
class Setup(FieldPage, View):
    """The shell for whoever is signed in and makes this browser a tablet."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return shell_answer(request)


@require_safe
@gzip_page
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker with the list of what it keeps; the one that removes itself while FIELD_SW is off."""
    script = shell.build().script if settings.FIELD_SW else KILL
    answer = HttpResponse(script, content_type="text/javascript")
    answer["Service-Worker-Allowed"] = "/field/"
    return answer


@require_safe
@cache_control(no_cache=True)
def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest."""
    return JsonResponse(shell.manifest(), content_type="application/manifest+json")
