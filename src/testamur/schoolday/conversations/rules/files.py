"""Pure rules of attachments: which kinds are taken, and how each is known by its content, whatever its name says.

Sources: the signatures of ISO 32000 (PDF), ISO 15948 (PNG), ISO 10918-5 (JPEG), ECMA-376 part 2 (office documents are
ZIP files with ``[Content_Types].xml``), OASIS OpenDocument 1.3 part 2, section 3.3 (``mimetype`` comes first).
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from enum import StrEnum

from testamur.kernel.base.refused import Refused
from testamur.kernel.base.text import file_stem

MOST_BYTES = 10 * 2**20
MOST_FILES = 5
_MOST_ENTRIES = 5000
_MOST_UNPACKED = 300 * 2**20
_HEAD = 1024
_ENTRY = b"PK\x01\x02"
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")


class Kind(StrEnum):
    """A kind of file that is taken, as its media type."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    ODT = "application/vnd.oasis.opendocument.text"
    ODS = "application/vnd.oasis.opendocument.spreadsheet"
    ODP = "application/vnd.oasis.opendocument.presentation"
    TXT = "text/plain"


KINDS: dict[Kind, str] = {
    Kind.PDF: "pdf", Kind.PNG: "png", Kind.JPEG: "jpg", Kind.DOCX: "docx", Kind.XLSX: "xlsx", Kind.PPTX: "pptx",
    Kind.ODT: "odt", Kind.ODS: "ods", Kind.ODP: "odp", Kind.TXT: "txt",
}  # fmt: skip
"""Kind → the ending of its name."""
_OFFICE = {"word/document.xml": Kind.DOCX, "xl/workbook.xml": Kind.XLSX, "ppt/presentation.xml": Kind.PPTX}
_MACROS = ("vbaProject.bin", "Basic/", "Scripts/")
_OPEN = (Kind.ODT, Kind.ODS, Kind.ODP)


class FileRefused(Refused):
    """The file is of no kind that is taken, or not what it says."""

    code = "conversations.file.kind"


class FileTooLarge(Refused):
    """The file is empty or larger than is taken."""

    code = "conversations.file.too_large"


class FilesTooMany(Refused):
    """More files than one message carries."""

    code = "conversations.file.too_many"


class FileInfected(Refused):
    """The virus scanner finds something in it."""

    code = "conversations.file.infected"


class FileUnchecked(Refused):
    """The virus scanner does not answer, so nothing is taken."""

    code = "conversations.file.unchecked"


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was looked at and stored. `name` has the ending of its kind; `digest` is SHA-256 in hex."""

    name: str
    kind: Kind
    size: int
    digest: str


def sniff(data: bytes) -> Kind:
    """What the file is by its content. Raises FileRefused for everything else, and for documents with macros."""
    if data.startswith(b"%PDF-"):
        return Kind.PDF
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if data.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if data.startswith(b"PK\x03\x04"):
        return _packed(data)
    if _is_text(data):
        return Kind.TXT
    raise FileRefused("Files of this kind are not taken.", field="enclosed")


def named(name: str, kind: Kind) -> str:
    """The name to keep it under: without a path or anything that steers, with the ending of what it is."""
    ending = KINDS[kind]
    stem, dot, last = name.replace("\\", "/").rpartition("/")[2].rpartition(".")
    if not dot:
        stem, last = last, ""
    same = last.lower() == ending or (kind is Kind.JPEG and last.lower() == "jpeg")
    plain = file_stem(stem if same or len(last) <= 5 else f"{stem}.{last}")  # noqa: PLR2004 - longer is no ending
    return f"{plain or 'file'}.{ending}"


def _packed(data: bytes) -> Kind:
    if data.count(_ENTRY) > _MOST_ENTRIES:  # before a library reads them one by one
        raise FileRefused("Files of this kind are not taken.", field="enclosed")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            entries = packed.infolist()
            names = {one.filename for one in entries}
            sound = len(entries) <= _MOST_ENTRIES and sum(one.file_size for one in entries) <= _MOST_UNPACKED
            free = not any(mark in name for name in names for mark in _MACROS)
            if sound and free and "mimetype" in names and packed.getinfo("mimetype").file_size < _HEAD:
                said = packed.read("mimetype").decode("ascii", "replace")
                return next(kind for kind in _OPEN if kind.value == said)
            if sound and free and "[Content_Types].xml" in names:
                return next(kind for part, kind in _OFFICE.items() if part in names)
    except (zipfile.BadZipFile, StopIteration, NotImplementedError, RuntimeError, OSError, EOFError, zlib.error):
        pass
    raise FileRefused("Files of this kind are not taken.", field="enclosed")


def _is_text(data: bytes) -> bool:
    """UTF-8 without control characters: and no page of the web, which a browser might run."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    start = text[:_HEAD].lstrip().lower()
    if start.startswith(("<!doctype", "<html", "<?xml", "<svg", "<script")):
        return False
    return _CONTROL.search(text) is None
