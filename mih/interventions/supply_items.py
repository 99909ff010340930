"""What is counted from the first day: code, name, and whether two people sign for it (clinical.md §3, §4.3)."""

from mih.interventions.models import SupplyItem

ITEMS = {
    "naloxone_kit": ("Naloxone kit", False),
    "naloxone_spray_4": ("Naloxone 4 mg nasal spray", False),
    "fentanyl_strip": ("Fentanyl test strip", False),
    "xylazine_strip": ("Xylazine test strip", False),
    "film_2_0_5": ("Buprenorphine/naloxone film 2/0.5 mg", True),
    "film_4_1": ("Buprenorphine/naloxone film 4/1 mg", True),
    "film_8_2": ("Buprenorphine/naloxone film 8/2 mg", True),
    "film_12_3": ("Buprenorphine/naloxone film 12/3 mg", True),
}

KIT_ITEMS = {
    "naloxone_kit": "naloxone_kit",
    "fentanyl_strips": "fentanyl_strip",
    "xylazine_strips": "xylazine_strip",
}
"""Which item a thing left behind is counted as."""


def item(code: str) -> SupplyItem:
    """The item `code`, made at its first use. Raises KeyError for a code that is neither here nor added since."""
    found = SupplyItem.objects.filter(code=code).first()
    if found is None:
        name, controlled = ITEMS[code]
        found, _ = SupplyItem.objects.get_or_create(
            code=code, defaults={"name": name, "controlled": controlled}
        )
    return found


def film_code(strength: str) -> str:
    """The item code of a film: "8/2" is `film_8_2`, "2/0.5" is `film_2_0_5`."""
    return "film_" + strength.replace("/", "_").replace(".", "_")
