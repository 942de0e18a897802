"""Reading who is there: the board of a group, the house, and the list for a fire."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from testamur.kernel.base.actor import Actor, Grant
from testamur.register.people import queries as people
from testamur.register.people.rules import ContactKind
from testamur.register.schools.rules import GroupView
from testamur.schoolday.care import models
from testamur.schoolday.care.queries.places import (
    SEE,
    CareGroup,
    CarePlace,
    care_group,
    care_unit,
    children_of,
    groups_at,
    must_be_staff,
)
from testamur.schoolday.care.queries.weeks import FetchingView, days_of, fetchings
from testamur.schoolday.care.rules import Act, DayView, PresenceView, State, is_late, state_of


@dataclass(frozen=True, slots=True)
class BoardLine:
    """A child on the board of its group. `cautioned`: there is something to know at the door.

    `undo` is the note that can be taken back, the latest of the day; None where there is none.
    """

    child: UUID
    state: State
    day: DayView
    notes: tuple[PresenceView, ...]
    fetching: FetchingView | None
    late: bool
    cautioned: bool

    @property
    def latest(self) -> PresenceView | None:
        """The latest note of the day."""
        return self.notes[-1] if self.notes else None


@dataclass(frozen=True, slots=True)
class Board:
    """A group's day."""

    at: CareGroup
    on: date
    lines: tuple[BoardLine, ...]


@dataclass(frozen=True, slots=True)
class FireLine:
    """A child on the list for a fire: whom to count, and whom to call.

    `here`: noted as arrived; else it should be here by its hours and nobody has noted anything. `reach` is (name,
    telephone) of each guardian whom the staff may know.
    """

    child: UUID
    group: UUID
    here: bool
    since: datetime | None
    reach: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FireList:
    """Everybody in the house of a unit. `groups`: all of the unit, those without children too."""

    unit: UUID
    unit_name: str
    groups: tuple[GroupView, ...]
    lines: tuple[FireLine, ...]
    at: datetime

    @property
    def count(self) -> int:
        """How many children are noted as here."""
        return sum(line.here for line in self.lines)


def board(*, by: Actor, group: UUID, on: date, now: datetime, zone: ZoneInfo) -> Board:
    """Where every child of a group is on that day. Needs ``care.presence.see`` for the group. Raises NotFound."""
    at = care_group(group)
    by.must(SEE, at.group.path, group=group)
    children = list(children_of([group], on))
    placed = placed_at(children, at)
    days = days_of(placed, on, on, now=now, zone=zone)
    notes = standing(children, on)
    fetched = fetchings(children, on, on)
    cautioned = frozenset(
        models.Caution.objects.filter(child__in=children, ended_at__isnull=True).values_list("child", flat=True)
    )
    lines = [
        _line(child, days[child][0], tuple(notes[child]), fetched.get((child, on)), cautioned, now, zone)
        for child in children
    ]
    return Board(at, on, tuple(lines))


def fire_list(*, by: Actor, unit: UUID, now: datetime, zone: ZoneInfo) -> FireList:
    """Everybody who is in the house now, and who should be and is not noted. For the staff of the unit alone.

    Raises NotFound, NotAllowed. Guardians' telephones come along for whoever is not protected: the permission to see
    this list is the permission to call them.
    """
    on = now.astimezone(zone).date()
    view, setting = care_unit(unit)
    must_be_staff(by, view, on)
    groups = groups_at(unit=unit, on=on)
    where = children_of([one.id for one in groups], on)
    notes = standing(where, on)
    ats = {one.id: CareGroup(one, view, setting) for one in groups}
    placed = {child: placed_at([child], ats[group])[child] for child, group in where.items()}
    days = days_of(placed, on, on, now=now, zone=zone)
    expected = {child: state_of(notes[child]) is State.AWAY and _runs(days[child][0], now, zone) for child in where}
    wanted = [child for child in where if expected[child] or state_of(notes[child]) is State.HERE]
    reach = reached(by, wanted, on)
    lines = [
        FireLine(
            child,
            where[child],
            state_of(notes[child]) is State.HERE,
            notes[child][-1].at if notes[child] else None,
            reach.get(child, ()),
        )
        for child in wanted
    ]
    return FireList(unit, view.name, groups, tuple(lines), now)


