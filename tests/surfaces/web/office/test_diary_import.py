"""Taking over another diary in the browser: a table is sent, its columns are matched, tried and loaded."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from testamur.exchange.connectors import uploads
from testamur.exchange.connectors.diary.fields import FIELDS, Kind
from testamur.kernel.base.actor import operator
from testamur.register.people import queries as people
from testamur.schoolday.diary.queries.marks import standing_marks
from testamur.surfaces.web.office.words import DIARY_FIELDS
from tests.surfaces.web.office.conftest import Answer, LogIn, do_work, text
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db


def table(world: World) -> bytes:
    name = world.names["pupil"]
    return (
        f"Elev;Klass;Ämne;Typ;Datum;Betyg\n{name};;MA;prov;2026-03-02;Toppen\n{name};;MA;prov;2026-03-03;?\n".encode()
    )


@pytest.mark.feature("E14")
def test_a_table_is_matched_tried_and_loaded(world: World, log_in: LogIn) -> None:
    browser = log_in("administrator")
    assert "Take over another diary" in text(browser.get(reverse("office:imports")))
    sent = SimpleUploadedFile("betyg.csv", table(world))
    answer: Answer = browser.post(reverse("office:diary_import"), {"sent": sent, "kind": ""})
    assert answer.status_code == 302, text(answer)
    address = answer["Location"]
    shown = text(browser.get(address))
    assert "Toppen" in shown
    assert '<option value="Betyg" selected>' in shown
    form = {
        "column-name": "Elev", "column-subject": "Ämne", "column-kind": "Typ", "column-date": "Datum",
        "column-value": "Betyg", "word-value": ["Toppen", "?"], "means-value": ["A", ""], "name": "Gamla systemet",
    }  # fmt: skip
    again = text(browser.post(address, {**form, "look": "1"}))
    assert 'name="word-value" value="Toppen"' in again
    incomplete = browser.post(address, {**form, "column-value": ""})
    assert incomplete.status_code == 400
    assert "Something is missing" in text(incomplete)
    tried = browser.post(address, form)
    do_work(tried)
    found = text(browser.get(tried["Location"]))
    assert "betyg.csv, row 3" in found
    assert "Marks of the diary" in found
    assert standing_marks(pupils=[world.persons["pupil"]]) == ()
    work = tried["Location"].rstrip("/").rpartition("/")[2]
    do_work(browser.post(reverse("office:load", args=[work])))
    assert [mark.value for mark in standing_marks(pupils=[world.persons["pupil"]])] == ["A"]
    assert not any(uploads.folder().iterdir())
    assert "Gamla systemet" in text(browser.get(reverse("office:diary_import")))


def test_every_field_has_a_name() -> None:
    for kind in Kind:
        assert [one.name for one in FIELDS[kind] if one.name not in DIARY_FIELDS] == []


@pytest.mark.feature("E14")
def test_pupils_come_from_a_table_of_another_diary_at_the_body_responsible(world: World, log_in: LogIn) -> None:
    data = "Списък,,,,\nЕлев №,Förnamn,Efternamn,Klass,Kön\nx-1,Prov,Importsson,1B,flicka\nx-2,,Tom,1B,pojke\n".encode()
    assert ">Timetable<" not in text(_sent(log_in("administrator"), data))
    boss = log_in("authority_administrator")
    address = f"{reverse('office:diary_import')}?school={world.school}"
    sent = SimpleUploadedFile("elever.csv", data)
    answer = boss.post(address, {"sent": sent, "kind": "pupils", "school": str(world.school)})
    form = {
        "column-number": "Елев №", "column-given_name": "Förnamn", "column-family_name": "Efternamn",
        "column-class": "Klass", "column-sex": "Kön", "all-year_level": "1", "school": str(world.school),
    }  # fmt: skip
    tried = boss.post(answer["Location"], form)
    do_work(tried)
    assert "persons.csv, row 3" in text(boss.get(tried["Location"]))
    assert people.search(by=operator(), text="Importsson", path="/") == ()
    do_work(boss.post(reverse("office:load", args=[tried["Location"].rstrip("/").rpartition("/")[2]])))
    (found,) = people.search(by=operator(), text="Importsson", path="/")
    assert (found.given, found.sex.value) == ("Prov", "female")


def _sent(browser: Client, data: bytes) -> Answer:
    sent = SimpleUploadedFile("elever.csv", data)
    return browser.get(browser.post(reverse("office:diary_import"), {"sent": sent, "kind": "pupils"})["Location"])


def test_what_is_no_table_is_refused_and_strangers_send_none(world: World, log_in: LogIn) -> None:
    browser = log_in("administrator")
    for data, kind in ((b"%PDF-1.7\n", "x.pdf"), (b"PK\x03\x04 nothing", "x.xlsx"), (b"\n\n", "x.csv")):
        answer = browser.post(reverse("office:diary_import"), {"sent": SimpleUploadedFile(kind, data)})
        assert answer.status_code == 400
    other = browser.post(reverse("office:diary_import"), {"sent": SimpleUploadedFile("t.csv", table(world))})[
        "Location"
    ]
    for who in ("principal", "teacher", "other_administrator"):
        assert log_in(who).get(other).status_code in {403, 404}
        assert log_in(who).post(reverse("office:diary_import") + f"?school={world.school}").status_code in {403, 404}
