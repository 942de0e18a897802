"""Which group, which rules, and who teaches there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.law.tables import PACKS
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import TermView
from testamur.schoolday.diary.rules.rooms import NoPack, NotYourSubject, Room

EVERY = "diary.group.every"
"""Who holds this verb at a school may write in every subject of it (import, the head of the school)."""
WHOLE = "diary.class.assess"
"""Who holds this verb at a class writes what is about its pupils and no subject: its class teacher."""

_KNOWN: ContextVar[dict[tuple[UUID, date], Room] | None] = ContextVar("rooms", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Within this a room is looked up once: for a request that writes and then reads in the same one."""
    token = _KNOWN.set({})
    try:
        yield
    finally:
        _KNOWN.reset(token)


def room(*, group: UUID, on: date) -> Room:
    """The group with its school, pack, year and term on that day; shows nothing of anybody. Three queries.

    Raises NotFound for an unknown group, `NoPack` where no pack is in force.
    """
    known = _KNOWN.get()
    if known is None:
        return _room(group, on)
    if (group, on) not in known:
        known[group, on] = _room(group, on)
    return known[group, on]


def _room(group: UUID, on: date) -> Room:
    found = schools.group_and_year(group)
    if found is None:
        raise NotFound("There is no such group.", group=str(group))
    one, year = found
    way = schools.units_above(one.path[: one.path.rindex("/", 0, -1) + 1])  # its last part is the group's own
    unit = way[-1]
    pack = PACKS.get(schools.pack_among(way, on=on))
    if pack is None:
        raise NoPack("No rule pack is in force at this school.", school=str(unit.id))
    return Room(one, unit, pack, one.year_level or 0, _term(year.terms, on), year)


def _term(terms: tuple[TermView, ...], on: date) -> TermView | None:
    begun = [term for term in terms if term.starts <= on]
    return begun[-1] if begun else (terms[0] if terms else None)


def must_teach(*, by: Actor, verb: str, room: Room, subject: str, on: date) -> None:
    """Raise NotAllowed without `verb` at the group, `NotYourSubject` when `by` does not teach the subject there.

    Who holds `EVERY` at the group may write in every subject. What is about no subject is the class teacher's
    (`WHOLE`), and so is a subject that nobody is said to teach where the law closes years.
    """
    by.must(verb, room.path, group=room.group.id)
    if by.may(EVERY, room.path):
        return
    heads = by.may(WHOLE, room.path, group=room.group.id)
    if room.pack.diary.about(subject):
        mine = heads
    else:
        mine = bool(_taught(by, room, on) & {"", subject}) or (heads and not _given(by, room, on) & {"", subject})
    if not mine:
        raise NotYourSubject("Somebody else teaches this subject here.", field="subject", subject=subject)


def writable(*, by: Actor, room: Room, on: date) -> Callable[[str], bool]:
    """Whether `must_teach` lets `by` write in a subject of the room; asked once for all of them.

    The verb itself is the caller's to ask.
    """
    if by.may(EVERY, room.path):
        return lambda _subject: True
    taught, heads = _taught(by, room, on), by.may(WHOLE, room.path, group=room.group.id)
    given = _given(by, room, on) if heads else {""}

    def may(subject: str) -> bool:
        if room.pack.diary.about(subject):
            return heads
        return bool(taught & {"", subject}) or (heads and not given & {"", subject})

    return may


def _taught(by: Actor, room: Room, on: date) -> set[str]:
    return {t.subject for t in schools.teaching(person=by.id, on=on) if t.group == room.group.id}


def _given(by: Actor, room: Room, on: date) -> set[str]:
    """What others are said to teach there; everything where the law closes no years: nobody stands in for nobody."""
    if room.pack.year_end is None:
        return {""}
    return {t.subject for t in schools.teachers_of(groups=[room.group.id], on=on) if t.person != by.id}
