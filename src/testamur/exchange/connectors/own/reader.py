"""Reading our own tables into neutral rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import PurePosixPath

from testamur.exchange.connectors.own import columns as c
from testamur.exchange.connectors.own import timetable
from testamur.exchange.connectors.rules import (
    Defect,
    EnrolmentRow,
    GroupRow,
    GuardianRow,
    MarkRow,
    MembershipRow,
    Options,
    PersonRow,
    Reporter,
    Row,
    SessionRow,
    Severity,
    UnitRow,
    person_key,
)
from testamur.exchange.connectors.tabular.files import BundleUnreadable, Files, Member
from testamur.exchange.connectors.tabular.sheets import is_workbook, sheet_names
from testamur.exchange.connectors.tabular.table import Table, header_of, plain
from testamur.exchange.connectors.tabular.words import word
from testamur.kernel.base.refused import Refused

_ORDER = ("schools", "terms", "groups", "persons", "guardians", "enrolments", "holidays", "timetable", "grades")
_YEAR = re.compile(r"(\d{4})\s*[/–-]\s*(\d{2}|\d{4})\Z")
_FACTS = ("birth_place", "ethnicity", "nationality", "home_town", "residence")
Cells = Mapping[str, str]


class Own:
    """Testamur's own tables."""

    id = "own"

    def detect(self, files: Files) -> float:
        """Sure by table names with fitting headers, else by the header of a single file."""
        return 0.85 if _tables(files) else 0.0

    def source(self, files: Files) -> str:
        """Keys of own tables belong to one source, whoever wrote them."""
        _ = files
        return "own"

    def read(self, files: Files, options: Options, reporter: Reporter) -> Iterator[Row]:
        """Rows in order of dependence."""
        tables = _tables(files)
        _tell_unread(files, tables, reporter)
        groups: set[str] = set()
        for name in _ORDER:
            for member, sheet in tables.get(name, ()):
                fields = c.TABLES[name]
                table = Table(files, member, [f.column for f in fields], reporter, options, sheet=sheet)
                names = [f.column.name for f in fields]
                if name == "timetable":
                    yield from _timetables(table, names, options)
                    continue
                for number, values in table:
                    for row in _READERS[name](table, number, dict(zip(names, values, strict=True)), options):
                        if isinstance(row, GroupRow):
                            if name == "persons" and row.key in groups:
                                continue  # every pupil of a class names it
                            groups.add(row.key)
                        yield row


FORMAT = Own()


def _tables(files: Files) -> dict[str, list[tuple[Member, str]]]:
    """Which file or worksheet holds which table: by name, or by a header that fits one table alone."""
    found: dict[str, list[tuple[Member, str]]] = {}
    for member in files.members:
        stem = PurePosixPath(member.name).stem
        if is_workbook(member.name):
            try:
                names = sheet_names(files, member)
            except BundleUnreadable:
                continue
            for sheet in names:
                if table := _named(sheet):
                    found.setdefault(table, []).append((member, sheet))
        elif member.name.lower().endswith((".csv", ".txt", ".tsv")):
            header = header_of(files, member)
            table = _named(stem) if _fits(_named(stem), header) else _by_header(header)
            if table:
                found.setdefault(table, []).append((member, ""))
    return found


def _tell_unread(files: Files, tables: Mapping[str, list[tuple[Member, str]]], reporter: Reporter) -> None:
    """Say of each table that is not read why: one of ours whose first line is not ours was meant to be."""
    read = {member.name for some in tables.values() for member, _sheet in some}
    for member in files.members:
        path = PurePosixPath(member.name)
        if member.name in read or not (is_workbook(member.name) or path.suffix.lower() in {".csv", ".tsv"}):
            continue
        meant, header = _named(path.stem), ""
        if not is_workbook(member.name):
            header = ", ".join(header_of(files, member))
        if meant:
            done = f"file left out: its first line is not that of {meant}, or it cannot be read"
            reporter.add(Defect(member.name, 0, "", header, done, "import.file.unreadable", Severity.REFUSED))
        else:
            done = "not read: neither its name nor its first line is that of a table"
            reporter.add(Defect(member.name, 0, "", header, done, "import.file.unused"))


def _named(name: str) -> str:
    wanted = plain(name)
    return next((table for table, names in c.NAMES.items() if wanted in {plain(n) for n in names}), "")


def _fits(table: str, header: tuple[str, ...]) -> bool:
    """Every required column of the table is in the header, under its name or an alias."""
    cells = {plain(h) for h in header}
    fields = c.TABLES.get(table, ())
    needed = [f.column for f in fields if f.column.required]
    if table in {"persons", "enrolments", "grades"} and not any(
        plain(n) in cells for f in c.PERSON_KEY for n in (f.column.name, *f.column.aliases)
    ):
        return False
    return bool(needed) and all(any(plain(n) in cells for n in (k.name, *k.aliases)) for k in needed)


