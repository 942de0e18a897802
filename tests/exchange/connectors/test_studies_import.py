"""Tables of a university: loaded once, told again without effect, each fault with its file and row."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import typer
import xlsxwriter
from typer.testing import CliRunner

from testamur.exchange.connectors.studies.actions import NoUniversity, Outcome, import_studies
from testamur.exchange.connectors.studies.reader import NothingToRead
from testamur.exchange.connectors.tabular.report import Report
from testamur.kernel.base.actor import operator
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.models import Entry
from testamur.register.curriculum import queries as courses
from testamur.register.curriculum.rules import FinalRule
from testamur.register.people import actions as people
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import NewUnit, UnitKind
from testamur.register.studies import queries as studies
from testamur.register.studies.rules import Ended
from testamur.surfaces.cli import demo_university
from testamur.surfaces.cli.demo_university import Campus
from testamur.surfaces.cli.import_studies import import_studies as command
from tests.register.conftest import actor

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
UNKNOWN = "import.studies.unknown"
Tables = dict[str, list[list[str]]]


@pytest.fixture
def campus(db: None) -> Campus:
    """The invented university, which teaches what `demo_university.COURSES` says."""
    return demo_university.found(operator(), NOW, departments=("data",))


@pytest.fixture
def numbers(campus: Campus) -> list[str]:
    """Personal numbers of four students in the register."""
    source = demo_university.invented_students(5)
    drawn = [next(source) for _ in range(4)]
    new = [demo_university.student(one) for one in drawn]
    people.register_persons(by=operator(), path=campus.authority.path, persons=new, now=NOW)
    return [one.number for one in drawn]


def tables(numbers: Sequence[str]) -> Tables:
    """A course with two modules, its occasion, an exam, and four students."""
    one, two, three, four = numbers
    return {
        "courses": [
            ["code", "name", "name_en", "credits", "scale", "final_rule", "degree_project", "discontinued_on"],
            ["DV2222", "Kompilatorer", "Compilers", "7,5", "A-F", "deciding_module", "", ""],
            ["DV3333", "Hålremsor", "Paper Tape", "6", "U/G", "single_module", "no", "2026-07-01"],
        ],
        "modules": [
            ["course", "code", "name", "name_en", "credits", "scale", "deciding", "titled"],
            ["DV2222", "2001", "Salstentamen", "Written examination", "5", "AF", "yes", ""],
            ["DV2222", "2002", "Projekt", "Project", "2.5", "UG", "no", ""],
            ["DV3333", "3001", "Inlämning", "Assignment", "6", "UG", "", ""],
        ],
        "occasions": [
            ["course", "code", "term", "unit", "start_date", "end_date", "pace"],
            ["DV2222", "H1111", "HT2026", "data", "2026-08-31", "2027-01-17", "50"],
        ],
        "registrations": [
            ["personal_number", "course", "occasion", "term", "registered_on", "ended_on", "ended"],
            [one, "DV2222", "H1111", "20262", "2026-08-31", "", ""],
            [f"{two[:8]}-{two[8:]}", "DV2222", "H1111", "", "2026-08-31", "", ""],
            [three, "DV2222", "H1111", "2026 HT", "2026-09-01", "2026-10-01", "avbrott"],
        ],
        "exams": [
            ["course", "module", "code", "name", "held_on", "unit", "anonymous"],
            ["DV2222", "2001", "T1", "Tentamen", "2026-10-28", "data", "ja"],
        ],
        "signups": [
            ["personal_number", "course", "exam", "held_on", "anonymous_code", "attended"],
            [one, "DV2222", "T1", "2026-10-28", "K-1", "yes"],
            [two, "DV2222", "T1", "2026-10-28", "K-2", "no"],
        ],
        "credits": [
            ["personal_number", "course", "module", "credits", "decided_on"],
            [four, "DV2222", "2002", "2,5", "2026-09-15"],
        ],
    }


def write(folder: Path, content: Mapping[str, Sequence[Sequence[str]]]) -> Path:
    """One CSV for each table."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in content.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)
    return folder


def load(campus: Campus, path: Path, *, dry_run: bool = False) -> tuple[Outcome, Report]:
    """Import, and what was found."""
    report = Report()
    made = import_studies(
        by=operator(), path=path, university=campus.authority.id, report=report, now=NOW, dry_run=dry_run
    )
    return made, report


