"""Reading marks: the grid of a group in a subject, a cell's history, the marks of pupils for reports and families."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import CharField, ExpressionWrapper, F, Max, QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.law.diary import Proposal
from testamur.law.tables import ABOUT_PUPILS
from testamur.register.people import queries as people
from testamur.register.people.queries import chunks
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import EnrolmentView
from testamur.schoolday.diary.models import Mark, Task
from testamur.schoolday.diary.queries.rooms import must_teach
from testamur.schoolday.diary.queries.rooms import room as room_of
from testamur.schoolday.diary.rules.marks import (
    Change,
    Column,
    Grid,
    GridRow,
    MarkCell,
    MarkView,
    TaskView,
    conclude,
    kinds_for,
    kinds_of,
)
from testamur.schoolday.diary.rules.rooms import Room

SEE = "diary.mark.see"
ENTER = "diary.mark.enter"
_CELL = ("id", "task_id", "pupil_id", "value", "comment", "made_by", "made_at", "replaces_id")
_AGAIN = frozenset({"task_id", "pupil_id", "made_by", "replaces_id"})
Cells = Mapping[UUID, Mapping[UUID, MarkCell]]
"""Pupil → task → the mark that stands."""


def grid(*, by: Actor, group: UUID, subject: str, on: date, code: str = "", year: bool = False) -> Grid:
    """The grid of a group in a subject, as `by` may see it: of a term by its code, else today's, or of the whole year.

    Needs ``diary.mark.see`` at the group and to teach the subject there. At most ten queries, whatever the class size.
    Rows are today's members by name, then those who have left and have marks. Raises NotFound, NotAllowed,
    `NotYourSubject`, `NoPack`.
    """
    room = room_of(group=group, on=on)
    must_teach(by=by, verb=SEE, room=room, subject=subject, on=on)
    named = next((one for one in room.year.terms if one.code == code), room.term)
    chosen = None if year or named is None else named.id
    tasks = tasks_of(group=group, subject=subject)
    cells = standing_cells([task.id for task in tasks])
    shown = [task for task in tasks if not task.retired and (chosen is None or task.term == chosen)]
    writable = by.may(ENTER, room.path, group=group)
    latest = max((cell.at for row in cells.values() for cell in row.values()), default=None)
    return Grid(
        room=room,
        subject=subject,
        term=chosen,
        kinds=kinds_for(room, subject, on),
        columns=tuple(column_of(room, task, writable=writable) for task in shown),
        rows=rows_of(by, room, subject, tasks, cells, chosen, on),
        writable=writable,
        latest=latest,
    )


def fresh(*, by: Actor, group: UUID, subject: str, on: date, since: datetime) -> dict[tuple[UUID, UUID], MarkCell]:
    """Marks of the subject that were written after `since`, by (task, pupil): what colleagues did meanwhile.

    Needs what `grid` needs.
    """
    room = room_of(group=group, on=on)
    must_teach(by=by, verb=SEE, room=room, subject=subject, on=on)
    rows = Mark.objects.filter(
        task__group=group, task__subject=subject, task__retired=False, made_at__gt=since, replaced_by__isnull=True
    )
    return {(row[1], row[2]): _cell(row) for row in rows.order_by("id").values_list(*_CELL)}


def latest(*, group: UUID, subject: str) -> datetime | None:
    """When a mark of the subject was last written in the group."""
    found: datetime | None = Mark.objects.filter(task__group=group, task__subject=subject).aggregate(at=Max("made_at"))[
        "at"
    ]
    return found


def cell_history(*, by: Actor, task: UUID, pupil: UUID, on: date) -> tuple[Change, ...]:
    """Everything that ever stood in a cell, latest first; needs what `grid` needs."""
    one = task_or_refuse(task)
    room = room_of(group=one.group, on=on)
    must_teach(by=by, verb=SEE, room=room, subject=one.subject, on=on)
    rows = {row.id: row for row in Mark.objects.filter(task=task, pupil=pupil)}
    found: list[Change] = []
    at = next(iter(rows.keys() - {row.replaces_id for row in rows.values()}), None)
    while at is not None:  # the chain says the order: two clocks may differ
        row = rows[at]
        found.append(Change(row.id, row.value, row.comment, row.made_by, row.made_at))
        at = row.replaces_id
    return tuple(found)


def belongs(*, group: UUID, pupil: UUID) -> bool:
    """Whether the pupil is or was in the group."""
    return any(one.person == pupil for one in schools.members_ever(group=group))


def conclusions(
    *, room: Room, subject: str, term: UUID | None, pupils: Collection[UUID]
) -> dict[UUID, tuple[Decimal | None, str, dict[UUID, Proposal]]]:
    """(average, its word, proposals by column) of pupils as they stand now; for the answer to an entry. Two queries.

    The caller has asked for the permission already.
    """
    tasks = [task for task in tasks_of(group=room.group.id, subject=subject) if not task.retired]
    cells = standing_cells([task.id for task in tasks], pupils=pupils)
    return {pupil: conclude(room, subject, tasks, cells.get(pupil, {}), term) for pupil in pupils}


def task_or_refuse(task: UUID) -> TaskView:
    """One column; raises NotFound. Shows nothing of anybody."""
    row = Task.objects.filter(id=task).first()
    if row is None:
        raise NotFound("There is no such column.", task=str(task))
    return task_view(row)


def tasks_of(*, group: UUID, subject: str) -> tuple[TaskView, ...]:
    """The columns of a group in a subject, retired ones too: by day, those that close a period after the others."""
    rows = Task.objects.filter(group=group, subject=subject).order_by("on", "made_at", "id")
    views = [task_view(row) for row in rows]
    return tuple(sorted(views, key=lambda task: (task.on, ("", "term", "year").index(task.closes))))


def standing_cells(
    tasks: Collection[UUID], *, pupils: Collection[UUID] | None = None
) -> dict[UUID, dict[UUID, MarkCell]]:
    """Pupil → task → what stands, taken back ones with an empty value too. One query for a class and year."""
    rows = Mark.objects.filter(task__in=tasks, replaced_by__isnull=True)
    if pupils is not None:
        rows = rows.filter(pupil__in=pupils)
    found: dict[UUID, dict[UUID, MarkCell]] = defaultdict(dict)
    ids = _Ids()
    fields = (_as_kept(name) if name in _AGAIN else name for name in _CELL)
    for key, task, pupil, value, comment, writer, at, replaces in rows.values_list(*fields):
        cell = MarkCell(key, value, comment, ids[writer], at, changed=replaces is not None)
        found[ids[pupil]][ids[task]] = cell
    return dict(found)


def _as_kept(name: str) -> ExpressionWrapper[F]:
    """A column as the driver gives it: hundreds of cells name the same few pupils and columns again and again."""
    return ExpressionWrapper(F(name), output_field=CharField())


class _Ids(dict[Any, UUID]):
    """Ids as the driver gives them: UUIDs, or their digits; each is made once."""

    def __missing__(self, kept: Any) -> UUID:
        self[kept] = made = kept if isinstance(kept, UUID) else UUID(kept)
        return made


def standing_marks(
    *,
    pupils: Collection[UUID] | None = None,
    groups: Collection[UUID] | None = None,
    school: UUID | None = None,
    terms: Collection[UUID] | None = None,
    shown_only: bool = False,
) -> tuple[MarkView, ...]:
    """Marks that stand, of pupils, groups, a school, in terms: what is said is asked together. For `reports` above.

    `shown_only` leaves out those of hidden columns. Taken back ones and retired columns are left out, and what is about
    no subject. In order of day.
    Who may see them is the caller's to ask.
    """
    rows = Mark.objects.filter(replaced_by__isnull=True, task__retired=False).exclude(value="")
    rows = rows.exclude(task__kind__in=ABOUT_PUPILS)
    if school is not None:
        rows = rows.filter(task__school=school)
    if groups is not None:
        rows = rows.filter(task__group__in=groups)
    if terms is not None:
        rows = rows.filter(task__term__in=terms)
    if shown_only:
        rows = rows.filter(task__hidden=False)
    if pupils is None:
        return tuple(_views(rows))
    return tuple(view for chunk in chunks(pupils) for view in _views(rows.filter(pupil__in=chunk)))


def family_marks(*, by: Actor, pupil: UUID, path: str, terms: Collection[UUID] | None = None) -> tuple[MarkView, ...]:
    """A pupil's marks as the family sees them: without hidden columns. Needs ``diary.family.see`` for that pupil.

    `path`: where the pupil goes to school (`schools.placements`).
    """
    by.must("diary.family.see", path, person=pupil)
    return standing_marks(pupils=[pupil], terms=terms, shown_only=True)


def task_view(row: Task) -> TaskView:
    """The row as a value."""
    return TaskView(
        row.id, row.school_id, row.path, row.group_id, row.subject, row.term_id, row.kind, row.closes, row.title,
        row.on, row.weight, row.hidden, row.shown_at, row.retired,
    )  # fmt: skip


def _views(rows: QuerySet[Mark]) -> Iterable[MarkView]:
    for row in rows.select_related("task__term").order_by("task__on", "task_id", "id"):
        yield MarkView(
            row.id, row.pupil_id, task_view(row.task), row.task.term.school_year_id, row.task.term.code, row.value,
            row.comment, row.made_by, row.made_at,
        )  # fmt: skip


def _cell(row: Sequence[Any]) -> MarkCell:
    return MarkCell(row[0], row[3], row[4], row[5], row[6], changed=row[7] is not None)


def column_of(room: Room, task: TaskView, *, writable: bool) -> Column:
    """The column of a grid; for this package's own files."""
    kind = next((one for one in kinds_of(room, task.on) if one.code == task.kind), None)
    term = next((one.code for one in room.year.terms if one.id == task.term), "")
    return Column(task, kind, term, readonly=not writable or kind is None)


def rows_of(
    by: Actor, room: Room, subject: str, tasks: Sequence[TaskView], cells: Cells, term: UUID | None, on: date
) -> tuple[GridRow, ...]:
    """The pupils of a grid with what stands; for this package's own files."""
    stays: dict[UUID, EnrolmentView] = {one.person: one for one in schools.members_ever(group=room.group.id)}
    here = [key for key, one in stays.items() if one.starts <= on and (one.ends is None or one.ends >= on)]
    if on > room.year.ends:  # a class of a year that is over: whoever was there at its end
        here = [key for key, one in stays.items() if one.ends is None or one.ends >= room.year.ends]
    gone = [key for key in stays if key not in set(here) and cells.get(key)]
    names = people.people(by=by, ids=[*here, *gone], numbers=False)
    live = [task for task in tasks if not task.retired]
    rows = []
    for key, person in names.items():
        average, word, proposals = conclude(room, subject, live, cells.get(key, {}), term)
        left = stays[key].ends if key in set(gone) else None
        rows.append(GridRow(person, left, cells.get(key, {}), average, word, proposals))
    return tuple(sorted(rows, key=lambda row: (row.left is not None, row.pupil.sort_key, row.pupil.id)))
