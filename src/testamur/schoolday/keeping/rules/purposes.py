"""What is held of people, why, on which ground, who receives it and for how long: one table (GDPR articles 13 to 15).

Sources: Regulation (EU) 2016/679 articles 6(1)(c), 6(1)(e), 9(2)(g), 15; proposition 2017/18:218 (Sweden: schools
act on public interest, not on consent); the plans of `plan.py`. A body responsible may have further grounds of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Topic(StrEnum):
    """A kind of data, as people ask for it."""

    PERSON = "person"
    CONTACTS = "contacts"
    FAMILY = "family"
    SCHOOLING = "schooling"
    MARKS = "marks"
    ATTENDANCE = "attendance"
    REMARKS = "remarks"
    HEALTH = "health"
    ASSESSMENTS = "assessments"
    DOCUMENTS = "documents"
    MESSAGES = "messages"
    FORMS = "forms"
    CARE = "care"
    LEARNING = "learning"
    SUPPORT = "support"
    NOTICES = "notices"
    LOGINS = "logins"
    WORK = "work"
    """What a person did at work in the province's transcripts."""
    SIGHTS = "sights"


class Ground(StrEnum):
    """Why the law lets it be held."""

    DUTY = "duty"
    """A law says so: article 6(1)(c)."""
    TASK = "task"
    """A task of public interest, the school's own: article 6(1)(e)."""
    HEALTH = "health"
    """The same, for health: articles 6(1)(e) and 9(2)(g)."""
    SECURITY = "security"
    """Security of what is held: articles 6(1)(c) and 32."""


class Receiver(StrEnum):
    """Who gets to see it."""

    ONESELF = "oneself"
    GUARDIANS = "guardians"
    TEACHERS = "teachers"
    HEAD = "head"
    OFFICE = "office"
    BODY = "body"
    ARCHIVE = "archive"
    CHECKERS = "checkers"
    """Whoever is shown a document and checks it."""
    STORE = "store"
    """The ministry's store of transcripts, where a country has one."""
    CARRIERS = "carriers"
    """Those who carry e-mail, text messages, pushes and calls."""


class Span(StrEnum):
    """For how long."""

    EVER = "ever"
    PLAN = "plan"
    """As the plan of the country says: `plan.PLAN`."""
    SCHOOLING = "schooling"
    """As long as the person belongs to a school, and as the archive law says after that."""
    CHOSEN = "chosen"
    """Until the person takes it back."""
    LOGINS = "logins"
    """90 days after the login ended."""
    LOG = "log"
    """Five years at least; the log can only grow."""


@dataclass(frozen=True, slots=True)
class Held:
    """One kind of data: why, to whom, how long."""

    topic: Topic
    ground: Ground
    receivers: tuple[Receiver, ...]
    span: Span


_SCHOOL = (Receiver.ONESELF, Receiver.GUARDIANS, Receiver.TEACHERS, Receiver.HEAD)
HELD: tuple[Held, ...] = (
    Held(Topic.PERSON, Ground.TASK, (*_SCHOOL, Receiver.OFFICE, Receiver.BODY), Span.SCHOOLING),
    Held(Topic.CONTACTS, Ground.TASK, (Receiver.ONESELF, Receiver.TEACHERS, Receiver.OFFICE, Receiver.CARRIERS),
         Span.SCHOOLING),
    Held(Topic.FAMILY, Ground.DUTY, (*_SCHOOL, Receiver.OFFICE), Span.SCHOOLING),
    Held(Topic.SCHOOLING, Ground.DUTY, (*_SCHOOL, Receiver.OFFICE, Receiver.BODY), Span.SCHOOLING),
    Held(Topic.MARKS, Ground.DUTY, _SCHOOL, Span.PLAN),
    Held(Topic.ATTENDANCE, Ground.DUTY, (*_SCHOOL, Receiver.OFFICE), Span.PLAN),
    Held(Topic.REMARKS, Ground.TASK, _SCHOOL, Span.PLAN),
    Held(Topic.HEALTH, Ground.HEALTH, _SCHOOL, Span.PLAN),
    Held(Topic.ASSESSMENTS, Ground.DUTY, _SCHOOL, Span.PLAN),
    Held(Topic.DOCUMENTS, Ground.DUTY,
         (*_SCHOOL, Receiver.OFFICE, Receiver.ARCHIVE, Receiver.STORE, Receiver.CHECKERS), Span.EVER),
    Held(Topic.MESSAGES, Ground.TASK, _SCHOOL, Span.PLAN),
    Held(Topic.FORMS, Ground.TASK, (*_SCHOOL, Receiver.OFFICE), Span.PLAN),
    Held(Topic.CARE, Ground.TASK, _SCHOOL, Span.PLAN),
    Held(Topic.LEARNING, Ground.TASK, _SCHOOL, Span.PLAN),
    Held(Topic.SUPPORT, Ground.TASK, (Receiver.ONESELF, Receiver.OFFICE), Span.PLAN),
    Held(Topic.NOTICES, Ground.TASK, (Receiver.ONESELF, Receiver.CARRIERS), Span.CHOSEN),
    Held(Topic.LOGINS, Ground.SECURITY, (Receiver.ONESELF,), Span.LOGINS),
    Held(Topic.WORK, Ground.DUTY, (Receiver.ONESELF, Receiver.HEAD, Receiver.BODY), Span.PLAN),
    Held(Topic.SIGHTS, Ground.SECURITY, (Receiver.ONESELF, Receiver.GUARDIANS, Receiver.BODY), Span.LOG),
)  # fmt: skip
"""In the order in which a person reads it."""


class Omitted(StrEnum):
    """Why something that is held is not in an extract."""

    OTHERS = "others"
    """It is about somebody else: article 15(4)."""
    HEAD_ONLY = "head_only"
    """A health note for the head alone: given out by the head after a secrecy test."""
    NOT_BUILT = "not_built"
    """This part of the product gives nothing out yet: ask the school."""
