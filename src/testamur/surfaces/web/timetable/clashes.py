"""Who or what would be wanted twice at one hour: said before a lesson is moved, and not forbidden."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from testamur.register.schools import queries as schools
from testamur.schoolday.diary.queries.lessons import Line
from testamur.schoolday.diary.rules.lessons import LessonView, Move


def clashes(view: LessonView, move: Move, others: Iterable[Line]) -> tuple[str, ...]:
    """Sentences about other lessons of the day that want the same class, pupils, teacher or room at that hour.

    Pupils are looked up only where something is at that hour at all: two queries.
    """
    meeting = [line for line in others if line.lesson.starts < move.ends and move.starts < line.lesson.ends]
    if not meeting:
        return ()
    inside = schools.members_of(groups=[view.group, *{line.lesson.group for line in meeting}], on=view.on)
    mine = {row.person for row in inside.get(view.group, ())}
    found: dict[str, None] = {}
    for line in meeting:
        other, name = line.lesson, line.code
        if other.group == view.group:
            found[_("The class has another lesson at that hour")] = None
        elif shared := len(mine & {row.person for row in inside.get(other.group, ())}):
            found[_("%(n)s of the pupils have a lesson with %(name)s") % {"n": shared, "name": name}] = None
        if view.teacher is not None and other.teacher == view.teacher:
            found[_("The teacher is in %(name)s too") % {"name": name}] = None
        if move.room and other.room.casefold() == move.room.strip().casefold():
            found[_("The room is wanted by %(name)s too") % {"name": name}] = None
    return tuple(found)
