"""A province comes as one delivery: each school with a report of its own, none stopped by another."""

from __future__ import annotations

import csv
import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from testamur.exchange.connectors.province.loading import SUMMARY, Delivered, import_province
from testamur.exchange.connectors.province.parts import is_province, opened
from testamur.exchange.connectors.rules import Options
from testamur.exchange.connectors.tabular.files import BundleUnreadable
from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotAllowed
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Role, UnitKind
from testamur.schoolday.results import queries as results
from tests.exchange.connectors.province.delivery import YEAR, Extent, write

NOW = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
OPTIONS = Options(identifier_scheme="vn.cccd", pack="vn.primary", country="VN")
SMALL = Extent(schools=3, classes=2, pupils=4, decided=True)


def _load(path: Path, reports: Path, *, by: Actor | None = None, dry_run: bool = False) -> Delivered:
    return import_province(
        by=by or operator(), path=path, reports=reports, now=NOW, options=OPTIONS, authority="097",
        authority_name="Tỉnh Giả Định", dry_run=dry_run,
    )  # fmt: skip


def _zipped(folder: Path, path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in sorted(folder.rglob("*")):
            if one.is_file():
                archive.write(one, f"province/{one.relative_to(folder).as_posix()}")
    return path


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    """Three schools of two offices' classes, decided."""
    write(tmp_path / "delivery", SMALL)
    return tmp_path / "delivery"


@pytest.mark.feature("D3", "D9", "D13")
@pytest.mark.django_db
@pytest.mark.parametrize("packed", [False, True])
def test_a_delivery_brings_offices_schools_classes_people_and_decisions(
    delivery: Path, tmp_path: Path, packed: bool
) -> None:
    path = _zipped(delivery, tmp_path / "province.zip") if packed else delivery
    assert is_province(path)
    told = _load(path, tmp_path / "reports")
    assert [part.name for part in told.parts] == [".", "097001", "097002", "097003"]
    assert not told.failed, [part.first for part in told.failed]
    found = schools.units_under("/", kind=UnitKind.SCHOOL)
    assert {unit.code for unit in found} == {"097001", "097002", "097003"}
    assert {unit.path.count("/") for unit in found} == {4}, "each stands under its office"
    school = found[0]
    classes = schools.groups(school=school.id)
    assert len(classes) == 2
    assert len(schools.holders(role=Role.CLASS_TEACHER, unit=school.id, on=NOW.date())) == 2
    members = schools.members(group=classes[0].id, on=NOW.date())
    assert len(members) == 4
    pupils = [one.person for one in members]
    standing = results.standing(by=operator(), path=school.path, unit=school.id, school_year=YEAR, pupils=pupils)
    assert len(standing[pupils[0]]) == 2
    again = _load(path, tmp_path / "again")
    assert again.changed == 0, again.counts
    assert not again.failed


@pytest.mark.feature("D3", "D9")
@pytest.mark.django_db
def test_a_school_that_fails_stops_no_other_and_its_report_says_where(delivery: Path, tmp_path: Path) -> None:
    (delivery / "097001" / "persons.csv").write_bytes(b"\xff\xfe\x00")
    (delivery / "097001" / "enrolments.csv").unlink()
    (delivery / "097001" / "guardians.csv").unlink()
    (delivery / "097001" / "grades.csv").unlink()
    with (delivery / "097002" / "persons.csv").open("a", encoding="utf-8") as stream:
        stream.write("12345,Ví,,Dụ,2018-01-01,nam,pupil,097002,1A,2025/2026,1,2025-09-05\n")
    (delivery / "broken.zip").write_bytes(b"PK\x03\x04 no zip at all")
    told = _load(delivery, tmp_path / "reports")
    by_name = {part.name: part for part in told.parts}
    assert by_name["097001"].error == "import.bundle.unknown"
    assert by_name["broken.zip"].error
    assert by_name["097002"].refused == 1
    assert by_name["097003"].whole
    with (tmp_path / "reports" / by_name["097002"].report).open(encoding="utf-8-sig") as stream:
        (row,) = [one for one in csv.DictReader(stream) if one["severity"] == "refused"]
    assert (row["file"], row["found"]) == ("persons.csv", "12345")
    assert int(row["row"]) > 1
    with (tmp_path / "reports" / SUMMARY).open(encoding="utf-8-sig") as stream:
        lines = {one["part"]: one for one in csv.DictReader(stream)}
    assert lines["097002"]["refused"] == "1"
    assert lines["097001"]["error"] == "import.bundle.unknown"
    assert (tmp_path / "reports" / SUMMARY).stat().st_mode & 0o077 == 0, "it quotes personal data"


@pytest.mark.django_db
def test_a_trial_changes_nothing_and_finds_the_same(delivery: Path, tmp_path: Path) -> None:
    tried = _load(delivery, tmp_path / "tried", dry_run=True)
    assert tried.changed > 0
    assert schools.units_under("/") == ()
    assert _load(delivery, tmp_path / "loaded").counts == tried.counts


@pytest.mark.django_db
def test_only_who_may_import_for_the_body_does(delivery: Path, tmp_path: Path) -> None:
    _load(delivery, tmp_path / "first")
    stranger = Actor(new_id(), "test", (Grant("administrator", "/elsewhere/", ("*",)),))
    with pytest.raises(NotAllowed):
        _load(delivery, tmp_path / "second", by=stranger)


def test_what_climbs_out_or_is_empty_is_no_delivery(tmp_path: Path) -> None:
    bad = tmp_path / "bad.zip"
    with zipfile.ZipFile(bad, "w") as archive:
        archive.writestr("../outside.csv", "a,b\n")
    with pytest.raises(BundleUnreadable), opened(bad):
        pass
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(BundleUnreadable), opened(empty):
        pass
    shutil.copytree(Path(__file__).parent, tmp_path / "loose", ignore=shutil.ignore_patterns("*"))
    (tmp_path / "link").mkdir()
    (tmp_path / "link" / "out").symlink_to("/etc")
    with pytest.raises(BundleUnreadable), opened(tmp_path / "link"):
        pass


@pytest.mark.feature("D3", "D9")
@pytest.mark.django_db
def test_a_part_that_cannot_be_read_and_a_table_that_is_none_are_told_in_reports_of_their_own(
    delivery: Path, tmp_path: Path
) -> None:
    shutil.rmtree(delivery / "097002")
    (delivery / "097002.zip").write_bytes(b"PK\x03\x04 nothing of a ZIP")
    (delivery / "097003" / "enrolments.csv").write_bytes(b"\xff\xfe\x00\x00\x81\x82\n")
    (delivery / "097003" / "letters.csv").write_text("to,text\nthem,words\n")
    told = {part.name: part for part in _load(delivery, tmp_path / "reports").parts}
    broken = (tmp_path / "reports" / told["097002.zip"].report).read_text(encoding="utf-8-sig")
    assert told["097002.zip"].error in broken
    assert str(tmp_path) not in broken, "the file is called as it was sent, not where it lies here"
    assert told["097002.zip"].refused == 0, "no row was left out: there were none"
    lines = {one.file: one.code for one in told["097003"].first}
    assert lines == {"enrolments.csv": "import.file.unreadable", "letters.csv": "import.file.unused"}
    assert not told["097003"].whole
    assert told["097001"].whole
    assert not told["097001"].report
