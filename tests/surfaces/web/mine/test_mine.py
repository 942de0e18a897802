"""One's own pages: profile, what is held, who saw it, requests; and the office that answers."""

from __future__ import annotations

import io
import json
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings

from testamur.access.accounts.rules import Level
from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.register.people import actions as people
from testamur.register.people.rules import Facts
from testamur.schoolday.keeping import steps
from testamur.schoolday.keeping.extract.files import file_of
from testamur.schoolday.keeping.extract.sections import parts
from testamur.schoolday.keeping.models import Extract, Request
from testamur.schoolday.noticeboard.models import Answer, Event
from testamur.surfaces.web.mine.columns import COLUMNS, TABLES
from tests.schoolday.diary import pages
from tests.schoolday.diary.school import NOW
from tests.surfaces.web.family import diaries
from tests.surfaces.web.family.diaries import Families, browse

pytestmark = [pytest.mark.django_db(databases=["default", "log"])]


@pytest.fixture(autouse=True)
def _in_march() -> Iterator[None]:
    """The Wednesday of the class."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def families() -> Families:
    """Three children of one guardian in two schools."""
    return diaries.build()


@pytest.mark.feature("C20")
def test_the_profile_holds_addresses_language_choices_and_ways_on(families: Families) -> None:
    shown = browse(families.guardian).get("/mine/profile/").content.decode()
    for address in (
        "/notices/address/",
        "/account/language/",
        "/mine/app/",
        "/notices/",
        "/mine/held/",
        "/mine/requests/",
    ):
        assert address in shown
    for child in families.children:
        assert f"/notices/child/{child}/" in shown


@pytest.mark.feature("C18")
def test_everything_that_is_held_comes_as_a_page_and_as_a_file(families: Families) -> None:
    child = families.bg.pupils[0]
    pages.remark(families.bg, child, "Без домашно")
    browser = browse(families.guardian)
    shown = browser.get("/mine/held/").content.decode()
    assert "GDPR article 6.1" in shown
    assert browser.post(f"/mine/held/{child}/ask/").status_code == 303
    one = Extract.objects.get()
    assert steps.make_extract(extract=one.id, now=clock.now())
    assert f"/mine/held/{one.id}/file/" in browser.get("/mine/held/").content.decode()
    page = browser.get(f"/mine/held/{one.id}/").content.decode()
    assert "Без домашно" in page
    assert "Измислено училище" in page
    answer = browser.get(f"/mine/held/{one.id}/file/")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert sorted(archive.namelist()) == ["data.json", "read-me.html", "read-me.pdf"]
        assert archive.read("read-me.pdf").startswith(b"%PDF-")
        assert json.loads(archive.read("data.json"))["format"] == "testamur-extract/1"
        assert "Без домашно" in archive.read("read-me.html").decode()
    for other in (families.bg.persons["other_guardian"], families.bg.persons["far_guardian"]):
        assert browse(other).get(f"/mine/held/{one.id}/file/").status_code == 404
        assert browse(other).get(f"/mine/held/{one.id}/pdf/").status_code == 404
    assert browse(families.bg.persons["far_guardian"]).post(f"/mine/held/{child}/ask/").status_code == 404


@pytest.mark.feature("C18")
@pytest.mark.parametrize(
    ("language", "title", "column"),
    [("sv", "Allt som finns om", "Skola"), ("bg", "Всичко, което се пази", "Училище"), ("vi", "", "Trường")],
)
def test_everything_that_is_held_comes_on_paper_in_the_readers_language(
    families: Families, language: str, title: str, column: str
) -> None:
    child = families.bg.pupils[0]
    pages.remark(families.bg, child, "Без домашно")
    browser = browse(families.guardian)
    browser.post(f"/mine/held/{child}/ask/")
    one = Extract.objects.get()
    assert steps.make_extract(extract=one.id, now=clock.now())
    browser.post("/account/language/", {"language": language, "next": "/mine/profile/"})
    answer = browser.get(f"/mine/held/{one.id}/pdf/")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=answer.content, capture_output=True, check=True)
    text = done.stdout.decode()
    for told in ("Без домашно", "Измислено училище", title, column):
        assert told in text
    assert "made_at" not in text


@pytest.mark.feature("C18")
def test_answers_to_events_are_given_out_and_the_other_guardians_are_not(families: Families) -> None:
    school, child = families.bg, families.bg.pupils[0]
    event = Event.objects.create(
        path=school.path, unit=school.school, group=school.group, kind="trip", title="Екскурзия", starts_at=NOW,
        ends_at=NOW, audience="family", made_by=school.persons["teacher"], made_at=NOW, changed_at=NOW,
    )  # fmt: skip
    for person, reply in ((families.guardian, "yes"), (school.persons["other_guardian"], "no")):
        Answer.objects.create(event=event, child=child, person=person, reply=reply, at=NOW)
    browser = browse(families.guardian)
    browser.post(f"/mine/held/{child}/ask/")
    assert steps.make_extract(extract=Extract.objects.get().id, now=clock.now())
    content = json.loads(file_of(Extract.objects.get().id).read_text())
    (table,) = (table for part in content["parts"] for table in part["tables"] if table["name"] == "event_answers")
    assert [(row[0], row[2]) for row in table["rows"]] == [("Екскурзия", "yes")]


def test_every_table_and_column_of_an_extract_has_a_word(families: Families) -> None:
    school = families.bg
    person = school.persons["teacher"]
    grants = (Grant("extract", "/", ("*",), wards=frozenset({person})),)
    child = (Grant("extract", "/", ("*",), wards=frozenset({school.pupils[0]})),)
    people.set_facts(by=operator(), facts=[(school.pupils[0], Facts(nationality="BG"))], now=NOW)
    found = [
        *parts(by=Actor(person, "simulated", grants), person=person, now=NOW),
        *parts(by=Actor(families.guardian, "simulated", child), person=school.pupils[0], now=NOW),
    ]
    tables = {table.name: table.columns for part in found for table in part.tables}
    assert set(tables) == set(TABLES)
    columns = {column for columns in tables.values() for column in columns}
    assert columns == {name for name in COLUMNS if "." not in name}
    assert {(name.split(".")[0], name.split(".")[1] in columns) for name in COLUMNS if "." in name} <= {
        (table, True) for table in tables
    }


def test_an_extract_needs_a_fresh_identification(families: Families) -> None:
    browser = browse(families.guardian)
    with time_machine.travel(NOW + timedelta(minutes=15), tick=True):
        answer = browser.post(f"/mine/held/{families.children[0]}/ask/")
    assert answer.headers["Location"].startswith("/account/confirm/")
    weak = browse(families.guardian, level=Level.LOW).get("/mine/held/")
    assert "why=level" in weak.headers["Location"]


@pytest.mark.feature("C18", "C20")
def test_a_request_goes_to_the_office_and_its_answer_comes_back(families: Families) -> None:
    child, browser = families.bg.pupils[0], browse(families.guardian)
    address = f"/mine/requests/{child}/new/"
    assert browser.get(address).status_code == 200
    assert browser.post(address, {"topic": "person", "text": ""}).status_code == 422
    assert browser.post(address, {"topic": "person", "text": "Името е грешно"}).status_code == 303
    one = Request.objects.get()
    office = browse(families.bg.persons["administrator"], hat=f"administrator@{families.bg.path}")
    assert f"/keeping/requests/{one.id}/" in office.get("/keeping/requests/").content.decode()
    assert "Името е грешно" in office.get(f"/keeping/requests/{one.id}/").content.decode()
    sent = {"answer": "granted", "why": "Поправено е."}
    assert office.post(f"/keeping/requests/{one.id}/", sent).status_code == 303
    assert office.post(f"/keeping/requests/{one.id}/", sent).status_code == 422
    assert "Поправено е." in browser.get("/mine/requests/").content.decode()
    assert browser.post(f"/mine/requests/{one.id}/withdraw/").status_code == 409
    foreign = browse(families.se.persons["administrator"], hat=f"administrator@{families.se.path}")
    assert foreign.get(f"/keeping/requests/{one.id}/").status_code == 404


def test_the_family_sees_who_saw_the_protected_child(families: Families) -> None:
    child = families.bg.pupils[0]
    assert "Nobody was seen" in browse(families.guardian).get(f"/mine/seen/{child}/").content.decode()
    assert browse(families.bg.persons["far_guardian"]).get(f"/mine/seen/{child}/").status_code == 404


@pytest.fixture(autouse=True)
def _data(tmp_path: Path) -> Iterator[None]:
    """A data folder of one test."""
    former, settings.DATA = settings.DATA, tmp_path
    yield
    settings.DATA = former
