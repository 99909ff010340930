from django.db import migrations

from mih.field.pulsing import PulseFunction, PulseOn

ENTRIES = [
    "assessments_clinicalassessment",
    "assessments_instrumentanswers",
    "assessments_medicalassessment",
    "assessments_vitalsigns",
    "crisis_diversion",
    "crisis_dutytowarn",
    "crisis_force",
    "crisis_legalhold",
    "crisis_mandatoryreport",
    "crisis_minorconsent",
    "encounters_consenttaken",
    "encounters_disposition",
    "encounters_narrative",
    "interventions_bridgeplan",
    "interventions_buprenorphinedose",
    "interventions_deescalation",
    "interventions_induction",
    "interventions_kitleft",
    "interventions_medicationgiven",
    "interventions_refusal",
    "interventions_resedationcheck",
    "referrals_referral",
    "safety_plans_safetyplan",
]
BESIDE = [
    "encounters_addendum",
    "encounters_alarm",
    "encounters_conflict",
    "encounters_crewmember",
    "encounters_timechange",
    "field_attachment",
]
OF_THE_PERSON = ["people_approach", "people_contactpreferences", "people_supporter"]


class Migration(migrations.Migration):

    dependencies = [
        ("assessments", "0001_initial"),
        ("crisis", "0001_initial"),
        ("encounters", "0001_initial"),
        ("field", "0001_initial"),
        ("interventions", "0001_initial"),
        ("people", "0001_initial"),
        ("referrals", "0001_initial"),
        ("safety_plans", "0001_initial"),
    ]

    operations = [
        PulseFunction(),
        PulseOn("encounters_encounter", "id"),
        *(PulseOn(table, "encounter_id") for table in ENTRIES + BESIDE),
        PulseOn("people_person", "id", "person"),
        *(PulseOn(table, "person_id", "person") for table in OF_THE_PERSON),
        PulseOn("encounters_incident", "id", "incident"),
    ]
