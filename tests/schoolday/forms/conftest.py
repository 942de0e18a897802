"""A class with two pupils: one with two guardians, one with one; a teacher of it, a principal; forms to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings

from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.ids import new_id
from testamur.register.people import actions as people_actions
from testamur.register.people import queries as people_queries
from testamur.register.people.rules import NewGuardianship, Relation
from testamur.schoolday.forms import actions
from testamur.schoolday.forms.rules import (
    Consent,
    Content,
    Draft,
    Kind,
    Needs,
    Purpose,
    Question,
    as_signer,
)
from testamur.trust.signing import actions as signing
from testamur.trust.signing.methods.contract import Device
from testamur.trust.signing.rules import SignerIdentity
from tests.register.conftest import House, by, enrol, house, invented, register

__all__ = ["by", "house"]

SCHOOL = "/testkoping/skolan-1/"


@dataclass(frozen=True, slots=True)
class People:
    """Ada has a mother and a father, Ben a mother; the aunt of Ada has no custody."""

    house: House
    ada: UUID
    ben: UUID
    mother: Actor
    father: Actor
    aunt: Actor
    ben_mother: Actor
    teacher: Actor
    stranger: Actor
    principal: Actor


def family(person: UUID, *wards: UUID) -> Actor:
    """Somebody who answers for these children."""
    verbs = ("forms.answer.*", "people.details.see")
    return Actor(person, "test", (Grant("guardian", "/", verbs, wards=frozenset(wards)),))


def staff(person: UUID, *groups: UUID) -> Actor:
    """A teacher of these groups."""
    return Actor(person, "test", (Grant("teacher", SCHOOL, ("forms.form.*",), groups=frozenset(groups)),))


@pytest.fixture(autouse=True)
def _data(tmp_path: Path) -> Any:
    """A data folder for the simulated e-ID."""
    former, settings.DATA = settings.DATA, tmp_path
    yield
    settings.DATA = former


@pytest.fixture
def people(house: House, by: Actor, now: datetime) -> People:
    """Everybody."""
    names = ("Ada", "Ben", "Mor", "Far", "Moster", "Bens mor", "Lärare", "Annan", "Rektor")
    ids = register(by, now, *(invented(name, "Provsson", serial=980 + n) for n, name in enumerate(names)))
    ada, ben, mother, father, aunt, ben_mother, teacher, stranger, principal = ids
    enrol(house, [ada, ben], now)
    pairs = [(ada, mother, True), (ada, father, True), (ada, aunt, False), (ben, ben_mother, True)]
    people_actions.add_guardianships(
        by=by,
        guardianships=[NewGuardianship(c, g, Relation.PARENT, date(2015, 1, 1), custody=k) for c, g, k in pairs],
        now=now,
    )
    grant = Grant("principal", SCHOOL, ("forms.form.*", "people.details.see"))
    return People(
        house, ada, ben, family(mother, ada), family(father, ada), family(aunt, ada), family(ben_mother, ben),
        staff(teacher, house.class_9a), staff(stranger, new_id()), Actor(principal, "test", (grant,)),
    )  # fmt: skip


QUESTIONS = (
    Question("eats", Kind.YES_NO, True, {"sv": "Äter barnet fisk?"}, {}),
    Question("size", Kind.ONE, False, {"sv": "Storlek"}, {"sv": ("S", "M", "L")}),
)


def asks(people: People, now: datetime, **changed: Any) -> Draft:
    """A plain form to 9A, for a week."""
    content = Content(("sv",), {"sv": "Friluftsdag"}, {"sv": "Vi går till skogen."}, QUESTIONS)
    last = now.date() + timedelta(days=7)
    return replace(Draft(people.house.school, content, last, (people.house.class_9a,)), **changed)


def consents(people: People, now: datetime, **changed: Any) -> Draft:
    """A consent to 9A that all guardians sign."""
    content = Content(("sv", "en"), {"sv": "Bilder", "en": "Pictures"}, {"sv": "På webben.", "en": "On the web."})
    signed = {"consent": Consent.SIGNED, "purpose": Purpose.PICTURES_PUBLIC, "needs": Needs.ALL}
    return asks(people, now, **({"content": content} | signed | changed))


def published(by: Actor, draft: Draft, now: datetime) -> UUID:
    """A form that went out."""
    form = actions.draft_form(by=by, form=draft, now=now)
    actions.publish_form(by=by, form=form, now=now)
    return form


def identity(by: Actor) -> SignerIdentity:
    """Who signs, as the register knows the person."""
    me = people_queries.person(by=by, id=by.id)
    assert me is not None
    assert me.identifier is not None
    return SignerIdentity(by.id, me.name, me.identifier.scheme.value, me.identifier.value)


def sign(by: Actor, form: UUID, child: UUID, now: datetime, path: str = SCHOOL, **values: Any) -> UUID:
    """Give a consent with the simulated e-ID; returns the answer."""
    me = identity(by)
    key = actions.ask_to_sign(by=by, form=form, child=child, values=values, signer=me, language="sv", now=now)
    ceremony = actions.start_signing(by=by, signing=key, signer=me, method="simulated", now=now)
    acting = as_signer(by, path)
    signing.begin(by=acting, ceremony=ceremony, device=Device(ip="192.0.2.7"), now=now)
    signing.collect(by=acting, ceremony=ceremony, now=now)
    answer = actions.settle_signing(by=by, signing=key, now=now)
    assert answer == key
    return key
