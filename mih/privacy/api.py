"""The base of every API view: signed in, allowed on its page, and named as the actor of what it writes."""

from contextlib import ExitStack
from typing import Any, ClassVar
from uuid import UUID

from rest_framework.pagination import CursorPagination
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mih.accounts.models import Staff
from mih.audit.context import acting
from mih.audit.services import device_in_use
from mih.privacy import policy


class PolicyMixin(APIView):
    """For any API view. `page` names its row in `mih.privacy.pages.PAGES`; `write_page` another one for changes."""

    page: ClassVar[str]
    write_page: ClassVar[str] = ""
    permission_classes = (IsAuthenticated,)
    _actor: ExitStack

    @property
    def staff(self) -> Staff:
        """Who is asking."""
        user = self.request.user
        assert isinstance(user, Staff)
        return user

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        with ExitStack() as stack:
            self._actor = stack
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        changing = request.method not in ("GET", "HEAD", "OPTIONS")
        policy.demand(policy.page(self.staff, self.write_page if changing and self.write_page else self.page))
        # A token names its owner only now, after the middleware has run.
        self._actor.enter_context(acting(self.staff, device=device_in_use.get()))


class KeysetPages(CursorPagination):
    """Pages by key, so that a deep page costs what the first one costs."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = "-id"


def linked(response: Response, request: Request, following: str) -> Response:
    """The answer with where the page after it is: `Link: <…?after=…>; rel="next"` (RFC 8288), or no such header."""
    if following:
        query = request.query_params.copy()
        query["after"] = following
        response["Link"] = f'<{request.build_absolute_uri(request.path)}?{query.urlencode()}>; rel="next"'
    return response


def uuid_or_none(text: object) -> UUID | None:
    """`text` as a UUID, or None when it is not one."""
    try:
        return UUID(str(text))
    except ValueError:
        return None
