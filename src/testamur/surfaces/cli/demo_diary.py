"""The demo's diaries: some weeks of lessons, marks, absences and notes, written by the product's own verbs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from testamur.exchange.notifications.rules import ZONES
from testamur.kernel.base.actor import Actor
from testamur.law.tables import PACKS
from testamur.register.people import actions as people
from testamur.register.schools import queries as school_queries
from testamur.register.schools.rules import GroupKind
from testamur.schoolday.diary import actions as diary
from testamur.schoolday.diary.queries import marks as marks_read
from testamur.schoolday.diary.rules.assessments import Written
from testamur.schoolday.diary.rules.leaves import NewLeave
from testamur.schoolday.diary.rules.lessons import LessonKey, Missing
from testamur.schoolday.diary.rules.marks import Entry
from testamur.schoolday.diary.rules.states import AbsenceKind, Circle, HealthKind, LeaveKind
from testamur.schoolday.noticeboard import actions as board
from testamur.schoolday.noticeboard.rules import EventKind, NewEvent, Offer
from testamur.surfaces.cli import demo_people, demo_schools, demo_texts
from testamur.surfaces.cli.demo_schools import LANDS, Kept, taught

DAYS = 5
"""School days whose attendance is registered; today's first lesson among them."""


def build(
    by: Actor, *, data: Path, public_url: str, family: UUID | None, now: datetime, told: Callable[[str, int], None]
) -> list[Kept]:
    """The schools that keep a diary. `family`: a guardian who gets a further child in each of the first two."""
    made = []
    for land in LANDS:
        kept = demo_schools.build(by, land, data=data, public_url=public_url, now=now)
        if family is not None and land.country in {"BG", "SE"}:
            group = list(kept.classes)[-1]
            demo_people.guard(by, [(kept.classes[group][0], family)], now)
        fill(by, kept, now)
        told("pupils", sum(map(len, kept.classes.values())))
        made.append(kept)
    return made


def count() -> int:
    """How many pupils these schools have."""
    return sum(land.size * len(land.classes) for land in LANDS)


def fill(by: Actor, kept: Kept, now: datetime) -> None:
    """Weeks of a diary, up to this morning."""
    random = Random(f"{kept.land.country}diary")  # noqa: S311 - invented, the same each time
    for group, pupils in kept.classes.items():
        _lessons(by, kept, random, group, pupils, now)
        for subject in taught(kept, group):
            _marks(by, kept, random, group, subject, now)
        _notes(by, kept, random, group, now)
        _assessments(by, kept, random, group, now)
    _ahead(by, kept, now)
    people.issue_missing_codes(by=by, persons=[p for pupils in kept.classes.values() for p in pupils], now=now)


def _as(by: Actor, person: UUID) -> Actor:
    """The same powers, in a teacher's name: who wrote a mark is shown."""
    return replace(by, id=person)


def _at(kept: Kept, day: date, hour: int, now: datetime) -> datetime:
    """An hour of a school day, and never later than now."""
    return min(datetime.combine(day, time(hour), ZoneInfo(ZONES[kept.land.country])), now)


def _school_days(kept: Kept, today: date) -> list[date]:
    days = (today - timedelta(days=n) for n in range(1, 30))
    return [day for day in days if day.isoweekday() < 6 and day >= kept.starts][:DAYS]  # noqa: PLR2004 - Saturday


