"""Bundles of any size, with plainly invented people."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

OR_HEAD = ("sourcedId", "status", "dateLastModified")
SCHOOL_SIZE = 500
GROUP_SIZE = 25


def write(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """One CSV, UTF-8, RFC 4180."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(list(header))
        writer.writerows(rows)


def manifest(folder: Path, version: str = "1.2", **modes: str) -> None:
    """A manifest that names the files of the folder as bulk, unless told otherwise."""
    named = {p.stem: "bulk" for p in folder.glob("*.csv") if p.stem != "manifest"} | modes
    rows = [("manifest.version", "1.0"), ("oneroster.version", version), ("source.systemCode", "Invented SIS")]
    write(folder / "manifest.csv", ("propertyName", "value"), [*rows, *((f"file.{k}", v) for k, v in named.items())])


def oneroster(folder: Path, persons: int, per_pupil: int = 5) -> Path:
    """A OneRoster 1.1 bundle: schools of 500, groups of 25, `per_pupil` enrolments for each pupil."""
    folder.mkdir(parents=True, exist_ok=True)
    schools = max(1, persons // SCHOOL_SIZE)
    groups = max(per_pupil, persons * per_pupil // GROUP_SIZE)

    def school(n: int) -> str:
        return f"school-{n * schools // persons}"

    def enrolments() -> Iterator[tuple[object, ...]]:
        for pupil in range(persons):
            first = pupil // GROUP_SIZE * per_pupil
            for k in range(per_pupil):
                group = (first + k) % groups
                yield (
                    f"enr-{pupil}-{k}",
                    "",
                    "",
                    f"grp-{group}",
                    school(pupil),
                    f"usr-{pupil}",
                    "student",
                    "false",
                    "",
                    "",
                )

    write(
        folder / "orgs.csv",
        (*OR_HEAD, "name", "type", "identifier", "parentSourcedId"),
        [
            ("district", "", "", "Påhittade kommunen", "district", "9999", ""),
            *(
                (f"school-{n}", "", "", f"Påhittade skolan {n}", "school", f"{n:08}", "district")
                for n in range(schools)
            ),
        ],
    )
    write(
        folder / "academicSessions.csv",
        (*OR_HEAD, "title", "type", "startDate", "endDate", "parentSourcedId", "schoolYear"),
        [
            ("year", "", "", "2026/27", "schoolYear", "2026-08-17", "2027-06-11", "", "2027"),
            ("ht", "", "", "HT 2026", "term", "2026-08-17", "2026-12-22", "year", "2027"),
        ],
    )
    write(
        folder / "classes.csv",
        (
            *OR_HEAD,
            "title",
            "grades",
            "courseSourcedId",
            "classCode",
            "classType",
            "location",
            "schoolSourcedId",
            "termSourcedIds",
            "subjects",
            "subjectCodes",
            "periods",
        ),
        (
            (
                f"grp-{g}",
                "",
                "",
                f"Grupp {g}",
                "9",
                "",
                "",
                "scheduled",
                "",
                school(min(persons - 1, g // per_pupil * GROUP_SIZE)),
                "ht",
                "",
                "",
                "",
            )
            for g in range(groups)
        ),
    )
    write(
        folder / "users.csv",
        (
            *OR_HEAD,
            "enabledUser",
            "orgSourcedIds",
            "role",
            "username",
            "userIds",
            "givenName",
            "familyName",
            "middleName",
            "identifier",
            "email",
            "sms",
            "phone",
            "agentSourcedIds",
            "grades",
            "password",
        ),
        (
            (
                f"usr-{n}",
                "",
                "",
                "TRUE",
                school(n),
                "student",
                f"u{n}",
                "",
                f"Påhittad{n % 97}",
                f"Testsson{n}",
                "",
                f"id-{n}",
                f"u{n}@skola.example",
                "",
                "",
                "",
                "9",
                "",
            )
            for n in range(persons)
        ),
    )
    write(
        folder / "enrollments.csv",
        (*OR_HEAD, "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "primary", "beginDate", "endDate"),
        enrolments(),
    )
    manifest(folder, "1.1")
    return folder


def zipped(folder: Path, target: Path) -> Path:
    """The files of a folder in a ZIP."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, path.name)
    return target
