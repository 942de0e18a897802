"""Bundles into the register: the same again changes nothing, a kill loses nothing, a bad row stops nothing."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import tracemalloc
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from testamur.exchange.connectors.actions import Outcome, import_bundle
from testamur.exchange.connectors.models import ImportRun, SourceKey
from testamur.exchange.connectors.own.templates import write_templates
from testamur.exchange.connectors.queries import runs
from testamur.exchange.connectors.rules import IncomingDocument, Options
from testamur.exchange.connectors.tabular.report import Report
from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.journal.models import Entry
from testamur.register.people import queries as people
from testamur.register.people.models import Guardianship, Person
from testamur.register.schools import queries as schools
from testamur.register.schools.models import Enrolment, Group, Post, Term, Unit
from testamur.register.schools.rules import UnitKind
from tests import schema
from tests.exchange.connectors.bundles import OR_HEAD, manifest, oneroster, write

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def load(path: Path, *, now: datetime = NOW, by: Actor | None = None, **said: Any) -> tuple[Outcome, Report]:
    report = Report()
    ours = {k: said.pop(k) for k in ("dry_run", "again", "take_in", "progress") if k in said}
    outcome = import_bundle(
        by=by or operator(), path=path, report=report, now=now, authority="9999", options=Options(country="SE", **said),
        **ours,
    )  # fmt: skip
    return outcome, report


def rewrite(path: Path, change: Any) -> None:
    """Change the cells of a CSV: `change(row)` gives the new row, or None to drop it."""
    with path.open(newline="") as stream:
        header, *rows = list(csv.reader(stream))
    write(path, header, [new for row in rows if (new := change(dict(zip(header, row, strict=True)))) is not None])


def state() -> tuple[int, ...]:
    return tuple(m.objects.count() for m in (Unit, Term, Group, Person, Enrolment, Post, Guardianship, SourceKey))


@pytest.mark.feature("A16", "E13", "E14")
def test_a_roster_becomes_schools_groups_pupils_and_enrolments(tmp_path: Path):
    outcome, report = load(oneroster(tmp_path / "b", 60))
    assert report.refused == 0
    assert outcome.counts == {
        "unit": {"new": 2}, "session": {"new": 2}, "group": {"new": 12}, "person": {"new": 60},
        "membership": {"new": 60}, "enrolment": {"new": 300},
    }  # fmt: skip
    (school,) = schools.units_under("/9999/", kind=UnitKind.SCHOOL)
    assert len(schools.pupils_of_school(school=school.id, on=date(2026, 10, 1))) == 60
    assert school.parent is not None
    term = schools.term_on(authority=school.parent, on=date(2026, 10, 1))
    assert term is not None
    assert term.code == "HT"
    assert people.search(by=operator(), text="Testsson7", path=school.path)[0].name == "Påhittad7 Testsson7"


@pytest.mark.feature("E14")
def test_the_same_bundle_again_changes_nothing_and_says_so(tmp_path: Path):
    folder = oneroster(tmp_path / "b", 60)
    load(folder)
    before, entries = state(), Entry.objects.count()
    same, _ = load(folder)
    assert (same.same_as, same.changed) == (NOW, 0)
    assert Entry.objects.count() == entries
    read, _ = load(folder, again=True)
    assert read.changed == 0
    assert read.counts["enrolment"] == {"unchanged": 300}
    assert state() == before
    assert Entry.objects.count() == entries + 1, "only the run itself is journalled"


def test_a_bundle_with_refused_rows_is_read_again_in_case_the_cause_is_mended(tmp_path: Path):
    folder = oneroster(tmp_path / "b", 30)
    rewrite(folder / "enrollments.csv", lambda r: [*{**r, "userSourcedId": "nobody"}.values()])
    first, report = load(folder)
    assert (first.refused, report.by_code["import.reference.unknown"]) == (150, 150)
    second, _ = load(folder)
    assert (second.same_as, second.refused, second.changed) == (None, 150, 0)


@pytest.mark.feature("E14")
def test_one_bad_row_is_reported_with_file_row_and_column_and_the_others_load(tmp_path: Path):
    folder = oneroster(tmp_path / "b", 60)

    def spoil(row: dict[str, str]) -> list[str]:
        if row["sourcedId"] == "usr-7":
            row |= {"givenName": "", "familyName": ""}
        if row["sourcedId"] == "usr-8":
            row |= {"phone": "12", "email": "not an address"}
        return [*row.values()]

    rewrite(folder / "users.csv", spoil)
    outcome, report = load(folder)
    assert outcome.counts["person"] == {"new": 59, "refused": 1}
    told = {(d.file, d.row, d.code) for d in report.first}
    assert ("users.csv", 9, "people.name.invalid") in told
    assert ("users.csv", 10, "people.contact.invalid") in told
    assert outcome.counts["enrolment"] == {"new": 295, "refused": 5}, "the missing person's rows alone"


def test_many_bad_rows_are_found_without_trying_each_alone(tmp_path: Path):
    folder = oneroster(tmp_path / "b", 400)
    rewrite(
        folder / "enrollments.csv",
        lambda r: [
            *{**r, "beginDate": "2026-09-01", "endDate": "2026-08-01" if r["sourcedId"][-3] == "7" else ""}.values()
        ],
    )
    outcome, report = load(folder)
    bad = report.by_code["schools.period.invalid"]
    assert bad > 100
    assert outcome.counts["enrolment"] == {"new": 2000 - bad, "refused": bad}


def test_a_key_that_stands_twice_is_refused_in_every_run(tmp_path: Path):
    folder = oneroster(tmp_path / "b", 30)
    with (folder / "users.csv").open("a", newline="") as stream:
        csv.writer(stream).writerow(
            ["usr-3", "", "", "TRUE", "school-0", "student", "x", "", "Annan", "Person", *[""] * 8]
        )
    _, report = load(folder)
    assert report.by_code["import.key.twice"] == 2, "the person and the role"
    outcome, report = load(folder)
    assert report.by_code["import.key.twice"] == 2
    assert outcome.changed == 0
    assert not Person.objects.filter(given="Annan").exists()


@pytest.mark.feature("E14")
def test_what_changed_is_updated_and_nothing_else_is_touched(tmp_path: Path):
    folder = oneroster(tmp_path / "b", 60)
    load(folder)
    rewrite(
        folder / "users.csv",
        lambda r: [
            *({**r, "familyName": "Nyman", "email": "ny@skola.example"} if r["sourcedId"] == "usr-3" else r).values()
        ],
    )
    outcome, _ = load(folder)
    assert outcome.counts["person"] == {"changed": 1, "unchanged": 59}
    assert outcome.changed == 1
    person = Person.objects.get(family="Nyman")
    mails = {c.value for c in people.contacts(by=operator(), persons=[person.id])[person.id]}
    assert "ny@skola.example" in mails


@pytest.mark.feature("E14")
def test_a_delta_ends_enrolments_on_their_day_and_deletes_nobody(tmp_path: Path):
    folder = oneroster(tmp_path / "b", 30)
    load(folder)
    delta = tmp_path / "d"
    delta.mkdir()
    head = (*OR_HEAD, "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "primary", "beginDate", "endDate")
    write(
        delta / "enrollments.csv",
        head,
        [("enr-0-0", "tobedeleted", "2026-11-02T08:00:00Z", "grp-0", "school-0", "usr-0", "student", "false", "", "")],
    )
    write(
        delta / "users.csv",
        (*OR_HEAD, "enabledUser", "orgSourcedIds", "role", "givenName", "familyName", "agentSourcedIds", "email"),
        [("usr-5", "tobedeleted", "2026-11-02T08:00:00Z", "FALSE", "school-0", "student", "P", "T", "", "")],
    )
    manifest(delta, "1.1", users="delta", enrollments="delta")
    outcome, report = load(delta)
    assert report.refused == 0
    assert outcome.counts["enrolment"] == {"ended": 1}
    assert Person.objects.count() == 30
    assert Enrolment.objects.count() == 30 + 150
    assert Enrolment.objects.get(ends=date(2026, 11, 2)).group is not None
    assert Enrolment.objects.filter(ends=NOW.date()).count() == 6, "all that the person of the deleted user had"
    again, _ = load(folder, now=NOW + timedelta(days=1))
    assert again.counts["enrolment"] == {"changed": 1, "unchanged": 149}, (
        "the pupil is back: a new place, the old one stays"
    )
    assert Enrolment.objects.count() == 30 + 150 + 1 + 1


def test_a_dry_run_does_everything_and_leaves_nothing(tmp_path: Path):
    folder = oneroster(tmp_path / "b", 60)
    before = (*state(), Entry.objects.count(), ImportRun.objects.count())
    outcome, _ = load(folder, dry_run=True)
    assert (outcome.dry_run, outcome.counts["enrolment"]) == (True, {"new": 300})
    assert (*state(), Entry.objects.count(), ImportRun.objects.count()) == before


def test_nobody_imports_without_the_right(tmp_path: Path):
    folder = oneroster(tmp_path / "b", 30)
    nobody = Actor(new_id(), "simulated", (Grant("teacher", "/9999/", ("diary.*",)),))
    with pytest.raises(NotAllowed):
        load(folder, by=nobody)
    assert state() == (0,) * 8
    with pytest.raises(NotAllowed):
        runs(by=nobody)


@pytest.mark.feature("E14")
def test_an_interrupted_run_goes_on_where_it_stood(tmp_path: Path):
    folder = oneroster(tmp_path / "b", 600)
    seen = []

    def stop(rows: int) -> None:
        seen.append(rows)
        if len(seen) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(folder, progress=stop)
    (run,) = runs(by=operator())
    assert (run.state, run.cursor) == ("running", sum(seen))
    outcome, _ = load(folder)
    assert outcome.resumed_at == sum(seen)
    assert outcome.counts["person"] == {"new": 600}
    assert outcome.counts["enrolment"] == {"new": 3000}
    assert Enrolment.objects.count() == 3600


_KILLED = """
import os, signal, sys
from pathlib import Path
from datetime import datetime, UTC
from testamur.surfaces.cli.runtime import start
start()
from testamur.exchange.connectors import actions
from testamur.exchange.connectors.rules import Options
from testamur.exchange.connectors.tabular.report import Report
from testamur.kernel.base.actor import operator
left = int(sys.argv[2])
inner = actions._Job._kind
def kind(self, context, name, rows):
    global left
    inner(self, context, name, rows)
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
actions._Job._kind = kind
o = actions.import_bundle(by=operator(), path=Path(sys.argv[1]), report=Report(), now=datetime.now(UTC),
                          authority="9999", options=Options(country="SE"))
