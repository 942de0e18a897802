"""The log of result reporting in the browser: the log database alone, its search, its export, its head (row B26)."""

from __future__ import annotations

import csv
import io
import re
from http import HTTPStatus
from pathlib import Path

import pytest
from django.urls import reverse

import testamur
from testamur.kernel.base import clock
from testamur.kernel.journal import steps as journal_steps
from testamur.kernel.journal.models import ShippedEntry
from testamur.kernel.journal.searching import search_log
from testamur.schoolday.reporting.queries import lists
from testamur.surfaces.web.results.log_words import KINDS
from tests.schoolday.reporting.signing import Desk
from tests.schoolday.reporting.university import University
from tests.shipping import unguarded
from tests.surfaces.web.results.conftest import Enter, text

SOURCES = Path(testamur.__file__).parent
WRITTEN = re.compile(r'"((?:reporting|connectors\.registry|accounts\.admin_mode)\.[a-z_.]+)/\d"')
pytestmark = pytest.mark.django_db(databases=["default", "log"], transaction=True)
"""Only what was written for good is shipped: PostgreSQL holds back what is in an open transaction."""
PAGE = "results:log"


@pytest.mark.feature("B26")
def test_every_entry_of_a_list_is_found_by_its_number_by_whom_and_by_student_and_can_be_taken_along(
    university: University, enter: Enter
) -> None:
    u, desk = university, Desk(university)
    first, second = desk.sent({u.students[0]: "B"}), desk.sent({u.persons["late"]: "G"}, module="1415", on="2026-11-20")
    one, other = (str(lists.head(by=u.by, list=made).number) for made in (first, second))
    registrar = enter("registrar")
    assert "The log has no such entry" in text(registrar.get(reverse(PAGE), {"number": one}))
    journal_steps.ship_all(now=clock.now())
    page = text(registrar.get(reverse(PAGE), {"number": one}))
    for words in ("List opened", "Students added", "Grades entered", "Sent to the examiner", u.names["teacher"]):
        assert words in page
    assert f">{other}</a>" not in page
    page = text(registrar.get(reverse(PAGE), {"number": one, "kind": "reporting.list.sent"}))
    assert "<tbody><tr>" in page
    assert page.count(f">{one}</a>") == 1
    assert f">{other}</a>" in text(registrar.get(reverse(PAGE), {"person": str(u.persons["late"])}))
    assert f">{one}</a>" not in text(registrar.get(reverse(PAGE), {"person": str(u.persons["late"])}))
    nothing: tuple[dict[str, str], ...] = (
        {"number": "99999"},
        {"person": "Nobody At All"},
        {"mine": "on"},
        {"last": "2020-01-01"},
    )
    for empty in nothing:
        assert "The log has no such entry" in text(registrar.get(reverse(PAGE), empty)), empty
    assert registrar.get(reverse(PAGE), {"first": "soon"}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    answer = registrar.get(reverse("results:log_export"), {"number": one})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {row[3] for row in rows[1:-1]} == {one}
    assert "Head of the log" in rows[-1][0]
    assert not any(str(u.students[0]) in cell for row in rows for cell in row)
    sheet = registrar.get(reverse("results:log_export"), {"number": one, "as": "xlsx"})
    assert sheet.content.startswith(b"PK")


@pytest.mark.feature("B26")
def test_the_page_proves_that_the_log_is_whole_and_finds_what_was_changed(university: University, enter: Enter) -> None:
    u = university
    made = Desk(u).sent({u.students[0]: "B"})
    number = lists.head(by=u.by, list=made).number
    journal_steps.ship_all(now=clock.now())
    rector = enter("rector")
    page = text(rector.post(reverse(PAGE)))
    assert "are whole: none is missing or changed" in page
    with unguarded("log", "journal_shippedentry"):
        assert ShippedEntry.objects.filter(kind__contains="sent").update(body=b"{}")
    page = text(rector.post(reverse(PAGE)))
    assert "The log is not whole" in page
    assert number


def test_a_department_reads_its_own_log_alone(university: University) -> None:
    u = university
    Desk(u).sent({u.students[0]: "B"})
    journal_steps.ship_all(now=clock.now())
    economy = u.departments["ekonomi"]
    assert search_log(by=u.by, path=economy, kinds=["reporting."]) == ()
    found = search_log(by=u.by, path=u.data, kinds=["reporting."])
    assert [one.seq for one in found] == sorted((one.seq for one in found), reverse=True)
    older = search_log(by=u.by, path=u.data, kinds=["reporting."], before=found[0].seq, limit=2)
    assert older == found[1:3]


def test_every_act_that_is_logged_is_called_something() -> None:
    written = {kind for path in SOURCES.rglob("*.py") for kind in WRITTEN.findall(path.read_text())}
    assert "connectors.registry.sent" in written
    assert written <= set(KINDS)
