"""The chain of help: a question is asked, answered or handed on, and the answer comes back the way it went."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind
from testamur.schoolday.support.models import Question, Word
from testamur.schoolday.support.reach import is_asker, may_answer
from testamur.schoolday.support.rules import (
    LONGEST_TITLE,
    Level,
    NewQuestion,
    NotYours,
    Said,
    State,
    check_text,
    next_level,
)


@transaction.atomic
def ask(*, by: Actor, question: NewQuestion, now: datetime) -> UUID:
    """Ask; the teacher has it first, without one the school's office. Returns the question's id.

    About a child that needs ``support.question.ask`` for the child; about oneself ``support.own.ask``, which everybody
    has. Raises NotFound, TextMissing, TextTooLong. Journal: ``support.question.asked/1``, without a word of it.
    """
    unit = schools.unit(question.unit)
    if unit is None:
        raise NotFound("There is no such school.", field="unit")
    if question.child is not None:
        path = people.paths([question.child]).get(question.child, "")
        by.must("support.question.ask", path, person=question.child)
    else:
        by.must("support.own.ask", "/", person=by.id)
    above = unit.kind is UnitKind.AUTHORITY
    level = Level.BODY if above else Level.TEACHER if question.teacher else Level.OFFICE
    row = Question(
        path=unit.path, unit=unit.id, asked_by=by.id, child=question.child, group=question.group,
        title=check_text(question.title, most=LONGEST_TITLE), way=[level.value], level=level.value, at_path=unit.path,
        teacher=question.teacher, asked_at=now, turn_at=now,
    )  # fmt: skip
    text = check_text(question.text)
    row.save(force_insert=True)
    _say(row, by, Said.ASKED, text, now)
    append(by=by, kind="support.question.asked/1", path=row.path, refs=_refs(row), now=now)
    return row.id


@transaction.atomic
def ask_more(*, by: Actor, question: UUID, text: str, now: datetime) -> None:
    """Go on asking: it is open again, with the first one of its way. Journal: ``support.question.asked_more/1``.

    For whoever asked and still reaches the child; to others it is not there. Raises NotFound, TextMissing, TextTooLong.
    """
    row = _row(question)
    if not is_asker(by, row):
        raise NotFound("There is no such question.", field="question")
    _say(row, by, Said.MORE, check_text(text), now)
    if row.state == State.ANSWERED:
        row.state = State.OPEN
        _go(row, [Level(row.way[0])], now)
    append(by=by, kind="support.question.asked_more/1", path=row.path, refs=_refs(row), now=now)


@transaction.atomic
def hand_on(*, by: Actor, question: UUID, text: str, now: datetime) -> None:
    """Hand a question on, with a word or without: teacher → office of the school → support of the body responsible.

    For whoever has it. Raises NotFound, NotYours, NobodyFurther, TextTooLong. Journal:
    ``support.question.handed_on/1``.
    """
    row = _held(by, question)
    way = [Level(one) for one in row.way]
    _say(row, by, Said.PASSED, check_text(text, needed=False), now)
    _go(row, [*way, next_level(way)], now)
    append(by=by, kind="support.question.handed_on/1", path=row.path, refs=_refs(row), now=now)


@transaction.atomic
def reply(*, by: Actor, question: UUID, text: str, now: datetime) -> None:
    """Answer to the one who handed it on, who passes the answer to whoever asked.

    For whoever has it; the first one of the way answers whoever asked instead. Raises NotFound, NotYours, TextMissing,
    TextTooLong. Journal: ``support.question.replied/1``.
    """
    row = _held(by, question)
    if len(row.way) == 1:
        _answer(row, by, text, now)
        return
    _say(row, by, Said.REPLY, check_text(text), now)
    _go(row, [Level(one) for one in row.way[:-1]], now)
    append(by=by, kind="support.question.replied/1", path=row.path, refs=_refs(row), now=now)


@transaction.atomic
def answer(*, by: Actor, question: UUID, text: str, now: datetime) -> None:
    """Answer whoever asked. Journal: ``support.question.answered/1``.

    For whoever has it. Raises NotFound, NotYours, TextMissing, TextTooLong.
    """
    _answer(_held(by, question), by, text, now)


@transaction.atomic
def note(*, by: Actor, question: UUID, text: str, now: datetime) -> None:
    """Write a note for colleagues, which whoever asked never sees. Journal: ``support.question.noted/1``.

    For everybody who is or was in its way. Raises NotFound, TextMissing, TextTooLong.
    """
    row = _row(question)
    level = may_answer(by, row)
    if level is None:
        raise NotFound("There is no such question.", field="question")
    _say(row, by, Said.NOTE, check_text(text), now, level)
    append(by=by, kind="support.question.noted/1", path=row.path, refs=_refs(row), now=now)


@transaction.atomic
def note_told(*, by: Actor, question: UUID, now: datetime) -> None:
    """Note that those whose turn it is were told. Journal: ``support.question.told/1``.

    Needs ``support.question.tell`` at its place. Raises NotFound.
    """
    row = _row(question)
    by.must("support.question.tell", row.path)
    row.told_at = now
    row.save(update_fields=["told_at"])
    append(by=by, kind="support.question.told/1", path=row.path, refs=_refs(row), now=now)


def _answer(row: Question, by: Actor, text: str, now: datetime) -> None:
    _say(row, by, Said.ANSWER, check_text(text), now)
    row.state, row.turn_at, row.told_at = State.ANSWERED, now, None
    row.save(update_fields=["state", "turn_at", "told_at"])
    append(by=by, kind="support.question.answered/1", path=row.path, refs=_refs(row), now=now)


def _say(row: Question, by: Actor, said: Said, text: str, now: datetime, level: Level | None = None) -> None:
    who = "" if said in {Said.ASKED, Said.MORE} else (level or may_answer(by, row) or Level(row.level)).value
    Word(question=row, at=now, person=by.id, said=said.value, text=text, level=who).save(force_insert=True)


def _go(row: Question, way: list[Level], now: datetime) -> None:
    """It is the turn of the last one of the way."""
    row.way, row.level = [one.value for one in way], way[-1].value
    row.at_path = row.path
    if way[-1] is Level.BODY:
        body = next((u for u in schools.units_above(row.path) if u.kind is UnitKind.AUTHORITY), None)
        row.at_path = body.path if body is not None else row.path
    row.turn_at, row.told_at = now, None
    row.save(update_fields=["way", "level", "at_path", "turn_at", "told_at", "state"])


def _row(question: UUID) -> Question:
    row = Question.objects.select_for_update().filter(id=question).first()
    if row is None:
        raise NotFound("There is no such question.", field="question")
    return row


def _held(by: Actor, question: UUID) -> Question:
    """The question, for whoever has it now."""
    row = _row(question)
    level = may_answer(by, row)
    if level is None:
        raise NotFound("There is no such question.", field="question")
    if not _has(by, row, level):
        raise NotYours("Somebody else has the question now.", field="question")
    return row


def _has(by: Actor, row: Question, level: Level) -> bool:
    """Whether it is the turn of `by`, or of somebody for whom `by` may step in: the office may for a teacher."""
    if row.state != State.OPEN:
        return False
    if row.level == Level.TEACHER:
        return by.id == row.teacher or level is Level.OFFICE
    return row.level == level


def _refs(row: Question) -> dict[str, object]:
    refs: dict[str, object] = {"question": str(row.id), "level": row.level, "state": str(row.state)}
    return refs | ({"child": str(row.child)} if row.child else {})