def _lessons(by: Actor, kept: Kept, random: Random, group: UUID, pupils: Sequence[UUID], now: datetime) -> None:
    topics = demo_texts.TOPICS[kept.land.country]
    for day in _school_days(kept, now.date()):
        missing: dict[UUID, None] = {pupil: None for pupil in pupils if random.random() < 0.05}  # noqa: PLR2004
        for slot, of, subject, weekday in kept.slots:
            if of != group or weekday != day.isoweekday():
                continue
            teacher, at = _as(by, kept.teachers[subject]), _at(kept, day, 14, now)
            late = [p for p in pupils if p not in missing and random.random() < 0.02]  # noqa: PLR2004 - share of pupils
            rows = [Missing(pupil, AbsenceKind.ABSENT) for pupil in missing]
            rows += [Missing(pupil, AbsenceKind.LATE, random.choice((5, 10, 15, 25))) for pupil in late]
            key = LessonKey(slot, day)
            taken = diary.take_attendance(by=teacher, lesson=key, missing=rows, seen_version=0, now=at)
            task = random.choice(demo_texts.HOMEWORK[kept.land.country]) if random.random() < 0.2 else ""  # noqa: PLR2004
            diary.write_topic(
                by=teacher, lesson=key, topic=random.choice(topics), homework=task,
                due=now.date() + timedelta(days=1) if task else None, seen_version=taken.version, now=at,
            )  # fmt: skip


def _marks(by: Actor, kept: Kept, random: Random, group: UUID, subject: str, now: datetime) -> None:
    teacher, law = _as(by, kept.teachers[subject]), PACKS[kept.land.pack].diary
    kinds = [
        kind
        for kind in law.mark_kinds(kept.levels[group], now.date())
        if not kind.closes and (not kind.subjects or subject in kind.subjects)
    ]
    first = max(kept.starts, now.date() - timedelta(days=70))
    columns = 4 if len(kinds) > 1 else 3
    for number in range(columns if kinds else 0):
        kind = kinds[number % len(kinds)]
        day = first + (now.date() - first) * number // columns
        at = _at(kept, day, 15, now)
        task = diary.add_task(
            by=teacher, group=group, subject=subject, kind=kind.code, on=day, now=at,
            title=demo_texts.TASKS[kept.land.country][number],
        )  # fmt: skip
        values = [step.value for step in kind.scale.values]
        entries = [
            Entry(pupil, values[min(len(values) - 1, int(abs(random.gauss(0, len(values) / 3))))])
            for pupil in kept.classes[group]
            if random.random() < 0.85  # noqa: PLR2004 - share of pupils
        ]
        diary.enter_marks(by=teacher, task=task, entries=entries, now=at)
        if number == 0 and entries:
            _correct(teacher, task, entries[0], values, at + timedelta(hours=1))


def _correct(teacher: Actor, task: UUID, entry: Entry, values: Sequence[str], now: datetime) -> None:
    """One mark was a slip of the pen: the cell has a history to look at."""
    standing = marks_read.standing_cells([task], pupils=[entry.pupil])[entry.pupil][task]
    better = Entry(entry.pupil, values[0 if entry.value != values[0] else 1], seen=standing.id)
    diary.enter_marks(by=teacher, task=task, entries=[better], now=now)


def _notes(by: Actor, kept: Kept, random: Random, group: UUID, now: datetime) -> None:
    texts, pupils = demo_texts.REMARKS[kept.land.country], kept.classes[group]
    teacher = _as(by, kept.heads[group])
    for kind in PACKS[kept.land.pack].diary.remarks[:2]:
        for text in texts[kind.positive]:
            on = max(kept.starts, now.date() - timedelta(days=random.randrange(1, 20)))
            diary.write_remark(
                by=teacher, group=group, pupils=[random.choice(pupils)], kind=kind.code, text=text, on=on,
                now=_at(kept, on, 13, now),
            )  # fmt: skip
    notes = zip((HealthKind.ALLERGY, HealthKind.CONDITION), (Circle.TEACHERS, Circle.CLASS_TEACHER), strict=True)
    for (what, circle), text, pupil in zip(notes, demo_texts.HEALTH[kept.land.country], pupils[3:], strict=False):
        diary.note_health(
            by=teacher, group=group, pupil=pupil, kind=what, text=text, circle=circle, starts=kept.starts, now=now,
            on=now.date(),
        )  # fmt: skip


