"""Reading official lists into schools. Results of whole schools are left out: they are no decisions about a person."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

from testamur.exchange.connectors.rules import Defect, Options, Reporter, Row, Severity, UnitRow
from testamur.exchange.connectors.tabular.files import BundleUnreadable, Files, Member
from testamur.exchange.connectors.tabular.table import Column, Table, header_of, plain

MAX_JSON = 128 * 2**20
_PEEK = 64 * 1024
SCHOOL_FORMS = {
    "grundskola": "compulsory", "grundskolan": "compulsory", "gymnasieskola": "upper_secondary",
    "gymnasieskolan": "upper_secondary", "anpassad grundskola": "adapted_compulsory",
    "anpassad gymnasieskola": "adapted_upper_secondary", "förskoleklass": "preschool_class",
}  # fmt: skip
_CODE = Column("Код по НЕИСПУО", required=True, aliases=("Код по Админ", "school_code", "Код по АДМИН", "neispuo"))
_NAME = Column("Училище", required=True, aliases=("school_name", "Име на училището"))
_COLUMNS = (_CODE, _NAME, Column("Област"), Column("Община"), Column("Населено място"))
_CODES = {plain(n) for n in (_CODE.name, *_CODE.aliases)}


class Units:
    """Official lists of schools."""

    id = "units"

    def detect(self, files: Files) -> float:
        """Sure for a JSON with ``schoolUnitCode``; likely for a CSV with a NEISPUO code and a school's name."""
        kinds = [_kind(files, member) for member in files.members]
        return 0.95 if "json" in kinds else 0.7 if "csv" in kinds else 0.0

    def source(self, files: Files) -> str:
        """Official codes are one source each."""
        kinds = {_kind(files, member) for member in files.members}
        return "skolverket" if "json" in kinds else "neispuo"

    def read(self, files: Files, options: Options, reporter: Reporter) -> Iterator[Row]:
        """Authorities and schools; a school that stands in several files is read from the first."""
        seen: dict[str, tuple[str, str]] = {}
        for member in files.members:
            kind = _kind(files, member)
            if kind == "json":
                yield from _skolverket(files, member, reporter, seen)
            elif kind == "csv":
                yield from _neispuo(Table(files, member, _COLUMNS, reporter, options, ignored=lambda _h: True), seen)


FORMAT = Units()


def _kind(files: Files, member: Member) -> str:
    name = member.name.lower()
    try:
        if name.endswith(".json"):
            with files.open(member) as stream:
                return "json" if b"schoolUnitCode" in stream.read(_PEEK) else ""
        if name.endswith(".csv"):
            with files.open(member) as stream:
                head = stream.read(_PEEK)
            text = plain(head.decode("utf-8", "replace") if b"\0" not in head else "")
            return "csv" if _CODES & {plain(h) for h in header_of(files, member)} or "кодпоадмин" in text else ""
    except BundleUnreadable:
        return ""
    return ""


def _skolverket(files: Files, member: Member, reporter: Reporter, seen: dict[str, tuple[str, str]]) -> Iterator[Row]:
    def refuse(row: int, column: str, found: str, done: str, code: str) -> None:
        reporter.add(Defect(member.name, row, column, found, done, code, Severity.REFUSED))

    try:
        data: Any = json.load(io.BytesIO(files.read(member, MAX_JSON)))
        schools = data["schools"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        refuse(0, "", str(error), "file left out: no JSON with a list `schools`", "import.file.unreadable")
        return
    for number, school in enumerate(schools if isinstance(schools, list) else (), start=1):
        fields = school if isinstance(school, dict) else {}
        code, name = str(fields.get("schoolUnitCode") or ""), str(fields.get("name") or "").strip()
        if not code.isdecimal() or not name:
            refuse(
                number, "schoolUnitCode", code, "school left out: it needs schoolUnitCode (digits) and name",
                "import.unit.unnamed",
            )  # fmt: skip
            continue
        kommun, place = str(fields.get("municipalityCode") or ""), str(fields.get("municipality") or "")
        parent = f"kommun:{kommun}" if kommun else ""
        if parent and parent not in seen:
            seen[parent] = (member.name, place)
            yield UnitRow(member.name, number, parent, place or kommun, "authority", kommun, "", "SE", place=place)
            reporter.add(
                Defect(
                    member.name, 0, "municipality", "no responsible body in the list",
                    "schools placed under their municipality; an independent school belongs under its own body",
                    "import.unit.authority",
                )
            )  # fmt: skip
        kind = str(fields.get("typeOfSchool") or "")
        form = SCHOOL_FORMS.get(kind.lower(), "")
        row = UnitRow(
            member.name, number, code, name, "school", code, parent, "SE", form, place, kommun,
            "se.compulsory" if form == "compulsory" else "",
        )  # fmt: skip
        yield from _once(row, seen, reporter)


def _neispuo(table: Table, seen: dict[str, tuple[str, str]]) -> Iterator[Row]:
    table.note(
        0, "", "results", "results of whole schools are no decisions about a person: left out", "import.results.school"
    )
    for number, (code, name, region, municipality, place) in table:
        if not code and not name:
            continue  # a second header line
        if not code.isdecimal() or not name:
            table.refuse(
                number, _CODE.name, code, "school left out: it needs a NEISPUO code (digits) and a name",
                "import.unit.unnamed",
            )  # fmt: skip
            continue
        parent = f"община:{region}/{municipality}" if municipality else ""
        if parent and parent not in seen:
            seen[parent] = (table.name, municipality)
            yield UnitRow(
                table.name, number, parent, f"Община {municipality.title()}", "authority", f"{region} {municipality}",
                "", "BG", place=municipality,
            )  # fmt: skip
        row = UnitRow(table.name, number, code, name, "school", code, parent, "BG", "", place or municipality)
        yield from _once(row, seen, table.reporter)


def _once(row: UnitRow, seen: dict[str, tuple[str, str]], reporter: Reporter) -> Iterator[Row]:
    """The row, unless the code was there before; another name for it is reported."""
    before = seen.get(row.key)
    if before is None:
        seen[row.key] = (row.file, row.name)
        yield row
    elif before[1] != row.name:
        reporter.add(
            Defect(
                row.file, row.row, "name", row.name, f"kept as in {before[0]}: {before[1]}", "import.unit.renamed"
            )
        )  # fmt: skip
