"""When an event of a calendar comes back (RFC 5545, section 3.3.10): each day, week, month or year, for two years.

What a timetable needs and no more: a library that takes every rule can be made to look for a 30 February until the year
9999, second by second.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

FURTHEST = timedelta(days=800)
"""No lesson comes back for longer: two school years."""
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_TAKEN = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST"})


def times(rule: Mapping[str, Sequence[Any]], first: datetime, until: datetime | None, *, most: int) -> list[datetime]:
    """The times from `first` on, in local time, at most `most`. Raises ValueError for a rule that is not taken.

    `rule` has its parts as lists, as icalendar reads them; `until` is its last time in local time.
    """
    told = {name.upper(): list(values) for name, values in rule.items()}
    if not told.keys() <= _TAKEN:
        raise ValueError(f"a rule with {', '.join(sorted(told.keys() - _TAKEN))}")
    step, count = int(told.get("INTERVAL", [1])[0]), int(told.get("COUNT", [most])[0])
    if step < 1 or count < 1:
        raise ValueError("a rule that counts backwards")
    meets = _meets(told, first, step)
    last = min(first + FURTHEST, until) if until is not None else first + FURTHEST
    return list(itertools.islice((one for one in _days(first, last) if meets(one)), min(count, most)))


def _days(first: datetime, last: datetime) -> Iterator[datetime]:
    at = first
    while at <= last:
        yield at
        at += timedelta(days=1)


def _meets(told: Mapping[str, Sequence[Any]], first: datetime, step: int) -> Callable[[datetime], bool]:
    """Whether the event takes place on a day."""
    days = [_DAYS.index(str(one).upper()) for one in told.get("BYDAY", ())]
    match str(told.get("FREQ", [""])[0]).upper():
        case "DAILY":
            return lambda at: (at - first).days % step == 0 and (not days or at.weekday() in days)
        case "WEEKLY":
            begins = _DAYS.index(str(told.get("WKST", ["MO"])[0]).upper())
            monday = _begin(first, begins)
            wanted = days or [first.weekday()]
            return lambda at: (_begin(at, begins) - monday).days // 7 % step == 0 and at.weekday() in wanted
        case "MONTHLY" if not days:
            return lambda at: at.day == first.day and _months(first, at) % step == 0
        case "YEARLY" if not days:
            return lambda at: (at.month, at.day) == (first.month, first.day) and (at.year - first.year) % step == 0
    raise ValueError("a rule that no timetable has")


def _begin(at: datetime, begins: int) -> datetime:
    return at - timedelta(days=(at.weekday() - begins) % 7)


def _months(first: datetime, at: datetime) -> int:
    return (at.year - first.year) * 12 + at.month - first.month
