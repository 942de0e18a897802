"""Sending a list to its examiner, taking it back, returning it; the reminder about students who are not registered."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.delivery import actions as delivery
from testamur.kernel.delivery.rules import NewMessage
from testamur.kernel.journal import actions as journal
from testamur.register.curriculum import queries as curriculum
from testamur.register.people import queries as people
from testamur.register.people import reach as contacts
from testamur.register.people.rules import ContactKind, PersonView
from testamur.schoolday.reporting.actions.documents import request_documents, withdraw_documents
from testamur.schoolday.reporting.actions.freezing import freeze
from testamur.schoolday.reporting.models import ListRow, ResultList
from testamur.schoolday.reporting.queries import checks, desks
from testamur.schoolday.reporting.queries.law import university_of
from testamur.schoolday.reporting.queries.posts import examiners
from testamur.schoolday.reporting.queries.reach import READ, draft, found, held, must
from testamur.schoolday.reporting.queries.versions import frozen
from testamur.schoolday.reporting.rules.checks import stopping, unregistered
from testamur.schoolday.reporting.rules.content import digest
from testamur.schoolday.reporting.rules.lists import (
    Anonymous,
    ListChanged,
    ListNotReady,
    ListNotSent,
    NoAddress,
    NobodyUnregistered,
    NotExaminer,
    NotSender,
    check_why,
)
from testamur.schoolday.reporting.rules.order import key
from testamur.schoolday.reporting.rules.states import Desk, ListState, Reason, Way

SEND = "reporting.list.send"
RETURN = "reporting.list.return"
_OFFICE = "reporting.list.enter"
"""Who may make definitive entries (the administrator mode) may also take back what a colleague sent."""


_DETAILS = ("people.details.see",)
_NUMBER = 12
"""Digits of a personal number: year, month, day and four more."""


@transaction.atomic
def send(*, by: Actor, list: UUID, examiner: UUID, revision: int, now: datetime) -> str:
    """Send a draft to its examiner (oneself, where one is it), and return the digest of what was frozen.

    Students without a grade are no part of what is sent. From now on nothing in the list can be changed, and its
    documents are made. Where the rule in force says paper for one of the dates, the list goes the way of paper (B24).
    Needs ``reporting.list.send`` at the list. Raises NotFound, `ListFrozen`, `ListChanged` when `revision` is not the
    list's, `NotExaminer`, `ListNotReady` with the codes of the checks that stop it. Journal:
    ``reporting.list.sent/1``.
    """
    row = draft(by, SEND, list)
    if row.revision != revision:
        raise ListChanged("The list was changed since you looked at it. Look again, then send.", field="revision")
    may_sign = examiners(course_code=row.course_code, unit=row.unit, on=now.date())
    if examiner not in may_sign:
        raise NotExaminer("Choose an examiner of this course at this department.", field="examiner")
    rows = tuple(ListRow.objects.filter(list=row).order_by("id"))
    told = checks.find_in(row, rows, finals=checks.finals_of(row, rows), may_sign=may_sign, now=now)
    stops = stopping(told)
    if stops:
        codes = dict.fromkeys(one.code for one in stops)
        students = len({one.row for one in stops if one.row is not None})
        raise ListNotReady(
            "Some checks stop the list. Each says what to do.", field="list", checks=", ".join(codes), count=students
        )
    row.examiner, row.sent_by, row.sent_at = examiner, by.id, now
    row.way = Way.PAPER if any(one.code == "paper_way" for one in told) else Way.ELECTRONIC
    text = frozen(row, rows)
    row.sent_sha256 = digest(text)
    row.state = ListState.SENT
    row.save(update_fields=["examiner", "sent_by", "sent_at", "way", "sent_sha256", "state"])
    freeze(row, text, Reason.SENT, by.id, now)
    request_documents(by=by, list=list, now=now)
    journal.append(
        by=by,
        kind="reporting.list.sent/1",
        path=row.path,
        refs={
            "list": str(row.id),
            "number": row.number,
            "examiner": str(examiner),
            "revision": row.revision,
            "rows": sum(bool(one.value) for one in rows),
            "sha256": row.sent_sha256,
            "way": row.way,
        },
        now=now,
    )
    return row.sent_sha256


@transaction.atomic
def recall(*, by: Actor, list: UUID, now: datetime) -> None:
    """Take a sent list back before it is signed: it is a draft again, and its unsigned documents are thrown away.

    Needs ``reporting.list.send`` at the list and to be who sent it, or ``reporting.list.enter`` (the office in its
    administrator mode). Raises NotFound, `ListNotSent`, `NotSender`, ``reporting.list.being_signed``. Journal:
    ``reporting.list.recalled/1``.
    """
    row = _sent(list)
    by.must(SEND, row.path)
    if row.sent_by != by.id and not by.may(_OFFICE, row.path):
        raise NotSender("A list is taken back by who sent it.", field="list")
    withdraw_documents(by=by, list=list, now=now)
    _draft_again(row)
    journal.append(
        by=by,
        kind="reporting.list.recalled/1",
        path=row.path,
        refs={"list": str(row.id), "number": row.number},
        now=now,
    )


@transaction.atomic
def return_list(*, by: Actor, list: UUID, why: str, now: datetime) -> None:
    """Return a sent list with a reason, for those who graded to change it; its unsigned documents are thrown away.

    Needs ``reporting.list.return`` at the list and to be an examiner of the course there today. Raises NotFound,
    `WhyNeeded`, `ListNotSent`, `NotExaminer`, ``reporting.list.being_signed``. Journal: ``reporting.list.returned/1``;
    the reason stands in the list, since it may name somebody.
    """
    said = check_why(why)
    row = _sent(list)
    by.must(RETURN, row.path)
    if by.id != row.examiner and by.id not in examiners(course_code=row.course_code, unit=row.unit, on=now.date()):
        raise NotExaminer("A list is returned by an examiner of the course.", field="list")
    withdraw_documents(by=by, list=list, now=now)
    _draft_again(row)
    row.returned_by, row.returned_at, row.returned_why = by.id, now, said
    row.save(update_fields=["returned_by", "returned_at", "returned_why"])
    journal.append(
        by=by,
        kind="reporting.list.returned/1",
        path=row.path,
        refs={"list": str(row.id), "number": row.number, "sent_by": str(row.sent_by)},
        now=now,
    )


@transaction.atomic
def mail_unregistered(*, by: Actor, list: UUID, now: datetime) -> UUID:
    """Mail oneself the students of a list who have no valid registration (rows B7, B8), and return the message's id.

    Name, number, course name and code, and to whom it may be forwarded; nobody is registered by it. A protected
    student stands there by alias, without a number. In the language in force. Needs ``reporting.list.read`` at the
    list, or to be a grader of it. Raises NotFound, `Anonymous`, `NobodyUnregistered`, `NoAddress`. Journal:
    ``reporting.list.unregistered_mailed/1``.
    """
    row = found(list)
    must(by, READ, row)
    if row.anonymous:
        raise Anonymous("The list is anonymous: names are told when everybody has a grade.", field="list")
    rows = {one.id: one.person for one in ListRow.objects.filter(list=row)}
    told = [key for key in unregistered(checks.of(by=by, list=list, now=now)) if key in rows]
    if not told:
        raise NobodyUnregistered("Everybody in the list is registered.", field="list")
    message = NewMessage(
        "email",
        _own_address(by.id),
        _("Students without registration, list %(number)s") % {"number": row.number},
        _letter(by, row, [rows[key] for key in told]),
        kind="reporting.unregistered",
        path=row.path,
        person=by.id,
    )
    # who may read the list may have this sent to oneself, and nothing else to anybody
    may = replace(by, grants=(*by.grants, Grant("reporting", row.path, ("delivery.message.post",))))
    sent = delivery.post(by=may, messages=[message], now=now)[0]
    journal.append(
        by=by,
        kind="reporting.list.unregistered_mailed/1",
        path=row.path,
        refs={"list": str(row.id), "number": row.number, "rows": [str(key) for key in told], "message": str(sent)},
        now=now,
    )
    return sent


def _sent(list: UUID) -> ResultList:
    row = held(list)
    if row.state != ListState.SENT:
        raise ListNotSent("The list does not wait for a signature.", field="list", state=row.state)
    return row


def _draft_again(row: ResultList) -> None:
    """Only what this verb changes is written: `withdraw_documents` has written its own in the same row."""
    row.state, row.sent_sha256 = ListState.DRAFT, ""
    row.revision += 1
    row.save(update_fields=["state", "sent_sha256", "revision"])


def _own_address(person: UUID) -> str:
    """One's work address, else one that one has shown to be one's own; raises `NoAddress`."""
    points = contacts.points(persons=[person], kind=ContactKind.EMAIL)
    usable = sorted((one for one in points if one.work or one.verified), key=lambda one: not one.work)
    if not usable:
        raise NoAddress("You have no work e-mail address, and no other that you have confirmed.", field="list")
    return usable[0].value


def _letter(by: Actor, row: ResultList, persons: Sequence[UUID]) -> str:
    """The text: one line for each student, in the order of the list."""
    course = curriculum.courses([row.course])[row.course]
    # a letter is forwarded: it tells of protected students what everybody may know, whoever asks for it
    plain = replace(by, grants=(Grant("reporting", university_of(row.path), _DETAILS),) if _details(by, row) else ())
    views = people.people(by=plain, ids=persons)
    ordered = sorted(views.values(), key=lambda one: (key(one.family, one.given, "family"), one.id))
    desk = desks.of(path=row.path).get(Desk.REGISTRATION, "")
    lines = [
        _("These students of list %(number)s have no valid registration for the course %(name)s (%(code)s):")
        % {"number": row.number, "name": course.name, "code": course.code},
        "",
        *(_line(one) for one in ordered),
        "",
        _("Nobody is registered by this letter: have the office look at each of them."),
    ]
    if desk:
        lines.append(_("You may forward it to %(desk)s.") % {"desk": desk})
    if any(one.masked for one in ordered):
        lines.append(_("Who stands here as “Person …” has protected personal data. The office knows who it is."))
    return "\n".join(lines)


def _details(by: Actor, row: ResultList) -> bool:
    return by.may(_DETAILS[0], university_of(row.path))


def _line(person: PersonView) -> str:
    if person.identifier is None:
        return person.name
    value = person.identifier.value
    whole = len(value) == _NUMBER and value[:8].isdigit()
    return f"{person.name}, {value[:8]}-{value[8:]}" if whole else f"{person.name}, {value}"
