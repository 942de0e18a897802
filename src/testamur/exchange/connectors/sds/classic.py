"""Classic SDS (v1): School, Section, Student, Teacher, StudentEnrollment, TeacherRoster and, if sent, guardians."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from datetime import date

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
from testamur.exchange.connectors.tabular.files import Files
from testamur.exchange.connectors.tabular.table import Column, Table, plain
from testamur.exchange.connectors.tabular.words import word

STATUSES = {"Active": "active", "Inactive": "inactive", "Deleted": "inactive"}
_NOT_READ = frozenset({
    "username", "password", "schoolncesid", "stateid", "gradelow", "gradehigh", "principalname",
    "principalsecondaryemail", "address", "city", "state", "country", "zip", "phone", "zone", "sectionnumber",
    "coursenumber", "coursedescription", "coursesubject", "periods", "studentnumber", "graduationyear", "teachernumber",
    "title", "qualification", "schoolnumber", "mailingaddress", "mailingcity",
})  # fmt: skip


def _columns(*names: str) -> tuple[Column, ...]:
    return tuple(Column(n.rstrip("!"), required=n.endswith("!")) for n in names)


def read(files: Files, options: Options, reporter: Reporter) -> Iterator[Row]:
    """Rows in order of dependence. Keys of persons are prefixed, since pupils and teachers are numbered apart."""

    def table(name: str, columns: Sequence[Column]) -> Table | None:
        member = files.find(f"{name}.csv")
        if member is None:
            return None
        return Table(files, member, columns, reporter, options, ignored=lambda h: plain(h) in _NOT_READ)

    principals = yield from _schools(table("School", _columns("SIS ID!", "Name!", "School Number", "Principal SIS ID")))
    yield from _sections(
        table(
            "Section",
            _columns(
                "SIS ID!", "School SIS ID!", "Section Name!", "Term SIS ID", "Term Name", "Term StartDate",
                "Term EndDate", "Course SIS ID", "Course Name", "Status",
            ),
        )
    )  # fmt: skip
    person = (
        "SIS ID!", "School SIS ID!", "First Name!", "Last Name!", "Middle Name", "Secondary Email", "Status", "Grade",
        "Birthdate",
    )  # fmt: skip
    yield from _persons(table("Student", _columns(*person)), "pupil")
    yield from _persons(table("Teacher", _columns(*person)), "teacher")
    yield from principals
    guardians = _columns("SIS ID!", "First Name", "Last Name", "Email", "Phone", "Role")
    yield from _guardians(
        table("User", guardians), table("GuardianRelationship", _columns("SIS ID!", "Email!", "Role"))
    )
    yield from _members(table("StudentEnrollment", _columns("Section SIS ID!", "SIS ID!")), "pupil")
    yield from _members(table("TeacherRoster", _columns("Section SIS ID!", "SIS ID!")), "teacher")


def _schools(table: Table | None) -> Generator[Row, None, list[Row]]:
    principals: list[Row] = []
    for number, (key, name, code, principal) in table or ():
        yield UnitRow(table.name if table else "", number, key, name, "school", code)
        if principal:
            principals.append(
                MembershipRow(
                    table.name if table else "", number, f"teacher:{principal}|principal|{key}",
                    f"teacher:{principal}", key, "principal",
                )
            )  # fmt: skip
    return principals


def _sections(table: Table | None) -> Iterator[Row]:
    if table is None:
        return
    told: set[tuple[str, str]] = set()
    for number, (key, school, name, term, title, starts, ends, course, course_name, status) in table:
        first, last = table.date(number, "Term StartDate", starts), table.date(number, "Term EndDate", ends)
        year_key = f"year:{term}"
        if term and first and last and ("term", term) not in told:
            told.add(("term", term))
            yield SessionRow(
                table.name, number, year_key, title, _kind(first, last), first, last, school_year_of(first, last)
            )
        if course and ("course", course) not in told:
            told.add(("course", course))
            yield CourseRow(table.name, number, course, course_name or name, course, school)
        ended = word(table, number, "Status", status, STATUSES) == "inactive"
        yield GroupRow(
            table.name, number, key, name, "teaching", school, (year_key,) if term else (), course, ended=ended
        )


def _kind(first: date, last: date) -> str:
    return "year" if (last - first).days > 240 else "term"  # noqa: PLR2004 - eight months: longer than any term


def _persons(table: Table | None, role: str) -> Iterator[Row]:
    if table is None:
        return
    for number, (key, school, given, family, middle, email, status, grade, born) in table:
        ended = word(table, number, "Status", status, STATUSES) == "inactive"
        name = f"{'student' if role == 'pupil' else 'teacher'}:{key}"
        yield PersonRow(
            table.name, number, name, given, family, middle, "", (), table.date(number, "Birthdate", born), "", "",
            email, "", (), ended, school,
        )  # fmt: skip
        level = int(grade) if grade.isdecimal() and len(grade) < 4 and int(grade) <= 13 else None  # noqa: PLR2004 - highest year of any school
        yield MembershipRow(table.name, number, f"{name}|{role}|{school}", name, school, role, None, None, level, ended)


def _guardians(users: Table | None, relations: Table | None) -> Iterator[Row]:
    for number, (_key, given, family, email, phone, _role) in users or ():
        if email:
            name = users.name if users else ""
            yield PersonRow(name, number, f"guardian:{email.lower()}", given, family, email=email, phone=phone)
    for number, (child, email, role) in relations or ():
        guardian = f"guardian:{email.lower()}"
        yield GuardianRow(
            relations.name if relations else "", number, f"student:{child}|{guardian}", f"student:{child}", guardian,
            role.lower(),
        )  # fmt: skip


def _members(table: Table | None, role: str) -> Iterator[Row]:
    prefix = "student" if role == "pupil" else "teacher"
    for number, (section, person) in table or ():
        yield EnrolmentRow(
            table.name if table else "", number, f"{section}|{prefix}:{person}", f"{prefix}:{person}", section, role
        )