def _assessments(by: Actor, kept: Kept, random: Random, group: UUID, now: datetime) -> None:
    form = PACKS[kept.land.pack].diary.assessment(kept.levels[group], now.date())
    if form is None:
        return
    subject = taught(kept, group)[0]
    teacher, texts = _as(by, kept.teachers[subject]), demo_texts.ASSESSMENTS[kept.land.country]
    for pupil in kept.classes[group][:6]:
        value = random.choice(form.scale.values[:2]).value if form.scale is not None else ""
        said = Written(value, texts[0], texts[1] if form.plan else "")
        diary.save_assessment(
            by=teacher, group=group, subject=subject, pupil=pupil, said=said, seen=0, now=now, on=now.date()
        )
    if kept.land.country != "BG":
        diary.publish_assessments(by=teacher, group=group, subject=subject, now=now, on=now.date())


def _ahead(by: Actor, kept: Kept, now: datetime) -> None:
    """What is to come: a test, an outing, a parents' meeting with times, leave that waits for an answer."""
    texts = demo_texts.EVENTS[kept.land.country]
    groups = list(kept.classes)
    for number, kind in enumerate((EventKind.TEST, EventKind.TRIP)):
        begins = _soon(kept, now, 4 + 5 * number, 9)
        subject = taught(kept, groups[-1])[0] if kind is EventKind.TEST else ""
        event = NewEvent(kept.school, kind, texts[number], begins, begins + timedelta(hours=2), groups[-1], subject)
        board.plan_event(by=_as(by, kept.heads[groups[-1]]), event=event, now=now)
    begins = _soon(kept, now, 7, 17)
    meeting = board.plan_event(
        by=_as(by, kept.principal),
        event=NewEvent(kept.school, EventKind.MEETING, texts[2], begins, begins + timedelta(hours=3)),
        now=now,
    )
    offers = [Offer(head, begins, begins + timedelta(hours=2), 10, 5) for head in dict.fromkeys(kept.heads.values())]
    board.offer_times(by=_as(by, kept.principal), event=meeting, offers=offers, now=now)
    law = PACKS[kept.land.pack].diary
    ground = next(ground.code for ground in law.grounds if "guardian" in ground.by)
    for pupils in kept.classes.values():
        day = _soon(kept, now, 10, 8).date()
        leave = NewLeave(pupils[5], LeaveKind.LEAVE, ground, day, day, text=texts[3])
        diary.ask_leave(by=_as(by, kept.guardians[pupils[5]]), leave=leave, now=now)


def _soon(kept: Kept, now: datetime, days: int, hour: int) -> datetime:
    """A school day so many days ahead, or the next one."""
    day = now.date() + timedelta(days=days)
    while day.isoweekday() > 5:  # noqa: PLR2004 - Saturday
        day += timedelta(days=1)
    return datetime.combine(day, time(hour), ZoneInfo(ZONES[kept.land.country]))


def who(kept: Sequence[Kept]) -> list[tuple[str, UUID, str]]:
    """Whom to log in as: (role, person, school)."""
    found = []
    for one in kept:
        name = one.land.school[1]
        group = list(one.classes)[-1]
        subject = next(code for code, teacher in one.teachers.items() if teacher not in one.heads.values())
        found += [
            ("teacher", one.teachers[subject], name),
            ("class teacher", one.heads[group], name),
            ("principal", one.principal, name),
            ("guardian", one.guardians[one.classes[group][1]], name),
        ]
        if one.land.country == "BG":
            found.append(("pupil", one.classes[group][1], name))
    return found


def a_family(by: Actor, school: UUID, now: datetime) -> UUID | None:
    """A guardian of two children at that school."""
    classes = school_queries.groups(school=school, kind=GroupKind.CLASS)
    pupils = [one.person for group in classes for one in school_queries.members(group=group.id, on=now.date())]
    return demo_people.guardian_of_two(by, pupils, now.date())
