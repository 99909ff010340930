"""What stands around every page: compiled templates, each rendered only where a page shows it.

Nothing personal outlives a request: kept are the links of the head and the navigation of a role on a page.
"""

from functools import cache

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django_htmx.jinja import htmx_script

from mih.accounts.models import Staff
from mih.config.nav import current, shown
from mih.core import lean
from mih.core.tokens import token_of
from mih.field.notices import tablet_sentences
from mih.privacy import policy
from mih.protocols.notices import license_notice_of

NOTHING = SafeString("")


def frame(request: HttpRequest) -> dict[str, "Frame"]:
    """`frame`: the parts of a page that are the same for many."""
    return {"frame": Frame(request)}


class Frame:
    """One page's frame. Each part is HTML, empty where there is nothing to show."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def _staff(self) -> Staff | None:
        user = getattr(self._request, "user", None)
        return user if isinstance(user, Staff) else None

    @property
    def head(self) -> SafeString:
        """Links of every page."""
        return _head(get_script_prefix())

    @property
    def desk_head(self) -> SafeString:
        """Scripts of the desk."""
        return _desk_head(get_script_prefix())

    @property
    def token(self) -> str:
        """The token that forms and htmx send along."""
        return token_of(self._request)

    @property
    def practice(self) -> bool:
        """Whether the reader works with invented people."""
        return self._staff is not None and self._staff.in_practice

    @property
    def brand(self) -> SafeString:
        """The way to the start page."""
        return _brand(get_script_prefix(), settings.AGENCY_SHORT_NAME)

    @property
    def nav(self) -> SafeString:
        """The navigation, without whose it is."""
        prefix, staff = get_script_prefix(), self._staff
        role = staff.role if staff is not None and policy.is_working(staff) else ""
        return _nav(role, current(role, prefix, self._request.path), prefix)

    @property
    def account(self) -> SafeString:
        """Who is signed in, and the way out."""
        if self._staff is None:
            return NOTHING
        return lean.lines("frame/account.html", staff=self._staff, token=self.token)

    @property
    def find_person(self) -> SafeString:
        """The way to the search."""
        return _find_person(get_script_prefix()) if self._staff is not None else NOTHING

    @property
    def license(self) -> SafeString:
        """What the reader must know of their own license."""
        notice = license_notice_of(self._staff) if self._staff is not None else None
        return lean.lines("frame/license.html", notice=notice) if notice else NOTHING

    @property
    def tablets(self) -> SafeString:
        """Work on tablets that is red or never came, for whoever oversees them."""
        sentences = tablet_sentences(self._staff) if self._staff is not None else []
        return lean.lines("frame/tablets.html", sentences=sentences) if sentences else NOTHING

    @property
    def messages(self) -> SafeString:
        """What the last act said."""
        found = get_messages(self._request)
        return lean.lines("frame/messages.html", messages=found) if len(found) else NOTHING


@cache
def _head(prefix: str) -> SafeString:
    return lean.lines("frame/head.html")


@cache
def _desk_head(prefix: str) -> SafeString:
    return lean.lines("frame/desk_head.html", htmx=htmx_script())


@cache
def _find_person(prefix: str) -> SafeString:
    return lean.lines("frame/find_person.html")


@cache
def _brand(prefix: str, short_name: str) -> SafeString:
    return lean.lines("frame/brand.html", short_name=short_name)


@cache
def _nav(role: str, here: str, prefix: str) -> SafeString:
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for group, label, url, icon in shown(role, prefix):
        groups.setdefault(group, []).append((label, url, icon))
    return lean.lines(
        "frame/nav.html",
        groups=list(groups.items()),
        current=here,
        brightness=render_to_string("components/theme_switch.html"),
    )
