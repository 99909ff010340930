"""The sweeps: twice, side by side, killed, and past a row that cannot be planned."""

import multiprocessing
import os
import random
import signal
import threading
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from mih.accounts.models import Programme
from mih.audit.context import SYSTEM, acting
from mih.core import clock
from mih.encounters import gist
from mih.encounters.models import Disposition, Encounter
from mih.encounters.picture import load
from mih.episodes.models import EpisodeOfCare
from mih.followups import sweeps, tasks
from mih.followups.models import Attempt, ContactDue, PlannedStep, PlanningTrouble, Reminder
from mih.followups.selectors import unseen_reminders
from mih.followups.services import claim, courses, mark_seen, reassign


@pytest.fixture
def cleared(local):
    return local("2027-05-06 16:10")


@pytest.fixture
def waiting(signed, refer, cleared):
    """Signed responses that wait to be planned, each with one referral: two contacts each."""

    def make(number):
        made = [signed(cleared + timedelta(minutes=n)) for n in range(number)]
        for encounter in made:
            refer(encounter)
        return made

    return make


def planned_once(encounters):
    steps = PlannedStep.objects.filter(episode__in=[e.episode_id for e in encounters])
    assert steps.count() == 2 * len(encounters)
    assert ContactDue.objects.unfinished().count() == 2 * len(encounters)
    assert not Encounter.objects.filter(plan_due_since__isnull=False).exists()


@pytest.mark.django_db
def test_planning_clears_what_it_planned_and_finds_nothing_the_second_time(waiting, cleared):
    encounters = waiting(3)
    assert sweeps.plan_due(at=cleared, limit=2).done == 2
    assert sweeps.plan_due(at=cleared).done == 1
    assert sweeps.plan_due(at=cleared).done == 0
    planned_once(encounters)
    assert Encounter.objects.get(pk=encounters[0].pk).follow_ups_planned_at == cleared


@pytest.mark.django_db
def test_a_sweep_of_one_program_leaves_the_others(world, waiting, cleared):
    waiting(1)
    assert sweeps.plan_due(at=cleared, programme=world.practice).done == 0
    assert sweeps.plan_due(at=cleared, programme=Programme.objects.get(code="ART")).done == 1


@pytest.mark.django_db
def test_what_cannot_be_planned_delays_nobody_and_is_tried_again_later(world, waiting, cleared):
    poisoned, *sound = waiting(3)
    with acting(SYSTEM):
        # A version of a policy that lacks what planning needs.
        Encounter.objects.filter(pk=poisoned.pk).update(plan_due_since=cleared - timedelta(hours=1))
        wrong = EpisodeOfCare.objects.get(pk=poisoned.episode_id)
        break_episode(wrong)
    swept = sweeps.plan_due(at=cleared)
    assert (swept.done, swept.failed) == (2, 1)
    trouble = PlanningTrouble.objects.get()
    assert (trouble.encounter_id, trouble.tries) == (poisoned.pk, 1)
    assert sweeps.plan_due(at=cleared).failed == 0
    assert sweeps.plan_due(at=trouble.next_at).failed == 1
    trouble.refresh_from_db()
    assert trouble.next_at - trouble.last_at == timedelta(minutes=2)
    mend_episode(wrong)
    assert sweeps.plan_due(at=trouble.next_at).done == 1
    assert not PlanningTrouble.objects.exists()
    planned_once([poisoned, *sound])


