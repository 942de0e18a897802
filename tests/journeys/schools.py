"""Small schools as other systems export them. Everybody in them is plainly invented."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

HEAD = ("sourcedId", "status", "dateLastModified")
SE_SCHOOL = "98765001"
CLASS = "8A"
LEVEL = "08"
PRINCIPAL = "198005059801"
TEACHERS = {"MA": "197901019806", "EN": "198502029803", "SV": "198808089804"}
PUPILS = (
    ("201003049803", "Alva", "Påhittad"),
    ("201006159803", "Björn", "Exempelsson"),
    ("201009219804", "Čedomir", "Testlund"),
    ("201011119801", "Đorđe", "Låtsberg"),
)
MARKS = {"MA": "BCEF", "EN": "ABDE", "SV": "CCDE"}


def luhn(nine: str) -> str:
    """A Swedish number's check digit (SFS 1991:481; ISO/IEC 7812-1 annex B)."""
    doubled = (int(d) * (2 - place % 2) for place, d in enumerate(nine[2:]))
    return str(-sum(v - 9 * (v > 9) for v in doubled) % 10)


def valid(number: str) -> str:
    """The number with the check digit that belongs to it."""
    return number[:11] + luhn(number[:11])


def table(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> Path:
    """One CSV, UTF-8, RFC 4180."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(list(header))
        writer.writerows(rows)
    return path


def oneroster(folder: Path, *, principal: bool = True) -> Path:
    """A OneRoster 1.2 bundle: one municipality, one school, class 8A with its teachers, perhaps a principal."""
    staff = [("rektor", PRINCIPAL, "Rut", "Rektorsexempel", "principal")] if principal else []
    staff += [(f"t-{code}", number, code.title(), "Lärarexempel", "teacher") for code, number in TEACHERS.items()]
    people = [
        *((key, number, given, family, role, "") for key, number, given, family, role in staff),
        *((f"e-{n}", number, given, family, "student", LEVEL) for n, (number, given, family) in enumerate(PUPILS)),
    ]
    table(
        folder / "orgs.csv",
        (*HEAD, "name", "type", "identifier", "parentSourcedId"),
        [
            ("kommun", "", "", "Påhittade kommunen", "district", "9876", ""),
            ("skola", "", "", "Påhittade skolan", "school", SE_SCHOOL, "kommun"),
        ],
    )
    table(
        folder / "academicSessions.csv",
        (*HEAD, "title", "type", "startDate", "endDate", "parentSourcedId", "schoolYear"),
        [
            ("ar", "", "", "2025/2026", "schoolYear", "2025-08-18", "2026-06-12", "", "2026"),
            ("ht", "", "", "HT", "term", "2025-08-18", "2025-12-19", "ar", "2026"),
            ("vt", "", "", "VT", "term", "2026-01-08", "2026-06-12", "ar", "2026"),
        ],
    )
    table(
        folder / "courses.csv",
        (*HEAD, "schoolYearSourcedId", "title", "courseCode", "grades", "orgSourcedId", "subjects", "subjectCodes"),
        [("hem", "", "", "ar", "Klass", "KLASS", LEVEL, "skola", "", "")],
    )
    table(
        folder / "classes.csv",
        (*HEAD, "title", "grades", "courseSourcedId", "classCode", "classType", "location", "schoolSourcedId",
         "termSourcedIds", "subjects", "subjectCodes", "periods"),
        [("8A", "", "", "8A", LEVEL, "hem", "8A", "homeroom", "", "skola", "ht,vt", "", "", "")],
    )  # fmt: skip
    table(
        folder / "users.csv",
        (*HEAD, "enabledUser", "username", "userIds", "givenName", "familyName", "middleName", "identifier", "email",
         "sms", "phone", "agentSourcedIds", "grades", "password", "userMasterIdentifier", "preferredGivenName",
         "preferredMiddleName", "preferredFamilyName", "primaryOrgSourcedId", "pronouns"),
        [
            (key, "", "", "true", key, "", given, family, "", valid(number), "", "", "", "", level, "", "", "", "", "",
             "skola", "")
            for key, number, given, family, _role, level in people
        ],
    )  # fmt: skip
    table(
        folder / "roles.csv",
        (*HEAD, "userSourcedId", "roleType", "role", "beginDate", "endDate", "orgSourcedId", "userProfileSourcedId"),
        [
            (f"r-{key}", "", "", key, "primary", role, "2025-08-18", "", "skola", "")
            for key, _number, _given, _family, role, _level in people
        ],
    )
    table(
        folder / "demographics.csv",
        (*HEAD, "birthDate", "sex"),
        [
            (key, "", "", f"{number[:4]}-{number[4:6]}-{number[6:8]}", "")
            for key, number, _given, _family, _role, _level in people
        ],
    )
    table(
        folder / "enrollments.csv",
        (*HEAD, "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "primary", "beginDate", "endDate"),
        [
            (f"i-{n}", "", "", "8A", "skola", f"e-{n}", "student", "", "2025-08-18", "2026-06-12")
            for n in range(len(PUPILS))
        ],
    )
    named = {p.stem: "bulk" for p in folder.glob("*.csv") if p.stem != "manifest"}
    table(
        folder / "manifest.csv",
        ("propertyName", "value"),
        [
            ("manifest.version", "1.0"),
            ("oneroster.version", "1.2"),
            ("source.systemCode", "pahittat"),
            *((f"file.{name}", mode) for name, mode in named.items()),
        ],
    )
    return folder


GRADES = (
    "person", "personnummer", "egn", "cccd", "identifier", "identifier_scheme", "school_code", "subject", "grade",
    "school_year", "term", "group", "year_level", "kind", "decided_on", "decided_by", "comment", "pack",
)  # fmt: skip


def grade(number: str, subject: str, value: str, teacher: str) -> tuple[str, ...]:
    """One row of our own table of grades."""
    return (
        "", valid(number), "", "", "", "", SE_SCHOOL, subject, value, "2025/2026", "VT", "8A", "8", "", "2026-06-10",
        valid(teacher), "", "se.compulsory",
    )  # fmt: skip


def absence(number: str, hours: int = 0) -> tuple[str, ...]:
    """Hours of unexcused absence: a term report states them."""
    row = list(grade(number, "Ogiltig frånvaro", str(hours), TEACHERS["SV"]))
    row[13], row[15] = "fact", ""
    return tuple(row)


def grades(path: Path, *, extra: Iterable[tuple[str, ...]] = ()) -> Path:
    """Grades of the class in our own table, and what a test adds."""
    rows = [
        grade(pupil[0], code, MARKS[code][n], teacher)
        for n, pupil in enumerate(PUPILS)
        for code, teacher in TEACHERS.items()
    ]
    rows += [absence(pupil[0], hours) for hours, pupil in enumerate(PUPILS)]
    return table(path, GRADES, [*rows, *extra])
