"""Pure rules of notices: who may be told when, in which language, at which address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from testamur.register.people.rules import ContactKind, ContactView


class Kind(StrEnum):
    """What a letter is about."""

    SIGN = "sign"
    DIGEST = "digest"
    REMIND = "remind"
    LATE = "late"
    DECLINED = "declined"
    FETCH = "fetch"
    SEAL = "seal"


class Topic(StrEnum):
    """What was stirred; each has its own step."""

    SIGN = "sign"
    DECLINED = "declined"
    RELEASE = "release"


STIRS = {
    "records.ready": Topic.SIGN,
    "records.signed": Topic.SIGN,
    "records.declined": Topic.DECLINED,
    "records.released": Topic.RELEASE,
}
"""Kind of journal entry, without its version, → what it stirs."""

QUIET = timedelta(seconds=60)
"""A school marks its documents ready class by class: the letter waits until it is quiet for so long …"""
LONGEST_WAIT = timedelta(minutes=10)
"""… but not longer than this; and nobody gets two letters within it."""

REMIND_AFTER = timedelta(days=3)
LATE_AFTER = timedelta(days=7)
"""The office hears of it, and again after as many days."""

SEAL_DAYS = (7, 30, 60)
"""Days before the end of a seal's certificate at which its authority is told."""

STALE = timedelta(days=14)
"""News that are older when they are read are told to nobody."""

MORNING = range(7, 12)
"""Local hours in which the day's letters go; a machine that was off all morning lets the day pass."""
_SATURDAY = 5

ZONES = {"SE": "Europe/Stockholm", "VN": "Asia/Ho_Chi_Minh", "BG": "Europe/Sofia"}
LANGUAGES = {"SE": "sv", "VN": "vi", "BG": "bg"}
EVERY_LANGUAGE = frozenset({"sv", "en", "vi", "bg"})


def due_at(topic: Topic, first: datetime, last: datetime) -> datetime:
    """When a stir may be told: a declined document at once, the rest when it is quiet."""
    return last if topic is Topic.DECLINED else min(last + QUIET, first + LONGEST_WAIT)


def morning(now: datetime, country: str) -> date | None:
    """The local day, when it is a weekday's morning there; else None."""
    there = now.astimezone(ZoneInfo(ZONES.get(country, "UTC")))
    return there.date() if there.hour in MORNING and there.weekday() < _SATURDAY else None


def same_day(one: datetime, other: date, country: str) -> bool:
    """True when that instant lies in that local day."""
    return one.astimezone(ZoneInfo(ZONES.get(country, "UTC"))).date() == other


def language(chosen: str, country: str) -> str:
    """The language of a letter: the person's own choice, else the country's, else English."""
    return chosen if chosen in EVERY_LANGUAGE else LANGUAGES.get(country, "en")


def seal_days(end: datetime, now: datetime) -> int | None:
    """The smallest step of `SEAL_DAYS` that is reached; None while there is time, or when it is over."""
    left = end - now
    if left <= timedelta(0):
        return None
    return next((days for days in SEAL_DAYS if left <= timedelta(days=days)), None)


def address(contacts: Sequence[ContactView], *, label: str) -> str:
    """The e-mail address to write to: with that label first, then a verified one, then the oldest; else empty."""
    mails = [c for c in contacts if c.kind is ContactKind.EMAIL]
    mails.sort(key=lambda c: (c.label != label, c.verified_at is None))  # stable: contacts come oldest first
    return mails[0].value if mails else ""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a letter's list: a kind of document at a school."""

    title: str
    school: str
    count: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a letter may say. No pupil, no number, no reason.

    Attributes:
        count: how many documents.
        school: name of the school or authority.
        lines: the same by kind of document.
        people: how many signers (of a letter to the office).
        days: days left, or waited.
    """

    count: int = 0
    school: str = ""
    lines: tuple[Line, ...] = ()
    people: int = 0
    days: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """What is noted of a letter: kind and school, how many, the newest of them, and what it was about."""

    kind: Kind
    unit: UUID
    count: int = 0
    upto: datetime | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to one person. `country` gives the language where the person chose none.

    `dedupe` tells this letter from every other one to anybody; `work` asks for the address at work first.
    """

    person: UUID
    kind: Kind
    country: str
    facts: Facts
    dedupe: str
    work: bool = True
    marks: tuple[Mark, ...] = field(default=())
