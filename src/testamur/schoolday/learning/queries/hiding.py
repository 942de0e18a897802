"""Talks to which a guardian in hiding comes: of which of them others of the family are not told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from testamur.register.people import reach
from testamur.schoolday.learning.rules import told_of_talk
from testamur.schoolday.noticeboard import queries as board

Met = tuple[UUID, UUID, UUID | None, datetime]
"""A talk: its id, the pupil, the booked time if any, and when it is held."""


def kept_from(person: UUID, talks: Collection[Met]) -> frozenset[UUID]:
    """Those of the talks that this one of the family is not told of; none, one or two queries."""
    hiding = reach.hiding(children={pupil for _talk, pupil, _time, _at in talks}) if talks else {}
    if not any(hiding.values()):
        return frozenset()
    booked = board.bookers([time for _talk, _pupil, time, _at in talks if time is not None])
    return frozenset(
        talk
        for talk, pupil, time, at in talks
        if not told_of_talk(person, pupil=pupil, booker=_booker(booked, time), hiding=_then(hiding[pupil], at))
    )


def untold(*, pupil: UUID, time: UUID | None, at: datetime, on: date) -> frozenset[UUID]:
    """Who is told of the pupil, and not of that talk; at most four queries."""
    hiding = _then(reach.hiding(children=[pupil])[pupil], at)
    if not hiding:
        return frozenset()
    booker = _booker(board.bookers([time]), time) if time is not None else None
    readers = reach.readers(children=[pupil], on=on)[pupil]
    return frozenset(one for one in readers if not told_of_talk(one, pupil=pupil, booker=booker, hiding=hiding))


def _booker(booked: dict[UUID, UUID], time: UUID | None) -> UUID | None:
    return booked.get(time) if time is not None else None


def _then(hiding: dict[UUID, date | None], at: datetime) -> frozenset[UUID]:
    """Those who are guardians still on the day of the talk."""
    return frozenset(one for one, ends in hiding.items() if ends is None or ends >= timezone.localdate(at))
