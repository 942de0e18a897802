"""Pure rules of conversations: circles, who sees which post, and what a text may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from testamur.kernel.base.refused import Refused
from testamur.register.schools.rules import Role

LONGEST = 10_000
LONGEST_SUBJECT = 200
FURTHEST = timedelta(days=366)
"""So far ahead a message can be planned."""
DESKS = (Role.CLASS_TEACHER, Role.PRINCIPAL, Role.ADMINISTRATOR)
"""Posts that can be written to whoever holds them: of the child's class, of the school, the school's office."""


class Circle(StrEnum):
    """To whom a conversation is written."""

    GUARDIANS = "guardians"
    """Who may be told of the pupils of a group, or of a whole school: guardians, and pupils who are of age."""
    PUPILS = "pupils"
    CHILD = "child"
    """Who may be told of one child."""
    STAFF = "staff"
    """Everybody who holds a post at the school."""
    COLLEAGUES = "colleagues"
    """Named members of the school's staff."""
    SCHOOL = "school"
    """From a family to members of the school's staff."""


class Side(StrEnum):
    """From which side somebody writes."""

    STAFF = "staff"
    FAMILY = "family"


class TextMissing(Refused):
    """There is no subject, or nothing is said."""

    code = "conversations.text.missing"


class TextTooLong(Refused):
    """The text is longer than anybody reads."""

    code = "conversations.text.too_long"


class Nobody(Refused):
    """The writer reaches none of those it is meant for, or nobody is there."""

    code = "conversations.recipient.nobody"


class Closed(Refused):
    """The conversation is closed, or was called off: nothing is added to it."""

    code = "conversations.closed"


class Sent(Refused):
    """It was sent already and cannot be called off."""

    code = "conversations.sent"


class Withdrawn(Refused):
    """The post is withdrawn already."""

    code = "conversations.post.withdrawn"


class DueInvalid(Refused):
    """A planned message goes out at a time to come, within a year."""

    code = "conversations.due.invalid"


class AwayInvalid(Refused):
    """The absence ends before it begins, lies in the past or lasts longer than a year."""

    code = "conversations.away.invalid"


class SubstituteInvalid(Refused):
    """The substitute holds no post at the school, or is the absent person."""

    code = "conversations.away.substitute"


@dataclass(frozen=True, slots=True)
class To:
    """A member of the staff who is written to: a person, or whoever holds a post (of `DESKS`)."""

    person: UUID | None = None
    desk: Role | None = None


