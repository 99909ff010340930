"""The gate of every page: signed in, allowed on it by role, and its name known to the test that crawls them all.

A function view is wrapped by `page_required("chart")`; a class-based view inherits `PageMixin` and sets `page`. Either
way the view carries `page`, a row of `mih.privacy.pages.PAGES`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar, Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.functional import LazyObject
from django.views import View

from mih.accounts.models import Staff
from mih.privacy import policy
from mih.privacy.pages import PAGES

Rest = ParamSpec("Rest")
PageView = Callable[Concatenate[HttpRequest, Rest], HttpResponseBase]

HTMX_REDIRECT = "HX-Redirect"


def page_required(key: str) -> Callable[[PageView[Rest]], PageView[Rest]]:
    """Decorator: open the view to the roles of page `key` and to nobody else.

    Somebody not signed in is sent to the sign-in page and back; a role without this page gets 403 with the sentence
    that says so. Raises `KeyError` while the program starts for a page that the table does not hold.
    """
    PAGES[key]

    def wrap(view: PageView[Rest]) -> PageView[Rest]:
        @wraps(view)
        def gated(request: HttpRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            policy.demand(policy.page(staff_of(request), key))
            return view(request, *args, **kwargs)

        gated.page = key  # type: ignore[attr-defined]
        return cast(PageView[Rest], gated)

    return wrap


class PageMixin(View):
    """The same gate for a class-based view. Stands first among its bases."""

    page: ClassVar[str]

    @property
    def staff(self) -> Staff:
        """Who is looking."""
        return staff_of(self.request)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Ask the policy before the view is asked."""
        if not request.user.is_authenticated:
            return to_sign_in(request)
        policy.demand(policy.page(staff_of(request), self.page))
        return super().dispatch(request, *args, **kwargs)


def staff_of(request: HttpRequest) -> Staff:
    """Who is signed in. Only for views behind the gate."""
    staff = request.user
    assert isinstance(staff, Staff)
    # Whoever is behind what Django and the log put in front until somebody asks: it is asked a hundred times a page.
    while isinstance(staff, LazyObject):
        staff = staff._wrapped  # noqa: SLF001 - there is no other way to it
    return staff


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back. A part of a page that htmx asked for takes the whole page there."""
    if request.headers.get("HX-Request") == "true":
        back = request.headers.get("HX-Current-URL", "/")
        path = "/" + back.split("//", 1)[-1].partition("/")[2]
        answer = HttpResponse(status=401)
        answer[HTMX_REDIRECT] = redirect_to_login(path)["Location"]
        return answer
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")


__all__ = ["PageMixin", "page_required", "staff_of", "to_sign_in"]