def break_episode(episode):
    """Make the database refuse contacts of one episode, whatever asks for them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse_one() RETURNS trigger AS $$ BEGIN "
            f"IF NEW.episode_id = '{episode.pk}' THEN RAISE EXCEPTION 'no room'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql; "
            "CREATE TRIGGER refuse_one BEFORE INSERT ON followups_contactdue FOR EACH ROW EXECUTE FUNCTION refuse_one()"
        )


def mend_episode(episode):
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER refuse_one ON followups_contactdue")


@pytest.mark.django_db(transaction=True)
def test_sweeps_side_by_side_plan_each_response_once(waiting, cleared):
    encounters = waiting(6)
    done, start = [], threading.Barrier(3)

    def sweep():
        try:
            start.wait()
            done.append(sweeps.plan_due(at=cleared))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=sweep) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(swept.done for swept in done) == 6
    assert sum(swept.failed for swept in done) == 0
    planned_once(encounters)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_anywhere_leaves_work_that_the_next_one_finishes(waiting, cleared):
    encounters = waiting(8)
    chance = random.Random(7)
    context = multiprocessing.get_context("fork")
    for _ in range(6):
        connections.close_all()
        worker = context.Process(target=plan_in_child, args=(cleared,))
        worker.start()
        worker.join(chance.uniform(0.005, 0.12))
        if worker.is_alive() and worker.pid:
            os.kill(worker.pid, signal.SIGKILL)
        worker.join()
        claimed = set(PlannedStep.objects.values_list("occurrence", flat=True))
        assert PlannedStep.objects.count() == 2 * len(claimed)
    sweeps.plan_due(at=cleared)
    planned_once(encounters)


def plan_in_child(at):
    connections.close_all()
    sweeps.plan_due(at=at)
    os._exit(0)


@pytest.mark.django_db
def test_contacts_open_when_their_window_begins(waiting, cleared):
    waiting(1)
    sweeps.plan_due(at=cleared)
    opens = ContactDue.objects.get(steps=["RF1"]).opens_at
    sweeps.activate(at=opens - timedelta(seconds=1))
    assert set(ContactDue.objects.values_list("status", flat=True)) == {"planned"}
    assert sweeps.activate(at=opens).done == 1
    assert sweeps.activate(at=opens).done == 0
    assert ContactDue.objects.get(steps=["RF1"]).status == "open"


@pytest.mark.django_db
def test_a_hold_lapses_after_seven_days_and_goes_through_the_facility(signed, refer, cleared):
    encounter = signed(cleared)
    refer(encounter)
    with acting(SYSTEM):
        Disposition.objects.create(
            encounter=encounter,
            author=encounter.created_by,
            code="crisis_centre_transport",
            destination="Centre Z",
        )
    sweeps.plan_due(at=cleared)
    assert set(ContactDue.objects.values_list("status", flat=True)) == {"on_hold"}
    assert EpisodeOfCare.objects.get().facility == "Centre Z"
    late = cleared + timedelta(days=7)
    assert sweeps.activate(at=late - timedelta(seconds=1)).done == 0
    assert sweeps.activate(at=late).done == 1
    assert sweeps.activate(at=late).done == 0
    first = ContactDue.objects.get(steps=["RF1"])
    assert (first.modality, first.target_at) == ("facility_liaison", cleared + timedelta(hours=72))
    assert "never became known" in " ".join(reason["sentence"] for reason in first.why)


@pytest.mark.django_db
def test_each_is_reminded_once_and_a_new_assignee_too(world, waiting, cleared):
    waiting(1)
    sweeps.plan_due(at=cleared)
    contact = ContactDue.objects.get(steps=["RF1"])
    due = contact.next_at
    sweeps.activate(at=due)
    assert sweeps.remind(at=due).done == 0  # nobody's yet
    with acting(world.navigator):
        claim(contact=contact.pk, by=world.navigator, at=due)
    assert sweeps.remind(at=due).done == 1
    assert sweeps.remind(at=due).done == 0
    assert sweeps.remind(at=due + timedelta(days=1)).done == 1
    assert set(Reminder.objects.values_list("kind", "recipient")) == {
        ("due", world.navigator.pk),
        ("overdue", world.navigator.pk),
    }
    assert [reminder.kind for reminder in unseen_reminders(world.navigator)] == ["due", "overdue"]
    assert mark_seen(by=world.peer, at=due) == 0
    assert mark_seen(by=world.navigator, at=due, reminders=[unseen_reminders(world.navigator)[0].pk]) == 1
    assert [reminder.kind for reminder in unseen_reminders(world.navigator)] == ["overdue"]
    with acting(world.supervisor):
        reassign(contacts=[contact.pk], to=world.peer, by=world.supervisor, at=due)
    assert not unseen_reminders(world.navigator)
    assert sweeps.remind(at=due + timedelta(days=1)).done == 2
    assert len(unseen_reminders(world.peer)) == 2


@pytest.mark.django_db
@pytest.mark.parametrize(("number", "rings"), [(1, 0), (5, 1)])
def test_whoever_finds_more_than_a_batch_rings_once_for_help(waiting, cleared, monkeypatch, number, rings):
    rung = []
    monkeypatch.setattr(tasks, "nudge", rung.append)
    monkeypatch.setattr(sweeps, "BATCH", 2)
    monkeypatch.setattr(sweeps, "plan_due", partial(sweeps.plan_due, limit=2))
    encounters = waiting(number)
    with clock.fixed(cleared):
        assert tasks.plan() == number
    planned_once(encounters)
    assert rung == [tasks.plan.name] * rings


@pytest.mark.django_db
def test_the_scheduled_tasks_do_the_sweeps(waiting, cleared):
    waiting(1)
    with clock.fixed(cleared):
        assert tasks.plan() == 1
    with clock.fixed(cleared + timedelta(days=1)):
        assert tasks.activate() == 1
        assert tasks.remind() == 0
        assert tasks.escalate() == 0
    names = {task.name for task in (tasks.plan, tasks.activate, tasks.remind, tasks.escalate)}
    assert names == {f"mih.followups.{sweep}" for sweep in ("plan", "activate", "remind", "escalate")}


@pytest.mark.django_db
def test_contacts_tried_often_on_one_day_keep_nobody_from_their_escalation(
    world, waiting, cleared, monkeypatch
):
    waiting(3)
    sweeps.plan_due(at=cleared)
    monkeypatch.setattr(sweeps, "BATCH", 2)
    *others, last = ContactDue.objects.filter(steps=["RF1"]).order_by("pk")
    assert len(others) == 2
    with acting(SYSTEM):
        for contact in (*others, last):
            for number in range(3):
                # The others' three attempts fall on one afternoon.
                at = cleared + (
                    timedelta(hours=21 * number) if contact == last else timedelta(minutes=number)
                )
                Attempt.objects.create(
                    contact=contact,
                    at=at,
                    recorded_at=at,
                    by=world.navigator,
                    channel="call",
                    outcome="no_answer",
                )
        ContactDue.objects.update(attempts_count=3)
    assert sweeps.escalate(at=cleared + timedelta(days=2)).done == 1
    assert list(ContactDue.objects.exclude(escalated_at=None)) == [last]
    assert sweeps.escalate(at=cleared + timedelta(days=2)).done == 0


@pytest.mark.django_db
def test_a_minute_with_nothing_to_do_costs_a_statement_or_two(waiting, cleared):
    waiting(3)
    for sweep in EVERY:
        sweep(at=cleared)
    spent = {sweep.__name__: statements(sweep, cleared) for sweep in EVERY}
    assert spent == {"plan_due": 1, "activate": 1, "remind": 1, "escalate": 2}


EVERY = (sweeps.plan_due, sweeps.activate, sweeps.remind, sweeps.escalate)


def statements(sweep, at):
    with CaptureQueriesContext(connection) as spent:
        assert sweep(at=at).done == 0
    return len(spent)


@pytest.mark.django_db
def test_planning_many_costs_as_many_statements_as_planning_one(waiting, cleared, monkeypatch):
    def planned(number):
        waiting(number)
        with CaptureQueriesContext(connection) as spent:
            assert sweeps.plan_due(at=cleared).done == number
        return len(spent)

    planned(1)  # what a process asks once
    assert planned(1) >= planned(9)
    signed_now = waiting(5)
    with acting(SYSTEM):
        for encounter in signed_now:
            left = gist.as_json(gist.of_picture(load(encounter)))
            Encounter.objects.filter(pk=encounter.pk).update(gist=left)
    # What signing left is planned without opening a single entry, and taken away.
    monkeypatch.setattr(courses, "load_many", None)
    with CaptureQueriesContext(connection) as spent:
        assert sweeps.plan_due(at=cleared).done == 5
    assert len(spent) <= 21
    assert ContactDue.objects.filter(encounter__in=signed_now).count() == 10
    assert not Encounter.objects.filter(gist__isnull=False).exists()
    # Nor does the history repeat what the entries' own history says: every version reads as it would without it.
    kept = Encounter.pgh_event_model.objects.filter(pgh_obj__in=signed_now).order_by("pgh_id").values()
    assert kept
    assert not any("gist" in version for version in kept)
