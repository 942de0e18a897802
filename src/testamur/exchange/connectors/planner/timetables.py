"""Timetables group by group, and holidays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from uuid import UUID

from testamur.exchange.connectors.planner.core import Context, Item, isolate, refresh, remember, split
from testamur.exchange.connectors.planner.resolving import home, resolve_persons, resolve_units
from testamur.exchange.connectors.rules import HolidayRow, TimetableRow, school_year_of
from testamur.kernel.base.ids import new_id
from testamur.register.schools import actions as verbs
from testamur.register.schools import queries
from testamur.register.schools.rules import GroupView, NewHoliday, NewSlot, SlotView, UnitKind, UnitView, Week

Meaning = tuple[str, UUID | None, int, Week, int | None, time, time, str]
Period = tuple[date, date]
FEW, MOST_VANISHING = 5, 30
"""So many lessons may end without another in their place, or so many of a hundred."""


@dataclass(slots=True)
class _Changes:
    """What timetables ask for: lessons to add, last days of those that are there.

    Attributes:
        touched: groups of which a lesson ends or was added.
        again: groups that are looked at again next time.
    """

    add: list[tuple[TimetableRow, NewSlot]] = field(default_factory=list)
    ends: dict[UUID, date] = field(default_factory=dict)
    touched: set[UUID] = field(default_factory=set)
    again: set[UUID] = field(default_factory=set)


def load_timetables(context: Context, rows: Sequence[TimetableRow]) -> None:
    """The lessons of each group as the source has them now.

    A lesson that stands there as it is in force stays; another one is added, from the day of the import when the group
    had a timetable before; one that is no longer there ends the day before. What was taught stays told. A group of
    which a lesson was refused, or has a teacher whom nobody knows, is looked at again next time.
    Where many more lessons would end than begin, nothing is done: half a file looks like that (`Options.vanishing`).
    """
    new, changed = split(context, "timetable", rows)
    items = [*new, *changed]
    groups = _groups(context, [item.row for item in items])
    persons = resolve_persons(context, [one.teacher_key for item in items for one in item.row.lessons])
    ids = [one.id for one in groups.values()]
    bounds = queries.school_years_of(groups=ids)
    there: dict[UUID, list[SlotView]] = defaultdict(list)
    for slot in queries.slots(on=(date.min, date.max), groups=ids):
        there[slot.group].append(slot)
    changes = _Changes()
    for item in items:
        group = groups.get(item.row.key)
        if group is None:
            context.refuse(
                item.row, "group", item.row.title, "timetable left out: the group is neither in the bundle nor known",
                "import.reference.unknown",
            )  # fmt: skip
        else:
            wanted = list(_wanted(context, item.row, group, persons, changes))
            _compare(context, wanted, bounds[group.id], there[group.id], changes)
    if _too_many(context, items, changes, there):
        return
    if changes.ends:
        verbs.end_slots(by=context.by, ends=changes.ends, now=context.now)
    taken = isolate(context, changes.add, lambda s: verbs.add_slots(by=context.by, slots=s, now=context.now))
    kept = {slot.id for _row, slot in taken}
    changes.again.update(slot.group for _row, slot in changes.add if slot.id not in kept)
    changes.touched.update(slot.group for _row, slot in taken)
    whole = [(item, groups[item.row.key].id) for item in items if item.row.key in groups]
    settled = [(item, group) for item, group in whole if group not in changes.again]
    remember(context, "timetable", [pair for pair in settled if pair[0].object_id is None])
    refresh(context, "timetable", [pair for pair in settled if pair[0].object_id is not None])
    for item, key in whole:
        if key in changes.again:
            done = "new" if item.object_id is None else "changed"
            context.counts["timetable", done if key in changes.touched else "unchanged"] += 1


def _too_many(
    context: Context, items: Sequence[Item[TimetableRow]], changes: _Changes, there: Mapping[UUID, Sequence[SlotView]]
) -> bool:
    """Whether so many lessons would vanish that somebody has to say that it is meant; reported."""
    standing = sum(slot.valid_to >= context.today for slots in there.values() for slot in slots)
    over = sum(last < context.today for last in changes.ends.values())
    vanishing = over - len(changes.add)
    if context.options.vanishing == "allow" or vanishing < FEW or vanishing * 100 <= MOST_VANISHING * standing:
        return False
    for item in items:
        context.refuse(
            item.row, "", f"{vanishing} / {standing}",
            f"timetable left as it is: {vanishing} of {standing} lessons would end and nothing takes their place; say "
            "that it is meant, and import again",
            "import.timetable.vanishing",
        )  # fmt: skip
    return True


def load_holidays(context: Context, rows: Sequence[HolidayRow]) -> None:
    """Days without lessons. One that the unit has from the same day is linked; a changed one takes its place."""
    new, changed = split(context, "holiday", rows)
    items = [*new, *changed]
    keys = resolve_units(context, [item.row.unit_key for item in items])
    units = queries.units(keys.values())
    loaded: list[tuple[Item[HolidayRow], UUID]] = []
    for item in items:
        row = item.row
        unit = units.get(keys.get(row.unit_key, _NONE)) if row.unit_key else home(context)
        if unit is None:
            context.refuse(
                row, "school", row.unit_key, "row left out: the school is neither in the bundle nor known",
                "import.reference.unknown",
            )  # fmt: skip
            continue
        made = _holiday(context, row, unit)
        if made is not None:
            loaded.append((item, made))
    remember(context, "holiday", [pair for pair in loaded if pair[0].object_id is None])
    refresh(context, "holiday", [pair for pair in loaded if pair[0].object_id is not None])


_NONE = UUID(int=0)


def _groups(context: Context, rows: Sequence[TimetableRow]) -> dict[str, GroupView]:
    """Groups by the rows' keys: as the source knows them, else of that code in the school and school year."""
    ids = context.resolve("group", [row.group_key for row in rows])
    views = queries.groups_by_id(ids.values())
    found = {row.key: views[ids[row.group_key]] for row in rows if ids.get(row.group_key) in views}
    missing = [row for row in rows if row.key not in found]
    units = resolve_units(context, [row.unit_key for row in missing])
    current = context.options.school_year or school_year_of(context.today, context.today)
    held = {
        (school, one.school_year_code, one.code): one
        for school in set(units.values())
        for one in queries.groups(school=school)
    }
    below = _below(context, current) if any(not row.unit_key for row in missing) else {}
    for row in missing:
        one = held.get((units.get(row.unit_key, _NONE), row.school_year or current, row.title))
        if one is None and not row.unit_key:
            one = below.get(row.title.casefold())
        if one is not None:
            found[row.key] = one
    return found