def _by_header(header: tuple[str, ...]) -> str:
    fitting = [table for table in ("grades", "persons", "guardians", "timetable", "terms") if _fits(table, header)]
    return fitting[0] if fitting else ""


def _key(table: Table, number: int, cells: Cells, options: Options) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Whom the row is about, and the identifiers it gives; the key is empty when nothing was said (reported)."""
    given = [
        (scheme, cells[column])
        for column, scheme in (("personnummer", "se.personnummer"), ("egn", "bg.egn"), ("cccd", "vn.cccd"))
        if cells[column]
    ]
    if cells["identifier"]:
        given.append((cells["identifier_scheme"] or options.identifier_scheme or "local", cells["identifier"]))
    if cells["person"]:
        return cells["person"], tuple(given)
    for scheme, value in given:
        try:
            return person_key(scheme, value, on=options.today), tuple(given)
        except Refused as no:
            table.refuse(number, "identifier", value, f"row left out: {no} ({scheme})", "import.identifier.invalid")
            return "", ()
    table.refuse(
        number, "person", "empty", "row left out: it needs person, personnummer, egn, cccd or identifier",
        "import.person.unnamed",
    )  # fmt: skip
    return "", ()


def _school_year(table: Table, number: int, text: str) -> str:
    """``2025/2026`` for 2025/26, 2025-2026 …; empty when it is none (reported)."""
    if not text:
        return ""
    match = _YEAR.match(text)
    if match:
        first = int(match[1])
        last = int(match[2]) if len(match[2]) == 4 else first // 100 * 100 + int(match[2])  # noqa: PLR2004 - digits
        if last == first + 1:
            return f"{first}/{last}"
    table.note(number, "school_year", text, "no school year: read as none; accepted: 2025/2026", "import.year.invalid")
    return ""


def _schools(table: Table, number: int, cells: Cells, options: Options) -> Iterator[Row]:
    _ = options
    kind = word(table, number, "kind", cells["kind"], c.UNIT_KINDS, done="read as a school") or "school"
    yield UnitRow(
        table.name, number, cells["school_code"], cells["name"], kind, cells["school_code"], cells["parent"],
        cells["country"].upper(), cells["form"], cells["place"], "", cells["pack"],
    )  # fmt: skip


def _terms(table: Table, number: int, cells: Cells, options: Options) -> Iterator[Row]:
    _ = options
    starts = table.date(number, "start_date", cells["start_date"])
    ends = table.date(number, "end_date", cells["end_date"])
    year = _school_year(table, number, cells["school_year"])
    if starts is None or ends is None or ends <= starts or not year:
        table.refuse(
            number, "start_date", f"{cells['start_date']} – {cells['end_date']}",
            "row left out: it needs a school year and a first day before its last", "import.session.dates",
        )  # fmt: skip
        return
    term = cells["term"]
    yield SessionRow(
        table.name, number, f"{year} {term}".strip(), term or year, "term" if term else "year", starts, ends, year, term
    )


def _groups(table: Table, number: int, cells: Cells, options: Options) -> Iterator[Row]:
    year = _school_year(table, number, cells["school_year"]) or options.school_year
    kind = word(table, number, "kind", cells["kind"], c.KINDS, done="read as a class") or "class"
    yield _group(table, number, cells["group"], year, cells, kind=kind)


def _group(table: Table, number: int, code: str, year: str, cells: Cells, *, kind: str = "class") -> GroupRow:
    school = cells["school_code"]
    return GroupRow(
        table.name, number, f"{school}|{year}|{code}", code, kind, school, (), "", cells.get("subject", ""), year,
        table.whole(number, "year_level", cells.get("year_level", "")),
    )  # fmt: skip


def _persons(table: Table, number: int, cells: Cells, options: Options) -> Iterator[Row]:
    key, identifiers = _key(table, number, cells, options)
    if not key:
        return
    protection = ""
    if cells["protection"]:
        protection = word(
            table, number, "protection", cells["protection"], c.PROTECTIONS, done="read as confidentiality_mark"
        )
        protection = protection or "confidentiality_mark"  # what is not understood hides rather than shows
    yield PersonRow(
        table.name, number, key, cells["given_name"], cells["family_name"], cells["middle_name"],
        cells["preferred_name"], identifiers, table.date(number, "birth_date", cells["birth_date"]),
        word(table, number, "sex", cells["sex"], c.SEXES), protection, cells["email"], cells["phone"],
        tuple((name, cells[name]) for name in _FACTS if cells[name]), False, cells["school_code"],
    )  # fmt: skip
    role = word(table, number, "role", cells["role"], c.ROLES, done="person loaded without a role")
    school = cells["school_code"]
    if role == "guardian" or not school or (cells["role"] and not role):
        return
    starts, ends = _period(table, number, cells)
    level = table.whole(number, "year_level", cells["year_level"])
    yield MembershipRow(
        table.name, number, f"{key}|{role or 'pupil'}|{school}", key, school, role or "pupil", starts, ends, level
    )
    if cells["class"] and (role or "pupil") == "pupil":
        year = _school_year(table, number, cells["school_year"]) or options.school_year
        group = f"{school}|{year}|{cells['class']}"
        yield _group(table, number, cells["class"], year, cells)
        yield EnrolmentRow(table.name, number, f"{key}|{group}", key, group, "pupil", starts, ends, level)


def _period(table: Table, number: int, cells: Cells) -> tuple[date | None, date | None]:
    return (
        table.date(number, "start_date", cells["start_date"]),
        table.date(number, "end_date", cells["end_date"]),
    )


def _guardians(table: Table, number: int, cells: Cells, options: Options) -> Iterator[Row]:
    child, guardian = (_reference(cells[column], options) for column in ("child", "guardian"))
    custody = word(table, number, "custody", cells["custody"], c.YES_NO) if cells["custody"] else "yes"
    yield GuardianRow(
        table.name, number, f"{child}|{guardian}", child, guardian, cells["relation"].lower(), bool(custody)
    )


def _reference(text: str, options: Options) -> str:
    """A person named in one cell: a key of the source, or an identifier in the scheme said with --identifiers."""
    if options.identifier_scheme:
        try:
            return person_key(options.identifier_scheme, text, on=options.today)
        except Refused:
            return text
    return text


def _enrolments(table: Table, number: int, cells: Cells, options: Options) -> Iterator[Row]:
    key, _identifiers = _key(table, number, cells, options)
    if not key:
        return
    role = "pupil"
    if cells["role"]:
        role = word(table, number, "role", cells["role"], c.GROUP_ROLES, done="row left out")
    if role not in {"pupil", "teacher", "class_teacher"}:
        return
    starts, ends = _period(table, number, cells)
    level = table.whole(number, "year_level", cells["year_level"])
    school = cells["school_code"]
    if not cells["group"]:
        yield MembershipRow(table.name, number, f"{key}|{role}|{school}", key, school, role, starts, ends, level)
        return
    year = _school_year(table, number, cells["school_year"]) or options.school_year
    group = f"{school}|{year}|{cells['group']}"
    yield EnrolmentRow(table.name, number, f"{key}|{group}|{role}", key, group, role, starts, ends, level)


def _grades(table: Table, number: int, cells: Cells, options: Options) -> Iterator[Row]:
    key, identifiers = _key(table, number, cells, options)
    if not key:
        return
    if identifiers and not options.identifier_scheme:  # who decided is named as the pupil is
        options = replace(options, identifier_scheme=identifiers[0][0])
    said, _, said_term = options.period.partition(" ")
    year = _school_year(table, number, cells["school_year"]) or said
    term = cells["term"] or ("" if cells["school_year"] else said_term)
    pack = cells["pack"] or options.pack
    if not year or not pack or not cells["subject"] or not cells["grade"]:
        table.refuse(
            number, "school_year" if not year else "pack" if not pack else "grade", "empty",
            "row left out: a grade needs subject, grade, school year and pack (or --period and --pack)",
            "import.grade.incomplete",
        )  # fmt: skip
        return
    school = cells["school_code"]
    kind = cells["kind"] or "grade"
    yield MarkRow(
        table.name, number, f"{key}|{cells['subject']}|{kind}|{year}|{term}", key, cells["subject"], cells["grade"],
        pack, year, term, school, f"{school}|{year}|{cells['group']}" if cells["group"] else "", kind,
        table.whole(number, "year_level", cells["year_level"]), table.date(number, "decided_on", cells["decided_on"]),
        _reference(cells["decided_by"], options), cells["comment"],
    )  # fmt: skip


def _holidays(table: Table, number: int, cells: Cells, options: Options) -> Iterator[Row]:
    _ = options
    yield from timetable.holiday(table, number, cells)


def _timetables(table: Table, names: list[str], options: Options) -> Iterator[Row]:
    yield from timetable.timetables(
        table,
        ((number, dict(zip(names, values, strict=True))) for number, values in table),
        year_of=_school_year,
        reference=lambda text: _reference(text, options),
        default_year=options.school_year,
    )


_READERS = {
    "holidays": _holidays,
    "schools": _schools,
    "terms": _terms,
    "groups": _groups,
    "persons": _persons,
    "guardians": _guardians,
    "enrolments": _enrolments,
    "grades": _grades,
}
