"""Pure rules of the portfolio: whose entry, who may be seen, what a picture may be."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

MOST_PICTURES = 12
MOST_BYTES = 20 * 2**20
"""Of one file that is sent."""
MOST_PIXELS = 50_000_000
"""So many pixels are decoded at most: a small file can hold a very large picture."""
LONG_SIDE, THUMB_SIDE = 1600, 360
LONGEST_ALT = 200


class EntryKind(StrEnum):
    """What an entry is: a pupil's work, or documentation of what a group did (pedagogisk dokumentation)."""

    WORK = "work"
    DOCUMENTATION = "documentation"


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry about children of a group."""

    title: str
    on: date
    children: tuple[UUID, ...]
    kind: EntryKind = EntryKind.DOCUMENTATION
    text: str = ""
    goals: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Reencoded:
    """A picture made anew from its pixels alone: JPEG, without any metadata of the file that was sent."""

    data: bytes
    thumb: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class PictureView:
    """A picture of an entry, without its bytes. `children`: who is seen in it."""

    id: UUID
    entry: UUID
    number: int
    alt: str
    width: int
    height: int
    children: frozenset[UUID]
    hidden: bool
    """Somebody who is seen in it may not be shown."""


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry as whoever asks may see it: `children` are all for staff, and the family's own for a family."""

    id: UUID
    group: UUID
    school: UUID
    path: str
    kind: EntryKind
    title: str
    text: str
    on: date
    children: tuple[UUID, ...]
    goals: tuple[UUID, ...]
    pictures: tuple[PictureView, ...]
    made_by: UUID
    made_at: datetime
    own: bool
    published_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class EarlierView:
    """What an entry said until somebody changed it."""

    number: int
    title: str
    text: str
    on: date
    until: datetime


def may_be_shown(children: Collection[UUID], *, consented: Collection[UUID], protected: Collection[UUID]) -> bool:
    """Whether a picture may be seen: everybody in it has a consent that stands, and nobody is protected."""
    return all(child in consented and child not in protected for child in children)


def blocking(children: Iterable[UUID], *, consented: Collection[UUID], protected: Collection[UUID]) -> tuple[UUID, ...]:
    """Who stands in the way of a picture, in order of id."""
    return tuple(sorted(c for c in set(children) if c not in consented or c in protected))
