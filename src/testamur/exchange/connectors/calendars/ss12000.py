"""Lessons out of calendar events, activities, groups, duties, rooms and persons as SS 12000:2020 has them in JSON.

One file holds all tables by name, or each table is a file of its own, as the API gives it (``{"data": [...]}``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from testamur.exchange.connectors.calendars.told import MAX_BYTES, MOST, Told, local, zone_of
from testamur.exchange.connectors.rules import Defect, Options, Reporter, Severity, person_key
from testamur.exchange.connectors.tabular.files import Files, Member
from testamur.kernel.base.refused import Refused
from testamur.kernel.base.text import harmless

TABLES = {
    "calendarevents": "calendarEvents", "activities": "activities", "groups": "groups", "duties": "duties",
    "rooms": "rooms", "persons": "persons", "organisations": "organisations", "syllabuses": "syllabuses",
}  # fmt: skip
Table = dict[str, Mapping[str, Any]]


def lessons(files: Files, members: Sequence[Member], options: Options, reporter: Reporter) -> Iterator[Told]:
    """The lessons of the calendar events; one that is cancelled, or of no activity with a group, is left out."""
    tables: dict[str, Table] = {name: {} for name in TABLES.values()}
    where: dict[str, str] = {}
    for member in members:
        _read(files, member, tables, where, reporter)
    events = tables["calendarEvents"]
    file = where.get("calendarEvents", "")

    def refuse(row: int, column: str, found: str, done: str, code: str) -> None:
        reporter.add(Defect(file, row, column, found[:120], done, code, Severity.REFUSED))

    zone = zone_of(options.country or "SE")
    for number, event in enumerate(events.values(), start=1):
        if number > MOST:
            refuse(
                number, "", str(len(events)), "the rest of the file is left out: too many lessons", "import.rows.many"
            )
            return
        if event.get("cancelled") is True:
            continue
        activity = tables["activities"].get(_ref(event.get("activity"))) or _embedded(event.get("activity"))
        try:
            starts = local(datetime.fromisoformat(str(event["startTime"])), zone)
            ends = local(datetime.fromisoformat(str(event["endTime"])), zone)
        except (KeyError, ValueError):
            refuse(
                number, "startTime", str(event.get("startTime", "")), "event left out: no time", "import.time.invalid"
            )
            continue
        groups = [_group(tables, one) for one in _list(activity.get("groups"))]
        if starts.date() != ends.date() or starts >= ends or not any(code for code, _key, _unit in groups):
            refuse(
                number, "activity", str(event.get("id", "")),
                "event left out: a lesson belongs to an activity of a group, and begins and ends on one day",
                "import.reference.unknown",
            )  # fmt: skip
            continue
        teachers = _teachers(tables, event, activity, options) or [""]
        for code, key, unit in groups:
            for teacher in teachers if code else ():
                yield Told(
                    file, number, unit, code, key, _subject(tables, activity), teacher, _room(tables, event),
                    starts.date(), starts.time(), ends.time(),
                )  # fmt: skip


def _read(files: Files, member: Member, tables: dict[str, Table], where: dict[str, str], reporter: Reporter) -> None:
    try:
        told = json.loads(files.read(member, MAX_BYTES))
    except (ValueError, RecursionError) as error:
        reporter.add(
            Defect(
                member.name,
                0,
                "",
                str(error)[:120],
                "file left out: no JSON",
                "import.file.unreadable",
                Severity.REFUSED,
            )
        )
        return
    stem = TABLES.get(PurePosixPath(member.name).stem.lower(), "calendarEvents")
    parts = {name: told[name] for name in tables if name in told} if isinstance(told, dict) else {}
    for name, rows in (parts or {stem: told}).items():
        where.setdefault(name, member.name)
        for row in _list(rows.get("data") if isinstance(rows, dict) else rows):
            tables[name][str(row.get("id", len(tables[name])))] = row


def _group(tables: Mapping[str, Table], told: Mapping[str, Any]) -> tuple[str, str, str]:
    """Code, key and the school's official code of a group that an activity names."""
    row = tables["groups"].get(_ref(told)) or told
    organisation = tables["organisations"].get(_ref(row.get("organisation"))) or _embedded(row.get("organisation"))
    code = _text(row.get("groupCode") or row.get("displayName"))
    return code[:80], _ref(told), _text(organisation.get("schoolUnitCode"))


def _teachers(
    tables: Mapping[str, Table], event: Mapping[str, Any], activity: Mapping[str, Any], options: Options
) -> list[str]:
    """Keys of those who give it: by personal number where the persons are told, else as the source names them."""
    found = []
    for told in _list(event.get("teachers")) or _list(activity.get("teachers")):
        duty = tables["duties"].get(_ref(told.get("duty") or told)) or _embedded(told.get("duty")) or told
        person = tables["persons"].get(_ref(duty.get("person"))) or _embedded(duty.get("person"))
        number = _text(_embedded(person.get("civicNo")).get("value"))
        try:
            key = person_key(options.identifier_scheme or "se.personnummer", number, on=options.today) if number else ""
        except Refused:
            key = ""
        found.append(key or _ref(duty.get("person")) or _text(duty.get("signature")) or _ref(told))
    return [one for one in dict.fromkeys(found) if one]


def _subject(tables: Mapping[str, Table], activity: Mapping[str, Any]) -> str:
    syllabus = tables["syllabuses"].get(_ref(activity.get("syllabus"))) or _embedded(activity.get("syllabus"))
    named = syllabus.get("subjectCode") or syllabus.get("courseCode") or syllabus.get("subjectName")
    return _text(named or activity.get("displayName"))[:200]


def _room(tables: Mapping[str, Table], event: Mapping[str, Any]) -> str:
    for told in _list(event.get("rooms")):
        row = tables["rooms"].get(_ref(told)) or told
        if name := _text(row.get("displayName")):
            return name[:40]
    return ""


def _list(told: Any) -> list[Mapping[str, Any]]:
    some: Iterable[Any] = told if isinstance(told, list) else ()
    return [one for one in some if isinstance(one, dict)]


def _embedded(told: Any) -> Mapping[str, Any]:
    return told if isinstance(told, dict) else {}


def _ref(told: Any) -> str:
    found = told.get("id") if isinstance(told, dict) else told
    return found[:200] if isinstance(found, str) else ""


def _text(value: Any) -> str:
    return " ".join(harmless(str(value)).split()) if value is not None else ""
