"""The morning's letters: digest, reminder, the office after a week, and seals that end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from testamur.exchange.notifications import actions
from testamur.exchange.notifications.models import Round
from testamur.kernel.delivery.models import Message
from testamur.register.schools.rules import Role, UnitKind
from testamur.trust.sealing import queries as sealing
from testamur.trust.sealing.models import SealCertificate
from tests.exchange.notifications.conftest import World, number, to
from tests.exchange.notifications.test_signers import Killed

pytestmark = pytest.mark.django_db


@pytest.mark.feature("A6")
def test_a_digest_each_weekday_while_something_waits(world: World) -> None:
    ids = world.ready("solskolan", "principal", count=2)
    world.tell(minutes=2)
    assert world.morning() == [], "told this very day"
    assert to(world.next_morning()) == [("principal", "digest")]  # Thursday
    assert world.morning() == []
    assert to(world.next_morning()) == [("principal", "digest")]  # Friday
    assert world.next_morning() == []  # Saturday
    world.signed("principal", ids)
    assert world.next_morning(2) == []  # Monday


def test_a_reminder_after_three_days_and_then_the_digest_again(world: World) -> None:
    world.ready("solskolan", "principal")
    world.tell(minutes=2)
    assert to(world.next_morning(5)) == [("principal", "remind")]  # Monday
    assert "4" in Message.objects.get(kind="notices.remind").text
    assert to(world.next_morning()) == [("principal", "digest")]


@pytest.mark.feature("A8")
def test_the_office_hears_after_a_week_and_weekly_from_then_on(world: World) -> None:
    world.ready("solskolan", "principal", count=2)
    world.ready("solskolan", "teacher")
    world.ready("manskolan", "teacher")
    world.tell(minutes=2)
    assert ("administrator", "late") not in to(world.next_morning(6))
    found = [letter for letter in world.next_morning(2) if letter.kind == "notices.late"]
    assert to(found) == [("administrator", "late"), ("chief", "late")], "a school without an office asks its authority"
    assert "3" in found[0].text
    assert "Solskolan" in found[0].text
    assert "Manskolan" in found[1].text
    assert ("administrator", "late") not in to(world.next_morning())
    assert ("administrator", "late") in to(world.next_morning(6))


def test_each_country_has_its_own_morning(world: World) -> None:
    world.unit("tinh", UnitKind.AUTHORITY, "VN")
    world.unit("truong", UnitKind.SCHOOL, "VN", parent="tinh")
    world.person("hieu", "truong", role=Role.PRINCIPAL)
    world.ready("truong", "hieu")
    world.ready("solskolan", "principal")
    world.tell(minutes=2)
    world.clock.at = datetime.fromisoformat("2026-06-12T00:30:00+00:00")
    assert to(world.morning()) == [("hieu", "digest")]
    world.clock.forward(hours=5)
    assert to(world.morning()) == [("principal", "digest")]


def test_a_round_cut_short_is_finished_without_a_second_letter(world: World, monkeypatch: Any) -> None:
    world.ready("solskolan", "principal")
    world.ready("solskolan", "teacher")
    world.tell(minutes=2)
    monkeypatch.setattr("testamur.exchange.notifications.steps.mornings.CHUNK", 1)
    plain, calls = actions.tell, []

    def tell(**arguments: Any) -> int:
        calls.append(1)
        if len(calls) == 2:
            raise Killed
        return plain(**arguments)

    with monkeypatch.context() as patch:
        patch.setattr(actions, "tell", tell)
        with pytest.raises(Killed):
            world.next_morning()
    assert not Round.objects.exists()
    world.morning()
    letters = Message.objects.filter(kind="notices.digest").order_by("to")
    assert to(list(letters)) == [("principal", "digest"), ("teacher", "digest")]


@pytest.mark.feature("A19")
def test_an_authority_hears_that_its_seal_ends_at_each_step_once(world: World) -> None:
    seal(world, days=61)
    assert world.next_morning() == []  # Thursday, 60 days and two hours
    assert to(world.next_morning()) == [("chief", "seal")]  # Friday
    assert "60" in Message.objects.get().text
    assert world.next_morning(3) == []
    assert to(world.next_morning(28)) == [("chief", "seal")]
    assert to(world.next_morning(25)) == [("chief", "seal")]
    assert [number(letter) for letter in Message.objects.order_by("posted_at")] == [60, 30, 7]


def seal(world: World, *, days: int) -> None:
    """A seal of the authority whose certificate ends in so many days (its bytes are not read here)."""
    now = world.clock()
    row = SealCertificate(
        organisation=world.units["kommun"],
        path="/kommun/",
        state="active",
        algorithm="p256",
        locator="none",
        public_key_sha256="0" * 64,
        certificate=b"\x30\x00",
        valid_from=now - timedelta(days=300),
        valid_to=now + timedelta(days=days),
        made_at=now - timedelta(days=300),
        activated_at=now - timedelta(days=300),
    )
    row.save()
    assert sealing.active_seal(world.units["kommun"], now).id == row.id
