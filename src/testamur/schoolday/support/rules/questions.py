"""Pure rules of the chain of help: who has a question, what may be written to it, whose turn it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from testamur.kernel.base.refused import Refused

LONGEST = 4000
"""Letters of a question or an answer."""
LONGEST_TITLE = 120
REMIND_AFTER = timedelta(days=3)
"""Whoever has a question is reminded after so many days, and again after as many."""


class Level(StrEnum):
    """Who has a question: from the one nearest to whoever asked to the one farthest away."""

    TEACHER = "teacher"
    OFFICE = "office"
    """The school's administrators."""
    BODY = "body"
    """The support of the body responsible."""


class State(StrEnum):
    """How a question stands."""

    OPEN = "open"
    ANSWERED = "answered"


class Said(StrEnum):
    """What somebody wrote to a question."""

    ASKED = "asked"
    MORE = "more"
    """Whoever asked goes on asking."""
    PASSED = "passed"
    """Handed on, with or without a word."""
    REPLY = "reply"
    """An answer for the one who handed it on, who passes it to whoever asked."""
    NOTE = "note"
    """For colleagues alone."""
    ANSWER = "answer"


SEEN_BY_ASKER = frozenset({Said.ASKED, Said.MORE, Said.ANSWER})


class TextMissing(Refused):
    """Nothing was written."""

    code = "support.text.missing"


class TextTooLong(Refused):
    """More was written than is kept."""

    code = "support.text.too_long"


class NotYours(Refused):
    """Somebody else has the question now: only that one answers or hands it on."""

    code = "support.question.elsewhere"


class NobodyFurther(Refused):
    """The question is with the last one of the chain."""

    code = "support.question.last"


class NobodyThere(Refused):
    """No school answers for whoever asks."""

    code = "support.question.nobody"


def next_level(way: Sequence[Level]) -> Level:
    """Who comes after the last one of the way. Raises `NobodyFurther`."""
    order = list(Level)
    place = order.index(way[-1]) + 1
    if place == len(order):
        raise NobodyFurther("The question is with the support of the body responsible already.", field="question")
    return order[place]


def check_text(text: str, *, most: int = LONGEST, needed: bool = True) -> str:
    """The text without blanks at its ends. Raises `TextMissing` and `TextTooLong`."""
    text = text.strip()
    if needed and not text:
        raise TextMissing("Write something.", field="text")
    if len(text) > most:
        raise TextTooLong(f"At most {most} letters.", field="text")
    return text


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """A question that somebody asks.

    Attributes:
        unit: the school that answers.
        child: whom it is about; None when it is about the asker.
        group: whose teacher answers; None goes to the office.
        teacher: who has it first; None goes to the office.
    """

    unit: UUID
    title: str
    text: str
    child: UUID | None = None
    group: UUID | None = None
    teacher: UUID | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What was written to a question, by whom and when."""

    id: UUID
    at: datetime
    by: UUID
    said: Said
    text: str
    level: Level | None


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question as its reader may see it: whoever asked sees no word among staff.

    Attributes:
        way: who has had it, in order; the last one has it.
        holder: the teacher, where a teacher has it.
        since: since when the last one has it.
        mine: the reader can answer it now. `asked`: the reader asked it.
    """

    id: UUID
    path: str
    unit: UUID
    asked_by: UUID
    child: UUID | None
    group: UUID | None
    title: str
    state: State
    way: tuple[Level, ...]
    holder: UUID | None
    asked_at: datetime
    since: datetime
    mine: bool
    asked: bool
    entries: tuple[Entry, ...] = ()

    @property
    def level(self) -> Level:
        """Who has it."""
        return self.way[-1]


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody whose turn it is to answer: a teacher, or everybody of an office at a place; or whoever asked."""

    question: UUID
    path: str
    unit: UUID
    level: Level | None
    person: UUID | None