def standing(children: Iterable[UUID], on: date) -> dict[UUID, list[PresenceView]]:
    """The notes of that day that were not taken back, in order; for the caller's own check. One query."""
    found: dict[UUID, list[PresenceView]] = {child: [] for child in children}
    rows = models.Presence.objects.filter(child__in=list(found), on=on, corrects__isnull=True)
    for row in rows.filter(corrected_by__isnull=True).order_by("number"):
        found[row.child].append(presence_view(row))
    return found


def noted(*, unit: UUID, first: date, last: date) -> dict[tuple[UUID, date], list[PresenceView]]:
    """The notes of a unit that stand between two days by child and day, in order; for the caller's own check."""
    found: dict[tuple[UUID, date], list[PresenceView]] = defaultdict(list)
    rows = models.Presence.objects.filter(unit=unit, on__range=(first, last), corrects__isnull=True)
    for row in rows.filter(corrected_by__isnull=True).order_by("on", "number"):
        found[row.child, row.on].append(presence_view(row))
    return found


def history(*, by: Actor, child: UUID, place: CarePlace, first: date, last: date) -> tuple[PresenceView, ...]:
    """A child's notes that stand between two days, the latest first.

    Needs ``care.presence.see`` for the group, or ``care.week.see`` for the child.
    """
    if not by.may(SEE, place.group_path, group=place.group):
        by.must("care.week.see", place.group_path, person=child)
    rows = models.Presence.objects.filter(child=child, on__range=(first, last), corrects__isnull=True)
    ordered = rows.filter(corrected_by__isnull=True).order_by("-on", "-number")
    return tuple(map(presence_view, ordered))


def placed_at(children: Collection[UUID], at: CareGroup) -> dict[UUID, CarePlace]:
    """The children of a group as placed in it."""
    return {
        child: CarePlace(
            child, at.unit.id, at.unit.path, at.unit.name, at.unit.form, at.group.id, at.group.path, at.group.code
        )
        for child in children
    }


def reached(by: Actor, children: Collection[UUID], on: date) -> dict[UUID, tuple[tuple[str, str], ...]]:
    """Child → (name, telephone) of each guardian, for staff whose right to this list was checked.

    Those very persons are read, and nobody who is protected: a protected child has no guardians here, and a protected
    guardian no number.
    """
    guardians = people.guardians(by=_reader(by, "people.guardianship.see", children), children=children, on=on)
    grown = {view.guardian.id for views in guardians.values() for view in views}
    contacts = people.contacts(by=_reader(by, "people.contact.see", grown), persons=grown)
    phones: Mapping[UUID, str] = {
        person: ", ".join(one.value for one in some if one.kind is ContactKind.PHONE)
        for person, some in contacts.items()
    }
    return {
        child: tuple((view.guardian.name, phones.get(view.guardian.id, "")) for view in views)
        for child, views in guardians.items()
    }


def presence_view(row: models.Presence) -> PresenceView:
    """A note as a value."""
    return PresenceView(
        row.id, row.child, row.on, Act(row.act), row.at, row.noted_by, row.noted_at, row.person, row.collector_id
    )


def begins(day: DayView, zone: ZoneInfo) -> datetime | None:
    """When the child's hours begin, as an instant."""
    return datetime.combine(day.on, day.hours.starts, zone) if day.hours is not None else None


def _reader(by: Actor, verb: str, persons: Iterable[UUID]) -> Actor:
    """The same person with that verb about those persons; about nobody where there are none."""
    wards = frozenset(persons) or frozenset({UUID(int=0)})  # a grant without wards would hold for everybody
    return Actor(by.id, by.identified_by, (Grant("care", "/", (verb,), wards=wards),))


def _runs(day: DayView, now: datetime, zone: ZoneInfo) -> bool:
    starts = begins(day, zone)
    return (
        starts is not None and day.hours is not None and starts <= now < datetime.combine(day.on, day.hours.ends, zone)
    )


def _line(
    child: UUID,
    day: DayView,
    notes: tuple[PresenceView, ...],
    fetching: FetchingView | None,
    cautioned: frozenset[UUID],
    now: datetime,
    zone: ZoneInfo,
) -> BoardLine:
    state = state_of(notes)
    if state is State.AWAY and not notes and day.reason is not None:
        state = State.ABSENT
    late = is_late(day, state, now, begins(day, zone))
    return BoardLine(child, state, day, notes, fetching, late, child in cautioned)
