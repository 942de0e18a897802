"""Telling the three SDS formats apart, and reading v2 and v2.1; `classic` reads the oldest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from testamur.exchange.connectors.rules import (
    CourseRow,
    EnrolmentRow,
    GroupRow,
    GuardianRow,
    MembershipRow,
    Options,
    PersonRow,
    Reporter,
    Row,
    SessionRow,
    UnitRow,
    school_year_of,
)
from testamur.exchange.connectors.sds import classic
from testamur.exchange.connectors.tabular.files import Files
from testamur.exchange.connectors.tabular.scratch import Scratch
from testamur.exchange.connectors.tabular.table import Column, Table, header_of, parts, plain
from testamur.exchange.connectors.tabular.words import word

SESSION_TYPES = {
    "schoolYear": "year", "semester": "term", "term": "term", "quarter": "term", "trimester": "term",
    "gradingPeriod": "period",
}  # fmt: skip
ORG_TYPES = {
    "school": "school", "college": "school", "department": "department", "ministryOfEducation": "authority",
    "university": "authority", "district": "authority", "local": "authority", "state": "authority",
    "national": "authority", "region": "authority", "division": "department", "program": "department",
    "campus": "school", "county": "authority", "faculty": "department",
}  # fmt: skip
ROLES = {
    "student": "pupil", "teacher": "teacher", "professor": "teacher", "lecturer": "teacher", "faculty": "teacher",
    "instructor": "teacher", "principal": "principal", "adjunct": "teacher", "substitute": "aide", "aide": "aide",
    "staff": "aide", "administrator": "administrator", "boardMember": "aide", "chair": "aide", "nurse": "aide",
    "superintendent": "administrator", "guardian": "guardian", "parent": "guardian", "relative": "relative",
    "counselor": "aide", "dean": "aide", "assistant": "aide", "coach": "aide", "classroomAssistant": "aide",
}  # fmt: skip
RELATIONS = {
    "parent": "parent", "guardian": "guardian", "relative": "relative", "aide": "", "doctor": "",
    "emergencyContact": "", "child": "",
}  # fmt: skip
SEXES = {"male": "male", "female": "female", "other": "other", "unspecified": ""}
_NOT_READ = frozenset({
    "username", "password", "activedirectorymatchid", "ethnicitycodes", "racecodes", "birthcity", "birthstate",
    "birthcountry", "isprimary", "schoolyearsourcedid", "subject", "flag",
})  # fmt: skip


def _columns(*names: str) -> tuple[Column, ...]:
    return tuple(Column(n.rstrip("!"), required=n.endswith("!")) for n in names)


class SchoolDataSync:
    """School Data Sync in all three formats."""

    id = "sds"

    def detect(self, files: Files) -> float:
        """v2 and v2.1 by headers that no OneRoster file has; classic by its file names and ``SIS ID``."""
        if files.find("manifest.csv") is not None:
            return 0.0
        student = files.find("student.csv")
        if student is not None and "sisid" in {plain(h) for h in header_of(files, student)}:
            return 0.95
        users = files.find("users.csv")
        header = {plain(h) for h in header_of(files, users)} if users else set()
        if "sourcedid" not in header or header & {"status", "datelastmodified", "enableduser"}:
            return 0.0
        return 0.9 if files.find("orgs.csv") else 0.6

    def source(self, files: Files) -> str:
        """SDS bundles do not name their system."""
        _ = files
        return "sds"

    def read(self, files: Files, options: Options, reporter: Reporter) -> Iterator[Row]:
        """Rows in order of dependence."""
        if files.find("student.csv") is not None:
            yield from classic.read(files, options, reporter)
            return
        bundle = _Bundle(files, options, reporter)
        with Scratch() as scratch:
            yield from bundle.orgs()
            yield from bundle.sessions()
            yield from bundle.courses()
            yield from bundle.classes()
            bundle.demographics(scratch)
            yield from bundle.users(scratch)
            yield from bundle.roles()
            yield from bundle.relationships()
            yield from bundle.enrollments()


FORMAT = SchoolDataSync()


class _Bundle:
    """The tables of one v2 or v2.1 bundle."""

    def __init__(self, files: Files, options: Options, reporter: Reporter) -> None:
        self.files = files
        self.options = options
        self.reporter = reporter

    def table(self, name: str, columns: Sequence[Column]) -> Table | None:
        member = self.files.find(f"{name}.csv")
        if member is None:
            return None
        return Table(self.files, member, columns, self.reporter, self.options, ignored=lambda h: plain(h) in _NOT_READ)

    def orgs(self) -> Iterator[Row]:
        table = self.table("orgs", _columns("sourcedId!", "name!", "type!", "parentSourcedId"))
        if table is None:
            return
        rows: dict[str, UnitRow] = {}
        for number, (key, name, kind, parent) in table:
            found = word(table, number, "type", kind, ORG_TYPES, done="read as a school") or "school"
            rows[key] = UnitRow(table.name, number, key, name, found, "", parent)
        waiting = dict(rows)
        while waiting:  # parents first; what only waits for itself goes under the authority
            ready = [k for k, r in waiting.items() if r.parent_key not in waiting]
            for key in ready or [next(iter(waiting))]:
                row = waiting.pop(key)
                if row.parent_key and (row.parent_key not in rows or not ready):
                    table.note(
                        row.row, "parentSourcedId", row.parent_key,
                        "not above it in the bundle: placed under the authority", "import.reference.unknown",
                    )  # fmt: skip
                    row = replace(row, parent_key="")
                yield row

    def sessions(self) -> Iterator[Row]:
        table = self.table("academicSessions", _columns("sourcedId!", "title", "type!", "startDate!", "endDate!"))
        if table is None:
            return
        found: list[SessionRow] = []
        for number, (key, title, kind, starts, ends) in table:
            meaning = word(table, number, "type", kind, SESSION_TYPES, done="session left out")
            first, last = table.date(number, "startDate", starts), table.date(number, "endDate", ends)
            if meaning not in {"year", "term"}:
                continue
            if first is None or last is None or last <= first:
                table.refuse(
                    number, "startDate", f"{starts} – {ends}", "session left out: it needs a first day before its last",
                    "import.session.dates",
                )  # fmt: skip
                continue
            found.append(SessionRow(table.name, number, key, title, meaning, first, last, school_year_of(first, last)))
        yield from sorted(found, key=lambda row: row.kind, reverse=True)  # years before terms

    def courses(self) -> Iterator[Row]:
        table = self.table("courses", _columns("sourcedId!", "orgSourcedId", "title!", "code"))
        if table is None:
            return
        for number, (key, org, title, code) in table:
            yield CourseRow(table.name, number, key, title, code or key, org)

    def classes(self) -> Iterator[Row]:
        columns = _columns("sourcedId!", "orgSourcedId!", "title!", "sessionSourcedIds", "courseSourcedId")
        table = self.table("classes", columns)
        if table is None:
            return
        for number, (key, org, title, sessions, course) in table:
            yield GroupRow(table.name, number, key, title, "teaching", org, parts(sessions), course)

    def demographics(self, scratch: Scratch) -> None:
        table = self.table("demographics", _columns("userSourcedId!", "sex", "birthDate"))
        if table is None:
            return
        for number, (key, sex, birth) in table:
            born = table.date(number, "birthDate", birth)
            scratch.put("born", key, f"{born or ''}|{word(table, number, 'sex', sex, SEXES)}")

    def users(self, scratch: Scratch) -> Iterator[Row]:
        columns = _columns(
            "sourcedId!", "givenName!", "familyName!", "email", "phone", "sms", "orgSourcedIds", "role", "grade"
        )
        table = self.table("users", columns)
        if table is None:
            return
        for number, (key, given, family, email, phone, sms, orgs, role, grade) in table:
            born, _, sex = scratch.get("born", key).partition("|")
            yield PersonRow(
                table.name, number, key, given, family, "", "", (), table.date(number, "birthDate", born), sex, "",
                email, sms or phone, (), False, (parts(orgs) or ("",))[0],
            )  # fmt: skip
            meaning = word(table, number, "role", role, ROLES, done="person loaded without a role")
            for org in parts(orgs) if meaning else ():
                yield MembershipRow(
                    table.name, number, f"{key}|{meaning}|{org}", key, org, meaning, None, None, _level(grade)
                )

    def roles(self) -> Iterator[Row]:
        columns = _columns(
            "userSourcedId!", "orgSourcedId!", "role!", "sessionSourcedId", "grade", "roleStartDate", "roleEndDate"
        )
        table = self.table("roles", columns)
        if table is None:
            return
        for number, (user, org, role, _session, grade, starts, ends) in table:
            meaning = word(table, number, "role", role, ROLES, done="person loaded without this role")
            if meaning:
                yield MembershipRow(
                    table.name, number, f"{user}|{meaning}|{org}", user, org, meaning,
                    table.date(number, "roleStartDate", starts), table.date(number, "roleEndDate", ends), _level(grade),
                )  # fmt: skip

    def relationships(self) -> Iterator[Row]:
        columns = _columns("userSourcedId!", "relationshipUserSourcedId!", "relationshipRole!")
        table = self.table("relationships", columns)
        if table is None:
            return
        for number, (child, other, role) in table:
            meaning = word(table, number, "relationshipRole", role, RELATIONS, done="relation left out")
            if meaning:
                yield GuardianRow(table.name, number, f"{child}|{other}", child, other, meaning)

    def enrollments(self) -> Iterator[Row]:
        table = self.table("enrollments", _columns("classSourcedId!", "userSourcedId!", "role!"))
        if table is None:
            return
        for number, (group, user, role) in table:
            meaning = word(table, number, "role", role, ROLES, done="row left out")
            if meaning in {"pupil", "teacher"}:
                yield EnrolmentRow(table.name, number, f"{group}|{user}|{meaning}", user, group, meaning)
            elif meaning:
                table.note(
                    number, "role", role, "not a role that is kept in a group: row left out", "import.role.unused"
                )


def _level(text: str) -> int | None:
    """A year level from 0 to 13; other codes (``PS1``, ``KG``) say nothing that all countries share."""
    return int(text) if text.isdecimal() and len(text) < 4 and int(text) <= 13 else None  # noqa: PLR2004 - the highest year of any school
