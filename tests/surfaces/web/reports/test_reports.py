"""Reports as pages, PDF and spreadsheets: the same figures in all three, for those whom they are for."""

from __future__ import annotations

import io
import re
import subprocess
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import UUID

import lxml.html
import pikepdf
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.people import actions as people
from testamur.register.people.rules import PersonUpdate
from testamur.schoolday.diary.actions import add_task, enter_marks
from testamur.schoolday.diary.rules.marks import Entry
from testamur.trust.records import queries as records
from tests.schoolday.diary.school import School, build
from tests.surfaces.web.diary.conftest import Enter

PAGES = ("school/", "subjects/MAT/", "teachers/", "help/", "years/", "completeness/")


def mark(school: School, values: dict[int, str], subject: int = 0) -> None:
    now = clock.now()
    task = add_task(
        by=operator(), group=school.group, subject=school.subjects[subject], kind="current", on=now.date(), now=now
    )
    enter_marks(by=operator(), task=task, entries=[Entry(school.pupils[n], v) for n, v in values.items()], now=now)


def filled(school: School) -> School:
    mark(school, {0: "6", 1: "2", 2: "5", 3: "4"})
    mark(school, {0: "5", 1: "3"}, subject=1)
    return school


def page_tables(browser: Client, address: str) -> dict[str, list[list[str]]]:
    """Title → rows of the tables of a report, as they are read."""
    answer = browser.get(address)
    assert answer.status_code == HTTPStatus.OK, address
    tree: Any = lxml.html.fromstring(answer.content)
    found = {}
    for section in tree.xpath("//main//section[.//table]"):
        rows = section.xpath(".//table//tr")
        found[_words(section.xpath("./h2")[0])] = [[_words(cell) for cell in row.xpath("./th|./td")] for row in rows]
    return found


def _words(cell: Any) -> str:
    return " ".join(cell.text_content().split())


def book_tables(data: bytes) -> list[list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names[1:]]


def alike(shown: str, kept: Any) -> bool:
    """Whether a cell of a page and one of a spreadsheet say the same."""
    if isinstance(kept, float):
        text = shown.replace(",", ".").replace("\xa0", "").replace(" 1/2", ".5")
        return bool(float(text) == kept)
    return bool(shown == kept)


@pytest.mark.feature("E17")
@pytest.mark.parametrize("address", [*PAGES, "classes/{group}/", "pupils/{pupil}/"])
def test_page_and_spreadsheet_hold_the_same_figures(bulgarian: School, enter: Enter, address: str) -> None:
    filled(bulgarian)
    browser = enter(bulgarian, "principal")
    where = "/reports/" + address.format(group=bulgarian.group, pupil=bulgarian.pupils[0])
    tables = page_tables(browser, where)
    assert tables, "there is something to compare"
    answer = browser.get(f"{where}?as=xlsx")
    assert answer["Cache-Control"] == "no-store"
    kept = book_tables(answer.content)
    assert len(kept) == len(tables)
    for shown, sheet in zip(tables.values(), kept, strict=True):
        assert shown[0] == sheet[0]
        pairs = [(a, b) for x, y in zip(shown, sheet, strict=True) for a, b in zip(x, y, strict=True)]
        assert [pair for pair in pairs if not alike(*pair)] == []


