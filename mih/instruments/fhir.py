"""An instrument as a FHIR R4 Questionnaire, and an answer sheet as a QuestionnaireResponse.

The Questionnaire holds what other software needs to ask and to score alike: the questions with their branching
(`enableWhen`), the points of each answer (`ordinalValue`), and each scale and band as a calculated FHIRPath expression
(`calculatedExpression` of Structured Data Capture). The expressions are written in `mih.instruments.fhir_paths`.

A code marked `verify` does not leave the system: such an item or answer carries our own code instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from mih.instruments.definition import Code, Definition, Item, Option, Scale, Text, Value
from mih.instruments.engine import COMPLETE, Result
from mih.instruments.fhir_conditions import enabled_when
from mih.instruments.fhir_paths import ORDINAL, NotExpressibleError, Paths

Resource = dict[str, Any]

BASE: Final = "urn:mih:instrument"
SDC: Final = "http://hl7.org/fhir/uv/sdc/StructureDefinition"
CORE: Final = "http://hl7.org/fhir/StructureDefinition"


def questionnaire(definition: Definition) -> Resource:
    """The Questionnaire of one version of an instrument. Scales stand at the end as read-only, calculated items."""
    found: Resource = {
        "resourceType": "Questionnaire",
        "id": definition.name.replace("_", "-").replace(".", "-"),
        "language": "en",
        "url": f"{BASE}:{definition.key}",
        "version": str(definition.version),
        "name": "".join(part.title() for part in definition.key.split("_")),
        "title": definition.title.say(),
        "status": "active",
        "subjectType": ["Patient"],
        "publisher": "Mobile Integrated Healthcare case documentation",
        "description": _description(definition),
        "purpose": definition.purpose.say(),
        "copyright": f"{definition.licence}. {definition.notice}",
        "item": [],
    }
    if panel := _coding(definition.codes.get("panel")):
        found["code"] = [panel]
    found["item"] = [_item(definition, item) for item in definition.items]
    paths = Paths(definition, answer_code=lambda option: option_coding(definition, option)["code"])
    for scale in definition.scales:
        found["item"] += _calculated(definition, scale, paths)
    return found


def questionnaire_response(
    definition: Definition, result: Result, answers: Mapping[str, Value], *, authored: datetime | None = None
) -> Resource:
    """The answers that counted, by `result`, and the scales it came to. An answer set aside is left out."""
    found: Resource = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": f"{BASE}:{definition.key}|{definition.version}",
        "status": "completed" if result.status == COMPLETE else "in-progress",
        "item": [],
    }
    if authored is not None:
        found["authored"] = authored.isoformat()
    faulty = {error.item for error in result.errors}
    for item in definition.items:
        value = answers.get(item.key, item.default)
        if item.key in result.visible and item.key not in faulty and value is not None:
            answer = _answer(definition, item, value)
            found["item"].append({"linkId": item.key, "text": item.text.say(), "answer": [answer]})
    for scale in definition.scales:
        known = result.scales[scale.key]
        if known.value is not None:
            found["item"].append({"linkId": scale_link(scale), "answer": [{"valueInteger": known.value}]})
        if known.band is not None:
            found["item"].append({"linkId": band_link(scale), "answer": [{"valueString": known.band}]})
    return found


def scale_link(scale: Scale) -> str:
    """The link of a scale's calculated item."""
    return f"scale.{scale.key}"


def band_link(scale: Scale) -> str:
    """The link of the item that holds the key of a scale's band."""
    return f"scale.{scale.key}.band"


def option_coding(definition: Definition, option: Option) -> Resource:
    """The coding of one answer: LOINC where it is certain, else the option's value in the instrument's own system."""
    known = _coding(option.code)
    coding = known or {"system": f"{BASE}:{definition.key}:answers", "code": str(option.value)}
    return {**coding, "display": option.label.say()}


def _description(definition: Definition) -> str:
    remarks = [note.text.say() for note in definition.notes if note.no_score]
    return " ".join([definition.disclaimer.say(), *remarks])


def _coding(code: Code | None) -> Resource | None:
    if code is None or code.status != "listed" or not code.system.startswith("http"):
        return None
    return {"system": code.system, "code": code.code}


def _item(definition: Definition, item: Item) -> Resource:
    found: Resource = {"linkId": item.key, "text": item.text.say(), **_translated("text", item.text)}
    if item.type == "number":
        kind, value = ("integer", "valueInteger") if item.decimals == 0 else ("decimal", "valueDecimal")
        found["type"] = kind
        found["extension"] = [
            {"url": f"{CORE}/{name}", value: end}
            for name, end in (("minValue", min([item.min or 0, *item.also])), ("maxValue", item.max))
        ]
        if item.unit:
            found["extension"].append(
                {"url": f"{CORE}/questionnaire-unit", "valueCoding": {"display": item.unit}}
            )
    else:
        found["type"] = "choice"
        found["answerOption"] = [_option(definition, item, option) for option in item.options]
    found["required"] = item.required
    if coding := _coding(item.code):
        found["code"] = [coding]
    if item.show_when is not None:
        found |= enabled_when(definition, item, lambda option: option_coding(definition, option))
    if item.help is not None:
        found["item"] = [
            {
                "linkId": f"{item.key}.help",
                "type": "display",
                "text": item.help.say(),
                **_translated("text", item.help),
            }
        ]
    return found


def _option(definition: Definition, item: Item, option: Option) -> Resource:
    coding = option_coding(definition, option) | _translated("display", option.label)
    if item.scored:
        coding["extension"] = [{"url": ORDINAL, "valueDecimal": option.points}]
    found: Resource = {"valueCoding": coding}
    if item.default is not None and option.value == item.default:
        found["initialSelected"] = True
    return found


def _translated(field: str, text: Text) -> Resource:
    others = {language: words for language, words in text.by_language.items() if language != "en"}
    if not others:
        return {}
    extension = [
        {
            "url": f"{CORE}/translation",
            "extension": [{"url": "lang", "valueCode": language}, {"url": "content", "valueString": words}],
        }
        for language, words in others.items()
    ]
    return {f"_{field}": {"extension": extension}}


def _calculated(definition: Definition, scale: Scale, paths: Paths) -> list[Resource]:
    found = [
        _expression_item(scale_link(scale), "integer", scale.title.say(), paths.value(scale), scale.code)
    ]
    if scale.bands:
        try:
            path = paths.band(scale)
        except NotExpressibleError:
            return found
        found.append(_expression_item(band_link(scale), "string", f"{scale.title.say()}: band", path, None))
    return found


def _expression_item(link: str, kind: str, text: str, path: str, code: Code | None) -> Resource:
    item: Resource = {"linkId": link, "text": text, "type": kind, "readOnly": True}
    if coding := _coding(code):
        item["code"] = [coding]
    item["extension"] = [
        {
            "url": f"{SDC}/sdc-questionnaire-calculatedExpression",
            "valueExpression": {"language": "text/fhirpath", "expression": path},
        }
    ]
    return item


def _answer(definition: Definition, item: Item, value: Value) -> Resource:
    if item.type == "number":
        return {"valueInteger": value} if item.decimals == 0 else {"valueDecimal": value}
    option = item.option(value)
    if option is None:
        raise ValueError(f"{definition.name}: {value!r} is no answer to {item.key}.")
    return {"valueCoding": option_coding(definition, option)}
