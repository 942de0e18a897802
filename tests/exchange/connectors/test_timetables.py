"""Timetables and holidays from a spreadsheet: whole groups at a time, the past kept, the same again changes nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from testamur.exchange.connectors.models import SourceKey
from testamur.kernel.journal.models import Entry
from testamur.register.schools import queries as schools
from testamur.register.schools.models import Slot
from testamur.register.schools.rules import Planned
from tests.exchange.connectors.test_import import A, G, load, own

pytestmark = [pytest.mark.django_db, pytest.mark.feature("E13")]

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)  # a Sunday
MONDAY = date(2026, 11, 23)  # week 48: even
HEADER = "Skolenhetskod;Klass;Läsår;Ämne;Lärare;Veckodag;Vecka;Lektion;Börjar;Slutar;Sal;Från\n"
LESSONS = (
    f"12345678;6A;2026/27;SV;{G};måndag;;1;8:10;08.50;B1;\n"
    "12345678;6A;2026/27;MA;;1;jämn;2;09:00;09:50;;\n"
    "12345678;6A;2026/27;HI;;Måndag;udda;2;09:00;09:50;;2026-08-24\n"
)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A class with a teacher, its timetable and a holiday."""
    return own(
        tmp_path / "own",
        schools="Skolenhetskod;Namn\n12345678;Påhittade skolan\n",
        terms="Läsår;Termin;Startdatum;Slutdatum\n2026/2027;;2026-08-17;2027-06-11\n",
        persons=(
            "Personnummer;Förnamn;Efternamn;Roll;Skolenhetskod;Klass;Läsår\n"
            f"{A};Alva;Påhittad;elev;12345678;6A;2026/2027\n"
            f"{G};Greta;Påhittad;lärare;12345678;;\n"
        ),
        schema=HEADER + LESSONS,
        lov=(
            "Skolenhetskod;Namn;Startdatum;Slutdatum\n;Jullov;2026-12-23;2027-01-07\n12345678;Studiedag;2026-11-30;\n"
        ),
    )


def take(path: Path, **said: Any) -> Any:
    return load(path, identifier_scheme="se.personnummer", **said)


def the_class() -> UUID:
    """The id of 6A."""
    school = schools.units_by_code(codes=["12345678"])["12345678"][0]
    return next(g.id for g in schools.groups(school=school.id) if g.code == "6A")


def planned(first: date, last: date | None = None) -> tuple[Planned, ...]:
    return schools.planned(on=(first, last or first), group=the_class())


def test_a_timetable_from_a_spreadsheet_is_the_week_of_the_class(bundle: Path):
    outcome, report = take(bundle)
    assert outcome.counts["timetable"] == {"new": 1}
    assert outcome.counts["holiday"] == {"new": 2}
    assert report.refused == 0
    found = planned(MONDAY)
    assert [(p.slot.subject, str(p.slot.starts), p.slot.number) for p in found] == [
        ("SV", "08:10:00", 1),
        ("MA", "09:00:00", 2),
    ]
    assert found[0].slot.teacher is not None
    assert [p.slot.subject for p in planned(date(2026, 8, 31))] == ["SV", "MA"]  # from the start of the year
    assert [p.slot.subject for p in planned(MONDAY + timedelta(days=14))] == ["SV", "MA"]
    assert planned(date(2026, 11, 30)) == ()  # the school's own holiday
    assert planned(date(2026, 12, 23), date(2027, 1, 7)) == ()  # everybody's


def test_the_same_timetable_again_changes_nothing(bundle: Path):
    take(bundle)
    before = (Slot.objects.count(), Entry.objects.count())
    outcome, _report = take(bundle, again=True)
    assert outcome.counts["timetable"] == {"unchanged": 1}
    assert outcome.counts["holiday"] == {"unchanged": 2}
    assert (Slot.objects.count(), Entry.objects.count()) == (before[0], before[1] + 1)  # the run's own entry


def test_a_new_timetable_holds_from_its_day_and_the_past_stays(bundle: Path):
    take(bundle)
    replace_in(bundle / "schema.csv", "12345678;6A;2026/27;MA;;1;jämn;2;09:00;09:50;;\n",
                       "12345678;6A;2026/27;MA;;1;jämn;2;10:00;10:50;;\n")  # fmt: skip
    replace_in(bundle / "lov.csv", "2026-11-30;\n", "2026-11-30;2026-12-01\n")
    outcome, _report = take(bundle, now=NOW + timedelta(days=2))  # Tuesday
    assert outcome.counts["timetable"] == {"changed": 1}
    assert outcome.counts["holiday"] == {"changed": 1, "unchanged": 1}
    assert [str(p.slot.starts) for p in planned(MONDAY)] == ["08:10:00", "09:00:00"]
    assert [str(p.slot.starts) for p in planned(MONDAY + timedelta(days=14))] == ["08:10:00", "10:00:00"]
    assert Slot.objects.count() == 4
    school = schools.units_by_code(codes=["12345678"])["12345678"][0]
    ends = [h.ends for h in schools.holidays(path=school.path, first=MONDAY, last=date(2026, 12, 5))]
    assert ends == [date(2026, 12, 1)]


def test_a_line_that_cannot_be_read_leaves_the_timetable_of_the_group_as_it_is(bundle: Path):
    take(bundle)
    replace_in(bundle / "schema.csv", "måndag;;1;8:10", "mandag;;1;8:70")
    outcome, report = take(bundle)
    assert "timetable" not in outcome.counts
    assert {d.code for d in report.first} >= {
        "import.time.invalid",
        "import.timetable.incomplete",
        "import.word.unknown",
    }
    assert len(planned(MONDAY)) == 2


def test_an_unknown_teacher_is_told_and_set_when_known(bundle: Path):
    replace_in(bundle / "persons.csv", f"{G};Greta;Påhittad;lärare;12345678;;\n", "")
    outcome, report = take(bundle)
    assert report.by_code["import.reference.unknown"] == 1
    assert outcome.counts["timetable"] == {"new": 1}
    outcome, _report = take(bundle, again=True)
    assert outcome.counts["timetable"] == {"unchanged": 1}
    assert planned(MONDAY)[0].slot.teacher is None
    replace_in(bundle / "persons.csv", f"{A};", f"{G};Greta;Påhittad;lärare;12345678;;\n{A};")
    take(bundle, again=True)
    assert [p.slot.teacher is not None for p in planned(MONDAY)] == [True, False]
    assert len(planned(MONDAY)) == 2


def test_a_timetable_finds_the_groups_that_another_system_brought(bundle: Path, tmp_path: Path):
    take(bundle)
    for name in ("terms", "persons", "lov", "schools"):
        (bundle / f"{name}.csv").unlink()
    replace_in(bundle / "schema.csv", "12345678;6A;2026/27;HI;;Måndag;udda;2;09:00;09:50;;2026-08-24\n",
                       "12345678;7Z;2026/27;HI;;Måndag;udda;2;09:00;09:50;;\n")  # fmt: skip
    SourceKey.objects.all().delete()  # as if another source had brought them
    outcome, report = take(bundle)
    assert outcome.counts["timetable"] == {"new": 1, "refused": 1}
    assert report.by_code["import.reference.unknown"] == 1
    assert [p.slot.subject for p in planned(MONDAY)] == ["SV", "MA"]
    assert Slot.objects.count() == 3  # those in force were recognised


def replace_in(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8-sig")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8-sig")
