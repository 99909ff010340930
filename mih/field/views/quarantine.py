"""The page of work that could not go into a record by itself, and what supervisors do about each piece."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from mih.accounts.models import Device
from mih.core import clock
from mih.core.errors import Invalid, NotFound, Refused, Stale
from mih.field.desk.opened import contents
from mih.field.desk.waiting import KINDS, Waiting, doubles, find, waiting_for
from mih.field.models import EnvelopeNote
from mih.field.sync import held
from mih.field.sync.wire import Malformed
from mih.privacy.web import PageMixin

FIRST = 10
"""How many of each kind the page shows before somebody asks for one kind alone."""
PAGE_SIZE = 25
DOUBLES = "doubles"


class Quarantine(PageMixin, View):
    """Everything that waits for somebody: the oldest of each kind, or one kind page by page."""

    page = "quarantine"

    def get(self, request: HttpRequest) -> HttpResponse:
        kind, after = request.GET.get("kind", ""), request.GET.get("after")
        alone = kind in KINDS or kind == DOUBLES
        after, size = (after, PAGE_SIZE) if alone else (None, FIRST)
        asked = [kind] if kind in KINDS else [] if alone else list(KINDS)
        parts = waiting_for(self.staff, at=clock.now(), kinds=asked, after=after, size=size) if asked else []
        wanted = not self.staff.in_practice and kind not in KINDS
        clashes, more = doubles(after=after, size=size) if wanted else ([], "")
        devices = Device.objects.in_bulk({each.uploader for each in clashes})
        context = {
            "parts": [(part, f"?kind={part.kind}&after={part.next}" if part.next else "") for part in parts],
            "doubles": [(each, devices.get(each.uploader)) for each in clashes],
            "more_doubles": f"?kind={DOUBLES}&after={more}" if more else "",
            "alone": alone,
            "kind": kind,
            "first_url": f"?kind={kind}" if after else "",
        }
        return render(request, "field/desk/quarantine.html", context)


class OnePiece(PageMixin, View):
    """One piece of work: what was typed, beside the record. The look is logged."""

    page = "quarantine"

    def get(self, request: HttpRequest, envelope: UUID) -> HttpResponse:
        return self.show(request, envelope)

    def found(self, envelope: UUID) -> Waiting:
        """The piece. Raises `NotFound` for one of the other world too."""
        found = find(self.staff, envelope)
        if found is None:
            raise NotFound("There is no such item. Go back to the list.", code="no_envelope")
        return found

    def show(self, request: HttpRequest, envelope: UUID, status: int = 200, **more: Any) -> HttpResponse:
        """The page."""
        row = self.found(envelope)
        context = {
            "row": row,
            "contents": contents(self.staff, row.envelope),
            "notes": row.envelope.notes.select_related("by").order_by("at"),
        }
        return render(request, "field/desk/piece.html", context | more, status=status)


class PieceAct(OnePiece):
    """Base: something done about one piece."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, envelope: UUID) -> HttpResponse:
        self.found(envelope)
        try:
            with transaction.atomic():
                words = self.act(request, envelope)
        except (Invalid, Stale) as refusal:
            return self.refused(request, envelope, refusal)
        messages.success(request, words)
        return redirect("quarantine")

    def refused(self, request: HttpRequest, envelope: UUID, refusal: Refused) -> HttpResponse:
        """The page with the sentence."""
        return self.show(request, envelope, refusal.status, refusal=refusal.sentence)

    def act(self, request: HttpRequest, envelope: UUID) -> str:
        """Do it, and say so in a sentence."""
        raise LookupError(f"{type(self).__name__} does nothing.")


class Release(PieceAct):
    """Let a waiting piece go ahead of what it waits for."""

    def act(self, request: HttpRequest, envelope: UUID) -> str:
        if request.POST.get("sure") != "yes":
            raise Invalid("Tick the box to confirm that the earlier piece is lost.", code="not_confirmed")
        row = held.release(envelope=envelope, by=self.staff, at=clock.now())
        return f"Released: {row.get_outcome_display().lower()}."


class TryAgain(PieceAct):
    """Have a piece that was kept apart judged once more."""

    def act(self, request: HttpRequest, envelope: UUID) -> str:
        try:
            row = held.try_again(envelope=envelope, by=self.staff, at=clock.now())
        except Malformed as error:
            raise Stale(
                "The bytes that came cannot be read, so they cannot be tried again. Ask the author to enter it anew.",
                code="unreadable",
            ) from error
        return f"Tried again: {row.get_outcome_display().lower()}."


class Settle(PieceAct):
    """Dealt with, and how."""

    def act(self, request: HttpRequest, envelope: UUID) -> str:
        note = " ".join(request.POST.get("note", "").split())[:300]
        if not note:
            raise Invalid("Say what was done, such as: entered again by the author.", code="no_note")
        row = held.settle(envelope=envelope, by=self.staff, at=clock.now())
        EnvelopeNote.objects.create(envelope=row, by=self.staff, at=clock.now(), note=note)
        return "Marked as dealt with. It stays in the server's keeping."
