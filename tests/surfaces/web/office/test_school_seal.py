"""A school that seals itself: its documents carry its own seal, stand in the body's log, and verify anywhere."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.kernel.proofs.verify import verify_file
from testamur.register.schools import queries as schools
from testamur.surfaces.cli import trial
from testamur.surfaces.web.office.examining import trust
from testamur.trust.archive.queries import store
from testamur.trust.records.models import IssueBatch, Record
from testamur.trust.sealing.queries import active_seal
from tests.surfaces.web import world as worlds

pytestmark = [pytest.mark.django_db(databases=["default", "log"]), pytest.mark.feature("D11", "D12")]


def test_a_school_with_a_seal_of_its_own_seals_its_documents(db: None) -> None:
    world = worlds.build(clock.now(), vietnamese=True)
    worlds.equip(world, clock.now())
    assert world.vn_school is not None
    school = schools.units([world.vn_school])[world.vn_school]
    trial.seal_of_its_own(operator(), school, data=Path(settings.DATA), now=clock.now())
    own = active_seal(school.id, clock.now())
    mine = worlds.issue(world, school.id, ["hoc_ba_year"], "HK2")
    others = worlds.issue(world)
    known = trust(clock.now())
    assert mine
    assert others
    for record in mine:
        pdf = store().read(record, "record.pdf")
        verdict = verify_file(pdf, known, "record.pdf")
        assert verdict.word == "valid", verdict
        assert own.certificates[0].hex().encode() in pdf
        read = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
        assert f"{school.name} đã đóng dấu điện tử" in " ".join(read.split())
    for record in others:
        assert verify_file(store().read(record, "record.pdf"), known, "record.pdf").word == "valid"
    batches = {row.batch_id: row.unit for row in Record.objects.filter(id__in=[*mine, *others])}
    assert len(set(batches)) == IssueBatch.objects.count()
    units = {batch: {r.unit for r in Record.objects.filter(batch=batch)} for batch in batches}
    assert all(len(some) == 1 for some in units.values()), "one batch, one seal"


def test_the_seal_of_another_school_is_not_believed(db: None) -> None:
    """The roots of a school's seal stand in the bundle of its own body alone."""
    world = worlds.build(clock.now(), vietnamese=True)
    worlds.equip(world, clock.now())
    assert world.vn_school is not None
    school = schools.units([world.vn_school])[world.vn_school]
    trial.seal_of_its_own(operator(), school, data=Path(settings.DATA), now=clock.now())
    known = trust(clock.now())
    body = schools.units_above(world.vn_path)[0].id
    assert len(known.organisations[body].seal_roots) == 2
    assert len(known.organisations[world.authority].seal_roots) == 1
