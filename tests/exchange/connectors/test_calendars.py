"""Timetables out of calendars: iCalendar and SS 12000; dry run, report, and a stop where much would vanish."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from testamur.exchange.connectors.calendars.reader import spans, subject_codes
from testamur.register.schools import queries as schools
from testamur.register.schools.models import Slot
from tests.exchange.connectors.test_import import A, G, load, own

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C6")]

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)  # a Sunday
MONDAY = date(2026, 11, 23)
ZONE, DAY = "TZID=Europe/Stockholm", ";VALUE=DATE"
EVENT = (
    "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260801T080000Z\r\nDTSTART{start}\r\nDTEND{end}\r\n"
    "SUMMARY:{title}\r\nLOCATION:B12\r\n{more}END:VEVENT\r\n"
)


def calendar(*events: str, name: str = "6A") -> str:
    """A calendar of a class."""
    return (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Other//EN\r\nX-WR-CALNAME:{name}\r\n"
        + "".join(events)
        + "END:VCALENDAR\r\n"
    )


def weekly(uid: str, hour: int, title: str, *, rule: str = "FREQ=WEEKLY;UNTIL=20270610T220000Z", more: str = "") -> str:
    """A lesson on Mondays, told in the time of Stockholm."""
    start, end = f";TZID=Europe/Stockholm:20261123T{hour:02}1000", f";TZID=Europe/Stockholm:20261123T{hour:02}5000"
    return EVENT.format(uid=uid, start=start, end=end, title=title, more=f"RRULE:{rule}\r\n{more}")


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """A class with a teacher, and a place for files."""
    bundle = own(
        tmp_path / "own",
        schools="Skolenhetskod;Namn\n12345678;Påhittade skolan\n",
        terms="Läsår;Termin;Startdatum;Slutdatum\n2026/2027;;2026-08-17;2027-06-11\n",
        persons=(
            "Personnummer;Förnamn;Efternamn;Roll;Skolenhetskod;Klass;Läsår\n"
            f"{A};Alva;Påhittad;elev;12345678;6A;2026/2027\n"
            f"{G};Greta;Påhittad;lärare;12345678;;\n"
        ),
    )
    take(bundle)
    return tmp_path


def take(path: Path, **said: Any) -> Any:
    return load(path, identifier_scheme="se.personnummer", school_year="2026/2027", **said)


def put(folder: Path, text: str, name: str = "6A.ics") -> Path:
    """A file with that text."""
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


def standing() -> list[tuple[str, time, str, date, date]]:
    """The lessons that are in force or to come."""
    rows = Slot.objects.filter(valid_to__gte=MONDAY).order_by("starts", "valid_from")
    return [(row.subject, row.starts, row.week, row.valid_from, row.valid_to) for row in rows]


def test_a_class_calendar_becomes_its_weekly_timetable(school: Path):
    single = EVENT.format(uid="c", start=":20261208T090000Z", end=":20261208T094000Z", title="Historia 6A", more="")
    path = put(
        school,
        calendar(
            weekly("a", 8, "Matematik 6A"),
            weekly(
                "b",
                9,
                "Svenska",
                rule="FREQ=WEEKLY;INTERVAL=2;COUNT=3",
                more="EXDATE;TZID=Europe/Stockholm:20261207T091000\r\n",
            ),
            single,
            EVENT.format(
                uid="d", start=";VALUE=DATE:20261209", end=";VALUE=DATE:20261210", title="Friluftsdag", more=""
            ),
        ),
    )
    tried, _report = take(path, dry_run=True)
    assert tried.counts["timetable"] == {"new": 1}
    assert standing() == [], "a dry run changes nothing"
    outcome, report = take(path)
    assert outcome.counts["timetable"] == {"new": 1}
    assert report.refused == 1, "a day is no lesson"
    assert standing() == [
        ("MA", time(8, 10), "", MONDAY, date(2027, 6, 7)),
        ("SV", time(9, 10), "B", MONDAY, date(2026, 12, 21)),
        ("HI", time(10), "", date(2026, 12, 8), date(2026, 12, 8)),
    ]
    again, _report = take(path)
    assert again.same_as is not None or again.counts.get("timetable") == {"unchanged": 1}


def test_half_a_file_takes_nothing_away_until_somebody_says_so(school: Path):
    whole = [weekly(str(n), n, "Matematik") for n in range(8, 15)]
    take(put(school, calendar(*whole)))
    assert len(standing()) == 7
    half = put(school, calendar(*whole[:1]))
    _outcome, report = take(half)
    assert dict(report.by_code) == {"import.timetable.vanishing": 1}
    assert len(standing()) == 7
    take(half, vanishing="allow", again=True)
    assert len(standing()) == 1


def test_a_timetable_that_is_made_anew_is_no_loss(school: Path):
    take(put(school, calendar(*(weekly(str(n), n, "Matematik") for n in range(8, 15)))))
    _outcome, report = take(put(school, calendar(*(weekly(str(n), n, "Svenska") for n in range(8, 15)))))
    assert report.refused == 0
    assert {subject for subject, *_rest in standing()} == {"SV"}


def test_calendar_events_of_ss12000_become_the_timetable_with_teacher_and_room(school: Path):
    days = [MONDAY + timedelta(weeks=n) for n in range(10)]
    told = {
        "calendarEvents": [
            {
                "id": f"e{n}", "activity": {"id": "act"}, "startTime": f"{day}T08:10:00+01:00",
                "endTime": f"{day}T08:50:00+01:00", "rooms": [{"id": "r"}], "teachers": [{"duty": {"id": "d"}}],
                "cancelled": n == 3,
            }
            for n, day in enumerate(days)
        ],
        "activities": [{"id": "act", "displayName": "MA 6A", "groups": [{"id": "g"}], "syllabus": {"id": "s"}}],
        "groups": [{"id": "g", "displayName": "6A", "organisation": {"id": "o"}}],
        "organisations": [{"id": "o", "schoolUnitCode": "12345678"}],
        "syllabuses": [{"id": "s", "subjectCode": "MA"}],
        "duties": [{"id": "d", "person": {"id": "p"}}],
        "persons": [{"id": "p", "civicNo": {"value": G}}],
        "rooms": [{"id": "r", "displayName": "Sal 4"}],
    }  # fmt: skip
    outcome, report = take(put(school, json.dumps(told), "calendar.json"))
    assert (outcome.counts["timetable"], report.refused) == ({"new": 1}, 0)
    (row,) = Slot.objects.all()
    assert (row.subject, row.room, row.weekday, row.valid_from) == ("MA", "Sal 4", 1, MONDAY)
    assert row.teacher_id is not None


def test_files_that_are_no_calendar_are_refused_in_words(school: Path):
    broken = put(school, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:nonsense\r\nEND:VCALENDAR\r\n")
    _outcome, report = take(broken)
    assert report.refused >= 1
    endless = weekly("a", 8, "Matematik", rule="FREQ=SECONDLY")
    take(put(school, calendar(endless), "endless.ics"))
    assert Slot.objects.count() <= 400, "what comes back each second is read only so often"
    odd = json.dumps({"calendarEvents": [{"id": 1, "startTime": "x", "activity": 7}, 8, None]})
    _outcome, report = take(put(school, odd, "odd.json"))
    assert set(report.by_code) <= {"import.time.invalid", "import.reference.unknown"}
    assert schools.slots(on=(date.min, date.max), group=UUID(int=0)) == ()


def test_days_become_weeks() -> None:
    weeks = [MONDAY + timedelta(weeks=n) for n in range(8)]
    assert list(spans(weeks)) == [("", weeks[0], weeks[-1])]
    assert list(spans(weeks[:5:2])) == [("B", weeks[0], weeks[4])]
    assert list(spans(weeks[::2])) == [("B", weeks[0], weeks[4]), ("A", weeks[6], weeks[6])], "2026 has 53 weeks"
    assert list(spans([weeks[0], *weeks[2:]])) == [("", weeks[0], weeks[-1])], "a holiday makes no new lesson"
    far = [MONDAY, MONDAY + timedelta(weeks=7), MONDAY + timedelta(weeks=20)]
    assert list(spans(far)) == [("", day, day) for day in far]
    assert subject_codes("se.compulsory")["matematik"] == "MA"
