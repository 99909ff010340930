"""What the program itself says on the copy a person keeps, in each language. The person's own words are never translated."""

from datetime import date
from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "title": "My safety plan",
        "caregiver_title": "Safety plan, shared with you",
        "for": "For {name}",
        "made": "Made on {day}",
        "1": "How I know it is getting hard",
        "2": "What I can do on my own",
        "obstacle": "What could get in the way",
        "3": "Company and places that lift me out of it",
        "4": "Who I turn to",
        "5": "Trained people, day and night",
        "6": "Keeping danger out of reach",
        "reason": "What I live for",
        "verifier": "Makes sure of it: {name}",
        "crisis": "Call or text 988",
        "crisis_when": "Day or night. It is free.",
        "danger": "In danger right now? Call 911.",
        "fold": "To fold: first along the long line, print outside. Then like a fan along the short lines, cover on top.",
        "firearms": "Firearms",
        "medicines": "Medicines",
        "other": "Something else",
        "removed": "Taken out of the home",
        "locked": "Locked away",
        "transferred": "Somebody else keeps it",
        "disposed": "Disposed of",
        "no_access_confirmed": "No way to get to it",
    },
    "es": {
        "title": "Mi plan de seguridad",
        "caregiver_title": "Plan de seguridad, compartido con usted",
        "for": "Para {name}",
        "made": "Hecho el {day}",
        "1": "Cómo sé que se está poniendo difícil",
        "2": "Lo que puedo hacer por mi cuenta",
        "obstacle": "Qué podría estorbar",
        "3": "Compañía y lugares que me despejan la mente",
        "4": "A quién acudo",
        "5": "Personas capacitadas, de día y de noche",
        "6": "El peligro, lejos de mi alcance",
        "reason": "Por qué quiero vivir",
        "verifier": "Se asegura de eso: {name}",
        "crisis": "Llame al 988 y oprima 2",
        "crisis_when": "O mande un texto con la palabra AYUDA al 988. De día o de noche. Es gratis.",
        "danger": "¿En peligro ahora mismo? Llame al 911.",
        "fold": "Para doblar: primero por la línea larga, con la letra hacia fuera. Después como un abanico por las líneas cortas, con la portada arriba.",
        "firearms": "Armas de fuego",
        "medicines": "Medicinas",
        "other": "Otra cosa",
        "removed": "Fuera de la casa",
        "locked": "Bajo llave",
        "transferred": "Lo guarda otra persona",
        "disposed": "Desechado",
        "no_access_confirmed": "Sin manera de alcanzarlo",
    },
}
LANGUAGES: Final = tuple(WORDS)

_MONTHS: Final = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
]


def day_words(day: date, language: str) -> str:
    """A date as it is said: `March 3, 2027`, `3 de marzo de 2027`."""
    if language == "es":
        return f"{day.day} de {_MONTHS[day.month - 1]} de {day.year}"
    return f"{day:%B} {day.day}, {day.year}"
