"""Reading the sheet of a class at a moment: what is entered about all of its pupils in all subjects."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.register.people.queries import chunks
from testamur.register.schools import queries as schools
from testamur.schoolday.diary.models import Absence, Assessment, Lesson, Mark, Task
from testamur.schoolday.diary.queries.marks import (
    ENTER,
    SEE,
    column_of,
    rows_of,
    standing_cells,
    task_view,
)
from testamur.schoolday.diary.queries.rooms import EVERY, WHOLE, writable
from testamur.schoolday.diary.queries.rooms import room as room_of
from testamur.schoolday.diary.rules.marks import Column, Grid, GridRow, MarkCell, TaskView, kinds_of
from testamur.schoolday.diary.rules.moments import (
    Missed,
    Moment,
    MomentColumn,
    MomentSheet,
    Part,
    at,
    columns_of,
    days_absent,
    moment_of,
    moments_of,
    proposals,
    year_rules,
)
from testamur.schoolday.diary.rules.rooms import Room
from testamur.schoolday.diary.rules.states import AbsenceKind, LessonState

PLAN = "diary.mark.plan"


def sheet(*, by: Actor, group: UUID, moment: str, part: str, on: date) -> MomentSheet:
    """The sheet of a class at a moment (``HK1-mid``; empty is the day's own), as `by` may see it.

    Needs ``diary.mark.see`` at the group. A teacher sees the columns of the own subjects; who has the class sees all
    and writes in what is about the pupils and in subjects that nobody else teaches. Raises NotFound, NotAllowed,
    NoPack, NoMoments. A constant number of queries.
    """
    room = room_of(group=group, on=on)
    by.must(SEE, room.path, group=group)
    year_rules(room)
    moments = moments_of(room)
    chosen = moment_of(room, moment) if moment else at(moments, on)
    if chosen is None:
        chosen = moment_of(room, moment)
    may, heads = writable(by=by, room=room, on=on), has_class(by, room)
    wanted = [one for one in columns_of(room, chosen, taught(room, on)) if heads or may(one.subject)]
    by_part = {of: columns_of(room, chosen, taught(room, on), of) for of in Part}
    parts = tuple(of for of in Part if any(one in wanted for one in by_part[of]))
    shown = Part(part) if part in set(parts) else next(iter(parts), Part.SUBJECTS)
    wanted = [one for one in by_part[shown] if one in wanted]
    there = columns_there(room, chosen)
    writes = by.may(ENTER, room.path, group=group)
    columns = tuple(
        column_of(room, there[one.subject, one.kind.code], writable=writes and may(one.subject))
        for one in wanted
        if (one.subject, one.kind.code) in there
    )
    tasks = [column.task for column in columns]
    cells = standing_cells([task.id for task in tasks])
    rows = rows_of(by, room, "", tasks, cells, chosen.term.id, on)
    if any(column.kind is not None and column.kind.counts for column in columns):
        rows = _counted(room, columns, rows, on)
    grid = Grid(
        room=room, subject="", term=chosen.term.id, kinds=(), columns=columns, rows=rows, writable=writes,
        latest=max((cell.at for row in cells.values() for cell in row.values()), default=None),
    )  # fmt: skip
    absent = tuple(one for one in wanted if (one.subject, one.kind.code) not in there)
    opens = by.may(PLAN, room.path, group=group)
    return MomentSheet(grid, chosen, moments, shown, parts, absent, opens)


def fresh(*, by: Actor, sheet: MomentSheet, since: datetime) -> dict[tuple[UUID, UUID], MarkCell]:
    """Marks in the columns of a sheet that were written after `since`, by (task, pupil). Needs what `sheet` needs."""
    by.must(SEE, sheet.grid.room.path, group=sheet.grid.room.group.id)
    tasks = [column.task.id for column in sheet.columns]
    new = Mark.objects.filter(task__in=tasks, made_at__gt=since, replaced_by__isnull=True)
    pupils = set(new.values_list("pupil_id", flat=True))
    return {
        (task, pupil): cell
        for pupil, cells in standing_cells(tasks, pupils=pupils).items()
        for task, cell in cells.items()
        if cell.at > since
    }


def has_class(by: Actor, room: Room) -> bool:
    """Whether the whole sheet of the class is open to `by`: the class teacher, and who may write in every subject."""
    return by.may(WHOLE, room.path, group=room.group.id) or by.may(EVERY, room.path)


def taught(room: Room, on: date) -> frozenset[str]:
    """Codes of the subjects that somebody is said to teach in the class."""
    return frozenset(one.subject for one in schools.teachers_of(groups=[room.group.id], on=on) if one.subject)


def columns_there(room: Room, moment: Moment) -> dict[tuple[str, str], TaskView]:
    """The columns of a moment that are in the grid, by subject and kind; the latest of several."""
    kinds = {kind.code for kind in kinds_of(room, moment.day) if kind.decides and kind.occasion == moment.occasion}
    rows = Task.objects.filter(group=room.group.id, term=moment.term.id, kind__in=kinds, retired=False)
    return {(row.subject, row.kind): task_view(row) for row in rows.order_by("made_at", "id")}


@dataclass(frozen=True, slots=True)
class Entered:
    """What a teacher entered about a pupil, ready to be decided."""

    pupil: UUID
    kind: str
    code: str
    value: str
    comment: str
    by: UUID
    at: datetime


def entered(*, room: Room, moment: Moment, pupils: Collection[UUID]) -> tuple[Entered, ...]:
    """Everything that stands about pupils at a moment: marks of its columns, and at the end of a term the comments.

    A comment is the published text about a subject, of kind ``comment``. Who may see it is the caller's to ask. Three
    queries.
    """
    there = columns_there(room, moment)
    kinds = {kind.code: kind.decides for kind in kinds_of(room, moment.day)}
    tasks = {task.id: task for task in there.values()}
    cells = standing_cells(list(tasks), pupils=pupils)
    found = [
        Entered(pupil, kinds[tasks[task].kind], tasks[task].subject, cell.value, cell.comment, cell.by, cell.at)
        for pupil, row in cells.items()
        for task, cell in row.items()
        if cell.value
    ]
    if moment.occasion:
        return tuple(found)
    texts = Assessment.objects.filter(
        group=room.group.id, term=moment.term.id, pupil__in=list(pupils), published_at__isnull=False
    ).exclude(replaced_by__published_at__isnull=False)
    found += [
        Entered(row.pupil_id, "comment", row.subject, " ".join(row.text.split()), "", row.made_by, row.published_at)
        for row in texts.order_by("subject", "pupil", "id")
        if row.text.strip() and row.published_at is not None
    ]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Drafts:
    """Comments on a subject that a teacher has begun and not published, so that no closing takes them in."""

    subject: str
    by: UUID
    pupils: int


def drafts(*, room: Room, moment: Moment, pupils: Collection[UUID]) -> tuple[Drafts, ...]:
    """Unpublished comments of the term at its end, by subject and teacher; none at ``mid``. No texts. One query."""
    if moment.occasion:
        return ()
    rows = Assessment.objects.filter(
        group=room.group.id, term=moment.term.id, pupil__in=list(pupils), published_at__isnull=True
    ).exclude(text="")
    counted = Counter(rows.order_by("subject", "made_by").values_list("subject", "made_by"))
    return tuple(Drafts(subject, by, n) for (subject, by), n in counted.items())


def columns_open(*, room: Room, moments: Iterable[Moment]) -> Mapping[str, int]:
    """How many columns are open at each moment, by its code. One query for each."""
    return {one.code: len(columns_there(room, one)) for one in moments}


def absent_columns(room: Room, moment: Moment, on: date) -> tuple[tuple[MomentColumn, int], ...]:
    """The columns that a moment has and nobody has opened, each with how many such were taken out before."""
    there = columns_there(room, moment)
    gone = Counter(
        Task.objects.filter(group=room.group.id, term=moment.term.id, retired=True).values_list("subject", "kind")
    )
    return tuple(
        (one, gone[one.subject, one.kind.code])
        for one in columns_of(room, moment, taught(room, on))
        if (one.subject, one.kind.code) not in there
    )


def _counted(room: Room, columns: tuple[Column, ...], rows: tuple[GridRow, ...], on: date) -> tuple[GridRow, ...]:
    """The rows with the days of absence that the attendance of the year speaks for."""
    first, last = room.year.starts, min(on, room.year.ends)
    missed: dict[UUID, list[Missed]] = defaultdict(list)
    for chunk in chunks([row.pupil.id for row in rows]):
        absences = Absence.objects.filter(
            pupil__in=chunk, on__range=(first, last), void=False, kind=AbsenceKind.ABSENT, school=room.school.id
        )
        for pupil, day, excused in absences.values_list("pupil_id", "on", "excused"):
            missed[pupil].append(Missed(day, bool(excused)))
    lessons = Counter(
        Lesson.objects.filter(group=room.group.id, on__range=(first, last), state=LessonState.TAKEN).values_list(
            "on", flat=True
        )
    )
    return tuple(
        replace(row, proposals=proposals(days_absent(missed.get(row.pupil.id, ()), lessons), columns)) for row in rows
    )
