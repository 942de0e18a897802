"""Everything that a school owns is given out, and can be read into an empty installation again."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from testamur.exchange.connectors.diary import exporting
from testamur.exchange.connectors.diary.actions import import_diary
from testamur.exchange.connectors.diary.fields import Kind
from testamur.exchange.connectors.diary.looking import look
from testamur.exchange.connectors.tabular.report import Report
from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor, operator
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.models import Entry as Journal
from testamur.register.people import actions as people
from testamur.register.people.rules import NewIdentifier, Scheme
from testamur.register.schools import queries as school_queries
from testamur.schoolday.diary import actions as diary
from testamur.schoolday.diary.queries.absences import absences_of
from testamur.schoolday.diary.queries.marks import standing_marks
from testamur.schoolday.diary.queries.remarks import remarks_of
from testamur.schoolday.diary.queries.rooms import room
from testamur.schoolday.diary.rules.lessons import LessonKey, Missing
from testamur.schoolday.diary.rules.marks import Entry
from testamur.schoolday.diary.rules.states import AbsenceKind, Circle, HealthKind
from tests.schoolday.diary.school import NOW, TODAY, School

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DATA", tmp_path / "data")


def number(school: School) -> None:
    """Numbers of another system, by which pupils are known."""
    items = [(pupil, NewIdentifier(Scheme.LOCAL, f"00{n}-7", "old")) for n, pupil in enumerate(school.pupils)]
    people.add_identifiers(by=operator(), items=items, now=NOW)


def fill(school: School) -> None:
    """A mark that was corrected, a hidden one, absences, a remark that looks like a formula, a health note."""
    teacher = school.actor("teacher")
    day = date(2026, 3, 2)
    test = diary.add_task(
        by=teacher, group=school.group, subject="MAT", kind="test", on=day, title="=1+1", weight=Decimal(2), now=NOW
    )
    first = diary.enter_marks(
        by=teacher, task=test, entries=[Entry(p, "5", "-") for p in school.pupils[:3]], now=NOW
    )[0]  # fmt: skip
    diary.enter_marks(by=teacher, task=test, entries=[Entry(school.pupils[0], "6", seen=first.mark)], now=NOW)
    hidden = diary.add_task(by=teacher, group=school.group, subject="MAT", kind="current", on=day, hidden=True, now=NOW)
    diary.enter_marks(by=teacher, task=hidden, entries=[Entry(school.pupils[1], "3")], now=NOW)
    term = diary.ensure_closing(
        by=teacher, group=school.group, subject="MAT", term=school.terms[0], kind="term", now=NOW
    )
    diary.enter_marks(by=teacher, task=term, entries=[Entry(school.pupils[1], "4")], now=NOW)
    missing = [Missing(school.pupils[0], AbsenceKind.ABSENT), Missing(school.pupils[1], AbsenceKind.LATE, 7)]
    diary.take_attendance(by=teacher, lesson=LessonKey(school.slots[0], day), missing=missing, seen_version=0, now=NOW)
    mine = absences_of(pupils=[school.pupils[0]], first=day, last=day)[school.pupils[0]]
    diary.excuse_absences(
        by=school.actor("class_teacher"), group=school.group, absences=[a.id for a in mine], excused=True,
        ground="family", now=NOW,
    )  # fmt: skip
    diary.write_remark(
        by=teacher, group=school.group, pupils=[school.pupils[0]], kind="praise", text='=HYPERLINK("x")\nБраво, "А"',
        subject="MAT", on=day, now=NOW,
    )  # fmt: skip
    diary.note_health(
        by=school.actor("principal"), group=school.group, on=TODAY, pupil=school.pupils[0], kind=HealthKind.ALLERGY,
        text="Измислена алергия", circle=Circle.TEACHERS, starts=day, now=NOW,
    )  # fmt: skip


def given(school: School, tmp_path: Path, who: str = "administrator", name: str = "all.zip") -> Path:
    path = tmp_path / name
    exporting.make(by=school.actor(who), school=school.school, path=path, now=NOW)
    return path


def read(path: Path, table: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as archive:
        return list(csv.DictReader(io.StringIO(archive.read(f"{table}.csv").decode("utf-8-sig"), newline="")))


def manifest_of(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as archive:
        told: dict[str, Any] = json.loads(archive.read("manifest.json"))
        for one in (*(t["files"] for t in told["tables"]), told["files"]):
            for name, said in one.items():
                data = archive.read(name)
                assert said == {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    return told


def stands(school: School) -> tuple[list[Any], ...]:
    """What the diary says, without ids and times."""
    place = {pupil: n for n, pupil in enumerate(school.pupils)}
    marks = sorted(
        (place[m.pupil], m.task.subject, m.task.kind, m.value, m.comment, m.task.title, str(m.task.on), m.task.hidden,
         str(m.task.weight), m.term)
        for m in standing_marks(school=school.school)
    )  # fmt: skip
    absences = [
        (place[a.pupil], a.subject, str(a.on), a.number, a.kind, a.minutes, a.excused, a.ground)
        for some in absences_of(pupils=school.pupils, first=date(2025, 9, 1), last=TODAY).values()
        for a in some
    ]
    here = room(group=school.group, on=TODAY)
    remarks = [
        (place[r.pupil], r.kind, r.text, r.subject, str(r.on))
        for r in remarks_of(by=school.actor("principal"), room=here, pupils=school.pupils)
    ]
    return marks, absences, remarks


@pytest.mark.feature("E14")
def test_what_was_given_out_is_read_into_an_empty_installation_again(bulgarian: School, tmp_path: Path) -> None:
    number(bulgarian)
    with transaction.atomic():
        fill(bulgarian)
        path = given(bulgarian, tmp_path)
        before = stands(bulgarian)
        load(bulgarian, path)
        assert stands(bulgarian) == before  # into the same one nothing comes twice
        transaction.set_rollback(True)
    assert [len(part) for part in before] == [5, 2, 1]
    assert stands(bulgarian) == ([], [], [])
    assert [report.refused for report in load(bulgarian, path)] == [0, 0, 0]
    assert stands(bulgarian) == before
    load(bulgarian, path)
    assert stands(bulgarian) == before


def load(school: School, path: Path) -> list[Report]:
    reports = []
    for kind in (Kind.MARKS, Kind.ABSENCES, Kind.REMARKS):
        guess = look(path, kind=kind).guess
        assert guess.name == "Testamur"
        reports.append(Report())
        import_diary(
            by=school.actor("administrator"), path=path, mapping=guess, school=school.school, report=reports[-1],
            now=NOW,
        )  # fmt: skip
    return reports


def test_tables_have_history_sums_and_no_formulas(bulgarian: School, tmp_path: Path) -> None:
    number(bulgarian)
    fill(bulgarian)
    path = given(bulgarian, tmp_path)
    told = manifest_of(path)
    rows = {one["name"]: one["rows"] for one in told["tables"]}
    assert (rows["pupils"], rows["marks"], rows["mark_history"], rows["absences"], rows["absence_history"]) == (
        5, 5, 6, 2, 1,
    )  # fmt: skip
    assert (rows["guardians"], rows["classes"], rows["posts"], rows["timetable"]) == (4, 1, 5, 4)
    assert "health" not in rows
    assert not told["health"]
    (remark,) = read(path, "remarks")
    assert remark["text"].startswith("'=HYPERLINK")
    assert (remark["pupil_number"], remark["pupil_name"], remark["class"]) == ("000-7", "Ученик0 Примерен", "8А")
    assert {row["title"] for row in read(path, "marks")} == {"'=1+1", ""}
    with zipfile.ZipFile(path) as archive:
        lines = [json.loads(line) for line in archive.read("remarks.jsonl").splitlines()]
        assert lines[0]["text"].startswith("=HYPERLINK")
        readme = archive.read("README.txt").decode()
    assert all(word in readme for word in ("ENGLISH", "SVENSKA", "TIẾNG VIỆT", "БЪЛГАРСКИ"))
    assert path.stat().st_mode & 0o077 == 0
    full = given(bulgarian, tmp_path, "principal", "principal.zip")
    assert read(full, "health")[0]["text"] == "Измислена алергия"


def test_a_protected_pupil_is_left_out_for_whoever_may_not_see_the_name(bulgarian: School, tmp_path: Path) -> None:
    fill(bulgarian)
    by = bulgarian.actor("administrator")
    narrow = _without_protected(by)
    path = tmp_path / "narrow.zip"
    made = exporting.make(by=narrow, school=bulgarian.school, path=path, now=NOW)
    assert made.tables["marks"] == (4, 1)
    hidden = str(bulgarian.pupils[2])
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            data = archive.read(name).decode()
            assert hidden not in data, name
            assert "Ученик2" not in data, name
    assert hidden in {row["pupil"] for row in read(given(bulgarian, tmp_path), "pupils")}


def _without_protected(by: Actor) -> Actor:
    grants = tuple(
        replace(g, verbs=(*(v for v in g.verbs if v != "people.*"), "people.details.see")) for g in by.grants
    )
    return replace(by, grants=grants)


def test_an_export_is_fetched_once_by_whoever_asked(bulgarian: School) -> None:
    fill(bulgarian)
    by, now = bulgarian.actor("principal"), NOW
    hat = f"principal@{bulgarian.path}"
    view = school_queries.unit(bulgarian.school)
    assert view is not None
    with pytest.raises(NotAllowed):
        exporting.request(by=bulgarian.actor("teacher"), school=view, hat=hat, now=now)
    work = exporting.request(by=by, school=view, hat=hat, now=now)
    assert exporting.give.call(str(work)) > 0
    assert exporting.give.call(str(work)) == 0
    assert exporting.waits(work)
    with pytest.raises(NotFound):
        exporting.fetch(by=bulgarian.actor("administrator"), work=work, now=now)
    with exporting.fetch(by=by, work=work, now=now) as stream:
        assert zipfile.is_zipfile(stream)
    with pytest.raises(NotFound):
        exporting.fetch(by=by, work=work, now=now)
    kinds = Journal.objects.filter(kind__contains="export").order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["connectors.export.made/1", "connectors.export.fetched/1"]
    again = exporting.request(by=by, school=view, hat=hat, now=now)
    exporting.give.call(str(again))
    assert exporting.sweep(now=clock.now()) == 0
    assert exporting.sweep(now=clock.now() + exporting.KEEP * 2) == 1
    gone = exporting.request(by=by, school=view, hat="principal@/nowhere/", now=now)
    assert exporting.give.call(str(gone)) == 0
    assert not exporting.waits(gone)
