"""Entering marks: each entry stands or falls alone, and nobody writes over what was not seen."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import Refused
from testamur.kernel.journal import actions as journal
from testamur.register.schools import queries as schools
from testamur.schoolday.diary.actions.tasks import held
from testamur.schoolday.diary.models import Mark, Task
from testamur.schoolday.diary.queries.marks import ENTER, standing_cells
from testamur.schoolday.diary.rules.marks import (
    COMMENT,
    CommentTooLong,
    Entry,
    MarkCell,
    NothingToSay,
    NotInGroup,
    Outcome,
    State,
    judge,
)
from testamur.schoolday.diary.rules.rooms import Room

_TRIES = 5
"""Rounds against colleagues who write the same cells in the same moment; each round loses those cells to them."""


@transaction.atomic
def enter_marks(*, by: Actor, task: UUID, entries: Sequence[Entry], now: datetime) -> tuple[Outcome, ...]:
    """Write marks into a column, and say for each entry, in their order, what became of it.

    A value is brought to the pack's scale, an empty one takes the mark back, a correction is a new row that names the
    old one. An entry whose `seen` is not the mark that stands is a conflict and writes nothing, however close the race.
    Needs ``diary.mark.enter`` at the group and to teach the subject there; the pupils are or were in the group. Raises
    NotFound, NotAllowed, `NotYourSubject`, `TaskRetired`; everything else is told per entry. Journal: one
    ``diary.marks.entered/1`` for all that were stored, none when nothing was.
    """
    row, room = held(by, ENTER, task, now)
    known = {one.person for one in schools.members_ever(group=row.group_id)}
    outcomes: dict[int, Outcome] = {}
    values: dict[int, str] = {}
    taken: set[UUID] = set()
    for at, entry in enumerate(entries):
        try:
            values[at] = _value(room, row, entry, known)
            if entry.pupil in taken:
                raise NotInGroup("Each pupil once in a call.", field="pupil")
            taken.add(entry.pupil)
        except Refused as refused:
            values.pop(at, None)
            outcomes[at] = _refusal(entry.pupil, refused)
    outcomes.update(_write(by, row, entries, values, now))
    stored = [outcomes[at] for at in sorted(outcomes) if outcomes[at].state is State.STORED]
    if stored:
        journal.append(
            by=by, kind="diary.marks.entered/1", path=row.path, now=now,
            refs={
                "task": str(task), "group": str(row.group_id), "subject": row.subject, "shown": not row.hidden,
                "marks": [str(one.mark) for one in stored], "pupils": [str(one.pupil) for one in stored],
            },
        )  # fmt: skip
    return tuple(outcomes[at] for at in range(len(entries)))


def _value(room: Room, task: Task, entry: Entry, known: Collection[UUID]) -> str:
    if entry.pupil not in known:
        raise NotInGroup("The pupil is not in this group.", field="pupil")
    if len(entry.comment) > COMMENT:
        raise CommentTooLong(f"A comment has at most {COMMENT} characters.", field="comment")
    typed = entry.value.strip()
    if typed:
        return room.pack.diary.normalise_mark(task.kind, typed, room.level, task.on)
    if entry.comment and entry.seen is None:
        raise NothingToSay("A comment stands with a mark.", field="comment")
    return ""


def _write(
    by: Actor, task: Task, entries: Sequence[Entry], values: Mapping[int, str], now: datetime
) -> dict[int, Outcome]:
    """Store what can be stored; whoever wrote the same cell in the same moment first has it, and is shown."""
    pupils = [entries[at].pupil for at in values]
    outcomes: dict[int, Outcome] = {}
    for _round in range(_TRIES):
        standing = {pupil: cells[task.id] for pupil, cells in standing_cells([task.id], pupils=pupils).items()}
        rows: dict[int, Mark] = {}
        # in one order for everybody, so that two colleagues never wait for each other
        for at in sorted(values, key=lambda n: entries[n].pupil):
            entry, stands = entries[at], standing.get(entries[at].pupil)
            state = judge(entry, stands, values[at])
            if state is State.STORED:
                rows[at] = _mark(by, task, entry, values[at], stands, now)
                stands = MarkCell(rows[at].id, values[at], entry.comment, by.id, now)
            outcomes[at] = _outcome(entry.pupil, state, stands)
        try:
            with transaction.atomic():
                Mark.objects.bulk_create(rows.values())
        except IntegrityError:
            continue
        return outcomes
    raise IntegrityError("The same marks were written by others again and again.")


def _mark(by: Actor, task: Task, entry: Entry, value: str, stands: MarkCell | None, now: datetime) -> Mark:
    return Mark(
        id=new_id(), task_id=task.id, pupil_id=entry.pupil, value=value, comment=entry.comment, made_by=by.id,
        made_at=now, replaces_id=stands.id if stands is not None else None,
    )  # fmt: skip


def _outcome(pupil: UUID, state: State, stands: MarkCell | None) -> Outcome:
    if stands is None:
        return Outcome(pupil, state)
    return Outcome(pupil, state, stands.id, stands.value, stands.comment, stands.by, stands.at)


def _refusal(pupil: UUID, refused: Refused) -> Outcome:
    accepted = str(refused.found.get("accepted", ""))
    steps = tuple(accepted.split(", ")) if accepted else ()
    return Outcome(pupil, State.REFUSED, code=refused.code, message=str(refused), accepted=steps)