@pytest.mark.feature("E17")
def test_the_pdf_is_tagged_and_holds_the_figures_of_the_page(bulgarian: School, enter: Enter, tmp_path: Path) -> None:
    filled(bulgarian)
    browser = enter(bulgarian, "principal")
    where = f"/reports/classes/{bulgarian.group}/"
    answer = browser.get(f"{where}?as=pdf")
    assert answer["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert "StructTreeRoot" in str(list(pdf.Root.keys()))
    (tmp_path / "r.pdf").write_bytes(answer.content)
    told = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "r.pdf", "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for rows in page_tables(browser, where).values():
        for row in rows[1:]:
            found = [line for line in told.splitlines() if line.strip().startswith(row[0])]
            numbers = [cell for cell in row[1:] if re.fullmatch(r"[\d,. /]+", cell)]
            assert any(_in_order(numbers, line) for line in found), (row, told)


def _in_order(words: list[str], line: str) -> bool:
    at = 0
    for word in words:
        at = line.find(word, at)
        if at < 0:
            return False
        at += len(word)
    return True


def test_a_name_is_never_a_formula(bulgarian: School, enter: Enter) -> None:
    mark(bulgarian, {0: "6"})
    people.update_persons(
        by=operator(), updates=[PersonUpdate(id=bulgarian.pupils[0], family="=1+1", given="@A")], now=clock.now()
    )
    browser = enter(bulgarian, "principal")
    data = browser.get(f"/reports/classes/{bulgarian.group}/?as=xlsx").content
    assert b"<f>" not in data
    assert any("=1+1" in str(row[0]) for row in book_tables(data)[0])


@pytest.mark.feature("E17", "E28")
def test_who_finds_which_reports(bulgarian: School, enter: Enter) -> None:
    filled(bulgarian)
    group = f"/reports/classes/{bulgarian.group}/"
    for name in ("teacher", "class_teacher"):
        browser = enter(bulgarian, name)
        home = browser.get("/reports/").content.decode()
        assert group in home
        assert "/reports/school/" not in home
        assert {browser.get(f"/reports/{one}").status_code for one in PAGES} == {HTTPStatus.FORBIDDEN}
        tables = page_tables(browser, group)
        assert ("МАТ" in str(tables) or "Математика" in str(tables)) is True
        assert ("Български" in str(tables)) is (name == "class_teacher")
    stranger = enter(bulgarian, "stranger")
    assert stranger.get(group).status_code == HTTPStatus.FORBIDDEN
    assert enter(bulgarian, "guardian").get("/reports/").status_code == HTTPStatus.FORBIDDEN
    for name in ("principal", "administrator"):
        home = enter(bulgarian, name).get("/reports/").content.decode()
        assert "/reports/school/" in home
        assert "/reports/registers/" in home


def test_filters_stay_in_the_files(bulgarian: School, enter: Enter) -> None:
    filled(bulgarian)
    browser = enter(bulgarian, "principal")
    page = browser.get("/reports/school/?term=I&marks=term").content.decode()
    assert "term=I&amp;marks=term&amp;as=pdf" in page
    assert browser.get("/reports/school/?term=I&marks=nonsense&year=no").status_code == HTTPStatus.OK


@pytest.mark.parametrize("pupils", [5, 30])
def test_a_page_asks_the_same_number_of_queries_whatever_its_size(db: None, enter: Enter, pupils: int) -> None:
    school = build("bg.school", now=clock.now(), pupils=pupils)
    mark(school, dict.fromkeys(range(pupils), "5"))
    browser = enter(school, "principal")
    where = f"/reports/classes/{school.group}/"
    browser.get(where)
    with CaptureQueriesContext(connection) as queries:
        browser.get(where)
    assert len(queries) == 19


@pytest.mark.feature("E15")
def test_registers_of_classes_are_made_from_the_page(bulgarian: School, enter: Enter) -> None:
    filled(bulgarian)
    browser = enter(bulgarian, "administrator")
    page = browser.get("/reports/registers/")
    assert "8А" in page.content.decode()
    answer = browser.post("/reports/registers/make/", {"school": str(bulgarian.school), "groups": [bulgarian.group]})
    assert answer.status_code == HTTPStatus.SEE_OTHER
    work = records.work(by=operator(), work=UUID(answer["Location"].rstrip("/").rpartition("/")[2]))
    assert (work.asked["term"], work.asked["groups"]) == ("", [str(bulgarian.group)])
    assert work.asked["documents"] == ["dnevnik"]
    looked = enter(bulgarian, "principal")
    assert looked.get("/reports/registers/").status_code == HTTPStatus.OK
    assert looked.post("/reports/registers/make/", {}).status_code == HTTPStatus.FORBIDDEN
