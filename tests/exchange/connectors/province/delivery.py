"""Writes an invented province as our own tables: one folder for each school, offices and school years beside them.

``python -m tests.exchange.connectors.province.delivery FOLDER [SCHOOLS CLASSES PUPILS]`` writes one of real size:
245 schools of 20 classes on average, 35 pupils in each. Nobody in it exists; the province code 097 is not in use [M].
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from testamur.surfaces.cli.demo_data import VN_FAMILY, VN_GIVEN, VN_MIDDLE

YEAR = "2025/2026"
OFFICES = 12
SERIALS = 2_000
"""Numbers of persons that one school may use: no two schools have one in common."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How large it is; `decided`: the year's levels and results of every pupil are told too."""

    schools: int = 245
    classes: int = 20
    pupils: int = 35
    decided: bool = False


def write(folder: Path, extent: Extent) -> int:
    """Write it; returns how many pupils it has."""
    offices = min(OFFICES, extent.schools)
    rows = [[f"097K{n + 1:02d}", f"Khu vực Giả Định {n + 1}", "office", "", "", ""] for n in range(offices)]
    rows += [
        [_code(n), f"Trường Tiểu học Giả Định {n + 1}", "school", f"097K{n % offices + 1:02d}", "primary", "vn.primary"]
        for n in range(extent.schools)
    ]
    _table(folder / "schools.csv", ("school_code", "name", "kind", "parent", "form", "pack"), rows)
    _table(
        folder / "terms.csv", ("school_year", "term", "start_date", "end_date"),
        [
            [YEAR, "", "2025-09-05", "2026-05-29"], [YEAR, "HK1", "2025-09-05", "2026-01-10"],
            [YEAR, "HK2", "2026-01-12", "2026-05-29"],
        ],
    )  # fmt: skip
    return sum(_school(folder / _code(n), n, extent) for n in range(extent.schools))


def _code(number: int) -> str:
    return f"097{number + 1:03d}"


def _school(folder: Path, number: int, extent: Extent) -> int:
    spread = max(0, extent.classes - 4)
    classes = extent.classes + (number * 7 % (2 * spread + 1)) - spread
    code, serial = _code(number), number * SERIALS
    persons: list[list[str]] = []
    guardians: list[list[str]] = []
    posts: list[list[str]] = []
    grades: list[list[str]] = []
    persons.append([*_person(serial, 1980), "principal", code, "", "", "", "2025-08-18"])
    levels = [1 + place * 5 // classes for place in range(classes)]
    for place, level in enumerate(levels):
        name = f"{level}{'ABCDEFGHIKLMN'[place - levels.index(level)]}"
        serial += 1
        teacher = _person(serial, 1985)
        persons.append([*teacher, "teacher", code, "", "", "", "2025-08-18"])
        posts.append([teacher[0], code, name, "class_teacher", YEAR, "2025-08-18"])
        for _pupil in range(extent.pupils):
            serial += 1
            one = _person(serial, 2019 - level)
            persons.append([*one, "pupil", code, name, YEAR, str(level), "2025-09-05"])
            if serial % 10 == 0:  # one guardian in ten has a number of their own in such tables
                serial += 1
                parent = _person(serial, 1988)
                persons.append([*parent, "guardian", "", "", "", "", ""])
                guardians.append([one[0], parent[0], "parent"])
            if extent.decided:
                grades += [
                    [one[0], code, subject, "T", "level", YEAR, "HK2", name, str(level), teacher[0], "2026-05-25"]
                    for subject in ("TV", "TOAN")
                ]
    header = ("cccd", "given_name", "middle_name", "family_name", "birth_date", "sex", "role", "school_code", "class",
              "school_year", "year_level", "start_date")  # fmt: skip
    _table(folder / "persons.csv", header, persons)
    _table(folder / "enrolments.csv", ("cccd", "school_code", "group", "role", "school_year", "start_date"), posts)
    _table(folder / "guardians.csv", ("child", "guardian", "relation"), guardians)
    if grades:
        told = ("cccd", "school_code", "subject", "grade", "kind", "school_year", "term", "group", "year_level",
                  "decided_by", "decided_on")  # fmt: skip
        _table(folder / "grades.csv", told, grades)
    return classes * extent.pupils


def _person(serial: int, year: int) -> list[str]:
    female, century = serial % 2, 2 * (year >= 2000)
    number = f"097{century + female}{year % 100:02d}{serial % 1_000_000:06d}"
    return [
        number, VN_GIVEN[serial % len(VN_GIVEN)], VN_MIDDLE[serial // 3 % len(VN_MIDDLE)],
        VN_FAMILY[serial // 7 % len(VN_FAMILY)], f"{year}-{serial % 12 + 1:02d}-{serial % 28 + 1:02d}",
        "nữ" if female else "nam",
    ]  # fmt: skip


def _table(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(header)
        table.writerows(rows)


if __name__ == "__main__":
    many = [int(one) for one in sys.argv[2:5]] or [245, 20, 35]
    sys.stdout.write(f"{write(Path(sys.argv[1]), Extent(many[0], many[1], many[2]))} pupils\n")