def _below(context: Context, year: str) -> dict[str, GroupView]:
    """Code → group of that school year, of all schools of the body; a code that stands twice is left out."""
    found: dict[str, GroupView] = {}
    twice: set[str] = set()
    for school in queries.units_under(home(context).path, kind=UnitKind.SCHOOL):
        for one in queries.groups(school=school.id):
            if one.school_year_code == year:
                code = one.code.casefold()
                if found.setdefault(code, one) is not one:
                    twice.add(code)
    return {code: one for code, one in found.items() if code not in twice}


def _wanted(
    context: Context, row: TimetableRow, group: GroupView, persons: Mapping[str, UUID], changes: _Changes
) -> Iterator[tuple[TimetableRow, NewSlot]]:
    """The lessons of a row, each with the row under its own number for what there is to report."""
    for one in row.lessons:
        line = replace(row, row=one.row)
        teacher = persons.get(one.teacher_key)
        if teacher is None and one.teacher_key:
            changes.again.add(group.id)
            context.note(
                line, "teacher", one.teacher_key, "not known: lesson loaded without a teacher",
                "import.reference.unknown",
            )  # fmt: skip
        yield (
            line,
            NewSlot(
                group.id, one.weekday, one.starts, one.ends, one.subject or group.subject or group.course, teacher,
                Week(one.week), one.number, one.room, one.valid_from, one.valid_to, new_id(),
            ),
        )  # fmt: skip


def _compare(
    context: Context,
    wanted: Sequence[tuple[TimetableRow, NewSlot]],
    year: Period,
    there: Sequence[SlotView],
    changes: _Changes,
) -> None:
    """Note what has to be added and ended so that the group has the wanted lessons from today."""
    today = context.today
    begun: dict[tuple[Meaning, date], list[SlotView]] = defaultdict(list)
    for slot in there:
        if slot.valid_to >= today:
            begun[_of_slot(slot), max(slot.valid_from, today)].append(slot)
    for line, lesson in wanted:
        first, last = lesson.valid_from or year[0], lesson.valid_to or year[1]
        if there and last < today:
            continue  # what was taught stays as it was told then
        same = begun[_of_lesson(lesson), max(first, today)]
        if same:
            slot = same.pop()
            if slot.valid_to != last:
                changes.ends[slot.id] = last
                changes.touched.add(slot.group)
            continue
        starts = max(first, min(today, last)) if there else first
        changes.add.append((line, replace(lesson, valid_from=starts, valid_to=last)))
    over = [slot for slots in begun.values() for slot in slots]
    changes.ends.update({slot.id: today - timedelta(days=1) for slot in over})
    changes.touched.update(slot.group for slot in over)


def _of_slot(one: SlotView) -> Meaning:
    return (one.subject, one.teacher, one.weekday, one.week, one.number, one.starts, one.ends, one.room)


def _of_lesson(one: NewSlot) -> Meaning:
    return (one.subject, one.teacher, one.weekday, one.week, one.number, one.starts, one.ends, one.room)


def _holiday(context: Context, row: HolidayRow, unit: UnitView) -> UUID | None:
    near = queries.holidays_under(path=unit.path, first=row.starts, last=row.starts)
    same = next((one for one in near if one.unit == unit.id and one.starts == row.starts), None)
    if same is not None and (same.ends, same.name) == (row.ends, row.name):
        return same.id
    if same is not None:
        verbs.remove_holidays(by=context.by, holidays=[same.id], now=context.now)
    new = NewHoliday(unit.id, row.starts, row.ends, row.name, new_id())
    taken = isolate(context, [(row, new)], lambda h: verbs.add_holidays(by=context.by, holidays=h, now=context.now))
    return new.id if taken else None
