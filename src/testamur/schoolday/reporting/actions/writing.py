"""Letters that people have sent: a reminder to an examiner, a word to a desk (rows B27, B35)."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.refused import Refused
from testamur.kernel.delivery import actions as delivery
from testamur.kernel.delivery.rules import NewMessage
from testamur.kernel.journal.actions import append
from testamur.register.people import queries as people
from testamur.register.people import reach as contacts
from testamur.register.people.rules import ContactKind
from testamur.schoolday.reporting.queries import desks
from testamur.schoolday.reporting.queries.reach import held
from testamur.schoolday.reporting.rules.documents import code_of
from testamur.schoolday.reporting.rules.lists import ListNotSent, NoAddress
from testamur.schoolday.reporting.rules.states import Desk, ListState

LONGEST = 2000
"""Characters of one answer of a letter to a desk."""
_LANGUAGES = ("sv", "en")
"""Of a university: whose language is not known gets both."""


class NoDesk(Refused):
    """Nobody said where letters about that matter go."""

    code = "reporting.desk.none"


class LetterEmpty(Refused):
    """A letter says something, and no more than anybody reads."""

    code = "reporting.feedback.text"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody tells a desk: where it was, what was tried, what is proposed (or asked)."""

    where: str
    tried: str
    proposal: str


@transaction.atomic
def remind(*, by: Actor, list: UUID, now: datetime) -> UUID:
    """Write to the examiner for whom a sent list waits, and return the message's id; once a day and list.

    The letter names list and course and no student. Needs ``reporting.office.remind`` at the list. Raises NotFound,
    `ListNotSent`, `NoAddress` when the staff directory has no address of the examiner. Journal:
    ``reporting.list.reminded/1``.
    """
    row = held(list)
    by.must("reporting.office.remind", row.path)
    if row.state != ListState.SENT or row.examiner is None or row.sent_at is None:
        raise ListNotSent("The list does not wait for a signature.", field="list", state=row.state)
    code, since = code_of(row.course_code, row.module_code), timezone.localdate(row.sent_at).isoformat()
    told = {"number": row.number, "code": code, "day": since}
    message = NewMessage(
        "email",
        _address(row.examiner, "examiner"),
        _both(lambda: _("List %(number)s waits for your signature") % told, " / "),
        _both(
            lambda: _("Result list %(number)s, %(code)s, has waited for your signature since %(day)s.") % told, "\n\n"
        ),
        kind="reporting.reminder",
        path=row.path,
        person=row.examiner,
        dedupe=f"reporting.reminder {row.id} {now.date()}",
    )
    sent = delivery.post(by=_poster(by, row.path), messages=[message], now=now)[0]
    refs = {"list": str(row.id), "number": row.number, "examiner": str(row.examiner), "message": str(sent)}
    append(by=by, kind="reporting.list.reminded/1", path=row.path, refs=refs, now=now)
    return sent


@transaction.atomic
def send_feedback(*, by: Actor, path: str, desk: Desk, feedback: Feedback, now: datetime) -> UUID:
    """Write to the desk that a matter belongs to, and return the message's id (row B27).

    The desk sees who writes and from which address. Needs ``reporting.feedback.send`` at `path`. Raises `LetterEmpty`,
    `NoDesk`, `NoAddress` without an address to answer to. Journal: ``reporting.feedback.sent/1`` without the text.
    """
    by.must("reporting.feedback.send", path)
    parts = [one.strip() for one in (feedback.where, feedback.tried, feedback.proposal)]
    if not (parts[0] and any(parts[1:])) or max(map(len, parts)) > LONGEST:
        raise LetterEmpty(f"Say where it was and what it is about, in up to {LONGEST} characters each.", field="tried")
    to = desks.of(path=path).get(Desk(desk))
    if to is None:
        raise NoDesk("Nobody said where such letters go.", field="desk")
    me = people.person(by=by, id=by.id)
    lines = [
        _("From %(name)s, %(address)s") % {"name": me.name if me else "–", "address": _address(by.id, "desk")},
        "",
        *(f"{name}\n{text or '–'}\n" for name, text in zip(_names(Desk(desk)), parts, strict=True)),
    ]
    subject = (
        _("Result reporting: a question about registration")
        if desk == Desk.REGISTRATION
        else _("Result reporting: feedback")
    )
    message = NewMessage("email", to, subject, "\n".join(lines), kind="reporting.feedback", path=path)
    sent = delivery.post(by=_poster(by, path), messages=[message], now=now)[0]
    refs = {"desk": Desk(desk).value, "message": str(sent)}
    append(by=by, kind="reporting.feedback.sent/1", path=path, refs=refs, now=now)
    return sent


def _names(desk: Desk) -> tuple[str, str, str]:
    if desk is Desk.REGISTRATION:
        return (_("Which course and student?"), _("What is the question?"), _("What should happen?"))
    return (_("Where was it?"), _("What did you try?"), _("What do you propose?"))


def _both(text: Callable[[], str], between: str) -> str:
    """The text in every language of a university, each once."""
    found = []
    for language in _LANGUAGES:
        with override(language):
            found.append(text())
    return between.join(dict.fromkeys(found))


def _poster(by: Actor, path: str) -> Actor:
    """Who may do what leads to a letter may have this one sent, and nothing else to anybody."""
    return replace(by, grants=(*by.grants, Grant("reporting", path, ("delivery.message.post",))))


def _address(person: UUID, field: str) -> str:
    """The work address, else one that the person has shown to be his or hers; raises `NoAddress`."""
    points = contacts.points(persons=[person], kind=ContactKind.EMAIL)
    usable = sorted((one for one in points if one.work or one.verified), key=lambda one: not one.work)
    if not usable:
        raise NoAddress("The staff directory has no e-mail address to write to.", field=field)
    return usable[0].value
