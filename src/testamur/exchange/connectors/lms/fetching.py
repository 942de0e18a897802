"""What the list's dialog fetches: members of a room, grades of a line item, a file. No transaction is open meanwhile.

Everything comes back as `reporting.rules.views.Incoming` of students of ours; `reporting.actions.add_students` takes it
from there, fills only what is empty and overwrites nothing. The day on which something was graded is never taken for
the day of the examination (row B19): only a table of one's own has a column for that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from functools import partial
from uuid import UUID

import httpx
from django.conf import settings

from testamur.exchange.connectors.lms import filing
from testamur.exchange.connectors.lms.client import Client, hosts_of
from testamur.exchange.connectors.lms.matching import Match, Who, match
from testamur.exchange.connectors.lms.queries import FETCH, reached
from testamur.exchange.connectors.lms.rules import (
    Brought,
    Grading,
    LineItem,
    Member,
    Note,
    NumberFrom,
    PlatformView,
    Said,
    by_percent,
    decimal_of,
    percent_of,
    thresholds_of,
    titled,
    written,
)
from testamur.exchange.connectors.lms.wire import PlatformFailed, Wire
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.base.text import harmless
from testamur.law.results import Results
from testamur.law.tables import pack
from testamur.register.schools import queries as schools
from testamur.schoolday.reporting.rules.views import Incoming

Transport = httpx.BaseTransport | None


class NoRules(Refused):
    """No rules for results are in force at that place, or they have no such scale."""

    code = "connectors.lms.no_rules"


def members(*, by: Actor, room: UUID, now: datetime, transport: Transport = None) -> Brought:
    """The students of a course room, without grades (row B31).

    Needs ``connectors.lms.fetch`` at the room's occasion. Raises NotFound, a `PlatformFailed`, `AddressRefused`.
    """
    row, platform, path = reached(by=by, room=room)
    if not row.memberships_url:
        raise PlatformFailed("The platform does not tell who is in this room.", why="no_members")
    with _asked(platform, now, transport) as client:
        found = client.members(row.memberships_url)
    matches = match(whos=[_who(platform, one) for one in found], path=path, on=now.date())
    gathered = _Gathered()
    for one, matched in zip(found, matches, strict=True):
        gathered.take(matched, one.called, 0)
    return gathered.brought()


def line_items(*, by: Actor, room: UUID, now: datetime, transport: Transport = None) -> tuple[LineItem, ...]:
    """What is graded in a room, as far as the platform lets us see it. Needs and raises as `members`."""
    row, platform, _path = reached(by=by, room=room)
    if not row.lineitems_url:
        raise PlatformFailed("The platform does not tell what it graded.", why="no_grades")
    with _asked(platform, now, transport) as client:
        return client.line_items(row.lineitems_url)


def grades(
    *,
    by: Actor,
    room: UUID,
    line_item: str,
    scale: str,
    thresholds: str = "",
    words: bool = True,
    points: bool = True,
    now: datetime,
    transport: Transport = None,
) -> Brought:
    """The students of a room with what a line item has of them (row B33); who is not graded comes without a grade.

    `scale` is the list's; `thresholds`, `words` and `points` as `Grading`, the thresholds as the teacher wrote them.
    Needs and raises as `members`, and `ThresholdsInvalid`, `NoRules`; NotFound for a line item that the platform does
    not list.
    """
    row, platform, path = reached(by=by, room=room)
    reading = _Reading.of(path, scale, thresholds, now, words=words, points=points)
    if not row.lineitems_url or not row.memberships_url:
        raise PlatformFailed("The platform does not tell what it graded.", why="no_grades")
    with _asked(platform, now, transport) as client:
        item = titled(client.line_items(row.lineitems_url), line_item)
        if item is None:
            raise NotFound("The platform has no such line item.", line_item=line_item[:200])
        found = client.members(row.memberships_url)
        results = {result.user_id: result for result in client.results(item.id)}
    matches = match(whos=[_who(platform, one) for one in found], path=path, on=now.date())
    gathered = _Gathered()
    for one, matched in zip(found, matches, strict=True):
        result = results.get(one.user_id)
        said = Said()
        if result is not None:
            said = Said(result.comment, result.score, result.maximum or item.maximum, remark=True)
        gathered.take(matched, one.called, 0, partial(reading.read, said))
    return gathered.brought()


def file_items(*, name: str, data: bytes) -> tuple[LineItem, ...]:
    """What a file says it graded: the line items of a OneRoster bundle; empty for a plain table."""
    with filing.opened(name, data) as files:
        return filing.line_items(files) if filing.is_bundle(files) else ()


def file(
    *,
    by: Actor,
    path: str,
    scale: str,
    name: str,
    data: bytes,
    line_item: str = "",
    thresholds: str = "",
    words: bool = True,
    points: bool = True,
    now: datetime,
) -> Brought:
    """Students and grades out of a file that somebody sent; `path` is the list's.

    A table (CSV, XLSX, ODS) has a column with personal numbers or e-mail addresses and may have grade, date (of the
    examination), points and maximum; a ZIP is a OneRoster bundle, of which `line_item` names what was graded, by its
    id or its title. Needs
    ``connectors.lms.fetch`` at `path`. Raises `NotATable`, `FileTooLarge`, `ChooseLineItem`, `WrongKind`,
    `BundleUnreadable`, `ThresholdsInvalid`, `NoRules`.
    """
    by.must(FETCH, path)
    reading = _Reading.of(path, scale, thresholds, now, words=words, points=points)
    notes = filing.Notes()
    with filing.opened(name, data) as files:
        found = list(filing.rows_of(files, line_item=line_item, notes=notes))
    gathered = _Gathered(notes.told)
    matches = match(whos=[row.who for row in found], path=path, on=now.date())
    for row, matched in zip(found, matches, strict=True):
        gathered.take(matched, row.called, row.said.row, partial(reading.read, row.said))
    return gathered.brought()


class _Reading:
    """What a source says, on the list's scale."""

    def __init__(self, rules: Results, scale: str, grading: Grading) -> None:
        self._rules, self._scale, self._grading = rules, scale, grading

    @classmethod
    def of(cls, path: str, scale: str, thresholds: str, now: datetime, *, words: bool, points: bool) -> _Reading:
        rules = _rules(path, now)
        if scale not in rules.scales:
            raise NoRules("The rules of this place have no such scale.", scale=scale)
        told = thresholds_of(thresholds, scale=rules.scales[scale], normalise=lambda v: rules.normalise(scale, v))
        return cls(rules, scale, Grading(told, words, points))

    def read(self, said: Said, told: list[Note]) -> Incoming:
        """One student's grade, day and points; the person is put in by the caller. What is wrong goes to `told`."""
        value, score, maximum = self._written(said, told), said.score, said.maximum
        if not value and score is None and not said.remark:
            score = decimal_of(said.text)  # a number in the column of grades that is no grade
        if not value and self._grading.thresholds:
            value = self._counted(score, maximum, said.row, told)
        points = written(score) if self._grading.points else ""
        return Incoming(UUID(int=0), value, said.examined_on, points)

    def _written(self, said: Said, told: list[Note]) -> str:
        if not said.text or not self._grading.words:
            return ""
        try:
            return self._rules.normalise(self._scale, said.text)
        except Refused:
            if not said.remark and decimal_of(said.text) is None:
                told.append(Note("off_scale", said.row, harmless(said.text)[:40]))
            return ""

    def _counted(self, score: Decimal | None, maximum: Decimal | None, row: int, told: list[Note]) -> str:
        if score is None:
            return ""
        share = percent_of(score, maximum)
        if share is None:
            told.append(Note("no_maximum", row, written(score)))
            return ""
        value = by_percent(self._grading.thresholds, share)
        if not value:
            told.append(Note("below", row, f"{written(share)} %"))
        return value


