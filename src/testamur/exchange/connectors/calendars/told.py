"""One lesson of one day as a calendar tells it, and how moments become the local time of a school."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings

_ZONES = {"SE": "Europe/Stockholm", "BG": "Europe/Sofia", "VN": "Asia/Ho_Chi_Minh"}
MAX_BYTES = 64 * 2**20
MOST = 400_000
"""Lessons of one file."""


@dataclass(frozen=True, slots=True)
class Told:
    """A lesson of a day.

    Attributes:
        unit: official code of the school; empty where the calendar tells none.
        group_key: the source's own key of the group; empty where there is none.
        subject: name or code.
        teacher: a key of the source, or ``id:scheme:number``.
    """

    file: str
    row: int
    unit: str
    group: str
    group_key: str
    subject: str
    teacher: str
    room: str
    on: date
    starts: time
    ends: time


def zone_of(country: str) -> ZoneInfo:
    """The zone of a country's schools; without a country that of the installation."""
    return ZoneInfo(_ZONES.get(country, settings.TIME_ZONE))


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    """A moment as the school's clock shows it; one without a zone is that already."""
    return moment if moment.tzinfo is None else moment.astimezone(zone).replace(tzinfo=None)
