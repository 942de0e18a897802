"""Plainly invented result lists of a university, certificates, decisions about signing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from testamur.law.contract import DocumentFacts, Period, PupilFacts, SchoolFacts
from testamur.law.results import CourseFacts, ModuleResult, ProcessFacts, ResultFacts, ResultRow
from testamur.law.se_university import tables

DEPARTMENT = SchoolFacts("PH-DATA", "Institutionen för datavetenskap", "Påhittade högskolan")
DAY = date(2026, 10, 30)
TERM = Period("2026/2027", "HT", DAY, DAY)
COURSE = CourseFacts("DV1574", "Programmering i Python", "Programming in Python", Decimal("7.5"), "AF")
MODULE = replace(
    COURSE, scale="UV", module_code="1405", module_name="Skriftlig tentamen", module_name_en="Written examination",
    module_credits=Decimal(5),
)  # fmt: skip
PROJECT = CourseFacts("DV2572", "Examensarbete i datavetenskap", "Degree project", Decimal(30), "AF")
TITLE = "Att räkna får: en studie av påhittade djur i fält och på papper"
TITLE_EN = "Counting sheep: a study of invented animals in the field and on paper"


def student(n: int, family: str = "Testdotter") -> PupilFacts:
    given = f"Student{n}"
    return PupilFacts(f"{given} {family}", given, family, "se.personnummer", f"20000101-{1000 + n}", None)


def finished(n: int, modules: int = 3) -> tuple[ModuleResult, ...]:
    """So many modules; one is credited for every fifth student."""
    made = (
        ModuleResult("1405", "Skriftlig tentamen", Decimal(5), "AF", "ABCDE"[n % 5], DAY, deciding=True),
        ModuleResult("1408", "Laborationer", Decimal("1.5"), "UG", "G", DAY - timedelta(days=20), credited=n % 5 == 4),
        ModuleResult("1410", "Seminarier", Decimal(1), "UG", "G", DAY - timedelta(days=10)),
        *(ModuleResult(f"15{k:02}", f"Påhittad del {k}", Decimal(1), "UG", "G", DAY) for k in range(9)),
    )
    return made[:modules]


def row(n: int, scale: str, **more: Any) -> ResultRow:
    steps = tables.SCALES[scale].values
    changes = {"value": steps[n % len(steps)].value, **more}
    return ResultRow(n + 1, student(n), examined_on=DAY - timedelta(days=n % 3), **changes)


def of(told: ResultFacts, **more: Any) -> DocumentFacts:
    group = f"{told.course.code}, lista {told.number}"
    return DocumentFacts(DEPARTMENT, TERM, 0, "", None, (), date(2026, 11, 2), group_name=group, results=told, **more)


def module_list(size: int = 12, *, family: str = "Testdotter", points: bool = True) -> DocumentFacts:
    rows = tuple(
        replace(row(n, "UV", points=f"{n % 40}" if points else ""), student=student(n, family)) for n in range(size)
    )
    return of(ResultFacts(10483, "module", MODULE, rows, "Eskil Examinator", occasion="C5510, HT 2026"))


def course_list(size: int = 12, *, family: str = "Testdotter", modules: int = 3) -> DocumentFacts:
    rows = tuple(
        replace(row(n, "AF", value="ABCDE"[n % 5], finished=finished(n, modules)), student=student(n, family))
        for n in range(size)
    )
    return of(ResultFacts(10484, "course", COURSE, rows, "Eskil Examinator", occasion="C5510, HT 2026"))


def project_list(title: str = TITLE, title_en: str = TITLE_EN) -> DocumentFacts:
    rows = (row(0, "AF", value="B"), row(1, "AF", value="C"))
    return of(ResultFacts(10485, "course", PROJECT, rows, "Eskil Examinator", title=title, title_en=title_en))


WHY = "Poängen på uppgift 4 räknades inte med."


def correction_list(reason: str = "rectification", why: str = WHY) -> DocumentFacts:
    rows = (row(0, "UV", value="VG", before="G", explanation=why),)
    return of(ResultFacts(10486, "correction", MODULE, rows, "Eskil Examinator", reason=reason))


def certificate(facts: DocumentFacts | None = None, n: int = 0, **changes: Any) -> DocumentFacts:
    """The certificate of one row of a list."""
    made = facts if facts is not None else course_list()
    told = made.results
    assert told is not None
    one = told.rows[n]
    return replace(made, pupil=one.student, group_name="", results=replace(told, rows=(one,), **changes))


def decision(way: str = "electronic") -> DocumentFacts:
    """The decision of the row B24: electronic signatures alone from a day of examination on."""
    told = ProcessFacts(way, date(2027, 1, 1), "Rut Rektorsson, rektor", "PH 2026/1234")
    school = SchoolFacts("PH", "Påhittade högskolan", "Påhittade högskolan")
    return DocumentFacts(
        school, TERM, 0, "", None, (), date(2026, 11, 2), group_name="Signering av resultat", process=told
    )
