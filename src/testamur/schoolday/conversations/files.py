"""Attachments on the disk: looked at, cleaned, scanned, and kept under their digest in the data folder.

Nothing here is part of a transaction: a file is stored before the post that names it. One that no post came to name is
removed by the tidying step after a day.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from testamur.kernel.base import pictures
from testamur.kernel.base.durable import write_first
from testamur.schoolday.conversations.rules import (
    MOST_BYTES,
    MOST_FILES,
    FileRefused,
    FilesTooMany,
    FileTooLarge,
    Kind,
    Taken,
    sniff,
)
from testamur.schoolday.conversations.rules.files import named
from testamur.schoolday.conversations.scanning import scan

KEEP_LOOSE = timedelta(days=1)
_FOLDER = "attachments"
_PIXELS = 110_000_000
"""A picture of more pixels is none that a telephone takes."""
_ENOUGH = 24_000_000
"""So many pixels of all pictures of a message together are kept: a sheet of paper can be read at a tenth of them."""
_FORMATS = {Kind.PNG: "PNG", Kind.JPEG: "JPEG"}
_QUALITY = 90


def take(sent: Sequence[tuple[str, bytes]]) -> tuple[Taken, ...]:
    """Take files, each as (name, content): all of them, or none is named by anybody.

    Pictures lose what stands in them beside the picture (place, device, time). Raises FilesTooMany, FileTooLarge,
    FileRefused, FileInfected, FileUnchecked.
    """
    if len(sent) > MOST_FILES:
        raise FilesTooMany(f"At most {MOST_FILES} files.", field="enclosed", most=MOST_FILES)
    looked = [(name, data, _looked_at(name, data)) for name, data in sent]
    shown = [(data, kind) for _name, data, kind in looked if kind in _FORMATS]
    _must_be_few(shown)
    return tuple(_stored(name, data, kind, _ENOUGH // max(1, len(shown))) for name, data, kind in looked)


def content(digest: str) -> bytes:
    """What lies under a digest. Raises FileNotFoundError."""
    return _place(digest).read_bytes()


def loose(*, now: datetime) -> Iterator[str]:
    """Digests of stored files that are older than a day, for tidying: those that no post names may go."""
    folder = Path(settings.DATA) / _FOLDER
    for path in folder.glob("??/*"):
        if is_loose(path.name, now=now):
            yield path.name


def is_loose(digest: str, *, now: datetime) -> bool:
    """Whether that file is there and older than a day: a younger one may be about to be named by a post."""
    try:
        return _place(digest).stat().st_mtime < (now - KEEP_LOOSE).timestamp()
    except FileNotFoundError:
        return False


def remove(digest: str) -> None:
    """Remove what lies under a digest."""
    _place(digest).unlink(missing_ok=True)


def _looked_at(name: str, data: bytes) -> Kind:
    if not 0 < len(data) <= MOST_BYTES:
        raise FileTooLarge("Empty, or larger than is taken.", field="enclosed", name=name, most=MOST_BYTES // 2**20)
    kind = sniff(data)
    scan(data, clamd=settings.CLAMD, name=name)
    return kind


def _must_be_few(shown: Sequence[tuple[bytes, Kind]]) -> None:
    """Raise FileRefused for more pixels than a request has the time for: JPEGs are decoded small, others are not."""
    try:
        whole = sum(pictures.pixels(data, formats=[_FORMATS[kind]]) for data, kind in shown if kind is Kind.PNG)
    except pictures.UnreadableError as error:
        raise FileRefused("The picture cannot be read.", field="enclosed") from error
    if whole > _ENOUGH:
        raise FileRefused("The pictures are too large together.", field="enclosed")


def _stored(name: str, data: bytes, kind: Kind, enough: int) -> Taken:
    clean = _picture(data, kind, enough) if kind in _FORMATS else data
    digest = hashlib.sha256(clean).hexdigest()
    place = _place(digest)
    if not write_first(place, clean):
        os.utime(place)  # a file that nobody named for a day may be about to be tidied away
    return Taken(named(name, kind), kind, len(clean), digest)


def _picture(data: bytes, kind: Kind, enough: int) -> bytes:
    """The picture alone, upright, without EXIF, comments and profiles of its maker."""
    try:
        bare = pictures.upright(
            data,
            formats=[_FORMATS[kind]],
            most_pixels=_PIXELS,
            enough=enough,
            alpha=kind is Kind.PNG,
        )
    except pictures.TooManyPixelsError as error:
        raise FileRefused("The picture is too large.", field="enclosed") from error
    except pictures.UnreadableError as error:
        raise FileRefused("The picture cannot be read.", field="enclosed") from error
    out = io.BytesIO()
    if kind is Kind.PNG:
        bare.save(out, "PNG", optimize=False)
    else:
        bare.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _place(digest: str) -> Path:
    return Path(settings.DATA) / _FOLDER / digest[:2] / digest