@dataclass(frozen=True, slots=True)
class NewConversation:
    """A conversation to begin.

    Attributes:
        unit: the school.
        group: the group of a circle, or the one in which the writer teaches the child; None for the whole school.
        child: of a circle `CHILD`, and of one `SCHOOL`: whom it is about.
        to: of `SCHOOL` and `COLLEAGUES`.
        talk: all in the circle may talk with one another; of `SCHOOL`: the child's other guardians may read it too.
        language: of the text, as a code such as ``sv``.
        due_at: when it goes out; None: now.
    """

    unit: UUID
    circle: Circle
    subject: str
    text: str
    language: str
    group: UUID | None = None
    child: UUID | None = None
    to: tuple[To, ...] = ()
    talk: bool = False
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a reader stands to a conversation.

    Attributes:
        side: from which side the reader writes.
        every: sees all threads, as those of the staff do who take part.
        children: about whom a reader of a family reads; what is written is about the first.
        windows: the days, first and last (None: still), on which what was written to all concerns the reader; None:
            all of it.
        writes: may still add to it.
        common: what the reader writes goes to all.
    """

    side: Side
    every: bool = False
    children: tuple[UUID, ...] = ()
    windows: tuple[tuple[date, date | None], ...] | None = None
    writes: bool = True
    common: bool = False

    @property
    def child(self) -> UUID | None:
        """About whom a reader of a family writes."""
        return self.children[0] if self.children else None


@dataclass(frozen=True, slots=True)
class AttachmentView:
    """A file at a post. `kind` is its media type as found in it; `inline`: a picture that is shown in the page."""

    id: UUID
    name: str
    kind: str
    size: int
    inline: bool


@dataclass(frozen=True, slots=True)
class PostView:
    """One message as a reader sees it.

    Attributes:
        thread: of which person's own thread; None: written to all.
        author: the author's name as the reader may see it; empty where it would tell who a hidden child is.
        child: about whom somebody of a family writes, by name; empty for staff.
        text: empty when it is withdrawn.
        new: not read before.
    """

    id: UUID
    thread: UUID | None
    author_id: UUID | None
    author: str
    side: Side
    child: str
    text: str
    language: str
    at: datetime
    withdrawn: bool
    mine: bool
    new: bool
    files: tuple[AttachmentView, ...]


@dataclass(frozen=True, slots=True)
class ThreadView:
    """What one recipient and the staff write to one another."""

    id: UUID
    name: str
    child: str
    posts: tuple[PostView, ...]


@dataclass(frozen=True, slots=True)
class ConversationLine:
    """A conversation in the list of a reader.

    Attributes:
        who: the one who began it, by name as the reader may see it; `about` the child or group it concerns.
        last: the beginning of the newest text that the reader sees.
        state: ``open``, ``closed``, ``planned`` or ``off``.
    """

    id: UUID
    subject: str
    language: str
    circle: Circle
    who: str
    about: str
    last: str
    last_language: str
    at: datetime
    unread: int
    state: str
    muted: bool
    files: bool
    children: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Receipts:
    """How far a conversation was read by those it was written to.

    Attributes:
        read: persons of the circle who have read what was last written to all; `of` how many there are.
        missing: pupils, by name as the reader may see it, for whom nobody has read it.
        hidden: how many more there are for whom nobody has, and whose names the reader may not see.
    """

    read: int
    of: int
    missing: tuple[str, ...]
    hidden: int


@dataclass(frozen=True, slots=True)
class AwayView:
    """A time in which a member of the staff does not answer."""

    id: UUID
    person: UUID
    name: str
    first: date
    last: date
    note: str
    substitute: UUID | None
    substitute_name: str


@dataclass(frozen=True, slots=True)
class ConversationView:
    """A conversation with everything that a reader sees of it.

    Attributes:
        to: names of those of the staff who take part, and of posts as their codes in `desks`.
        posts: written to all; `threads` those of single recipients, the reader's own alone for a recipient.
        may_write: the reader may add to it, and `may_all`: to all; `may_close`: may close it or open it again.
        away: members of the staff who take part and are away today.
        every: the reader is one of the staff who take part, and sees all threads.
        deserted: nobody of the school reads what a family would write here any more.
    """

    id: UUID
    subject: str
    language: str
    circle: Circle
    unit: UUID
    unit_path: str
    group: UUID | None
    about: str
    child: UUID | None
    talk: bool
    who: str
    to: tuple[str, ...]
    desks: tuple[Role, ...]
    side: Side
    every: bool
    posts: tuple[PostView, ...]
    threads: tuple[ThreadView, ...]
    state: str
    due_at: datetime | None
    muted: bool
    mine: bool
    may_write: bool
    deserted: bool
    may_all: bool
    may_close: bool
    away: tuple[AwayView, ...]
    receipts: Receipts | None


@dataclass(frozen=True, slots=True)
class Due:
    """A planned conversation whose time has come."""

    id: UUID
    due_at: datetime


def sees(standing: Standing, *, thread_of: UUID | None, reader: UUID, on: date) -> bool:
    """Whether a reader sees a post: of a thread by its person or the staff, of all by the days that concern one."""
    if standing.every:
        return True
    if thread_of is not None:
        return thread_of == reader
    if standing.windows is None:
        return True
    return any(first <= on and (last is None or on <= last) for first, last in standing.windows)


def check_subject(text: str) -> str:
    """The subject in one line. Raises TextMissing, TextTooLong."""
    subject = " ".join(text.split())
    if not subject:
        raise TextMissing("Write what it is about.", field="subject")
    if len(subject) > LONGEST_SUBJECT:
        raise TextTooLong(f"At most {LONGEST_SUBJECT} characters.", field="subject", longest=LONGEST_SUBJECT)
    return subject


def check_text(text: str) -> str:
    """The text without white space around it. Raises TextMissing, TextTooLong."""
    stripped = text.strip()
    if not stripped:
        raise TextMissing("Write something.", field="text")
    if len(stripped) > LONGEST:
        raise TextTooLong(f"At most {LONGEST} characters.", field="text", longest=LONGEST)
    return stripped


def check_language(code: str) -> str:
    """A code of a language such as ``sv`` or ``vi``; empty where it is none."""
    plain = code.strip().lower()[:8]
    return plain if plain.replace("-", "").isalpha() and plain.isascii() else ""
