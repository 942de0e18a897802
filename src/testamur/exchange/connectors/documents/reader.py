"""Reading a register file and the PDFs that it names. A PDF is opened here only to see that it is one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import partial
from pathlib import PurePosixPath

from testamur.exchange.connectors.own.templates import REGISTER_FIELDS
from testamur.exchange.connectors.rules import (
    Defect,
    IncomingDocument,
    IncomingSigner,
    Options,
    Reporter,
    Row,
    person_key,
)
from testamur.exchange.connectors.tabular.files import BundleUnreadable, Files, Member
from testamur.exchange.connectors.tabular.sheets import is_workbook
from testamur.exchange.connectors.tabular.table import Column, Table, header_of, plain
from testamur.kernel.base.refused import Refused

MAX_PDF = 64 * 2**20
_ALIASES = {
    "file": ("filename", "fil", "filnamn", "файл", "tệp"),
    "identifier": ("pupil", "pupil_identifier", "personnummer", "elev", "ЕГН", "ученик"),
    "document_type": ("type", "dokumenttyp", "вид документ"),
    "signers": ("signatories", "undertecknare", "signerare", "подписват"),
    "scheme": ("identifier_scheme",),
}
COLUMNS = tuple(Column(n, required=r, aliases=_ALIASES.get(n, ())) for n, _help, r in REGISTER_FIELDS)
SHOWN_STRAYS = 5


class Documents:
    """Finished PDFs with a register file."""

    id = "documents"

    def detect(self, files: Files) -> float:
        """Certain when a table has the columns file, identifier, document_type and signers."""
        return 0.97 if _register(files) else 0.0

    def source(self, files: Files) -> str:
        """Documents are told apart by their bytes, not by a system's keys."""
        _ = files
        return "documents"

    def read(self, files: Files, options: Options, reporter: Reporter) -> Iterator[Row]:
        """One row per line of the register whose PDF is there and whole."""
        register = _register(files)
        if register is None:
            return
        table = Table(files, register, COLUMNS, reporter, options)
        named: set[str] = set()
        for number, (
            name, identifier, said, kind, signers, title, school, year, term, issued, sha256,
        ) in table:  # fmt: skip
            member = _pdf(files, table, number, name)
            if member is None:
                continue
            named.add(member.name)
            scheme = said or options.identifier_scheme or _implied(table)
            try:
                person_key(scheme, identifier, on=options.today)
            except Refused as no:
                table.refuse(number, "identifier", identifier, f"row left out: {no}", "import.identifier.invalid")
                continue
            steps = _signers(table, number, signers, scheme, options)
            digest = _digest(files, member, table, number)
            if not steps or not digest:
                continue
            if sha256 and sha256.lower() != digest:
                table.refuse(
                    number, "sha256", sha256, f"row left out: the file's SHA-256 is {digest}", "import.document.changed"
                )
                continue
            yield IncomingDocument(
                table.name, number, f"{digest}|{kind}", member.name, member.size, digest,
                partial(files.read, member, MAX_PDF), scheme, identifier, kind, title, school, year, term,
                table.date(number, "issued_on", issued), steps,
            )  # fmt: skip
        _strays(files, named, reporter)


FORMAT = Documents()


def _register(files: Files) -> Member | None:
    for member in files.members:
        if member.name.lower().endswith((".csv", ".txt", ".tsv")):
            cells = {plain(h) for h in header_of(files, member)}
            if all(any(plain(n) in cells for n in (k.name, *k.aliases)) for k in COLUMNS if k.required):
                return member
        elif is_workbook(member.name) and PurePosixPath(member.name).stem.lower() in {"register", "registerfil"}:
            return member
    return None


def _implied(table: Table) -> str:
    """The scheme that the header itself names."""
    return {"personnummer": "se.personnummer", "ЕГН": "bg.egn"}.get(table.headers.get("identifier", ""), "local")


def _pdf(files: Files, table: Table, number: int, name: str) -> Member | None:
    """The named file, when it is in the bundle once and begins and ends like a PDF (ISO 32000-1, 7.5)."""
    exact = [m for m in files.members if m.name == name]
    found = exact or [m for m in files.members if PurePosixPath(m.name).name == name]
    if len(found) != 1:
        table.refuse(
            number, "file", name,
            "row left out: no such file in the bundle" if not found else "row left out: several files have that name",
            "import.document.missing",
        )  # fmt: skip
        return None
    member = found[0]
    if member.size > MAX_PDF:
        table.refuse(number, "file", name, f"row left out: larger than {MAX_PDF} bytes", "import.document.large")
        return None
    return member


def _digest(files: Files, member: Member, table: Table, number: int) -> str:
    try:
        data = files.read(member, MAX_PDF)
    except BundleUnreadable as no:
        table.refuse(number, "file", member.name, f"row left out: {no}", "import.document.unreadable")
        return ""
    if b"%PDF-" not in data[:1024] or b"%%EOF" not in data[-2048:]:
        table.refuse(
            number, "file", member.name, "row left out: not a whole PDF (no %PDF- at its start or %%EOF at its end)",
            "import.document.unreadable",
        )  # fmt: skip
        return ""
    return hashlib.sha256(data).hexdigest()


def _signers(table: Table, number: int, text: str, scheme: str, options: Options) -> tuple[IncomingSigner, ...]:
    """``role:identifier:name`` parted by semicolons, in signing order; empty when one of them is wrong (reported)."""
    steps: list[IncomingSigner] = []
    for part in (p.strip() for p in text.split(";") if p.strip()):
        role, _, rest = part.partition(":")
        identifier, _, name = rest.partition(":")
        try:
            person_key(scheme, identifier.strip(), on=options.today)
        except Refused as no:
            table.refuse(
                number, "signers", part, f"row left out: {no}; accepted: role:identifier:name; role:identifier:name",
                "import.document.signers",
            )  # fmt: skip
            return ()
        steps.append(IncomingSigner(len(steps) + 1, role.strip(), scheme, identifier.strip(), name.strip()))
    if not steps:
        table.refuse(
            number, "signers", text, "row left out: nobody signs; accepted: role:identifier:name",
            "import.document.signers",
        )  # fmt: skip
    return tuple(steps)


def _strays(files: Files, named: set[str], reporter: Reporter) -> None:
    strays = [m.name for m in files.members if m.name.lower().endswith(".pdf") and m.name not in named]
    if strays:
        shown = ", ".join(strays[:SHOWN_STRAYS]) + ("…" if len(strays) > SHOWN_STRAYS else "")
        reporter.add(
            Defect("", 0, "file", shown, f"{len(strays)} PDFs are in no line of the register: left out",
                   "import.document.stray")
        )  # fmt: skip
