"""A running diary of another system is taken over: what is found, what is told; the same again changes nothing."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from testamur.exchange.connectors.actions import Outcome
from testamur.exchange.connectors.diary.actions import import_diary, save_mapping
from testamur.exchange.connectors.diary.fields import Kind
from testamur.exchange.connectors.diary.looking import look, rows, words
from testamur.exchange.connectors.diary.mapping import Mapping, MappingInvalid, mapping_of, shipped
from testamur.exchange.connectors.diary.queries import kept
from testamur.exchange.connectors.models import Source, SourceKey
from testamur.exchange.connectors.rules import Options
from testamur.exchange.connectors.tabular.report import Report
from testamur.exchange.notifications.models import News
from testamur.exchange.notifications.steps.following import follow
from testamur.kernel.base.actor import operator
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.journal.models import Entry as Journal
from testamur.register.people import actions as people
from testamur.register.people.rules import NewIdentifier, NewPerson, Scheme
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import NewEnrolment
from testamur.schoolday.diary import actions as diary
from testamur.schoolday.diary.queries.absences import absences_of
from testamur.schoolday.diary.queries.marks import standing_marks, tasks_of
from testamur.schoolday.diary.queries.remarks import remarks_of
from testamur.schoolday.diary.queries.rooms import room
from testamur.schoolday.diary.rules.lessons import LessonKey, Missing
from testamur.schoolday.diary.rules.marks import Entry
from testamur.schoolday.diary.rules.states import AbsenceKind
from tests.schoolday.diary.school import NOW, TODAY, School

pytestmark = pytest.mark.django_db
MARKS = "Име на ученика;Паралелка;Предмет;Вид оценка;Дата;Оценка\n"


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., tuple[Outcome, Report]]:
    """Write a table, guess the mapping (with what is said besides) and load it as the administrator."""

    def loaded(school: School, text: str | bytes, *, name: str = "t.csv", dry_run: bool = False,
               kind: Kind | None = None, mapping: Mapping | None = None, who: str = "administrator", **more: object,
               ) -> tuple[Outcome, Report]:  # fmt: skip
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        told = mapping or look(path, kind=kind).guess
        told = mapping_of({**told.data(), **more})
        report = Report()
        outcome = import_diary(
            by=school.actor(who), path=path, mapping=told, school=school.school, report=report, now=NOW, dry_run=dry_run
        )
        return outcome, report

    return loaded


Load = Callable[..., tuple[Outcome, Report]]


def marks_of(school: School, pupil: int = 0) -> list[tuple[str, str, str, date]]:
    found = standing_marks(pupils=[school.pupils[pupil]])
    return sorted((m.task.subject, m.task.kind, m.value, m.task.on) for m in found)


def codes(report: Report) -> list[tuple[int, str]]:
    return sorted((d.row, d.code) for d in report.first)


@pytest.mark.feature("E14")
def test_marks_of_a_ragged_windows_table_are_loaded_once(bulgarian: School, load: Load) -> None:
    text = (
        "Дневник на 8а клас\r\n\r\n" + MARKS.replace("\n", "\r\n")
        + "Ученик0 Примерен;8а;МАТ;текуща;12.01.2026 г.;отл.\r\n"
        + "Примерен Ученик0;8A;Математика;текуща;12.01.2026;мн. добър 5\r\n"
        + "Ученик1 Примерен;8А;MAT;контролна работа;2026-02-20;4\r\n"
        + "Ученик1 Примерен;8А;MAT;срочна;2026-01-30;5\r\n"
        + "Ученик3 Примерен;8А;MAT;текуща;20.02.2026;7\r\n"
        + "Ученик3 Примерен;8А;MAT;текуща;3/2/2026;5\r\n"
        + "Някой Друг;8А;MAT;текуща;20.02.2026;5\r\n"
        + "Ученик3 Примерен;8А;Алхимия;текуща;20.02.2026;5\r\n"
        + "Ученик3 Примерен;8А;MAT;текуща;20.02.2026;5;6\r\n"
        + "Ученик3 Примерен;8А;MAT;текуща;20.02.2026\r\n"
    )  # fmt: skip
    tried, _report = load(bulgarian, text.encode("windows-1251"), dry_run=True)
    assert marks_of(bulgarian) == []
    outcome, report = load(bulgarian, text.encode("windows-1251"))
    assert tried.counts == outcome.counts == {"diary.marks": {"new": 4, "refused": 5}}
    assert marks_of(bulgarian) == [
        ("MAT", "current", "5", date(2026, 1, 12)), ("MAT", "current", "6", date(2026, 1, 12)),
    ]  # fmt: skip
    assert {(kind, value) for _s, kind, value, _on in marks_of(bulgarian, 1)} == {("test", "4"), ("term", "5")}
    assert codes(report) == [
        (0, "import.encoding.inferred"), (1, "import.header.late"), (8, "bg.school.mark.off_scale"),
        (9, "import.date.ambiguous"), (10, "import.pupil.unknown"), (11, "import.subject.unknown"),
        (12, "import.row.ragged"), (13, "import.mark.empty"), (13, "import.row.ragged"),
    ]  # fmt: skip
    off = next(d for d in report.first if d.code == "bg.school.mark.off_scale")
    assert (off.column, off.found) == ("Оценка", "7")
    assert "6" in off.done
    assert len(tasks_of(group=bulgarian.group, subject="MAT")) == 4  # none for what was refused
    again, _report = load(bulgarian, text.encode("windows-1251"))
    assert again.counts == {"diary.marks": {"refused": 5, "unchanged": 4}}
    assert len(standing_marks(school=bulgarian.school)) == 4


@pytest.mark.feature("E14")
def test_what_differs_is_told_and_nothing_is_written_over(bulgarian: School, load: Load) -> None:
    line = MARKS + "Ученик0 Примерен;8А;MAT;срочна;2026-01-30;{}\n"
    load(bulgarian, line.format(5))
    outcome, report = load(bulgarian, line.format(6))
    assert outcome.counts == {"diary.marks": {"refused": 1}}
    assert [d.code for d in report.first] == ["import.diary.differs"]
    assert [m[2] for m in marks_of(bulgarian)] == ["5"]
    task = diary.ensure_closing(
        by=bulgarian.actor("teacher"),
        group=bulgarian.group,
        subject="MAT",
        term=bulgarian.terms[0],
        kind="term",
        now=NOW,
    )
    diary.enter_marks(by=bulgarian.actor("teacher"), task=task, entries=[Entry(bulgarian.pupils[1], "3")], now=NOW)
    _outcome, report = load(bulgarian, line.format(5) + "Ученик1 Примерен;8А;MAT;срочна;2026-01-30;4\n")
    assert [d.code for d in report.first] == ["import.diary.differs"]
    assert [m[2] for m in marks_of(bulgarian, 1)] == ["3"]


def test_families_are_told_nothing_of_what_was_taken_over(bulgarian: School, load: Load) -> None:
    follow(now=NOW)
    News.objects.all().delete()
    load(bulgarian, MARKS + "Ученик0 Примерен;8А;MAT;текуща;2026-03-10;5\n")
    (entry,) = Journal.objects.filter(kind="diary.marks.entered/1")
    assert entry.identified_by == "import"
    follow(now=NOW)
    assert News.objects.count() == 0
    assert (
        Journal.objects.filter(kind="connectors.import.finished/1").values_list("identified_by", flat=True)[0]
        != "import"
    )


@pytest.mark.feature("E14")
def test_a_pupil_is_known_by_number_and_never_guessed(bulgarian: School, load: Load) -> None:
    own = NewIdentifier(Scheme.LOCAL, "0770120001", "old")
    people.add_identifiers(by=operator(), items=[(bulgarian.pupils[4], own)], now=NOW)
    twin = people.register_persons(
        by=operator(), path=bulgarian.path, persons=[NewPerson(given="Ученик0", family="Примерен")], now=NOW
    )
    new = NewEnrolment(twin[0], bulgarian.school, date(2025, 9, 15), group=bulgarian.group, year_level=8)
    schools.add_enrolments(by=operator(), enrolments=[new], now=NOW)
    text = (
        "ЕГН,Ученик,Предмет,Дата,Оценка\n"
        "770120001,,MAT,2026-03-02,5\n"  # a spreadsheet has dropped the nought
        ",Ученик0 Примерен,MAT,2026-03-02,4\n"
        "999,Ученик1 Примерен,MAT,2026-03-02,3\n"
        "999,,MAT,2026-03-02,3\n"
    )
    outcome, report = load(bulgarian, text)
    assert outcome.counts == {"diary.marks": {"new": 2, "refused": 2}}
    assert [value for _s, _k, value, _on in marks_of(bulgarian, 4)] == ["5"]
    assert codes(report) == [
        (2, "import.mark.kind_assumed"), (2, "import.pupil.by_other_means"), (3, "import.pupil.ambiguous"),
        (4, "import.pupil.by_other_means"), (5, "import.pupil.unknown"),
    ]  # fmt: skip


@pytest.mark.feature("E14")
def test_absences_find_their_lessons_beside_what_stands_there(bulgarian: School, load: Load) -> None:
    one = LessonKey(bulgarian.slots[0], date(2026, 3, 2))
    late = Missing(bulgarian.pupils[3], AbsenceKind.LATE, 5)
    diary.take_attendance(by=bulgarian.actor("teacher"), lesson=one, missing=[late], seen_version=0, now=NOW)
    text = (
        "Ученик|Клас|Дата|Час|Предмет|Вид|Извинено|Причина|Брой\n"
        "Ученик0 Примерен|8А|2.3.2026|1||1|да|family|\n"
        "Ученик1 Примерен|8А|2.3.2026|1|MAT|½|||\n"
        "Ученик3 Примерен|8А|2.3.2026|1|MAT|1|||\n"  # the teacher wrote: late
        "Ученик4 Примерен|8А|4.3.2026|7|BEL|1|не||\n"  # no such lesson in the timetable
        "Ученик1 Примерен|8А|4.3.2026|||нб|||3\n"
        "Ученик1 Примерен|8А|5.3.2027|1||нб|||\n"
        "Ученик1 Примерен|8А|5.3.2026|1||може би|||\n"
    )
    tried, _told = load(bulgarian, text, kind=Kind.ABSENCES, dry_run=True)
    outcome, report = load(bulgarian, text, kind=Kind.ABSENCES)
    assert tried.counts == outcome.counts == {"diary.absences": {"new": 6, "refused": 3}}
    found = absences_of(pupils=bulgarian.pupils, first=date(2026, 3, 1), last=date(2026, 3, 31))
    first, second, _third, fourth, fifth = (found[pupil] for pupil in bulgarian.pupils)
    assert [(a.subject, a.number, a.kind, a.excused, a.ground) for a in first] == [("MAT", 1, "absent", True, "family")]
    assert (second[0].on.day, second[0].kind, second[0].minutes) == (2, "late", 1)
    assert sorted(a.number or 0 for a in second if a.on.day == 4) == [1, 2, 3]
    assert [(a.kind, a.minutes) for a in fourth] == [("late", 5)]
    assert [(a.subject, a.number, a.excused) for a in fifth] == [("BEL", 7, False)]
    assert {"import.diary.differs", "import.date.to_come", "import.absence.kind"} <= {d.code for d in report.first}
    again, _report = load(bulgarian, text, kind=Kind.ABSENCES)
    assert again.counts == {"diary.absences": {"refused": 3, "unchanged": 6}}


@pytest.mark.feature("E14")
def test_remarks_with_meanings_of_their_own(swedish: School, load: Load) -> None:
    kinds = [kind.code for kind in room(group=swedish.group, on=TODAY).pack.diary.remarks]
    text = (
        "elev,klass,datum,typ,anteckning\nУченик0 Примерен,8A,2026-03-02,Plus,=Bra jobbat\n,8A,2026-03-02,Plus,Ingen\n"
    )
    meant = {"kind": {"Plus": kinds[-1]}}
    outcome, _told = load(swedish, text, kind=Kind.REMARKS, values=meant)
    assert outcome.counts == {"diary.remarks": {"new": 1, "refused": 1}}
    found = remarks_of(by=swedish.actor("principal"), room=room(group=swedish.group, on=TODAY), pupils=swedish.pupils)
    assert [(r.kind, r.text, r.on) for r in found] == [(kinds[-1], "=Bra jobbat", date(2026, 3, 2))]
    again, _report = load(swedish, text, kind=Kind.REMARKS, values=meant)
    assert again.counts == {"diary.remarks": {"unchanged": 1, "refused": 1}}


@pytest.mark.feature("E14")
def test_a_gradebook_of_oneroster_is_loaded_by_the_keys_of_its_roster(bulgarian: School, tmp_path: Path) -> None:
    source = Source.objects.create(name="9870/oneroster")
    for kind, key, thing in (("person", "stu-1", bulgarian.pupils[1]), ("group", "cls-8a", bulgarian.group)):
        SourceKey.objects.create(source=source, kind=kind, key=key, object_id=thing, digest="-")
    path = tmp_path / "gradebook.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "lineItems.csv",
            "sourcedId,status,dateLastModified,title,description,assignDate,dueDate,classSourcedId,categorySourcedId\n"
            "li-1,active,2026-03-01T00:00:00Z,Дроби,,2026-02-20,2026-03-02,cls-8a,\n",
        )
        archive.writestr(
            "results.csv",
            "sourcedId,status,dateLastModified,lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,comment\n"
            "r-1,active,2026-03-03T00:00:00Z,li-1,stu-1,fully graded,5.0,2026-03-03,\n"
            "r-2,active,2026-03-03T00:00:00Z,li-1,stu-2,fully graded,6,,\n"
            "r-3,active,2026-03-03T00:00:00Z,li-1,stu-1,not submitted,,,\n",
        )
    guess = look(path).guess
    assert guess.name == "OneRoster"
    told = mapping_of({**guess.data(), "constants": {"subject": "MAT"}, "values": {"value": {"5.0": "5"}}})
    by, report = bulgarian.actor("administrator"), Report()
    outcome = import_diary(by=by, path=path, mapping=told, school=bulgarian.school, report=report, now=NOW)
    assert outcome.counts == {"diary.marks": {"new": 1, "refused": 2}}
    (mark,) = standing_marks(pupils=[bulgarian.pupils[1]])
    assert (mark.task.title, mark.value, mark.task.on) == ("Дроби", "5", date(2026, 3, 3))


def test_a_header_in_two_lines_is_found_and_its_empty_cells_are_named_by_place(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "Резултати,,,,\nОбласт,Община,Училище,БЕЛ,\n,,,Явили се,Успех\nА,Б,Измислено,78,52.4\nА,В,Друго,21,57.95\n",
        encoding="utf-8",
    )
    found = look(path, kind=Kind.MARKS)
    assert (found.header_row, found.headers) == (2, ("Област", "Община", "Училище", "БЕЛ", "#5"))
    told = mapping_of({**found.guess.data(), "columns": {"name": "Училище", "value": "#5"}})
    assert [row["value"] for _number, row in rows(path, told, Report(), Options())] == ["Успех", "52.4", "57.95"]


def test_teachers_and_principals_of_other_schools_load_nothing(bulgarian: School, load: Load) -> None:
    with pytest.raises(NotAllowed):
        load(bulgarian, MARKS + "Ученик0 Примерен;8А;MAT;текуща;2026-03-10;5\n", who="teacher")


@pytest.mark.feature("E14")
def test_a_mapping_is_data_that_is_kept_and_found_again(bulgarian: School, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("КодУч;Стойност;Кога\n1;слаб;2026-03-02\n1;слаб;2026-03-03\n", encoding="utf-8-sig")
    guess = look(path, kind=Kind.MARKS).guess
    assert "value" not in guess.columns
    told = mapping_of({
        **guess.data(), "name": "Стара система", "constants": {"subject": "MAT"},
        "columns": {"number": "КодУч", "value": "Стойност", "date": "Кога"}, "values": {"value": {"слаб": "2"}},
    })  # fmt: skip
    by = bulgarian.actor("administrator")
    assert words(path, told, "value") == (("слаб", 2),)
    save_mapping(by=by, unit=bulgarian.school, mapping=told, now=NOW)
    save_mapping(by=by, unit=bulgarian.school, mapping=told, now=NOW)
    (mine,) = kept(by=by, path=bulgarian.path)
    found = look(path, kind=Kind.MARKS, known=[mine]).guess
    assert (found.name, found.values, found.constants) == (
        "Стара система",
        {"value": {"слаб": "2"}},
        {"subject": "MAT"},
    )
    wrongs: tuple[object, ...] = (
        {"kind": "x"},
        {"kind": "marks", "columns": {"nobody": "A"}},
        [],
        {"kind": "marks", "date_order": "x"},
    )
    for wrong in wrongs:
        with pytest.raises(MappingInvalid):
            mapping_of(wrong)
    with pytest.raises(MappingInvalid):
        save_mapping(by=by, unit=bulgarian.school, mapping=Mapping(Kind.MARKS, {"value": "A"}, name="x"), now=NOW)


def test_what_comes_with_the_product_says_what_nobody_has_tried() -> None:
    assert {one.kind for one in shipped()["Testamur"]} == {Kind.MARKS, Kind.ABSENCES, Kind.REMARKS}
    assert all(one.verified for one in shipped()["Testamur"])
    assert not any(one.verified for one in shipped()["АдминПро"])


@pytest.mark.parametrize(
    ("data", "row"),
    [
        ("\ufeffДата,Ученик,Оценка\n2026-03-02,А Б,5\n".encode("utf-16"), 1),
        ("Резултати,,\n\n,,\nДата\tУченик\tОценка\n1\t2\t3\n".encode(), 4),
        ("sep=;\nДата;Ученик;Оценка\n".encode("utf-8-sig"), 2),
    ],
)
def test_the_header_is_found(tmp_path: Path, data: bytes, row: int) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    found = look(path)
    assert (found.header_row, found.guess.kind) == (row, Kind.MARKS)
    assert set(found.guess.columns) == {"date", "name", "value"}