from testamur.register.schools.models import Enrolment
from testamur.register.people.models import Person
from testamur.exchange.connectors.models import SourceKey
keys = SourceKey.objects.filter(kind="enrolment").count()
print(o.resumed_at, Person.objects.count(), Enrolment.objects.count(), keys)
"""


@pytest.mark.slow
def test_kill_9_inside_a_batch_loses_nothing_and_repeats_nothing(tmp_path: Path):
    folder = oneroster(tmp_path / "b", 1200)
    kept = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
    env = {**kept, "TESTAMUR_DATA": str(schema.put(tmp_path / "data")), "TESTAMUR_MODE": "demo"}

    def attempt(left: int) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", _KILLED, str(folder), str(left)],
            env=env, capture_output=True, text=True, check=False, timeout=600,
        )  # fmt: skip

    assert attempt(8).returncode == -signal.SIGKILL
    assert attempt(2).returncode == -signal.SIGKILL
    done = attempt(0)
    resumed, persons, enrolments, keys = map(int, done.stdout.split())
    assert resumed > 0, done.stderr
    assert (persons, enrolments, keys) == (1200, 7200, 6000)


@pytest.mark.feature("A16")
def test_a_finished_pdf_becomes_a_draft_record(swedish: Path, tmp_path: Path) -> None:
    from testamur.exchange.connectors.handover import take_in
    from testamur.trust.records.models import Record

    load(swedish, identifier_scheme="se.personnummer")
    folder = own(
        tmp_path / "docs",
        register=(
            "file,identifier,scheme,document_type,signers,school_code,issued_on\n"
            f"a.pdf,{A},se.personnummer,Slutbetyg,principal:{G},12345678,2026-12-18\n"
            f"a.pdf,{A},se.personnummer,Intyg,principal:{B[:-1]}{(int(B[-1]) + 1) % 10},12345678,2026-12-18\n"
        ),
    )
    import typst

    (tmp_path / "a.typ").write_text("Slutbetyg")
    (folder / "a.pdf").write_bytes(typst.compile(str(tmp_path / "a.typ")))
    outcome, report = load(folder, take_in=take_in)
    assert outcome.counts == {"document": {"new": 1}}, report.first
    assert report.refused == 1
    assert Record.objects.count() == 1


@pytest.mark.slow
def test_memory_stays_flat_however_long_the_bundle(tmp_path: Path):
    peaks = []
    for size in (300, 1800):
        folder = oneroster(tmp_path / f"b{size}", size)
        tracemalloc.start()
        load(folder)
        peaks.append(tracemalloc.get_traced_memory()[1] / 2**20)
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 6, f"MiB at the peak: {peaks}"


# -- our own tables ---------------------------------------------------------------------------------------------


def _personnummer(born: str, serial: int) -> str:
    digits = f"{born[2:]}{serial:03}"
    total = sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(digits))
    return f"{born}{serial:03}{-total % 10}"


A, B, G = _personnummer("20120304", 12), _personnummer("20120305", 13), _personnummer("19850607", 14)


def own(folder: Path, **tables: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8-sig")
    return folder


@pytest.fixture
def swedish(tmp_path: Path) -> Path:
    """A class as a school types it, with Swedish headers and semicolons."""
    return own(
        tmp_path / "own",
        schools="Skolenhetskod;Namn\n12345678;Påhittade skolan\n",
        terms="Läsår;Termin;Startdatum;Slutdatum\n2026/2027;;2026-08-17;2027-06-11\n2026/2027;HT;2026-08-17;2026-12-22\n",
        persons=(
            "Personnummer;Förnamn;Efternamn;Kön;Skydd;Roll;Skolenhetskod;Klass;Läsår;Årskurs\n"
            f"{A[:8]}-{A[8:]};Alva;Påhittad;flicka;;elev;12345678;6A;2026/27;6\n"
            f"{B};Bo;Påhittad;pojke;skyddad;elev;12345678;6A;2026/2027;6\n"
            f"{G};Greta;Påhittad;;;vårdnadshavare;;;;\n"
        ),
        guardians=f"child;guardian;relation\n{A};{G};mother\n{B};{G};styvfar\n",
    )


@pytest.mark.feature("E13", "A16")
def test_swedish_tables_from_a_spreadsheet_load(swedish: Path):
    outcome, report = load(swedish, identifier_scheme="se.personnummer")
    assert outcome.counts["person"] == {"new": 3}
    assert outcome.counts["group"] == {"new": 1}
    assert outcome.counts["guardian"] == {"new": 1, "refused": 1}
    pupil = people.holder_of_identifier(scheme="se.personnummer", value=A, on=NOW.date())
    assert pupil is not None
    place = schools.placement(person=pupil, on=date(2026, 10, 1))
    assert place is not None
    assert (place.class_code, place.year_level) == ("6A", 6)
    assert report.by_code["import.guardian.relation"] == 1


@pytest.mark.feature("C19")
def test_a_protection_that_is_not_understood_hides_rather_than_shows(swedish: Path):
    _, report = load(swedish, identifier_scheme="se.personnummer")
    hidden = people.holder_of_identifier(scheme="se.personnummer", value=B, on=NOW.date())
    assert hidden is not None
    assert Person.objects.get(id=hidden).protection == "confidentiality_mark"
    assert report.by_code["import.word.unknown"] >= 1


def test_a_person_whom_the_register_knows_by_number_is_linked_not_doubled(swedish: Path, tmp_path: Path):
    load(swedish, identifier_scheme="se.personnummer")
    count = Person.objects.count()
    other = oneroster(tmp_path / "or", 30)
    rewrite(
        other / "users.csv",
        lambda r: [*({**r, "userIds": f"{{personnummer:{A}}}"} if r["sourcedId"] == "usr-0" else r).values()],
    )
    load(other)
    assert Person.objects.count() == count + 29


@pytest.mark.feature("A5", "B32")
def test_grades_become_decisions_and_what_the_law_refuses_is_reported(swedish: Path):
    load(swedish, identifier_scheme="se.personnummer")
    grades = own(
        swedish.parent / "grades",
        grades=(
            "Personnummer;Ämne;Betyg;Läsår;Termin;Beslutsdatum;Årskurs\n"
            f"{A};Matematik;C;2026/2027;HT;2026-12-18;6\n"
            f"{A};Engelska;G;2026/2027;HT;2026-12-18;6\n"
            f"{A};Trolleri;C;2026/2027;HT;2026-12-18;6\n"
            f"{B};Matematik;D;2026/2027;HT;;6\n"
            "201203059999;Matematik;D;2026/2027;HT;2026-12-18;6\n"
        ),
    )
    outcome, report = load(grades, pack="se.compulsory", now=datetime(2026, 12, 19, tzinfo=UTC))
    assert outcome.counts["mark"] == {"new": 1, "refused": 3}
    assert report.refused == 4
    assert {d.row for d in report.first if d.severity == "refused"} == {3, 4, 5, 6}
    again, _ = load(grades, pack="se.compulsory", now=datetime(2026, 12, 20, tzinfo=UTC))
    assert again.changed == 0


@pytest.mark.feature("A16")
def test_a_filled_in_workbook_loads_like_the_csv(tmp_path: Path):
    import xlsxwriter

    (tmp_path / "x").mkdir()
    with xlsxwriter.Workbook(str(tmp_path / "x" / "skolan.xlsx")) as book:
        sheet = book.add_worksheet("persons")
        sheet.write_row(0, 0, ["personnummer", "given_name", "family_name", "birth_date", "year_level"])
        sheet.write_row(1, 0, [float(A), "Alva", "Påhittad"])
        sheet.write_datetime(1, 3, datetime(2012, 3, 4), book.add_format({"num_format": "yyyy-mm-dd"}))  # noqa: DTZ001
        sheet.write_number(1, 4, 6)
    outcome, report = load(tmp_path / "x" / "skolan.xlsx")
    assert (outcome.counts["person"], report.refused) == ({"new": 1}, 0)
    assert Person.objects.get().birth_date == date(2012, 3, 4)


def test_the_templates_have_every_column_and_are_understood_when_filled_in(tmp_path: Path):
    written = write_templates(tmp_path)
    assert {p.name for p in written} >= {"persons.csv", "grades.csv", "register.csv", "testamur-import.xlsx"}
    header = (tmp_path / "persons.csv").read_text(encoding="utf-8-sig").strip().split(",")
    filled = {"personnummer": A, "given_name": "Alva", "family_name": "Påhittad"}
    with (tmp_path / "persons.csv").open("a", encoding="utf-8") as stream:
        stream.write(",".join(filled.get(name, "") for name in header) + "\n")
    for path in written:
        if path.name != "persons.csv":
            path.unlink()
    outcome, report = load(tmp_path)
    assert (outcome.counts, report.total) == ({"person": {"new": 1}}, 0)


# -- finished documents -----------------------------------------------------------------------------------------

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.mark.feature("A16")
def test_finished_pdfs_with_a_register_file_are_handed_to_the_records(swedish: Path, tmp_path: Path):
    load(swedish, identifier_scheme="se.personnummer")
    folder = own(
        tmp_path / "docs",
        register=(
            "file,identifier,scheme,document_type,signers,issued_on,sha256\n"
            f"pdf/alva.pdf,{A},se.personnummer,se.compulsory.terminsbetyg,principal:{G}:Greta Påhittad,2026-12-18,\n"
            f"gone.pdf,{A},se.personnummer,se.compulsory.terminsbetyg,principal:{G},,\n"
            f"../persons.csv,{A},se.personnummer,se.compulsory.terminsbetyg,principal:{G},,\n"
            f"half.pdf,{A},se.personnummer,se.compulsory.terminsbetyg,principal:{G},,\n"
            f"bo.pdf,{B},se.personnummer,se.compulsory.terminsbetyg,principal:1234,,\n"
            f"bo.pdf,{B},se.personnummer,se.compulsory.terminsbetyg,principal:{G},,{'0' * 64}\n"
        ),
    )
    (folder / "pdf").mkdir()
    (folder / "pdf" / "alva.pdf").write_bytes(PDF)
    (folder / "half.pdf").write_bytes(PDF[:40])
    (folder / "bo.pdf").write_bytes(PDF + b"\n")
    (folder / "stray.pdf").write_bytes(PDF)
    taken: list[tuple[IncomingDocument, Any]] = []

    def take_in(*, by: Actor, document: IncomingDocument, pupil: Any, unit: Any, now: datetime) -> Any:
        assert document.load() == PDF
        taken.append((replace(document, load=lambda: b""), pupil))
        return new_id()

    outcome, report = load(folder, take_in=take_in)
    assert outcome.counts == {"document": {"new": 1}}
    assert (taken[0][0].signers[0].role, taken[0][0].signers[0].name) == ("principal", "Greta Påhittad")
    assert report.refused == 5
    assert report.by_code["import.document.stray"] == 1
    again, _ = load(folder, take_in=take_in)
    assert (again.changed, len(taken)) == (0, 1)


# -- the public bundles, end to end -----------------------------------------------------------------------------


@pytest.mark.feature("A16", "E14", "D9")
@pytest.mark.parametrize(
    ("bundle", "refused"),
    [
        ("oneroster/Test_minimal_data_set.zip", 2), ("oneroster/v1p2_full_dataset.zip", 8),
        ("sds-oneroster/SDS_Format_100_Users", 0), ("sds-oneroster/SDS_v2", 0), ("sds-oneroster/SDS_v2.1", 1),
        ("skolverket-units", 0),
    ],
)  # fmt: skip
def test_public_bundles_load_and_load_again_without_a_change(samples: Path, bundle: str, refused: int):
    first, report = load(samples / bundle)
    assert report.refused == refused, [d for d in report.first if d.severity == "refused"]
    assert first.changed > 0
    before = state()
    second, _ = load(samples / bundle, again=True)
    assert second.changed == 0
    assert state() == before
    assert connection.in_atomic_block
