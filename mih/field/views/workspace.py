"""The workspace of one response: rail, form, timeline, clocks and alarms."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views import View

from mih.encounters.models.encounter import TIMES
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.registry import registry
from mih.field.alarm_cards import alarm_cards, catalogue_data
from mih.field.opening import Opened, opened
from mih.field.panels import panel_for
from mih.field.rail import first_to_fill, rail
from mih.field.sheets import Sheet, sheet
from mih.field.timeline import timeline
from mih.field.timers import countdowns
from mih.field.trends import serial_forms, trends_above, trends_of_scores
from mih.field.views.base import FieldPage
from mih.field.vital_entry import KEYS, STEPS, entry_data
from mih.privacy import policy
from mih.privacy.api import uuid_or_none


class Response(FieldPage, View):
    """The response without a form named: its record once signed, else the form that needs filling first."""

    def get(self, request: HttpRequest, encounter: UUID) -> HttpResponse:
        seen = opened(self.staff, encounter, surface="field_response")
        if seen.encounter.is_signed:
            return redirect("field-record", encounter)
        if seen.encounter.person_id is None and seen.writable:
            return redirect("field-form", encounter, "person")
        return redirect("field-form", encounter, first_to_fill(rail(seen)) or seen.forms[0].key)


class Form(FieldPage, View):
    """One form of the response, on its page or as the part that a tap on the rail swaps in."""

    def get(
        self,
        request: HttpRequest,
        encounter: UUID,
        form: str,
        record: UUID | None = None,
        blank: bool = False,
    ) -> HttpResponse:
        seen = opened(self.staff, encounter, surface="field_form")
        if seen.encounter.is_signed:
            return redirect("field-record", encounter)
        context = form_context(seen, form, record=record, blank=blank)
        context["focus"] = request.GET.get("field", "")
        if self.wants_fragment:
            return self.show("field/form_area.html", **context)
        return self.show("field/workspace.html", **(live_context(seen, form) | context))


class Live(FieldPage, View):
    """Everything around the form, as it stands after a save."""

    def get(self, request: HttpRequest, encounter: UUID) -> HttpResponse:
        seen = opened(self.staff, encounter, surface="field_live")
        form = request.GET.get("form", "")
        context = live_context(seen, form)
        if form in registry and seen.may_read(registry[form]):
            context |= around_context(seen, registry[form]) | {
                "record": uuid_or_none(request.GET.get("record"))
            }
        return self.show("field/live.html", **context)


def form_context(
    seen: Opened, form: str, *, record: UUID | None = None, blank: bool = False
) -> dict[str, Any]:
    """The middle of the page."""
    spec = seen.form(form)
    needs_person = spec.section == "demographics" and seen.encounter.person is None
    found: Sheet | None = None if needs_person else sheet(seen, form, record=record, blank=blank)
    return {
        "seen": seen,
        "encounter": seen.encounter,
        "spec": spec,
        "sheet": found,
        "panel": panel_for(seen, form),
        "vitals_entry": entry_data(seen, form, found.record if found else None),
        "keypad_steps": STEPS,
        "keypad_digits": KEYS,
    } | around_context(seen, spec)


def around_context(seen: Opened, spec: OnSceneForm) -> dict[str, Any]:
    """What stands above the fields: the form's entries, and what signing still needs of them."""
    gaps = sorted(
        (gap for gap in seen.picture.gaps if gap.form == spec.key), key=lambda gap: not gap.blocking
    )
    blocking = sum(gap.blocking for gap in gaps)
    return {
        "spec": spec,
        "entries": seen.entries(spec) if spec.repeatable else [],
        "gaps": gaps,
        "gaps_blocking": blocking,
        "gaps_advice": len(gaps) - blocking,
        "trend_forms": serial_forms(),
        "trends": trends_above(seen, spec.key),
    }


def live_context(seen: Opened, form: str) -> dict[str, Any]:
    """What surrounds the form: rail, clocks, alarms, times, timeline, and the verdict beside a form that has one."""
    response = seen.encounter
    alarms = alarm_cards(seen)
    waiting = [card for card in alarms if card.state == "waiting"]
    return {
        "seen": seen,
        "encounter": response,
        "stretches": rail(seen),
        "current": form,
        "events": timeline(seen),
        "score_trends": trends_of_scores(seen),
        "countdowns": countdowns(seen),
        "alarms": alarms,
        "alarms_waiting": waiting,
        "alarm_catalogue": catalogue_data(seen),
        "times": [{"field": name, "label": label, "at": getattr(response, name)} for name, label, _ in TIMES],
        "may_log_times": seen.writable and bool(policy.section(seen.staff, "times", "C")),
        "panel": panel_for(seen, form),
        "conflicts_open": response.conflicts.filter(resolved_at__isnull=True).count(),
    }
