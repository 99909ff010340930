"""Who is shown which dose without a second person: the question to the database says what the rules say."""

from itertools import product
from typing import Any

from mih.audit.context import SYSTEM, acting
from mih.interventions.models import BuprenorphineDose, SecondPerson
from mih.interventions.unwitnessed import open_acts, open_count
from mih.interventions.witnessing import ACTS, may_sign, signature
from mih.privacy import policy
from tests.world import World


def test_the_list_and_its_figure_are_what_the_rules_say_of_each_dose(world: World, overdose: Any) -> None:
    here, elsewhere = overdose(), overdose(last_name="Other")
    reader, other = world.clinician, world.peer
    with acting(SYSTEM):
        here.crew.get_or_create(staff=reader)
        elsewhere.crew.filter(staff=reader).delete()
        for response, author, named, signed, digest in product(
            (here, elsewhere),
            (world.paramedic, reader),
            (None, reader, other),
            (None, reader, other),
            ("seen", "changed"),
        ):
            if author in (named, signed):
                continue
            dose = BuprenorphineDose.objects.create(
                encounter=response,
                author=author,
                mg=8,
                waste_mg=2,
                witness=named,
                waste_witness=named,
                dose_digest="seen",
                waste_digest=digest,
            )
            for act in ACTS if signed else ():
                SecondPerson.objects.create(
                    act=act,
                    subject=dose.pk,
                    digest="seen",
                    accepted=True,
                    person=signed,
                    beside=author,
                    how="own_session",
                )
    doses = list(BuprenorphineDose.objects.all())
    assert len(doses) > 40
    for staff in (reader, other, world.paramedic, world.supervisor, world.administrator):
        everything = bool(policy.page(staff, "stock_variance"))
        expected = {
            (dose.pk, act, may_sign(staff, dose, act))
            for dose in doses
            for act in ACTS
            if signature(dose, act) is None and (everything or may_sign(staff, dose, act))
        }
        listed, following = open_acts(by=staff, after=None, size=len(doses))
        assert not following
        assert {(each.dose.pk, each.act, each.mine) for each in listed} == expected, staff.role
        assert open_count(by=staff) == len(expected) == len(listed)
