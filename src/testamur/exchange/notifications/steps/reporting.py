"""Telling of result lists: the journal is followed by a cursor of its own; who is told, and the cursor, are one act.

Each entry's letters, the journal's line about them and the new cursor are one transaction: whoever is killed before
its end has told nobody, and the next one tells everybody. Two workers never read the same entry: the cursor is locked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.access.accounts.queries.logins import locales_of
from testamur.exchange.notifications.actions.reporting import note_not_told, tell_results
from testamur.exchange.notifications.models import Reader
from testamur.exchange.notifications.queries.choices import settings_by
from testamur.exchange.notifications.rules import STALE
from testamur.exchange.notifications.rules.families import DEFAULTS, Way
from testamur.exchange.notifications.rules.reporting import (
    LOCALES,
    TOLD,
    Grade,
    Matter,
    Said,
    locales,
    may_say_grade,
    readable,
    staff_address,
    student_address,
)
from testamur.exchange.notifications.words.reporting import write
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.kernel.delivery import queries as delivery
from testamur.kernel.delivery.rules import MessageInvalid, NewMessage, check
from testamur.kernel.journal import queries as journal
from testamur.kernel.journal.rules import Cursor, EntryView
from testamur.register.curriculum import queries as curriculum
from testamur.register.people import queries as people
from testamur.register.people.reach import Point, points
from testamur.register.people.rules import ContactKind, Protection
from testamur.schoolday.reporting.queries import desks, lists, own, preferences
from testamur.schoolday.reporting.rules.documents import SignedRow, code_of
from testamur.schoolday.reporting.rules.states import Desk, ListState
from testamur.schoolday.reporting.rules.views import ListHead

NAME = "reporting"
CHUNK = 1000
"""Entries read at a time …"""
MOST = 5
"""… of which so many at most are told in one transaction: a list may have a thousand students."""
ROUNDS = 50


def follow_results(*, by: Actor, now: datetime) -> int:
    """Tell of what happened to result lists since the last time; returns how many letters went into the outbox."""
    count = 0
    for _round in range(ROUNDS):
        reader = Reader.objects.filter(name=NAME).first()
        if not journal.since(_cursor(reader), limit=1):
            break
        count += _follow(by, now)
    return count


@transaction.atomic
def _follow(by: Actor, now: datetime) -> int:
    Reader.objects.get_or_create(name=NAME)
    locked = Reader.objects.select_for_update().get(name=NAME)
    count = told = 0
    for entry in journal.since(_cursor(locked), limit=CHUNK):
        locked.transaction, locked.entry = entry.cursor.transaction, entry.cursor.entry
        if entry.at >= now - STALE and readable(entry.kind, entry.refs):
            count += _tell(by, entry, now)
            told += 1
            if told == MOST:
                break
    locked.save(update_fields=["transaction", "entry"])
    return count


def _cursor(reader: Reader | None) -> Cursor:
    return Cursor(reader.transaction, reader.entry) if reader else Cursor()


def _tell(by: Actor, entry: EntryView, now: datetime) -> int:
    """What one entry has to tell. A refusal is noted: it may not keep all later ones waiting."""
    try:
        with transaction.atomic():
            letters = LETTERS[entry.kind.partition("/")[0]](by, entry)
            about = {"about": entry.kind, "list": str(entry.refs["list"]), "number": entry.refs["number"]}
            return tell_results(
                by=by, path=entry.path, messages=letters.messages, unreached=letters.unreached, about=about, now=now
            )
    except Refused as refusal:
        note_not_told(by=by, path=entry.path, entry=entry.cursor.entry, code=refusal.code, now=now)
        return 0


@dataclass(frozen=True, slots=True)
class Letters:
    """What goes out, and how many readers have no address for it."""

    messages: tuple[NewMessage, ...] = ()
    unreached: int = 0


def _sent(by: Actor, entry: EntryView) -> Letters:
    """To the examiner, unless he or she sent the list; nothing once it was taken back or sent anew."""
    head = lists.head(by=by, list=UUID(entry.refs["list"]))
    examiner = UUID(entry.refs["examiner"])
    if head.state is not ListState.SENT or head.sent_at != entry.at or entry.actor == examiner:
        return Letters()
    return to_staff([(examiner, Matter.SENT, said_of(by, head))], entry.path, f"results:{entry.cursor.entry}")


def _returned(by: Actor, entry: EntryView) -> Letters:
    """To who sent it, if that one wants to hear; with the reason, where it cannot name anybody protected."""
    head, sender = lists.head(by=by, list=UUID(entry.refs["list"])), UUID(entry.refs["sent_by"])
    if head.state is not ListState.DRAFT or head.returned_at != entry.at or entry.actor == sender:
        return Letters()
    if not preferences.of(person=sender).mail_returned:
        return Letters()
    said = replace(said_of(by, head), who="", why="" if _someone_protected(by, head, entry.at) else head.returned_why)
    return to_staff([(sender, Matter.RETURNED, said)], entry.path, f"results:{entry.cursor.entry}")


def _signed(by: Actor, entry: EntryView) -> Letters:
    """To the examiner, the office, who sent it, and each student whose result was decided by it."""
    head, examiner = lists.head(by=by, list=UUID(entry.refs["list"])), UUID(entry.refs["examiner"])
    rows = own.list_rows(list=head.id)
    said = replace(said_of(by, head, examiner), count=len(rows), control_number=head.control_number)
    base = f"results:{entry.cursor.entry}"
    readers = [(examiner, Matter.SIGNED, said)]
    if head.sent_by not in {None, examiner} and preferences.of(person=head.sent_by).mail_signed:
        readers.append((head.sent_by, Matter.SIGNED, said))
    staff = to_staff(readers, entry.path, base)
    office = _to_office(said, entry.path, base)
    students = _to_students(by, rows, said, entry.path, base)
    return Letters(staff.messages + office + students.messages, staff.unreached + students.unreached)


LETTERS: Mapping[str, Callable[[Actor, EntryView], Letters]] = {
    "reporting.list.sent": _sent,
    "reporting.list.returned": _returned,
    "reporting.list.signed": _signed,
}
assert LETTERS.keys() == TOLD.keys()


def said_of(by: Actor, head: ListHead, who: UUID | None = None) -> Said:
    """What may be said of a list: number, course, module, and a member of staff as everybody may see him or her."""
    course = curriculum.courses([head.course]).get(head.course)
    module = next((one for one in course.modules if one.id == head.module), None) if course else None
    return Said(
        number=head.number,
        result_list=head.id,
        code=code_of(head.course_code, head.module_code),
        course=course.name if course else "",
        course_en=course.name_en if course else "",
        module=module.name if module else "",
        module_en=module.name_en if module else "",
        who=_names(by, [who])[who] if who else "",
        count=head.graded,
    )


def _names(by: Actor, persons: Iterable[UUID]) -> dict[UUID, str]:
    """Names of staff as everybody may see them: a letter is forwarded."""
    wanted = list(persons)
    plain = Actor(by.id, by.identified_by, (), by.on_behalf_of)
    views = people.people(by=plain, ids=wanted, numbers=False)
    return {one: views[one].name if one in views else "" for one in wanted}


def _someone_protected(by: Actor, head: ListHead, now: datetime) -> bool:
    rows = lists.view(by=by, list=head.id, now=now).rows
    return any(_protected(by, [row.person for row in rows]).values()) or head.anonymous


def _protected(by: Actor, persons: Iterable[UUID]) -> dict[UUID, bool]:
    views = people.people(by=by, ids=persons, numbers=False)
    return {one: view.protection is not Protection.NONE for one, view in views.items()}


def _reached(persons: Sequence[UUID], best: Callable[[Sequence[Point]], Point | None]) -> dict[UUID, Point]:
    """Each person's address for it, without those that are known to reach nobody."""
    held: dict[UUID, list[Point]] = {}
    for point in points(persons=persons, kind=ContactKind.EMAIL):
        held.setdefault(point.person, []).append(point)
    dead = delivery.dead(channel="email", addresses={one.value for some in held.values() for one in some})
    found = {one: best([point for point in some if point.value not in dead]) for one, some in held.items()}
    return {one: point for one, point in found.items() if point is not None}


