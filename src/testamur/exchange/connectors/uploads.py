"""Files that somebody sent to be imported: told by their bytes, bounded, kept only as long as they are needed.

An upload is a folder ``<data>/uploads/<token>`` with ``meta.json`` and the files. It goes when its import is done, when
its owner gives it up, or a day after it came.
"""

from __future__ import annotations

import json
import secrets
import shutil
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from uuid import UUID

from django.conf import settings

from testamur.kernel.base.clock import parse_stamp, stamp
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.base.text import harmless

MAX_FILES = 100
"""Loose files of one upload; more come as a ZIP."""
MAX_BYTES = 512 * 2**20
MAX_PDF = 25_000_000
MAX_OPEN = 5
"""Uploads that one person may have open."""
KEEP = timedelta(days=1)
_HEAD = 4096
_ENDINGS = {
    "pdf": (".pdf",),
    "zip": (".zip",),
    "xlsx": (".xlsx",),
    "ods": (".ods",),
    "text": (".csv", ".txt", ".tsv", ".json", ".ics"),
}
ACCEPTED = "PDF, CSV, XLSX, ODS, JSON, ICS or one ZIP"


class UploadRefused(Refused):
    """A file is of no kind that is taken, or the upload is empty, too large or too many."""

    code = "import.upload.refused"


class WrongKind(UploadRefused):
    """The bytes of a file are not what its name says, or of no kind that is taken."""

    code = "import.upload.kind"


class TooMuch(UploadRefused):
    """Too many files or bytes in one upload."""

    code = "import.upload.too_much"


class TooManyOpen(UploadRefused):
    """The person has as many uploads open as anyone may."""

    code = "import.upload.open"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One file as it comes in: its name and its bytes, piece by piece."""

    name: str
    size: int
    chunks: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload that is kept. `bundle` is what `import_bundle` opens; `names` are told to people."""

    token: str
    person: UUID
    at: datetime
    names: tuple[str, ...]
    size: int
    bundle: Path


def keep(*, person: UUID, files: Sequence[Incoming], now: datetime) -> Upload:
    """Store what somebody sent; raises an `UploadRefused` (code, and the file's name in its words) and keeps nothing.

    Whether the person may import at all is asked before.
    """
    sweep(now=now)
    _must_fit(person, files)
    token = secrets.token_hex(16)
    place = folder() / token
    inside = place / "files"
    inside.mkdir(parents=True, mode=0o700)
    try:
        for one in files:
            _store(inside, one)
        _must_go_together(inside)
        names = sorted(path.name for path in inside.iterdir())
        told = {
            "person": str(person),
            "at": stamp(now),
            "names": names,
            "size": sum(f.stat().st_size for f in inside.iterdir()),
        }
        (place / "meta.json").write_text(json.dumps(told), encoding="utf-8")
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    return get(token=token, person=person)


def get(*, token: str, person: UUID) -> Upload:
    """One's own upload. Raises NotFound for any other, and for one that is gone."""
    plain = token if len(token) == 32 and token.isalnum() else "-"  # noqa: PLR2004 - hexadecimal digits of 16 bytes
    place = folder() / plain
    try:
        told = json.loads((place / "meta.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise NotFound("The files are no longer kept: send them again.") from None
    if told["person"] != str(person):
        raise NotFound("The files are no longer kept: send them again.")
    inside = place / "files"
    names = tuple(told["names"])
    bundle = inside / names[0] if len(names) == 1 else inside
    return Upload(token, person, parse_stamp(told["at"]), names, told["size"], bundle)


def remove(*, token: str, person: UUID) -> None:
    """Give an upload up; one that is gone is no error."""
    try:
        get(token=token, person=person)
    except NotFound:
        return
    shutil.rmtree(folder() / token, ignore_errors=True)


def sweep(*, now: datetime) -> int:
    """Remove uploads older than a day, and what is no whole upload; returns how many."""
    gone = 0
    for place in sorted(folder().iterdir()) if folder().is_dir() else []:
        try:
            at = parse_stamp(json.loads((place / "meta.json").read_text(encoding="utf-8"))["at"])
        except (OSError, ValueError, KeyError):
            at = datetime.fromtimestamp(place.stat().st_mtime, tz=now.tzinfo)
        if now - at > KEEP:
            shutil.rmtree(place, ignore_errors=True)
            gone += 1
    return gone


def folder() -> Path:
    """Where uploads lie (`<data>/uploads`)."""
    return Path(settings.DATA) / "uploads"


def kind_of(path: Path) -> str:
    """``pdf``, ``zip``, ``xlsx``, ``ods`` or ``text``, by the bytes; the name has to agree. Raises WrongKind."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    kind = _by_bytes(path, head)
    if not kind or not path.name.lower().endswith(_ENDINGS[kind]):
        raise WrongKind(
            f"{path.name}: this is not what its name says; accepted: {ACCEPTED}.", field="sent", value=path.name
        )
    return kind


def _by_bytes(path: Path, head: bytes) -> str:
    if head.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(path) as archive:
                names = set(archive.namelist())
        except (zipfile.BadZipFile, OSError):
            return ""
        return "xlsx" if "xl/workbook.xml" in names else "ods" if "content.xml" in names else "zip"
    if b"%PDF-" in head[:1024]:
        return "pdf"
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    return "text" if head and (wide or b"\0" not in head) else ""


def _must_go_together(inside: Path) -> None:
    kinds = [kind_of(path) for path in sorted(inside.iterdir())]
    if len(kinds) > 1 and "zip" in kinds:
        raise WrongKind("Send one ZIP alone, or loose files without a ZIP.", field="sent")


def _must_fit(person: UUID, files: Sequence[Incoming]) -> None:
    if not files:
        raise UploadRefused("Choose at least one file.", field="sent")
    if len(files) > MAX_FILES:
        raise TooMuch(f"At most {MAX_FILES} loose files at a time; put more into one ZIP.", field="sent")
    if sum(one.size for one in files) > MAX_BYTES:
        raise TooMuch(f"At most {MAX_BYTES // 2**20} MB at a time.", field="sent")
    mine = 0
    for place in folder().iterdir() if folder().is_dir() else ():
        try:
            mine += json.loads((place / "meta.json").read_text(encoding="utf-8"))["person"] == str(person)
        except (OSError, ValueError, KeyError):
            continue
    if mine >= MAX_OPEN:
        raise TooManyOpen(f"You have {mine} uploads open: import or remove one of them first.", field="sent")


def _store(inside: Path, one: Incoming) -> None:
    name = harmless(PurePosixPath(one.name.replace("\\", "/")).name)[:120].lstrip(".")
    path = inside / name
    if not name or path.exists():
        raise WrongKind(f"{name or '?'}: two files have that name, or none.", field="sent", value=name)
    size = 0
    with path.open("xb") as stream:
        path.chmod(0o600)
        for chunk in one.chunks:
            size += len(chunk)
            stream.write(chunk)
    if kind_of(path) == "pdf" and size > MAX_PDF:
        raise TooMuch(f"{name}: larger than {MAX_PDF // 1_000_000} MB.", field="sent", value=name)