def test_tables_become_courses_occasions_registrations_exams_and_credits(
    campus: Campus, numbers: list[str], tmp_path: Path
):
    made, report = load(campus, write(tmp_path / "in", tables(numbers)))
    assert report.first == []
    assert made.counts == {
        "courses": {"new": 2},
        "occasions": {"new": 1},
        "exams": {"new": 1},
        "registrations": {"new": 3, "ended": 1},
        "signups": {"new": 2, "attendance": 2},
        "credits": {"new": 1},
    }
    course, old = (
        courses.course(code="DV2222", path=campus.authority.path),
        courses.course(code="DV3333", path=campus.authority.path),
    )
    assert course is not None
    assert old is not None
    assert (course.credits, course.scale, course.final_rule) == (Decimal("7.5"), "AF", FinalRule.DECIDING_MODULE)
    assert course.deciding_module is not None
    assert course.deciding_module.code == "2001"
    assert old.discontinued(date(2026, 11, 30))
    (occasion,) = studies.occasions(path=campus.departments["data"].path)
    assert (occasion.term, occasion.code, occasion.pace) == ("2026 HT", "H1111", 50)
    assert len(studies.registered(occasion=occasion.id)) == 2
    ended = [one for some in studies.registrations(course=course.id).values() for one in some if one.ended]
    assert [(one.ended, one.ended_on) for one in ended] == [(Ended.INTERRUPTED, date(2026, 10, 1))]
    (exam,) = studies.exams(path=campus.authority.path, course=course.id)
    assert exam.anonymous
    assert [(one.anonymous_code, one.attended) for one in studies.signups(exam=exam.id)] == [
        ("K-1", True),
        ("K-2", False),
    ]
    assert len(studies.credited(course=course.id)) == 1


def test_the_same_tables_again_change_nothing(campus: Campus, numbers: list[str], tmp_path: Path):
    folder = write(tmp_path / "in", tables(numbers))
    load(campus, folder)
    before = Entry.objects.count()
    made, report = load(campus, folder)
    assert (made.changed, report.first) == (0, [])
    assert {what for counts in made.counts.values() for what in counts} == {"unchanged"}
    assert Entry.objects.count() == before + 1  # that somebody imported


def test_a_dry_run_says_what_it_would_do_and_undoes_it(campus: Campus, numbers: list[str], tmp_path: Path):
    before = Entry.objects.count()
    made, _report = load(campus, write(tmp_path / "in", tables(numbers)), dry_run=True)
    assert made.counts["registrations"] == {"new": 3, "ended": 1}
    assert courses.course(code="DV2222", path=campus.authority.path) is None
    assert Entry.objects.count() == before


def test_a_workbook_with_swedish_headers_is_read_too(campus: Campus, numbers: list[str], tmp_path: Path):
    path = tmp_path / "studier.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("kurstillfällen")
        sheet.write_row(0, 0, ["Kurskod", "Tillfälleskod", "Termin", "Institution", "Startdatum", "Slutdatum"])
        sheet.write_row(1, 0, ["DV1574", "H9", "H26", "Data", "2026-08-31", "2027-01-17"])
        sheet = book.add_worksheet("registreringar")
        sheet.write_row(0, 0, ["Personnummer", "Kurskod", "Tillfälleskod", "Registreringsdatum"])
        sheet.write_row(1, 0, [numbers[0], "DV1574", "H9", "2026-08-31"])
    made, report = load(campus, path)
    assert made.counts == {"occasions": {"new": 1}, "registrations": {"new": 1}}, report.first