def to_staff(readers: Sequence[tuple[UUID, Matter, Said]], path: str, dedupe: str) -> Letters:
    """Letters to members of staff, at work. `dedupe` tells the occasion from every other one."""
    persons = [person for person, _matter, _said in readers]
    known, chosen = _reached(persons, staff_address), locales_of(persons)
    messages = [
        _message(matter, said, known[person].value, path, f"{dedupe}:{matter.value}:{person}", person, chosen)
        for person, matter, said in readers
        if person in known
    ]
    going = tuple(one for one in messages if can_go(one))
    return Letters(going, len(readers) - len(going))


def _to_office(said: Said, path: str, dedupe: str) -> tuple[NewMessage, ...]:
    """To the desk that makes definitive entries, where somebody set its address."""
    to = desks.of(path=path).get(Desk.OFFICE)
    if not to:
        return ()
    message = _message(Matter.OFFICE, said, to, path, f"{dedupe}:office", None, {})
    return (message,) if can_go(message) else ()


def _to_students(by: Actor, rows: Sequence[SignedRow], said: Said, path: str, dedupe: str) -> Letters:
    """Each the own grade; somebody protected without a proved address only that there is something new."""
    persons = [row.person for row in rows]
    known, chosen = _reached(persons, student_address), locales_of(persons)
    hidden, settings = _protected(by, persons), settings_by(persons)
    messages, unreached = [], 0
    for row in rows:
        if Way.EMAIL in settings.get(row.person, DEFAULTS).stopped:
            continue  # who wants no letters reads it on the own page
        point = known.get(row.person)
        if point is None:
            unreached += 1
            continue
        matter = Matter.CHANGED if row.corrects else Matter.RESULT
        told = _own(said, row) if may_say_grade(point, protected=hidden.get(row.person, True)) else Said()
        message = _message(matter, told, point.value, path, f"{dedupe}:{matter.value}:{row.person}", row.person, chosen)
        if can_go(message):
            messages.append(message)
        else:
            unreached += 1
    return Letters(tuple(messages), unreached)


def _own(said: Said, row: SignedRow) -> Said:
    """What a student hears: nothing of the list as such."""
    grade = Grade(row.value, row.examined_on, said.who)
    return replace(said, number=0, result_list=None, count=0, control_number="", who="", grade=grade)


def _message(
    matter: Matter, said: Said, to: str, path: str, dedupe: str, person: UUID | None, chosen: Mapping[UUID, str]
) -> NewMessage:
    languages = locales(chosen.get(person, "")) if person else LOCALES
    written = write(matter, said, languages)
    return NewMessage(
        channel="email",
        to=to,
        subject=written.subject,
        text=written.text,
        html=written.html,
        kind=f"notices.results.{matter.value}",
        path=path,
        person=person,
        dedupe=dedupe,
    )


def can_go(message: NewMessage) -> bool:
    """False for an address that no channel can take: one such may not keep a whole list waiting."""
    try:
        check(message)
    except MessageInvalid:
        return False
    return True
