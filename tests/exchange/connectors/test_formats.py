"""The formats against real public bundles."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from testamur.exchange.connectors.formats import BundleUnknown, bundles, open_bundle
from testamur.exchange.connectors.rules import EnrolmentRow, GuardianRow, MarkRow, Options, PersonRow, digest
from testamur.exchange.connectors.tabular.report import Report
from tests.exchange.connectors.bundles import OR_HEAD, manifest, oneroster, write, zipped

BULGARIAN_SCHOOLS = 2331
"""Schools in the four files together, each once."""


def read(path: Path, **said: Any) -> tuple[list[Any], Report, str]:
    files, found = open_bundle(path)
    report = Report()
    return list(found.read(files, Options(**said), report)), report, found.id


def kinds(rows: list[Any]) -> dict[str, int]:
    return dict(Counter(row.kind_name for row in rows))


@pytest.mark.feature("A16", "E14")
def test_the_public_oneroster_1_1_bundle_loads_whole(samples: Path):
    rows, _report, form = read(samples / "oneroster" / "Test_minimal_data_set.zip")
    assert form == "oneroster"
    assert kinds(rows) == {"unit": 1, "session": 4, "group": 2, "person": 6, "membership": 6, "enrolment": 6}


@pytest.mark.feature("A16", "E14")
def test_every_known_defect_of_the_public_1_2_bundle_is_reported_and_the_rest_loads(samples: Path):
    rows, report, _ = read(samples / "oneroster" / "v1p2_full_dataset.zip")
    assert kinds(rows) == {
        "unit": 1, "session": 4, "group": 2, "person": 6, "membership": 7, "guardian": 2, "enrolment": 6,
    }  # fmt: skip
    told = {(d.file, d.row, d.code) for d in report.first}
    for defect in (
        ("userprofiles.csv", 0, "import.file.case"),
        ("orgs.csv", 2, "import.reference.unknown"),
        ("orgs.csv", 0, "import.status.bulk"),
        ("classes.csv", 2, "import.word.case"),
        ("users.csv", 1, "import.header.misspelt"),
        ("roles.csv", 1, "import.header.misspelt"),
        ("roles.csv", 1, "import.header.unnamed"),
        ("users.csv", 4, "import.guardian.role"),
    ):
        assert defect in told, defect
    assert report.by_code["import.date.modified"] == 1
    assert next(r for r in rows if isinstance(r, PersonRow) and r.row == 3).preferred == "MJ"


def test_a_teacher_named_as_agent_does_not_become_a_guardian(samples: Path):
    rows, report, _ = read(samples / "oneroster" / "v1p2_full_dataset.zip")
    guardians = {r.guardian_key for r in rows if isinstance(r, GuardianRow)}
    assert guardians == {"usr-222-123456"}
    assert report.refused == 3


@pytest.mark.feature("E14")
@pytest.mark.parametrize(
    ("folder", "wanted"),
    [
        ("SDS_Format_100_Users", {"unit": 2, "session": 1, "course": 28, "group": 28, "person": 98, "membership": 100,
                                  "enrolment": 630}),
        ("SDS_v2", {"unit": 5, "group": 4, "person": 29, "membership": 29, "enrolment": 27}),
        ("SDS_v2.1", {"unit": 4, "session": 2, "course": 3, "group": 2, "person": 8, "membership": 7, "guardian": 3,
                      "enrolment": 6}),
    ],
)  # fmt: skip
def test_the_three_formats_of_school_data_sync_load(samples: Path, folder: str, wanted: dict[str, int]):
    rows, report, form = read(samples / "sds-oneroster" / folder)
    assert form == "sds"
    assert kinds(rows) == wanted
    assert report.refused == 0


def test_american_dates_of_classic_sds_are_read_by_evidence(samples: Path):
    rows, report, _ = read(samples / "sds-oneroster" / "SDS_Format_100_Users")
    assert next(r for r in rows if isinstance(r, PersonRow)).birth_date == date(2000, 4, 2)
    assert report.by_code["import.date.order"] == 2


@pytest.mark.feature("D9")
def test_the_official_lists_of_schools_load(samples: Path):
    rows, report, form = read(samples / "skolverket-units")
    assert (form, len([r for r in rows if r.kind == "school"]), report.refused) == ("units", 670, 0)
    rows, report, form = read(samples / "bulgaria-nvo")
    schools = [r for r in rows if r.kind == "school"]
    assert form == "units"
    assert len(schools) == len({r.code for r in schools}) == BULGARIAN_SCHOOLS
    assert any(r.name == 'Средно училище "Неофит Рилски"' for r in schools)
    assert report.refused == 0


def test_a_folder_of_bundles_is_taken_apart(samples: Path):
    assert [p.name for p in bundles(samples / "oneroster")] == ["Test_minimal_data_set.zip", "v1p2_full_dataset.zip"]
    assert len(bundles(samples / "sds-oneroster")) == 3


def test_what_nobody_can_read_is_refused_with_what_is_accepted(tmp_path: Path):
    (tmp_path / "x.txt").write_text("nothing")
    with pytest.raises(BundleUnknown, match="OneRoster"):
        bundles(tmp_path)


def test_a_zip_and_the_folder_it_was_made_of_mean_the_same(tmp_path: Path):
    folder = oneroster(tmp_path / "b", 60)
    one, _, _ = read(folder)
    two, _, _ = read(zipped(folder, tmp_path / "b.zip"))
    assert [digest(r) for r in one] == [digest(r) for r in two]


def test_a_file_that_the_manifest_promises_and_one_that_it_denies_are_reported(tmp_path: Path):
    folder = oneroster(tmp_path / "b", 30)
    manifest(folder, "1.1", enrollments="absent", demographics="bulk")
    rows, report, _ = read(folder)
    assert not any(isinstance(r, EnrolmentRow) for r in rows)
    assert report.by_code == {"import.manifest.contradiction": 1, "import.file.missing": 1}


def test_a_delta_says_what_ended_and_since_when(tmp_path: Path):
    folder = oneroster(tmp_path / "b", 30)
    write(
        folder / "enrollments.csv",
        (*OR_HEAD, "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "primary", "beginDate", "endDate"),
        [("enr-0-0", "tobedeleted", "2026-10-01T08:00:00Z", "grp-0", "school-0", "usr-0", "student", "false", "", ""),
         ("enr-1-0", "", "", "grp-0", "school-0", "usr-1", "student", "false", "", "")],
    )  # fmt: skip
    manifest(folder, "1.1", enrollments="delta")
    rows, report, _ = read(folder)
    ended = next(r for r in rows if isinstance(r, EnrolmentRow))
    assert (ended.ended, ended.ends) == (True, date(2026, 10, 1))
    assert report.by_code["import.status.missing"] == 1


def _gradebook(folder: Path) -> Path:
    write(
        folder / "lineItems.csv",
        (
            *OR_HEAD,
            "title",
            "description",
            "assignDate",
            "dueDate",
            "classSourcedId",
            "categorySourcedId",
            "gradingPeriodSourcedId",
            "resultValueMin",
            "resultValueMax",
        ),
        [("li-1", "", "", "Matematik", "", "", "", "grp-0", "", "ht", "", "")],
    )
    write(
        folder / "results.csv",
        (
            *OR_HEAD,
            "lineItemSourcedId",
            "studentSourcedId",
            "scoreStatus",
            "score",
            "scoreDate",
            "comment",
            "textScore",
        ),
        [
            ("res-1", "", "", "li-1", "usr-0", "fully graded", "", "2026-12-01", "", "C"),
            ("res-2", "", "", "li-1", "usr-1", "submitted", "", "2026-12-01", "", ""),
            ("res-3", "", "", "li-9", "usr-1", "fully graded", "", "2026-12-01", "", "C"),
        ],
    )
    manifest(folder, "1.1")
    return folder


@pytest.mark.feature("B33")
def test_gradebook_results_are_kept_until_somebody_names_pack_and_period(tmp_path: Path):
    folder = _gradebook(oneroster(tmp_path / "b", 30))
    rows, report, _ = read(folder)
    assert not any(isinstance(r, MarkRow) for r in rows)
    assert report.by_code["import.results.unmapped"] == 1
    rows, report, _ = read(folder, pack="se.compulsory", period="2026/2027 HT")
    marks = [r for r in rows if isinstance(r, MarkRow)]
    assert [(m.person_key, m.subject, m.value, m.term) for m in marks] == [("usr-0", "Matematik", "C", "HT")]
    assert (report.by_code["import.results.ungraded"], report.by_code["import.reference.unknown"]) == (1, 1)


def test_a_password_column_is_never_read(tmp_path: Path):
    rows, report, _ = read(oneroster(tmp_path / "b", 30))
    assert "password" not in repr(rows)
    assert report.by_code["import.column.unknown"] == 0


def test_units_of_a_broken_list_are_refused_one_by_one(tmp_path: Path):
    shutil.copy(Path(__file__), tmp_path / "note.py")
    (tmp_path / "list.json").write_text('{"schools":[{"schoolUnitCode":"12345678","name":"Påhittad"},{"name":"x"},7]}')
    rows, report, _ = read(tmp_path)
    assert (len(rows), report.refused) == (1, 2)
    (tmp_path / "list.json").write_text('{"schoolUnitCode":')
    rows, report, _ = read(tmp_path)
    assert (rows, report.refused) == ([], 1)
