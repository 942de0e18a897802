"""Loading absences: the lesson is found in the timetable or added beside it, and what stands there stays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from testamur.exchange.connectors.diary.core import Job, Known, Row, RowRefused, digest, natural
from testamur.exchange.connectors.diary.words import ABSENCE_KINDS, loose, meaning, yes_no
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.register.schools.rules import GroupKind, SlotView, takes_place
from testamur.schoolday.diary import actions as diary
from testamur.schoolday.diary.queries import lessons as lesson_queries
from testamur.schoolday.diary.queries.standing import absences_in
from testamur.schoolday.diary.rules.lessons import MOST_MINUTES, LessonKey, Missing, NewLesson
from testamur.schoolday.diary.rules.states import AbsenceKind

ABSENCE, LESSON = "diary.abs", "diary.lesson"
MOST_LESSONS = 15
_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Place:
    """A lesson as a row tells it: number and subject as far as it does."""

    group: UUID
    on: date
    number: int | None
    subject: str

    @property
    def key(self) -> str:
        """What it is, wherever it is told."""
        return natural(self.group, self.on, "" if self.number is None else self.number, self.subject)


@dataclass(frozen=True, slots=True)
class _Told:
    """One absence of a row: `excused` is None where the row does not say."""

    known: Known
    place: Place
    missing: Missing
    excused: bool | None
    ground: str


def load(job: Job, rows: Sequence[Row]) -> None:
    """Load some rows: each stands or falls alone."""
    told: dict[str, _Told] = {}
    known: list[Known] = []
    for row in rows:
        try:
            found = list(_read(job, row))
        except NotAllowed:
            raise
        except Refused as no:
            job.refuse(row, no)
            continue
        for one in found:
            told.setdefault(one.known.key, one)
            known.append(one.known)
    by_lesson: dict[Place, list[_Told]] = defaultdict(list)
    for fresh in job.split(ABSENCE, known):
        one = told[fresh.key]
        by_lesson[one.place].append(one)
    job.made.update({(LESSON, key): thing for key, thing in job.things(LESSON, [p.key for p in by_lesson]).items()})
    loaded: list[tuple[_Told, UUID]] = []
    for place in sorted(by_lesson, key=lambda p: (p.on, str(p.group), p.number or 0, p.subject)):
        loaded += _register(job, place, by_lesson[place])
    _excuse(job, loaded)


def _read(job: Job, row: Row) -> Iterator[_Told]:
    pupil = job.pupil(row)
    on = job.day(row)
    assert on is not None
    group = job.group(row, pupil, on)
    if not any(
        s.group == group.id and s.starts <= on and (s.ends is None or on <= s.ends) for s in job.pupils.stays[pupil]
    ):
        raise RowRefused("import.group.not_then", "date", str(on), f"the pupil was not in {group.code} on that day")
    subject = job.subject(row, group if row["group"] and group.kind is not GroupKind.CLASS else None)
    kind, minutes = _kind(job, row)
    excused, ground = _said(job, row)
    for place in _places(job, row, Place(group.id, on, _number(row, "lesson"), subject)):
        known = Known(row, natural(pupil, place.key), digest(kind, minutes, excused, ground))
        yield _Told(known, place, Missing(pupil, kind, minutes), excused, ground)


def _kind(job: Job, row: Row) -> tuple[AbsenceKind, int | None]:
    text = job.cell(row, "kind")
    minutes = _number(row, "minutes", MOST_MINUTES)
    code = meaning(text, {**ABSENCE_KINDS, **{k.value: (*ABSENCE_KINDS[k.value], job.pack.diary.absence_name.get(k, k))
                                              for k in AbsenceKind}}) if text else ""  # fmt: skip
    if text and not code:
        raise RowRefused(
            "import.absence.kind",
            "kind",
            text,
            f"no kind of absence; accepted: {', '.join(AbsenceKind)}, or say what it means",
        )
    kind = AbsenceKind(code) if code else AbsenceKind.LATE if minutes else AbsenceKind.ABSENT
    if kind is AbsenceKind.ABSENT:
        return kind, None
    if not minutes:
        job.note_once(row, "minutes", "no minutes told: written as 1, the least there is", "import.absence.minutes")
    return kind, minutes or 1


def _said(job: Job, row: Row) -> tuple[bool | None, str]:
    """Whether the absence is excused, and on which ground of the law; undecided where the row does not say."""
    text = job.cell(row, "excused")
    excused = yes_no(text) if text else None
    if text and excused is None:
        raise RowRefused("import.absence.excused", "excused", text, "neither yes nor no; say what it means")
    words = job.cell(row, "ground")
    grounds = {one.code: one.name for one in job.pack.diary.grounds}
    ground = next((c for c, name in grounds.items() if words and loose(words) in {loose(c), loose(name)}), "")
    if words and not ground and excused is not False:
        raise RowRefused(
            "import.absence.ground",
            "ground",
            words,
            f"no ground of the law; accepted: {', '.join(grounds)}, or say what it means",
        )
    if excused and not ground:
        job.note_once(
            row, "excused", "excused on no ground: left undecided; say one ground for all rows, or decide in the diary",
            "import.absence.no_ground",
        )  # fmt: skip
        return None, ""
    return (True, ground) if ground and excused is None else (excused, ground if excused else "")


def _number(row: Row, name: str, most: int = MOST_LESSONS) -> int | None:
    text = row[name]
    if not text:
        return None
    plain = text.removesuffix(".0").strip()
    if not plain.isdecimal() or len(plain) > len(str(most)) or not 0 <= int(plain) <= most:
        raise RowRefused("import.number.invalid", name, text, f"no whole number from 0 to {most}")
    return int(plain)


def _places(job: Job, row: Row, place: Place) -> Iterator[Place]:
    """The lessons of a row: one, or (where only a number of lessons is told) the first ones of the day."""
    count = _number(row, "count")
    if place.number is not None or count is None:
        if count is not None and count > 1:
            raise RowRefused(
                "import.absence.count", "count", row["count"], "one lesson is named, but several are counted"
            )
        yield place
        return
    if not count:
        raise RowRefused("import.absence.count", "count", row["count"], "no lesson was missed")
    job.note_once(
        row, "count", "which lessons is not told: the first ones of the day are taken", "import.absence.first"
    )
    planned = sorted({slot.number for slot in _planned(job, place) if slot.number is not None})
    rest = (n for n in range(1, 2 * MOST_LESSONS) if n not in planned)
    numbers = [*planned, *rest]
    for number in numbers[:count]:
        yield Place(place.group, place.on, number, place.subject)


def _planned(job: Job, place: Place) -> list[SlotView]:
    slots = [slot for slot in job.slots.get(place.group, ()) if takes_place(slot, place.on)]
    return [slot for slot in slots if place.subject in {"", slot.subject}] if place.subject else slots


def _lesson(job: Job, place: Place) -> LessonKey:
    """The lesson: of the timetable where one fits, else one beside it, made the first time."""
    fitting = [slot for slot in _planned(job, place) if place.number is None or slot.number == place.number]
    if fitting:
        return LessonKey(fitting[0].id, place.on)
    known = job.made.get((LESSON, place.key))
    if known is not None:
        return LessonKey(known, place.on)
    starts, ends = _hours(job, place)
    new = NewLesson(place.group, place.subject, place.on, starts, ends, place.number)
    made = diary.add_lesson(by=job.by, lesson=new, now=job.now)
    job.made[LESSON, place.key] = made.id
    job.keep(LESSON, [(place.key, made.id, digest(made.id))])
    return made


def _hours(job: Job, place: Place) -> tuple[time, time]:
    """When the lesson of that number is at this school; where no timetable tells, from eight o'clock on."""
    number = place.number or 1
    for slots in job.slots.values():
        for slot in slots:
            if slot.number == number:
                return slot.starts, slot.ends
    begins = 8 * 60 + (min(number, MOST_LESSONS) - 1) * 50 if number else 7 * 60
    ends = begins + _LENGTH
    return time(begins // 60, begins % 60), time(ends // 60, ends % 60)


def _register(job: Job, place: Place, some: Sequence[_Told]) -> list[tuple[_Told, UUID]]:
    """Register the absences of one lesson besides those that stand there; what was loaded, with its absence."""
    try:
        key = _lesson(job, place)
        view = lesson_queries.lesson(id=key.id, on=key.on)
        there = {s.missing.pupil: s for s in absences_in(lessons=[view.id]).get(view.id, ())} if view.id else {}
        new, same = [], []
        for one in some:
            stands = there.get(one.missing.pupil)
            if stands is None:
                new.append(one)
            elif stands.missing == one.missing:
                same.append((one.known, stands.id))
            else:
                job.differs(one.known.row, stands.missing.kind)
        job.remember(ABSENCE, same, "unchanged")
        if not new:
            return []
        missing = [*(s.missing for s in there.values()), *(one.missing for one in new)]
        taken = diary.take_attendance(by=job.by, lesson=key, missing=missing, seen_version=view.version, now=job.now)
    except NotAllowed:
        raise
    except Refused as no:
        for one in some:
            job.refuse(one.known.row, no)
        return []
    ids = {s.missing.pupil: s.id for s in absences_in(lessons=[taken.lesson]).get(taken.lesson, ())}
    loaded = [(one, ids[one.missing.pupil]) for one in new]
    job.remember(ABSENCE, [(one.known, absence) for one, absence in loaded])
    return loaded


def _excuse(job: Job, loaded: Sequence[tuple[_Told, UUID]]) -> None:
    """Say of what was loaded that it is excused, or is not: class by class, as the law wants it."""
    today = job.now.date()
    by_class: dict[tuple[UUID, bool, str], list[tuple[_Told, UUID]]] = defaultdict(list)
    for one, absence in loaded:
        if one.excused is None:
            continue
        try:
            group = job.pupils.group(one.missing.pupil, today, "")
        except Refused:
            job.note(
                one.known.row,
                "excused",
                "",
                "left undecided: the pupil is in no class today",
                "import.absence.undecided",
            )
            continue
        by_class[group.id, one.excused, one.ground].append((one, absence))
    for (group_id, excused, ground), some in by_class.items():
        try:
            diary.excuse_absences(
                by=job.by, group=group_id, absences=[absence for _o, absence in some], excused=excused, ground=ground,
                now=job.now,
            )  # fmt: skip
        except (NotFound, NotAllowed):
            raise
        except Refused as no:
            for one, _absence in some:
                job.note(one.known.row, "excused", one.ground, f"left undecided: {no}", no.code)
