"""A body sends its whole province on the web: tried, then loaded, with a report for each school."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from testamur.exchange.connectors import tasks
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind
from tests.exchange.connectors.province.delivery import Extent, write
from tests.surfaces.web.world import World


def _run(address: str) -> None:
    """What the background would do."""
    tasks.load.func(address.rstrip("/").rpartition("/")[2])


@pytest.mark.feature("D3", "D9")
def test_a_province_is_tried_and_loaded_and_each_school_has_its_report(
    world: World, officer: Client, principal: Client, tmp_path: Path
) -> None:
    write(tmp_path / "province", Extent(schools=2, classes=1, pupils=2))
    persons = tmp_path / "province" / "097002" / "persons.csv"
    persons.write_text(persons.read_text() + "12345,Ví,,Dụ,2018-01-01,nam,pupil,097002,1A,2025/2026,1,2025-09-05\n")
    packed = tmp_path / "province.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for one in sorted((tmp_path / "province").rglob("*.csv")):
            archive.write(one, one.relative_to(tmp_path / "province").as_posix())
    before = len(schools.units_under("/", kind=UnitKind.SCHOOL))
    sent = {"sent": SimpleUploadedFile("province.zip", packed.read_bytes()), "identifier_scheme": "vn.cccd"}
    answer = officer.post(reverse("office:imports"), sent)
    assert answer.status_code == 302, answer.context["form"].errors
    tried = answer["Location"]
    _run(tried)
    page = officer.get(tried).content.decode()
    assert "097002" in page
    assert "Rows left out" in page
    assert len(schools.units_under("/", kind=UnitKind.SCHOOL)) == before, "a trial changes nothing"
    work = tried.rstrip("/").rpartition("/")[2]
    report = officer.get(reverse("office:report", args=[work]), {"part": "3"}).content.decode()
    assert "persons.csv" in report
    assert "12345" in report
    summary = officer.get(reverse("office:report", args=[work])).content.decode()
    assert "097001" in summary
    assert officer.get(reverse("office:report", args=[work]), {"part": "99"}).status_code == 404
    assert principal.get(reverse("office:report", args=[work])).status_code in {403, 404}
    loaded = officer.post(reverse("office:load", args=[work]))["Location"]
    _run(loaded)
    assert len(schools.units_under("/", kind=UnitKind.SCHOOL)) == before + 2
