"""The gate of pages on the low floors.

The table of pages lives on a floor above; it is asked by name through the registry of rules, `opens_page`, and a page
whose rule is not registered opens to nobody.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rules import rulesets

from mih.accounts.models import Staff
from mih.core.errors import NotAllowed

Rest = ParamSpec("Rest")
StaffView = Callable[Concatenate[HttpRequest, Staff, Rest], HttpResponseBase]


def opens(staff: Staff, key: str) -> bool:
    """Whether `staff` may open the page `key`."""
    return bool(rulesets.test_rule("opens_page", staff, key))  # type: ignore[no-untyped-call]


def page(key: str) -> Callable[[StaffView[Rest]], Callable[..., HttpResponseBase]]:
    """Decorator: open the view to the roles of page `key`; the view is given the member of staff who asks."""

    def wrap(view: StaffView[Rest]) -> Callable[..., HttpResponseBase]:
        @login_required
        @wraps(view)
        def gated(request: HttpRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
            if not isinstance(request.user, Staff) or not opens(request.user, key):
                raise NotAllowed(
                    "Your role does not use this page. Ask your supervisor if you need it.",
                    code="page_not_for_role",
                )
            return view(request, request.user, *args, **kwargs)

        gated.page = key  # type: ignore[attr-defined]
        return gated

    return wrap