class _Gathered:
    """Students as they are found: each once, those who are nobody's by the source's own word."""

    def __init__(self, notes: Sequence[Note] = ()) -> None:
        self._notes = list(notes)
        self._incoming: dict[UUID, Incoming] = {}
        self._first: dict[UUID, int] = {}
        self._unknown: list[str] = []

    def take(self, matched: Match, called: str, row: int, read: Callable[[list[Note]], Incoming] | None = None) -> None:
        """One of the source's students."""
        person = matched.person
        if person is None:
            if matched.conflict:
                self._notes.append(Note("conflict", row, called))
            self._unknown.append(called)
        elif person in self._incoming:
            self._notes.append(Note("twice", row, str(self._first[person] or "")))
        else:
            one = read(self._notes) if read is not None else Incoming(person)
            self._incoming[person] = Incoming(person, one.value, one.examined_on, one.points)
            self._first[person] = row

    def brought(self) -> Brought:
        """All of it."""
        notes = sorted(self._notes, key=lambda note: note.row)
        return Brought(tuple(self._incoming.values()), tuple(self._unknown), tuple(notes))


@contextmanager
def _asked(platform: PlatformView, now: datetime, transport: Transport) -> Iterator[Client]:
    with Wire(hosts_of(platform), loopback=settings.MODE == "demo", transport=transport) as wire:
        yield Client(platform, wire, now)


def _who(platform: PlatformView, one: Member) -> Who:
    match platform.number_from:
        case NumberFrom.EMAIL:
            return Who(emails=(one.email,) if one.email else ())
        case NumberFrom.USER_ID:
            return Who((one.user_id,))
    return Who((one.sourcedid,) if one.sourcedid else ())


def _rules(path: str, now: datetime) -> Results:
    """The rules for results of the place. Raises `NoRules`."""
    unit = schools.unit_at(path)
    ruled = schools.pack_of(unit.id, on=now.date()) if unit is not None else ""
    rules = pack(ruled).results if ruled else None
    if rules is None:
        raise NoRules("No rules for results are in force here.", path=path)
    return rules
