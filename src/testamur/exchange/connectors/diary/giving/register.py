"""The register of one school as tables: pupils, guardians, classes, posts, timetable; records, messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from testamur.exchange.connectors.diary.matching import Pupils, pupils_of
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.sheet import Sheet
from testamur.kernel.delivery import queries as delivery
from testamur.register.people import queries as people
from testamur.register.people.rules import PersonView
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupView, UnitView
from testamur.trust.records import queries as records

AT_A_TIME = 500
_FIRST, _LAST = date(1900, 1, 1), date(2200, 1, 1)
_YEARS = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Register:
    """Who and what the tables speak of.

    Attributes:
        shown: the pupils whom whoever asks may see.
        hidden: the others: nothing about them is given out.
        numbers: pupil → the number by which others know the pupil.
        classes: pupil → code of the latest class.
    """

    school: UnitView
    groups: Mapping[UUID, GroupView]
    pupils: Pupils
    shown: Mapping[UUID, PersonView]
    hidden: frozenset[UUID]
    numbers: Mapping[UUID, str]
    classes: Mapping[UUID, str]


def look_up(*, by: Actor, school: UnitView) -> Register:
    """Look up everybody who is or was in a group of the school; some queries."""
    pupils = pupils_of(by=by, school=school.id)
    views = people.people(by=by, ids=pupils.stays, numbers=False)
    shown = {key: one for key, one in views.items() if not one.masked}
    numbers = {key: found[0].value for key, found in people.identifiers(by=by, persons=list(shown)).items() if found}
    classes: dict[UUID, str] = {}
    for key, stays in pupils.stays.items():
        mine = [(s.starts, pupils.groups[s.group].code) for s in stays if s.group and _is_class(pupils.groups[s.group])]
        classes[key] = max(mine, default=(date.min, ""))[1]
    return Register(school, pupils.groups, pupils, shown, frozenset(views) - frozenset(shown), numbers, classes)


def sheets(*, by: Actor, register: Register, now: datetime) -> Iterator[Sheet]:
    """The register's tables, then records and messages where `by` may see them."""
    yield Sheet("pupils", ("pupil", "given_name", "middle_name", "family_name", "birth_date", "sex"), _pupils(register))
    yield Sheet(
        "guardians",
        ("pupil", "guardian", "guardian_name", "relation", "custody", "starts", "ends", "email", "phone"),
        _guardians(by, register, now.date()),
        about=("pupil",),
    )
    yield Sheet(
        "classes", ("group_id", "group", "name", "kind", "school_year", "year_level", "subject", "course"),
        ((g.id, g.code, g.name, g.kind.value, g.school_year_code, g.year_level, g.subject, g.course)
         for g in register.groups.values()),
    )  # fmt: skip
    yield Sheet(
        "enrolments", ("pupil", "group_id", "year_level", "starts", "ends"),
        ((s.person, s.group, s.year_level, s.starts, s.ends) for some in register.pupils.stays.values() for s in some),
        about=("pupil",),
    )  # fmt: skip
    posts = schools.posts_at(unit=register.school.id, on=now.date())
    staff = people.people(by=by, ids=[post.person for post in posts], numbers=False)
    yield Sheet(
        "posts", ("person", "name", "role", "group_id", "subject", "starts", "ends"),
        ((p.person, staff[p.person].name, p.role.value, p.group, p.subject, p.starts, p.ends) for p in posts),
    )  # fmt: skip
    yield Sheet(
        "timetable", ("group_id", "subject", "teacher", "weekday", "week", "number", "start_time", "end_time", "room",
                      "start_date", "end_date"),
        ((s.group, s.subject, s.teacher, s.weekday, s.week.value, s.number, s.starts, s.ends, s.room, s.valid_from,
          s.valid_to) for s in schools.slots(on=(_FIRST, _LAST), school=register.school.id)),
    )  # fmt: skip
    yield Sheet(
        "holidays", ("name", "starts", "ends"),
        ((h.name, h.starts, h.ends) for h in schools.holidays(path=register.school.path, first=_FIRST, last=_LAST)),
    )  # fmt: skip
    yield from _others(by, register, now)


def _others(by: Actor, register: Register, now: datetime) -> Iterator[Sheet]:
    path = register.school.path
    if by.may("records.record.read", path):
        rows = records.records(by=by, path=path)
        yield Sheet(
            "records", ("record", "pupil", "title", "document_type", "period", "version", "state", "code", "issued_on",
                        "replaces"),
            ((r.id, r.subject if r.subject_kind == "pupil" else None, r.title, r.document_type, r.period, r.version,
              r.state.value, r.code, r.issued_on, r.replaces) for r in rows),
            about=("pupil",),
        )  # fmt: skip
    if by.may("delivery.message.see", path):
        costs = delivery.costs(by=by, path=path, since=now - _YEARS, until=now)
        yield Sheet(
            "messages", ("channel", "currency", "messages", "parts", "priced", "cost"),
            ((c.channel, c.currency, c.messages, c.parts, c.priced, c.cost) for c in costs),
        )  # fmt: skip


def _pupils(register: Register) -> Iterator[tuple[object, ...]]:
    for key, one in register.shown.items():
        yield key, one.given, one.middle, one.family, one.birth_date, one.sex.value


def _guardians(by: Actor, register: Register, on: date) -> Iterator[tuple[object, ...]]:
    for chunk in people.chunks(register.shown, AT_A_TIME):
        found = people.guardians(by=by, children=chunk, on=on)
        contacts = people.contacts(by=by, persons={one.guardian.id for some in found.values() for one in some})
        for child, some in found.items():
            for one in some:
                ways = contacts.get(one.guardian.id, ())
                yield (
                    child, one.guardian.id, one.guardian.name, one.relation.value, one.custody, one.starts, one.ends,
                    "; ".join(c.value for c in ways if c.kind.value == "email"),
                    "; ".join(c.value for c in ways if c.kind.value != "email"),
                )  # fmt: skip


def _is_class(group: GroupView) -> bool:
    return group.kind.value == "class"
