"""Students and grades out of a file: a table (CSV, XLSX, ODS) or the gradebook of a OneRoster bundle (ZIP)."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path, PurePosixPath

from testamur.exchange.connectors import uploads
from testamur.exchange.connectors.lms.matching import Who
from testamur.exchange.connectors.lms.rules import LineItem, Note, Said, decimal_of
from testamur.exchange.connectors.oneroster import columns as c
from testamur.exchange.connectors.oneroster.bundle import Bundle
from testamur.exchange.connectors.rules import Defect, Options
from testamur.exchange.connectors.tabular.files import Files
from testamur.exchange.connectors.tabular.table import Column, Table
from testamur.exchange.connectors.tabular.words import SILENT
from testamur.kernel.base.refused import Refused
from testamur.kernel.base.text import harmless

MAX_BYTES = 10 * 2**20
MAX_UNPACKED = 100 * 2**20
MAX_ROWS = 20_000
_HEAD = 12
NUMBER = Column(
    "number",
    aliases=(
        "personal number", "personnummer", "personnr", "pnr", "person number", "student number", "studentnummer",
        "student id", "id number", "idnumber", "ID-nummer", "SIS User ID", "identifier",
    ),
)  # fmt: skip
EMAIL = Column(
    "email",
    aliases=("e-mail", "email address", "e-mail address", "mail", "e-post", "epost", "e-postadress", "SIS Login ID"),
)
_FURTHER = (
    Column("grade", aliases=(
        "betyg", "value", "mark", "final grade", "slutbetyg", "course total (letter)", "kurstotal (bokstav)",
    )),
    Column("date", aliases=("examination date", "examinationsdatum", "examination day", "datum", "provdatum")),
    Column("points", aliases=(
        "poäng", "score", "skrivningspoäng", "final score", "course total (real)", "course total (percentage)",
    )),
    Column("maximum", aliases=("max", "maxpoäng", "max points", "points possible", "out of")),
    Column("name", aliases=("namn", "student", "full name", "sortable name")),
)  # fmt: skip
_RESULTS = c.RESULTS
_ITEMS = (*c.LINE_ITEMS, Column("resultValueMax"))
_USER_ID = re.compile(r"\{([^{}:]*):([^{}]*)\}")
_GRADED = frozenset({"", "fully graded"})


class NotATable(Refused):
    """The file has no column that tells who the students are, or no results."""

    code = "connectors.lms.file"


class FileTooLarge(Refused):
    """The file has more bytes or rows than are read at once."""

    code = "connectors.lms.file_too_large"


class ChooseLineItem(Refused):
    """The bundle holds several line items: one of them has to be chosen."""

    code = "connectors.lms.choose_item"


@dataclass(frozen=True, slots=True)
class FileRow:
    """One student of a file: who is meant, what the file calls him or her, and what it says."""

    who: Who
    called: str
    said: Said


class Notes:
    """Takes the defects that the readers of tables find."""

    def __init__(self) -> None:
        """Nothing is wrong yet."""
        self.told: list[Note] = []

    def add(self, defect: Defect) -> None:
        """Take one."""
        found = f"{defect.column}: {defect.found}" if defect.column else defect.found
        self.told.append(Note("file", defect.row, harmless(found)[:160], defect.done))


@contextmanager
def opened(name: str, data: bytes) -> Iterator[Files]:
    """The file, by its bytes; raises `FileTooLarge`, `WrongKind`, `BundleUnreadable`."""
    if len(data) > MAX_BYTES:
        raise FileTooLarge(f"At most {MAX_BYTES // 2**20} MB.", field="file")
    plain = harmless(PurePosixPath(name.replace("\\", "/")).name)[-100:].lstrip(".") or "table.csv"
    with tempfile.TemporaryDirectory(prefix="testamur-") as place:
        path = Path(place) / plain
        path.write_bytes(data)
        if uploads.kind_of(path) not in {"zip", "xlsx", "ods", "text"}:
            raise NotATable("That is no table.", field="file")
        files = Files(path)
        try:
            if sum(one.size for one in files.members) > MAX_UNPACKED:
                raise FileTooLarge("The file would unpack to more than is read.", field="file")
            yield files
        finally:
            files.close()


def is_bundle(files: Files) -> bool:
    """Whether it is a OneRoster bundle and no plain table."""
    return files.find("results.csv") is not None


def line_items(files: Files) -> tuple[LineItem, ...]:
    """What was graded in a bundle, with results or without, in the order of the file."""
    found = Bundle(files, SILENT, Options()).table("lineItems", _ITEMS, silent=True)
    rows = found if found is not None else ()
    return tuple(LineItem(cells[0], harmless(cells[3])[:200], decimal_of(cells[-1])) for _number, cells in rows)


def rows_of(files: Files, *, line_item: str, notes: Notes) -> Iterator[FileRow]:
    """The rows of a table, or the results of one line item of a bundle (the only one where none is named)."""
    read = _bundled(files, line_item, notes) if is_bundle(files) else _tabled(files, notes)
    for number, row in enumerate(read, 1):
        if number > MAX_ROWS:
            raise FileTooLarge(f"At most {MAX_ROWS} rows.", field="file")
        yield row


def _tabled(files: Files, notes: Notes) -> Iterator[FileRow]:
    if len(files.members) != 1:
        raise NotATable("Send one table, or a OneRoster bundle with results.", field="file")
    table = Table(files, files.members[0], _columns(files), notes, Options(), ignored=lambda _header: True)
    for number, (key, email, grade, day, points, maximum, name) in table:
        if not key and not email:
            notes.told.append(Note("no_key", number, harmless(name)[:120]))
            continue
        score = decimal_of(points)
        if points and score is None:
            notes.told.append(Note("no_number", number, harmless(points)[:40]))
        share = (points or grade).endswith("%")
        most = Decimal(100) if share else decimal_of(maximum)
        who = Who((key,) if key else (), (email,) if email else ())
        said = Said(grade, score, most, number, table.date(number, "date", day))
        yield FileRow(who, harmless(name or email or key)[:120], said)


def _columns(files: Files) -> tuple[Column, ...]:
    """The columns, of which the one that tells who it is has to be there."""
    lines = Table(files, files.members[0], (NUMBER, EMAIL), SILENT, Options()).head(_HEAD)
    for _number, cells in lines:
        found = Table.among((NUMBER, EMAIL), [cell.strip() for cell in cells])
        sure = {name for name, (index, how) in found.items() if index >= 0 and how != "spelling"}
        if sure:
            key, email = (Column(one.name, required=one.name in sure, aliases=one.aliases) for one in (NUMBER, EMAIL))
            return (key, email, *_FURTHER)
    raise NotATable("The table needs a column with personal numbers or e-mail addresses.", field="file")


def _bundled(files: Files, line_item: str, notes: Notes) -> Iterator[FileRow]:
    bundle = Bundle(files, SILENT, Options())
    items = {one.id: one for one in line_items(files)}
    table = bundle.table("results", _RESULTS)
    if table is None:
        raise NotATable("The manifest says that the bundle holds no results.", field="file")
    table.reporter = notes
    wanted = _chosen(items, line_item)
    users = _users(bundle)
    maximum = items[wanted].maximum if wanted in items else None
    for number, (_key, status, _modified, item, student, state, score, _scored, _comment, text) in table:
        if (wanted and item != wanted) or status.lower() == "tobedeleted":
            continue
        if state.lower() not in _GRADED or not (text or score):
            notes.told.append(Note("ungraded", number, state))
            continue
        who, called = users.get(student, (Who((student,)), student))
        points = decimal_of(score)
        letter = text or ("" if points is not None else score)  # some systems write it where a number belongs
        yield FileRow(who, harmless(called)[:120], Said(letter, points, maximum, number))


def _chosen(items: Mapping[str, LineItem], named: str) -> str:
    """The id of the line item that is meant, by its id or title; the only one where none is named."""
    if not named and len(items) <= 1:
        return next(iter(items), "")
    titled = [key for key, one in items.items() if one.label.casefold() == named.strip().casefold()]
    if named in items or len(titled) == 1:
        return named if named in items else titled[0]
    labels = ", ".join(one.label for one in list(items.values())[:_HEAD])
    raise ChooseLineItem(f"Choose what was graded: {labels}.", field="line_item", items=labels)


def _users(bundle: Bundle) -> dict[str, tuple[Who, str]]:
    """Who is meant by the ids of a bundle: its own key, identifiers, e-mail; and the name that it has for them."""
    columns = [Column("sourcedId", required=True), *map(Column, ("userIds", "identifier", "email"))]
    columns += [Column("givenName"), Column("familyName")]
    table = bundle.table("users", columns, silent=True)
    found: dict[str, tuple[Who, str]] = {}
    for number, (key, user_ids, identifier, email, given, family) in table if table is not None else ():
        if number > MAX_ROWS * 5:
            raise FileTooLarge("The bundle has more users than are read at once.", field="file")
        named = (value.strip() for _kind, value in _USER_ID.findall(user_ids))
        numbers = tuple(dict.fromkeys(filter(None, (*named, identifier, key))))
        found[key] = (Who(numbers, (email,) if email else ()), f"{given} {family}".strip() or email or key)
    return found
