"""The formats that can be read, which of them a bundle has, and which bundles lie in a folder."""

from __future__ import annotations

from pathlib import Path

from testamur.exchange.connectors.calendars.reader import FORMAT as CALENDARS
from testamur.exchange.connectors.documents.reader import FORMAT as DOCUMENTS
from testamur.exchange.connectors.oneroster.reader import FORMAT as ONEROSTER
from testamur.exchange.connectors.own.reader import FORMAT as OWN
from testamur.exchange.connectors.roster.bundle import FORMAT as ROSTER
from testamur.exchange.connectors.rules import Format
from testamur.exchange.connectors.sds.reader import FORMAT as SDS
from testamur.exchange.connectors.tabular.files import BundleUnreadable, Files, Member
from testamur.exchange.connectors.units.reader import FORMAT as UNITS

FORMATS: tuple[Format, ...] = (ONEROSTER, SDS, OWN, UNITS, ROSTER, CALENDARS, DOCUMENTS)
"""One of the product's extension points: an object that satisfies `Format`, and a line here."""
MAX_DEPTH = 3
_BUNDLE_FILES = (".zip", ".xlsx", ".ods", ".ics")
ACCEPTED = (
    "OneRoster 1.1/1.2 CSV (folder or ZIP), Microsoft SDS v2.1/v2/classic, Testamur's own CSV or XLSX "
    "(testamur import-templates DIR), Skolverket school units (JSON), tables with NEISPUO codes (CSV), "
    "lessons as iCalendar or as SS 12000 calendar events (JSON), finished PDFs with a register file"
)


class BundleUnknown(BundleUnreadable):
    """The bundle is of no format that can be read."""

    code = "import.bundle.unknown"


def detect(files: Files) -> Format | None:
    """The format that is surest of the bundle, or None."""
    best = max(FORMATS, key=lambda f: f.detect(files))
    return best if best.detect(files) > 0 else None


def open_bundle(path: Path) -> tuple[Files, Format]:
    """The bundle at `path` with its format.

    Raises `BundleUnreadable` (``import.bundle.unreadable``) and `BundleUnknown` (``import.bundle.unknown``).
    """
    files = Files(path)
    found = detect(files)
    if found is None:
        files.close()
        raise BundleUnknown(f"{path}: of no known format. Accepted: {ACCEPTED}.", field="path", value=str(path))
    if found is DOCUMENTS and path.is_dir():
        files = Files(path, deep=True)
    return files, found


def bundles(path: Path, depth: int = 0) -> list[Path]:
    """The bundles at `path`: itself, or what lies in a folder that is none. A folder of documents is one bundle.

    Raises `BundleUnreadable` when there is no such path, `BundleUnknown` when nothing in it can be read.
    """
    if not path.is_dir():
        return [path]
    if detect(Files(path)) is not None:
        return [path]
    found: list[Path] = []
    if depth < MAX_DEPTH:
        for entry in sorted(path.iterdir()):
            if entry.is_dir():
                found.extend(_quietly(entry, depth + 1))
            elif entry.suffix.lower() in _BUNDLE_FILES:
                found.append(entry)
    if not found and depth == 0:
        raise BundleUnknown(f"{path}: nothing in it can be read. Accepted: {ACCEPTED}.", field="path", value=str(path))
    return found


def _quietly(path: Path, depth: int) -> list[Path]:
    try:
        return bundles(path, depth)
    except BundleUnreadable:
        return []


def rows_of(path: Path) -> int | None:
    """About how many lines the tables of a bundle have, for a progress bar; None when that cannot be told."""
    try:
        files = Files(path)
    except BundleUnreadable:
        return None
    try:
        tables = [m for m in files.members if m.name.lower().endswith((".csv", ".txt", ".tsv"))]
        return sum(_lines(files, member) for member in tables) or None
    except BundleUnreadable:
        return None
    finally:
        files.close()


def _lines(files: Files, member: Member) -> int:
    with files.open(member) as stream:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(1 << 20), b""))
