"""The pages of a school's own seal: asked for, installed, replaced, retired; who may, and what is refused in words."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.test import Client
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.journal.models import Entry
from testamur.register.schools import queries as schools
from testamur.surfaces.web.office.seals.owner import Owner
from testamur.trust.records.seals import seal_in_use
from testamur.trust.sealing import queries, testpki
from testamur.trust.sealing.rules import SealState
from tests.surfaces.web import world as worlds
from tests.surfaces.web.office.conftest import LogIn, text
from tests.surfaces.web.office.test_seals import ASKED, active, install, issue
from tests.surfaces.web.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.feature("D11", "D12")]


def ask(browser: Client, school: UUID) -> UUID:
    answer = browser.post(reverse("office:school_seal_request", args=[school]), {**ASKED, "organisation": "Skolan"})
    assert answer.status_code == 302, text(answer)
    return UUID(answer["Location"].rstrip("/").rpartition("/")[2])


def test_a_school_gets_a_seal_of_its_own_and_the_body_keeps_its(world: World, log_in: LogIn, tmp_path: Path) -> None:
    worlds.equip(world, clock.now())
    (body,) = active(world)
    browser = log_in("authority_administrator")
    page = text(browser.get(reverse("office:school_seals", args=[world.school])))
    assert "The school has no seal of its own" in page
    assert "None: every school" in text(browser.get(reverse("office:seals")))
    seal = ask(browser, world.school)
    pem = browser.get(reverse("office:seal_pem", args=[seal])).content
    pki = testpki.make(tmp_path / "ca", organisation="CA", country="SE", now=clock.now())
    mine = issue(pki, pem).public_bytes(Encoding.PEM)
    refused = install(browser, seal, b"this is no certificate")
    assert refused.status_code == 400
    assert "traceback" not in text(refused).lower()
    assert seal_in_use(world.authority, clock.now(), unit=world.school) == body.id
    done = text(install(browser, seal, mine, pki.issuing, pki.root))
    assert "The seal is in use" in done
    assert seal_in_use(world.authority, clock.now(), unit=world.school) == seal
    assert seal_in_use(world.authority, clock.now()) == body.id, "the body's seal stays"
    assert list((Path(settings.DATA) / "trust" / "seal-roots" / str(world.school)).glob("*.der"))
    entry = Entry.objects.get(kind="sealing.seal.registered/1", refs__seal=str(seal))
    assert (entry.path, entry.refs["organisation"]) == (world.school_path, str(world.school))
    assert str(seal) in text(browser.get(reverse("office:school_seals", args=[world.school])))
    browser.post(reverse("office:seal_retire", args=[seal]), {"sure": "on"})
    assert seal_in_use(world.authority, clock.now(), unit=world.school) == body.id


def test_the_school_sees_its_seal_and_changes_nothing(world: World, log_in: LogIn) -> None:
    worlds.equip(world, clock.now())
    seal = ask(log_in("authority_administrator"), world.school)
    school = log_in("administrator")
    assert "A seal of the school" in text(school.get(reverse("office:seals")))
    page = text(school.get(reverse("office:school_seals", args=[world.school])))
    assert str(seal) in page
    assert "New key and request" not in page
    assert school.get(reverse("office:seal", args=[seal])).status_code == 200
    for name, args in (("school_seal_request", world.school), ("seal_install", seal), ("seal_retire", seal)):
        assert school.post(reverse(f"office:{name}", args=[args]), {"sure": "on", **ASKED}).status_code in {403, 404}
    (found,) = queries.seals(by=operator(), organisation=world.school)
    assert found.state is SealState.REQUESTED


def test_another_school_and_another_body_are_not_there(world: World, log_in: LogIn) -> None:
    seal = ask(log_in("authority_administrator"), world.school)
    other = log_in("other_administrator")
    assert other.get(reverse("office:school_seals", args=[world.school])).status_code == 404
    assert other.get(reverse("office:seal", args=[seal])).status_code == 404
    far = log_in("authority_administrator")
    assert far.get(reverse("office:school_seals", args=[new_id()])).status_code == 404
    assert far.get(reverse("office:seal_school"), {"unit": "x"}).status_code == 404
    chosen = far.get(reverse("office:seal_school"), {"unit": str(world.other_school)})
    assert chosen["Location"] == reverse("office:school_seals", args=[world.other_school])


def test_who_looks_after_the_schools_of_an_office_has_no_power_over_their_seals(world: World) -> None:
    found = schools.units([world.school, world.authority])
    body = found[world.authority]
    owner = Owner(found[world.school], body)
    office = Actor(new_id(), "test", (Grant("office", world.school_path, ("sealing.*",)),))
    assert not owner.may(office, "sealing.seal.register")
    with pytest.raises(NotAllowed):
        owner.must(office, "sealing.seal.register")  # the root of a school's seal is believed for the whole body
    owner.must(Actor(new_id(), "test", (Grant("body", body.path, ("sealing.*",)),)), "sealing.seal.register")


def test_a_request_that_was_given_up_is_not_installed_after_all(world: World, log_in: LogIn, tmp_path: Path) -> None:
    browser = log_in("authority_administrator")
    seal = ask(browser, world.school)
    pem = browser.get(reverse("office:seal_pem", args=[seal])).content
    pki = testpki.make(tmp_path / "ca", organisation="CA", country="SE", now=clock.now())
    mine = issue(pki, pem).public_bytes(Encoding.PEM)
    browser.post(reverse("office:seal_retire", args=[seal]), {"sure": "on"})
    answer = install(browser, seal, mine, pki.issuing, pki.root)
    assert "This key was retired" in text(answer)
    assert [one.state for one in queries.seals(by=operator(), organisation=world.school)] == [SealState.RETIRED]
