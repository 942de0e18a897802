"""From two personal certificates to a sealed file: class teacher with files, principal at a signing service."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from pytest_django.fixtures import Settings as SettingsWrapper

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.kernel.proofs.trust import Trust, parse_trust
from testamur.kernel.proofs.verify import verify_file
from testamur.register.people import queries as people
from testamur.surfaces.cli.trust import write_trust
from testamur.trust.archive.queries import store
from tests.gateways import csc
from tests.surfaces.web import world as worlds
from tests.surfaces.web.conftest import enter_as
from tests.surfaces.web.staff.ready import issue_all, make_ready, planned
from tests.surfaces.web.staff.test_certificate import begun, certificate_of, choose, hand_in
from tests.surfaces.web.staff.test_service import authorise, run
from tests.surfaces.web.staff.test_service import begun as begun_at_service
from tests.surfaces.web.staff.test_signing import shown, start
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(settings: SettingsWrapper, tmp_path: Path) -> tuple[World, list[UUID]]:
    """A Vietnamese school whose transcripts wait for the class teacher, then the principal."""
    world = worlds.build(clock.now(), vietnamese=True, mark=False)
    worlds.equip(world, clock.now())
    return world, make_ready(planned(world, world.vn_school, (), "HK2"))


def entered(world: World, who: str) -> Client:
    browser = Client()
    enter_as(browser, world, who)
    return browser


def with_files(world: World, who: str) -> None:
    """Sign everything with files alone."""
    browser, mine = entered(world, who), certificate_of(world, who)
    page = begun(browser)
    choose(browser, page, mine.pem)
    assert hand_in(browser, page, mine.answer(browser.get(page + "request/").content)).status_code == 303


def at_service(world: World, who: str, settings: SettingsWrapper, folder: Path) -> None:
    """Sign everything with a key at the service."""
    me = people.person(by=operator(), id=world.persons[who])
    assert me is not None
    assert me.identifier is not None
    account = csc.account(certificate_of(world, who), me.identifier.scheme.value, me.identifier.value, with_code=False)
    with csc.serving(settings, folder, account):
        browser = entered(world, who)
        page = begun_at_service(browser)
        authorise(browser, page, value_0="123456")
        assert run(browser, page).startswith("/sign/progress/")


def trust(folder: Path) -> Trust:
    return parse_trust(write_trust(folder / "trust.json").read_bytes())


@pytest.mark.feature("D11", "D12")
def test_two_personal_signatures_lie_in_the_sealed_file_and_verify(
    waiting: tuple[World, list[UUID]], settings: SettingsWrapper, tmp_path: Path
) -> None:
    world, records = waiting
    with_files(world, "vn_teacher")
    at_service(world, "vn_principal", settings, tmp_path)
    assert issue_all() == len(records)
    believed = trust(tmp_path)
    for record in records:
        pdf = store().read(record, "record.pdf")
        assert pdf.count(b"/Type/Sig/") + pdf.count(b"/Type /Sig") >= 3 or pdf.count(b"ETSI.CAdES.detached") == 3
        assert verify_file(pdf, believed, "record.pdf").word == "valid"


@pytest.mark.feature("D11")
def test_an_e_id_and_a_certificate_stand_in_one_file(waiting: tuple[World, list[UUID]], tmp_path: Path) -> None:
    world, records = waiting
    teacher = entered(world, "vn_teacher")
    ceremony = start(teacher, "all=1")
    teacher.post(ceremony + "answer/", {"answer": "sign"})
    with_files(world, "vn_principal")
    assert issue_all() == len(records)
    believed = trust(tmp_path)
    assert {verify_file(store().read(one, "record.pdf"), believed, "record.pdf").word for one in records} == {"valid"}


def test_the_page_speaks_the_signers_language(waiting: tuple[World, list[UUID]]) -> None:
    world, _records = waiting
    teacher = entered(world, "vn_teacher")
    page = begun(teacher)
    assert "Tôi ký" in shown(teacher, page)
