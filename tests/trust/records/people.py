"""Signers at work, guardians and pupils: what several tests of the records need."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from testamur.kernel.base.actor import Actor, Grant
from testamur.register.people import actions as people
from testamur.register.people.rules import NewGuardianship, NewPerson, Protection, Relation
from testamur.surfaces.cli.issuing import signer_actor
from testamur.trust.records import actions, steps
from testamur.trust.records.rules import NewRecord, Signer, Subject
from testamur.trust.records.tasks import STEP
from testamur.trust.signing import actions as signing
from testamur.trust.signing.methods.contract import Device
from testamur.trust.signing.rules import SignerIdentity
from tests.trust.records.conftest import NOW, Installation

LATER = datetime(2100, 1, 1, tzinfo=UTC)
"""After everything that the machine's own clock has sealed."""


def start(place: Installation, records: Sequence[UUID], signer: Signer | None = None, *, now: datetime = NOW) -> UUID:
    """A ceremony of the signer (the principal) over records that are ready."""
    who = signer or place.principal
    return actions.start_ceremony(
        by=signer_actor(who.person, place.issuer.path, who.role),
        path=place.issuer.path,
        organisation=place.issuer.organisation,
        organisation_name="Exempelkommun",
        signer=SignerIdentity(who.person, who.name, who.scheme, who.identifier),
        role=who.role,
        method="simulated",
        records=list(records),
        locale="sv",
        now=now,
    )


def sign(place: Installation, records: Sequence[UUID], signer: Signer | None = None) -> UUID:
    """A ceremony that the e-ID has signed, and that nobody has noted on the records yet."""
    who, now = signer or place.principal, datetime.now(UTC)
    me = signer_actor(who.person, place.issuer.path, who.role)
    ceremony = start(place, records, who, now=now)
    signing.begin(by=me, ceremony=ceremony, device=Device(ip="127.0.0.1"), now=now)
    signing.collect(by=me, ceremony=ceremony, now=now)
    return ceremony


def issue(place: Installation, *records: NewRecord) -> list[UUID]:
    """From drafts to published, by the same steps as the background work."""
    ids = place.prepare(*records)
    actions.mark_ready(by=place.by, path=place.issuer.path, records=ids, now=NOW)
    steps.settle_one(by=place.by, ceremony=sign(place, ids), now=datetime.now(UTC))
    while steps.issue_next(by=STEP, worker="test", clock=lambda: datetime.now(UTC)):
        pass
    return ids


def pupil(place: Installation, given: str = "Alva", protection: Protection = Protection.NONE) -> UUID:
    """A pupil in the register, who never comes of age: nobody knows when he or she was born."""
    new = NewPerson(given=given, family="Exempelsson", protection=protection)
    return people.register_persons(by=place.by, path=place.issuer.path, persons=[new], now=NOW)[0]


def guardian(place: Installation, child: UUID, *, ends: date | None = None) -> UUID:
    """A guardian of the child."""
    new = NewPerson(given="Vera", family="Exempelsson", birth_date=date(1980, 1, 2))
    who = people.register_persons(by=place.by, path=place.issuer.path, persons=[new], now=NOW)[0]
    people.add_guardianships(
        by=place.by, guardianships=[NewGuardianship(child, who, Relation.MOTHER, date(2012, 3, 4), ends=ends)], now=NOW
    )  # fmt: skip
    return who


def about(place: Installation, child: UUID, number: int = 1, **changes: Any) -> NewRecord:
    """A term report about a pupil of the register."""
    former = place.record(number).subject
    subject = Subject("pupil", child, former.name, former.given, former.family, former.scheme, former.identifier,
                      former.birth_date)  # fmt: skip
    return place.record(number, subject=subject, **changes)


def citizen(person: UUID, *wards: UUID) -> Actor:
    """Somebody with the right to fetch and share for oneself or for wards."""
    verbs = ("records.record.fetch", "records.record.share")
    return Actor(person, "simulated", (Grant("guardian", "/", verbs, wards=frozenset(wards or {person})),))


def office(place: Installation, person: int = 70) -> Actor:
    """An administrator of the school."""
    return Actor(UUID(int=person), "simulated", (Grant("administrator", place.issuer.path, ("records.*", "people.*")),))
