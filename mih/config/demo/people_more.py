"""The other half of the invented people."""

from typing import Any


def _said(last: int, voicemail: str = "generic", **said: Any) -> dict[str, Any]:
    return {"phone": f"+140555501{last:02d}", "call_allowed": True, "voicemail": voicemail, **said}


MORE: dict[str, dict[str, Any]] = {
    "harold": {
        "details": {
            "first_name": "Harold", "last_name": "Wexcombe", "birth_date": "1949-03-03", "sex": "male",
            "race": "white", "address": "61 Model Road", "city": "Oklahoma City", "housing": "housed",
        },
    },
    "aaliyah": {
        "details": {
            "first_name": "Aaliyah", "last_name": "Northcott", "birth_date": "2007-04-26", "sex": "female",
            "race": "black", "address": "Dormitory B, Example College", "city": "Oklahoma City", "housing": "housed",
        },
        "contact": _said(34, "name_only", sms_allowed=True),
    },
    "dwight": {
        "details": {
            "first_name": "Dwight", "last_name": "Larkspur", "birth_date": "1988-01-21", "sex": "male",
            "race": "white", "housing": "sheltered", "no_fixed_address": True, "place_note": "Shelter K, bed 14",
        },
        "contact": _said(35, "name_only", sms_allowed=False),
    },
    "noemi": {
        "details": {
            "first_name": "Noemí", "last_name": "Arrieta", "birth_date": "1982-09-12", "sex": "female",
            "race": "hispanic", "language": "es", "interpreter_needed": False, "address": "207 Fictional Drive",
            "city": "Oklahoma City", "housing": "housed",
        },
        "contact": _said(36, sms_allowed=True),
    },
    "trent": {
        "details": {
            "first_name": "Trent", "last_name": "Oakhollow", "birth_date": "2000-02-29", "sex": "male",
            "race": "white", "housing": "unstable",
        },
        "contact": _said(37, "none", sms_allowed=True, visit_allowed=True),
    },
    "lena": {
        "details": {
            "first_name": "Lena", "last_name": "Birdwell", "birth_date": "1993-06-18", "sex": "female",
            "race": "american_indian", "address": "744 Sample Avenue", "city": "Oklahoma City", "housing": "housed",
        },
        "contact": _said(38, "name_only", sms_allowed=False, visit_allowed=True),
        "supporters": [{"name": "Marjorie Birdwell", "relation": "Aunt", "phone": "+14055550184", "may_contact": True,
                        "may_be_told": "That we are worried"}],
    },
    "khalid": {
        "details": {
            "first_name": "Khalid", "last_name": "Mansouri", "birth_date": "1991-01-30", "sex": "male",
            "race": "middle_eastern", "address": "19 Placeholder Court", "city": "Oklahoma City",
            "housing": "housed",
        },
        "contact": _said(39, sms_allowed=True, window_opens="16:00"),
    },
    "deborah": {
        "details": {
            "first_name": "Deborah", "last_name": "Pennington-Ruiz", "preferred_name": "Deb",
            "birth_date": "1968-08-08", "sex": "female", "race": "white", "address": "3 Mockup Lane",
            "city": "Oklahoma City", "housing": "housed",
        },
        "contact": _said(40, "none"),
    },
    "roy": {
        "details": {
            "first_name": "Roy", "last_name": "Castellane", "birth_date": "1954-11-25", "sex": "male",
            "race": "white", "address": "Apartment 2F, 90 Model Road", "city": "Oklahoma City", "housing": "housed",
        },
        "contact": _said(41, sms_allowed=False, visit_allowed=True, mail_allowed=True),
    },
    "opal": {
        "details": {
            "first_name": "Opal", "last_name": "Underhill", "birth_date": "1945-02-14", "sex": "female",
            "race": "american_indian", "address": "118 Fictional Drive", "city": "Oklahoma City",
            "housing": "housed",
        },
        "contact": _said(42, sms_allowed=False, visit_allowed=True, mail_allowed=True, window_closes="17:00"),
    },
    "shawna": {
        "details": {
            "first_name": "Shawna", "last_name": "Greaves", "birth_date": "1990-05-16", "sex": "female",
            "race": "white", "address": "55 Example Street", "city": "Oklahoma City", "housing": "housed",
        },
        "contact": _said(43, "name_only", sms_allowed=True, do_not_say="safety plan"),
    },
    "micah": {
        "details": {
            "first_name": "Micah", "last_name": "Thornbury", "birth_date": "2004-03-21", "sex": "other",
            "pronouns": "they/them", "race": "white", "address": "6 Sample Avenue", "city": "Oklahoma City",
            "housing": "housed",
        },
        "contact": _said(44, "none", sms_allowed=True),
    },
    "vincent": {
        "details": {
            "first_name": "Vincent", "last_name": "Delacroix-Moon", "birth_date": "1985-07-07", "sex": "male",
            "race": "black", "housing": "unstable",
        },
        "contact": _said(45, "name_only", sms_allowed=False),
    },
    "priscilla": {
        "details": {
            "first_name": "Priscilla", "last_name": "Abernathy", "birth_date": "1977-12-01", "sex": "female",
            "race": "white", "address": "1002 Model Road", "city": "Oklahoma City", "housing": "housed",
        },
        "contact": _said(46, sms_allowed=True),
    },
    "jamal": {
        "details": {
            "first_name": "Jamal", "last_name": "Westerfield", "birth_date": "1993-04-04", "sex": "male",
            "race": "black", "veteran": True, "address": "230 Placeholder Court", "city": "Oklahoma City",
            "housing": "housed",
        },
        "contact": _said(47, "name_only", sms_allowed=True),
    },
    "eunji": {
        "details": {
            "first_name": "Eun-ji", "last_name": "Halvorsen", "birth_date": "1998-10-10", "sex": "female",
            "race": "asian", "address": "81 Mockup Lane", "city": "Oklahoma City", "housing": "housed",
        },
        "contact": _said(48, "none", sms_allowed=True),
    },
    "gus": {
        "details": {
            "first_name": "Augusto", "last_name": "Marchetti", "preferred_name": "Gus", "birth_date": "1971-01-15",
            "sex": "male", "race": "white", "address": "47 Fictional Drive", "city": "Oklahoma City",
            "housing": "housed",
        },
        "contact": _said(49, sms_allowed=False, visit_allowed=True),
    },
    "ruthann": {
        "details": {
            "first_name": "Ruth Ann", "last_name": "Tillery", "birth_date": "1960-06-06", "sex": "female",
            "race": "white", "address": "15 Example Street", "city": "Oklahoma City", "housing": "housed",
        },
        "contact": _said(50, "name_only", sms_allowed=False, visit_allowed=True),
        "supporters": [{"name": "Carl Tillery", "relation": "Son", "phone": "+14055550185", "may_contact": True,
                        "may_be_told": "The plan; he keeps the key"}],
    },
    "tyrell": {
        "details": {
            "first_name": "Tyrell", "last_name": "Kingsmere", "birth_date": "2002-09-09", "sex": "male",
            "race": "black", "housing": "unstable", "place_note": "Corner of Sample Avenue and Model Road",
        },
        "contact": _said(51, "name_only", sms_allowed=False),
    },
    "brandi": {
        "details": {
            "first_name": "Brandi", "last_name": "Cottonwood", "birth_date": "1996-02-02", "sex": "female",
            "race": "american_indian", "housing": "sheltered", "no_fixed_address": True,
            "place_note": "Women's shelter, evenings",
        },
        "contact": _said(52, "name_only", sms_allowed=True, do_not_say="shelter"),
    },
    "leland": {
        "details": {
            "first_name": "Leland", "last_name": "Foxworth", "birth_date": "1963-08-31", "sex": "male",
            "race": "white", "language": "asl", "interpreter_needed": True, "address": "33 Model Road",
            "city": "Oklahoma City", "housing": "housed",
        },
        "contact": {"phone": "+14055550153", "call_allowed": False, "voicemail": "none", "sms_allowed": True,
                    "visit_allowed": True, "note": "Deaf. Text only."},
    },
    "sunita": {
        "details": {
            "first_name": "Sunita", "last_name": "Raghavan", "preferred_name": "Sunny", "birth_date": "1987-05-29",
            "sex": "female", "race": "asian", "address": "12 Mockup Lane", "city": "Oklahoma City",
            "housing": "housed",
        },
        "contact": _said(54, sms_allowed=True),
    },
    "dale": {
        "details": {
            "first_name": "Dale", "last_name": "Ironside", "birth_date": "1979-03-27", "sex": "male",
            "race": "white", "housing": "unsheltered", "no_fixed_address": True,
        },
        "contact": {"call_allowed": None, "visit_allowed": True},
    },
    "practice": {
        "details": {
            "first_name": "Robin", "last_name": "Practice", "birth_date": "1990-01-01", "sex": "female",
            "housing": "housed",
        },
        "contact": _said(99, sms_allowed=True),
    },
}  # fmt: skip
