"""Pure rules of collectors: who may fetch a child, for how long, and the picture by which the staff know them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from io import BytesIO
from uuid import UUID

from testamur.kernel.base.refused import Refused

LONGEST_PICTURE = 2 * 1024 * 1024
SIDE = 480
"""A picture is kept no larger than so many pixels a side: a face is known by it."""
_MOST_PIXELS = 50_000_000
_FORMATS = ("JPEG", "PNG", "WEBP")
MOST_COLLECTORS = 20
LONGEST_NOTE = 1000


class Relation(StrEnum):
    """What a collector is to the child."""

    GUARDIAN = "guardian"
    GRANDPARENT = "grandparent"
    SIBLING = "sibling"
    RELATIVE = "relative"
    FRIEND = "friend"
    OTHER = "other"


class CollectorInvalid(Refused):
    """A collector without a name or telephone, or a period that ends before it starts."""

    code = "care.collector.invalid"


class CollectorOver(Refused):
    """That person may not fetch the child on that day."""

    code = "care.collector.over"


class PictureInvalid(Refused):
    """A file that is no picture, or too large."""

    code = "care.picture.invalid"


@dataclass(frozen=True, slots=True)
class NewCollector:
    """Somebody who may fetch a child, from a day on until another (both included; None: until it is ended)."""

    child: UUID
    name: str
    phone: str
    relation: Relation
    starts: date
    ends: date | None = None
    picture: bytes = b""


@dataclass(frozen=True, slots=True)
class CollectorView:
    """As above, as kept. `pictured`: there is a picture of them."""

    id: UUID
    child: UUID
    name: str
    phone: str
    relation: Relation
    starts: date
    ends: date | None
    pictured: bool
    added_by: UUID
    added_at: datetime

    def holds(self, on: date) -> bool:
        """Whether they may fetch the child on that day."""
        return self.starts <= on and (self.ends is None or self.ends >= on)


@dataclass(frozen=True, slots=True)
class CautionView:
    """Who may not fetch a child, or what has to be known at the door; for the staff of the group alone."""

    id: UUID
    child: UUID
    text: str
    written_by: UUID
    written_at: datetime


def check_collector(new: NewCollector) -> NewCollector:
    """The collector with tidy texts. Raises CollectorInvalid."""
    name, phone = " ".join(new.name.split()), " ".join(new.phone.split())
    if not name or len(name) > 120:  # noqa: PLR2004 - no name is longer
        raise CollectorInvalid("Write the collector's name.", field="name")
    if sum(c.isdigit() for c in phone) < 5 or len(phone) > 30:  # noqa: PLR2004 - a number that can be called
        raise CollectorInvalid("Write a telephone number.", field="phone")
    if new.ends is not None and new.ends < new.starts:
        raise CollectorInvalid("The last day lies before the first.", field="ends")
    return NewCollector(new.child, name, phone, new.relation, new.starts, new.ends, new.picture)


def clean_picture(data: bytes) -> bytes:
    """The picture as JPEG, made small, turned upright and without anything beside its pixels: no place, no camera.

    What it is shows in its bytes, never in its name. Raises PictureInvalid for anything but JPEG, PNG and WebP of at
    most 2 MB.
    """
    from testamur.kernel.base import pictures  # here, since it is slow to load and few need it

    if len(data) > LONGEST_PICTURE:
        raise PictureInvalid("A picture has at most 2 MB.", field="picture")
    try:
        bare = pictures.upright(data, formats=_FORMATS, most_pixels=_MOST_PIXELS, enough=(4 * SIDE) ** 2)
    except pictures.TooManyPixelsError as error:
        raise PictureInvalid("The picture is too large.", field="picture") from error
    except pictures.UnreadableError as error:
        raise PictureInvalid("That file is no picture (JPEG, PNG or WebP).", field="picture") from error
    bare.thumbnail((SIDE, SIDE))
    out = BytesIO()
    bare.save(out, "JPEG", quality=82)
    return out.getvalue()
