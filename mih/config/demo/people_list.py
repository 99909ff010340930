"""About forty invented people, as diverse as a city's. Nobody here exists.

`contact` is what each said about being reached; a `phone` is always of the fictional block 555-0111 to 555-0199.
"""

from typing import Any

from mih.config.demo.people_more import MORE


def phone(last: int) -> str:
    """An invented number that ends in 555-0`last`."""
    return f"+140555501{last:02d}"


def reach(last: int | None, voicemail: str = "generic", **said: Any) -> dict[str, Any]:
    """Calls agreed to, with this voicemail; `last` are the last two digits of the number."""
    return {"phone": phone(last) if last else "", "call_allowed": True, "voicemail": voicemail, **said}


SHELTER = {"no_fixed_address": True, "housing": "sheltered"}
STREET = {"no_fixed_address": True, "housing": "unsheltered"}

PEOPLE: dict[str, dict[str, Any]] = {
    "devon": {
        "details": {
            "first_name": "Devon", "last_name": "Ashgrove", "estimated_age": 34, "sex": "male", "race": "white",
            **SHELTER, "place_note": "Shelter K, breakfast room until 09:00",
        },
        "contact": reach(11, "name_only", sms_allowed=False, do_not_say="shelter"),
        "supporters": [{"name": "Corey Ashgrove", "relation": "Brother", "phone": phone(81), "may_contact": True,
                        "may_be_told": "That we called"}],
        "approach": {
            "helps": "Talk about the dog first\nSit down, do not stand over me\nCoffee",
            "escalates": "Uniforms close by\nBeing told I wasted your time",
            "access_needs": ["reading"], "told_by": "Devon",
        },
    },
    "marisol": {
        "details": {
            "first_name": "Marisol", "last_name": "Quintero Vega", "birth_date": "1999-06-01", "sex": "female",
            "race": "hispanic", "address": "12 Example Street", "city": "Oklahoma City", "postal_code": "73100",
            "housing": "housed",
        },
        "contact": reach(22, sms_allowed=True, window_opens="12:00", window_closes="20:00"),
    },
    "walter": {
        "details": {
            "first_name": "Walter", "last_name": "Brandywine", "birth_date": "1980-02-19", "sex": "male",
            "race": "black", "veteran": True, "address": "408 Sample Avenue", "city": "Oklahoma City",
            "postal_code": "73101", "housing": "housed",
        },
        "contact": reach(23, sms_allowed=True, visit_allowed=True),
        "supporters": [{"name": "Denise Brandywine", "relation": "Wife", "phone": phone(82), "may_contact": True,
                        "may_be_told": "Appointments and how to help with the plan"}],
        "approach": {
            "helps": "Call before you come up the drive\nLet Denise stay in the room\nPlain answers, no forms first",
            "escalates": "Somebody behind me\nLoud radios",
            "access_needs": ["hearing", "sensory"], "access_note": "Right ear is the better one",
            "safety_note": "Handgun was given to his brother-in-law; ask again at the door. Old shepherd dog, friendly.",
            "told_by": "Walter and Denise",
        },
    },
    "june": {
        "details": {
            "first_name": "June", "last_name": "Halloway", "birth_date": "1974-09-30", "sex": "female", "race": "white",
            "address": "Unit 6, 77 Placeholder Court", "city": "Oklahoma City", "postal_code": "73102",
            "housing": "housed",
        },
        "contact": reach(24, "name_only", sms_allowed=False),
    },
    "curtis": {
        "details": {
            "first_name": "Curtis", "last_name": "Featherstone", "birth_date": "1997-04-11", "sex": "male",
            "race": "black", "housing": "unstable", "place_note": "Stays with a cousin near the bus depot",
        },
        "contact": reach(25, "none", sms_allowed=True, do_not_say="methadone"),
    },
    "earl": {
        "details": {
            "first_name": "Earl", "last_name": "Dunmore", "birth_date": "1958-01-08", "sex": "male", "race": "white",
            "address": "1190 Model Road", "city": "Oklahoma City", "postal_code": "73103", "housing": "housed",
        },
        "contact": reach(26, "generic"),
    },
    "bridge_man": {
        "details": {
            "identity_status": "unknown", "estimated_age": 40, "sex": "male", **STREET,
            "distinguishing": "Gray parka, compass tattoo on left hand, about 6 ft",
            "place_note": "Under the rail bridge, east end",
        },
        "contact": {"visit_allowed": True},
    },
    "depot_woman": {
        "details": {
            "identity_status": "unknown", "estimated_age": 25, "sex": "female", **STREET,
            "distinguishing": "Green hair, silver nose ring, small brown dog",
        },
    },
    "red": {
        "details": {
            "identity_status": "alias", "preferred_name": "Red", "estimated_age": 45, "sex": "male", **STREET,
            "place_note": "Library steps in the morning, day center after lunch",
        },
        "aliases": ["Red", "Big Red", "Redmond"],
        "contact": {"visit_allowed": True, "note": "No phone. Ask at the day center desk."},
    },
    "tanisha": {
        "details": {
            "first_name": "Tanisha", "last_name": "Bellweather", "birth_date": "1995-08-23", "sex": "female",
            "race": "black", "address": "25 Mockup Lane, rear", "city": "Oklahoma City", "housing": "unstable",
        },
        "contact": reach(27, "name_only", sms_allowed=True, visit_allowed=True),
    },
    "linh": {
        "details": {
            "first_name": "Linh", "last_name": "Pham-Whitfield", "birth_date": "2003-11-02", "sex": "female",
            "race": "asian", "language": "vi", "interpreter_needed": True, "address": "310 Example Street",
            "city": "Oklahoma City", "housing": "housed",
        },
        "contact": reach(28, "name_only", sms_allowed=True, window_opens="10:00", window_closes="18:00"),
    },
    "rosario": {
        "details": {
            "first_name": "Rosario Elena", "last_name": "Montenegro de la Fuente Castañeda",
            "preferred_name": "Doña Charo", "birth_date": "1965-05-05", "sex": "female", "race": "hispanic",
            "language": "es", "interpreter_needed": True, "address": "93 Sample Avenue", "city": "Oklahoma City",
            "housing": "housed",
        },
        "contact": reach(29, sms_allowed=True, note="Her granddaughter answers; ask for Doña Charo."),
    },
    "bartholomew": {
        "details": {
            "first_name": "Bartholomew Alexander", "last_name": "Montgomery-Fitzgerald Oyelaran III",
            "birth_date": "1984-12-17", "sex": "male", "race": "black", "housing": "housed",
        },
        "contact": reach(30, sms_allowed=False),
    },
    "teo": {
        "details": {
            "first_name": "Mateo", "last_name": "Saltillo", "preferred_name": "Teo", "birth_date": "2010-07-14",
            "sex": "male", "race": "hispanic", "address": "14 Fictional Drive", "city": "Oklahoma City",
            "housing": "housed",
        },
        "contact": reach(31, "none", sms_allowed=False, window_opens="15:30", note="Minor. Call his mother first."),
        "supporters": [{"name": "Ana Saltillo", "relation": "Mother", "phone": phone(83), "may_contact": True,
                        "may_be_told": "Everything; she has custody"}],
    },
    "jon": {
        "details": {
            "first_name": "Jon", "last_name": "Petrakis", "birth_date": "1988-03-14", "sex": "male", "race": "white",
            "address": "520 Placeholder Court", "city": "Oklahoma City", "housing": "housed",
        },
        "contact": reach(32, sms_allowed=True),
    },
    "jonathan": {
        "details": {
            "first_name": "Jonathan", "last_name": "Petrakis", "birth_date": "1988-03-14", "sex": "male",
            "housing": "unknown",
        },
        "contact": {"call_allowed": None},
    },
    "catherine": {
        "details": {
            "first_name": "Catherine", "last_name": "Loomis", "birth_date": "1991-10-09", "sex": "female",
            "race": "white", "address": "8 Mockup Lane", "city": "Oklahoma City", "housing": "housed",
        },
        "contact": reach(33, sms_allowed=True),
    },
    "kathryn": {
        "details": {
            "first_name": "Kathryn", "last_name": "Loomis", "birth_date": "1991-10-29", "sex": "female",
            "race": "white", "housing": "unstable",
        },
        "contact": reach(33, "none", sms_allowed=False, note="Shares the phone with her sister."),
    },
    **MORE,
}  # fmt: skip
"""Who they are, by the demo's own key."""