def test_each_fault_is_told_with_its_file_and_row_and_the_rest_is_loaded(
    campus: Campus, numbers: list[str], tmp_path: Path
):
    wrong, content, four = {}, tables(numbers), numbers[3]
    for table, row, expected in (
        ("courses", ["DV4444", "Utan skala", "", "6", "1-10", "", "", ""], ("scale", "import.word.unknown")),
        ("courses", ["DV5555", "Fel regel", "", "6", "UG", "tärning", "", ""], ("final_rule", "import.word.unknown")),
        ("courses", ["DV6666", "Utan hp", "", "några", "UG", "", "", ""], ("credits", "import.studies.credits")),
        ("courses", ["DV1574", "Annat namn", "", "7.5", "AF", "", "", ""], ("code", "import.studies.differs")),
        ("courses", ["DV7777", "En modul", "", "6", "UG", "single_module", "", ""], ("code", "import.studies.module")),
        ("modules", ["DV7777", "1", "Delar", "", "6", "?", "", ""], ("scale", "import.word.unknown")),
        ("modules", ["DV8888", "1", "Herrelös", "", "6", "UG", "", ""], ("course", UNKNOWN)),
        ("occasions", ["DV2222", "H2", "jul", "data", "2026-08-31", "2027-01-17", ""], ("term", "import.studies.term")),
        (
            "occasions",
            ["DV2222", "H2", "HT2026", "månen", "2026-08-31", "2027-01-17", ""],
            ("unit", UNKNOWN),
        ),
        (
            "occasions",
            ["DV2222", "H2", "HT2026", "data", "2027-08-31", "2027-01-17", ""],
            ("ends", "studies.occasion.invalid"),
        ),
        (
            "registrations",
            ["20010101-0000", "DV2222", "H1111", "", "2026-08-31", "", ""],
            ("personal_number", "import.identifier.invalid"),
        ),
        ("registrations", [four, "DV0000", "H1111", "", "2026-08-31", "", ""], ("course", UNKNOWN)),
        ("registrations", [four, "DV2222", "H0", "", "2026-08-31", "", ""], ("occasion", UNKNOWN)),
        (
            "registrations",
            [four, "DV2222", "H1111", "", "i höstas", "", ""],
            ("registered_on", "import.studies.date"),
        ),
        (
            "registrations",
            [numbers[0], "DV2222", "H1111", "", "2026-09-09", "", ""],
            ("registered_on", "studies.registration.differs"),
        ),
        (
            "registrations",
            [four, "DV2222", "H1111", "", "2026-08-31", "2026-10-01", "tröttnade"],
            ("ended", "import.word.unknown"),
        ),
        ("exams", ["DV2222", "9", "T2", "Omtenta", "2027-01-13", "", ""], ("module", UNKNOWN)),
        ("signups", [four, "DV2222", "T1", "2026-10-29", "", ""], ("exam", UNKNOWN)),
        (
            "signups",
            [four, "DV2222", "T1", "2026-10-28", "K-1", ""],
            ("anonymous_code", "studies.signup.code_taken"),
        ),
        ("credits", [four, "DV2222", "2001", "99", "2026-09-15"], ("credits", "studies.credit.invalid")),
    ):  # fmt: skip
        content[table].append(row)
        wrong[f"{table}.csv", len(content[table])] = expected
    made, report = load(campus, write(tmp_path / "in", content))
    refused = {(d.file, d.row): (d.column, d.code) for d in report.first if d.severity == "refused"}
    assert refused == wrong
    assert made.refused == len(wrong)
    assert made.counts["registrations"] == {"new": 4, "ended": 1}
    assert made.counts["signups"] == {"new": 2, "attendance": 2}


def test_a_number_nobody_has_is_told_and_nobody_is_made(campus: Campus, numbers: list[str], tmp_path: Path):
    content, unknown = tables(numbers), next(demo_university.invented_students(99)).number
    content["registrations"].append([unknown, "DV2222", "H1111", "", "2026-08-31", "", ""])
    made, report = load(campus, write(tmp_path / "in", content))
    assert [(d.row, d.code) for d in report.first] == [(5, "import.studies.nobody")]
    assert made.counts["registrations"]["new"] == 3


def test_what_is_no_university_or_no_table_is_refused(campus: Campus, tmp_path: Path):
    folder = write(tmp_path / "in", {"persons": [["a"], ["b"]]})
    with pytest.raises(NothingToRead):
        load(campus, folder)
    (municipality,) = schools.add_units(
        by=operator(), units=[NewUnit(UnitKind.AUTHORITY, "9901", "Testköping", country="SE")], now=NOW
    )
    report = Report()
    with pytest.raises(NoUniversity):
        import_studies(by=operator(), path=folder, university=municipality, report=report, now=NOW)
    with pytest.raises(NotFound):
        import_studies(by=operator(), path=folder, university=campus.module("DV1574", "1405"), report=report, now=NOW)
    with pytest.raises(NotAllowed):
        import_studies(
            by=actor("studies.*", path="/"), path=folder, university=campus.authority.id, report=report, now=NOW
        )


def test_the_command_line_tells_counts_and_faults(
    campus: Campus, numbers: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("testamur.surfaces.cli.runtime.start", lambda **_: None)
    app = typer.Typer()
    app.command()(command)
    content = tables(numbers)
    content["credits"].append([numbers[0], "DV0000", "", "1", "2026-09-15"])
    folder = str(write(tmp_path / "in", content))
    told = CliRunner().invoke(app, [folder, "--dry-run"])
    assert told.exit_code == 1
    assert "registrations: 1 ended, 3 new" in told.stderr
    assert "credits.csv, row 3, course: DV0000" in told.stderr
    assert "undone" in told.stderr
    missing = CliRunner().invoke(app, [folder, "--university", "0"])
    assert (missing.exit_code, "not exactly one" in missing.stderr) == (1, True)
    machine = json.loads(CliRunner().invoke(app, [folder, "--university", "9997", "--json"]).stdout)
    assert (machine["changed"], machine["refused"]) == (13, 1)
