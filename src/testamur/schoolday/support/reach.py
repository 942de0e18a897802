"""Who of the staff reaches a question, and at which place of its way."""

from __future__ import annotations

from testamur.kernel.base.actor import Actor
from testamur.schoolday.support.models import Question, Word
from testamur.schoolday.support.rules import Level

ANSWER = "support.question.answer"
ASK = "support.question.ask"


def may_answer(by: Actor, row: Question) -> Level | None:
    """Where in the way of a question `by` stands; None for those whom it never reached.

    The body's support is reached by nothing that was not handed on to it: a question of a family stays at the school.
    """
    if by.may(ANSWER, _top(row.path)):
        reached = row.level == Level.BODY or Word.objects.filter(question=row, level=Level.BODY).exists()
        return Level.BODY if reached else None
    if by.may(ANSWER, row.path):
        return Level.OFFICE
    if by.id == row.teacher and (row.group is None or by.may(ANSWER, row.path, group=row.group)):
        return Level.TEACHER
    return None


def is_asker(by: Actor, row: Question) -> bool:
    """Whether `by` asked it and still may: who no longer reaches the child hears no more of it."""
    return row.asked_by == by.id and (row.child is None or by.may(ASK, row.path, person=row.child))


def _top(path: str) -> str:
    return "/" + path.strip("/").split("/")[0] + "/"
