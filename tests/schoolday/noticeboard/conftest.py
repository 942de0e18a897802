"""The invented authority of the register's tests, with two pupils, their guardians and a teacher."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pytest

from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.ids import new_id
from tests.register.conftest import House, by, enrol, house, invented, register

__all__ = ["by", "house"]


@dataclass(frozen=True, slots=True)
class People:
    """Ada and Ben are in 9A; Cia is nowhere. The teacher has 9A."""

    house: House
    ada: UUID
    ben: UUID
    cia: UUID
    teacher: Actor
    ada_guardian: Actor
    ben_guardian: Actor


def guardian(*wards: UUID) -> Actor:
    """A guardian of these children."""
    verbs = ("noticeboard.event.answer", "noticeboard.time.book")
    return Actor(new_id(), "test", (Grant("guardian", "/", verbs, wards=frozenset(wards)),))


def staff(id_: UUID, house: House) -> Actor:
    """A teacher whose powers are limited to 9A."""
    grant = Grant("teacher", "/testkoping/skolan-1/", ("noticeboard.event.*", "noticeboard.time.*"))
    return Actor(id_, "test", (Grant(grant.role, grant.path, grant.verbs, groups=frozenset({house.class_9a})),))


@pytest.fixture
def people(house: House, by: Actor, now: datetime) -> People:
    """Pupils, guardians and a teacher of 9A."""
    ada, ben, cia, teacher = register(
        by,
        now,
        invented("Ada", "Provsson"),
        invented("Ben", "Provsson", serial=981),
        invented("Cia", "Provsson", serial=982),
        invented("Tove", "Lärarsson", serial=983),
    )
    enrol(house, [ada, ben], now)
    return People(house, ada, ben, cia, staff(teacher, house), guardian(ada), guardian(ben))
