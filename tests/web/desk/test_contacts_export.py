"""The contacts of a period as a file: who may take it, what it holds, and that any number of them needs the same memory."""

import csv
import io
import tracemalloc
from collections.abc import Iterator

import pytest
from django.db import connection

from mih.audit.models import Denial, ReadEvent
from mih.config.city.writing import tables_of, triggers_asleep
from mih.followups import exporting
from mih.followups.exporting import COLUMNS, NAMING, Period, export
from mih.followups.models import ContactDue
from tests.web.desk.conftest import MORNING
from tests.world import World

JANUARY = {"since": "2027-01-01", "until": "2027-01-31"}
URL = "/queue/export/"


def exported(client, **more: str) -> list[list[str]]:
    answer = client.post(URL, JANUARY | more)
    assert answer.status_code == 200
    assert answer.streaming
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(b"".join(answer).decode())))


def test_who_exports_and_who_does_not(world: World, browse):
    may = {"supervisor", "programme_manager", "medical_director"}
    for role in world.staff:
        wanted = 200 if role in may else 403
        assert browse(role).get(URL).status_code == wanted
        assert browse(role).post(URL, JANUARY).status_code == wanted
    assert set(Denial.objects.values_list("role", flat=True)) == set(world.staff) - may


def test_each_contact_is_a_line_and_the_last_line_counts_them(world: World, browse, overdose):
    overdose(estimated_age=None)
    head, *lines, end = exported(browse("supervisor"))
    assert head == list(COLUMNS)
    due = (
        ContactDue.objects.exclude(target_at=None)
        .filter(target_at__lt="2027-02-01T06:00Z")
        .order_by("target_at", "pk")
    )
    assert [line[0] for line in lines] == [str(row.pk) for row in due]
    assert end == [f"End of the file: {len(lines)} contacts"]
    first = dict(zip(head, lines[0], strict=True))
    assert (first["Program"], first["Steps"], first["Status"]) == ("Alternative Response Team", "OD1", "Open")


def test_without_names_nothing_says_who_it_is(world: World, browse, overdose):
    overdose(last_name="Quillfeather", birth_date="1931-02-03", contact={"phone": "+14055550111"})
    rows = exported(browse("programme_manager"))
    # Without the contact's identifier, in which any digits may stand.
    words = " ".join(" ".join(row[1:]) for row in rows)
    assert "Quillfeather" not in words
    assert "1931" not in words
    assert "555" not in words
    assert rows[1][COLUMNS.index("Age")] == "90 or more"


def test_the_manager_alone_takes_names_along(world: World, browse, overdose):
    encounter = overdose(last_name="Quillfeather", birth_date="1980-02-03", contact={"phone": "+14055550111"})
    head, line, *_ = exported(browse("programme_manager"), named="on")
    assert head == [*COLUMNS, *NAMING]
    assert line[-4:] == [str(encounter.person_id), "Robin Quillfeather", "1980-02-03", "(405) 555-0111"]
    assert browse("supervisor").post(URL, JANUARY | {"named": "on"}).status_code == 403
    assert "named" not in browse("supervisor").get(URL).content.decode()
    assert ReadEvent.objects.filter(surface="contacts_export").count() == 1


def test_the_read_log_keeps_one_look_at_all_of_them(world: World, browse, overdose):
    people = {overdose(last_name=name).person_id for name in ("One", "Two", "Three")}
    exported(browse("medical_director"))
    look = ReadEvent.objects.get(surface="contacts_export")
    assert (set(look.people), len(look.people)) == (people, 3)
    assert (look.actor, look.purpose) == (world.medical_director.pk, "operations")


@pytest.mark.parametrize("logged", [("One", "Two"), ()])
def test_whose_first_contact_is_planned_after_the_log_is_not_in_the_file(world: World, overdose, logged):
    people = {str(overdose(last_name=name).person_id) for name in logged}
    period = Period(MORNING.date().replace(day=1), MORNING.date().replace(month=3))
    file = export(world.programme_manager, period, named=True)
    overdose(last_name="Later")
    _, *lines, end = csv.reader(io.StringIO("".join(file)))
    assert {line[len(COLUMNS)] for line in lines} == people
    assert end == [f"End of the file: {len(lines)} contacts"]


def test_days_outside_and_the_practice_world_stay_out(world: World, browse, overdose):
    encounter = overdose()
    assert exported(browse("supervisor"), since="2027-03-01", until="2027-03-31")[1:] == [
        ["End of the file: 0 contacts"]
    ]
    assert not ReadEvent.objects.filter(surface="contacts_export").exists()
    with triggers_asleep(tables_of([ContactDue])):
        ContactDue.objects.filter(encounter=encounter).update(is_practice=True)
    assert exported(browse("supervisor"))[1:] == [["End of the file: 0 contacts"]]


def test_a_name_that_a_spreadsheet_would_run_is_text(world: World, browse, overdose):
    overdose(first_name='=HYPERLINK("http://x")', last_name="Doe", preferred_name="")
    head, line, *_ = exported(browse("programme_manager"), named="on")
    assert line[head.index("Name")].startswith("'=HYPERLINK")


def test_a_period_that_ends_before_it_begins_is_refused_with_a_sentence(world: World, browse):
    answer = browse("supervisor").post(URL, {"since": "2027-01-31", "until": "2027-01-01"})
    assert answer.status_code == 400
    assert "This is before the first day." in answer.content.decode()


def test_the_last_day_there_is_has_no_day_after_it(world: World, browse, overdose):
    overdose()
    answer = browse("supervisor").post(URL, {"since": "2027-01-01", "until": "9999-12-31"})
    assert answer.status_code == 400
    assert "Check the year." in answer.content.decode()
    assert len(exported(browse("supervisor"), since="0001-01-01", until="9999-12-30")) > 2


def multiplied(times: int) -> None:
    """Copies of every contact there is."""
    names = [field.column for field in ContactDue._meta.concrete_fields]
    made = ["gen_random_uuid()" if name == "id" else f't."{name}"' for name in names]
    with triggers_asleep(tables_of([ContactDue])), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO followups_contactdue ({', '.join(names)}) SELECT {', '.join(made)} "
            f"FROM followups_contactdue t CROSS JOIN generate_series(1, {times})"
        )


def peak(parts: Iterator[str]) -> tuple[int, int]:
    """Bytes held at most while the file is sent, and how many there were of it."""
    tracemalloc.start()
    size = sum(len(part) for part in parts)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most, size


def test_ten_times_the_rows_need_no_more_memory(world: World, overdose, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(exporting, "CHUNK", 200)
    overdose()
    period = Period(MORNING.date().replace(day=1), MORNING.date().replace(month=3))
    multiplied(200)
    manager = world.programme_manager
    peak(export(manager, period, named=True))  # what the first one imports and compiles is not what it holds
    few, short = peak(export(manager, period, named=True))
    multiplied(10)
    many, long = peak(export(manager, period, named=True))
    assert long > 9 * short
    assert many < 1.2 * few
