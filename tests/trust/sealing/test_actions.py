"""Seals of organisations: requested, taken into use, retired; who may, and what is written down."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.journal.models import Entry
from testamur.trust.sealing import testpki
from testamur.trust.sealing.actions import (
    RequestInvalid,
    SealRetired,
    SealUnknown,
    make_request,
    register_seal,
    retire_seal,
)
from testamur.trust.sealing.cms import CertificatesInvalid
from testamur.trust.sealing.keys.opening import certificate_request, open_key
from testamur.trust.sealing.models import SealCertificate
from testamur.trust.sealing.queries import NoActiveSeal, active_seal, seals
from testamur.trust.sealing.rules import Algorithm, LocatorInvalid, SealState
from testamur.trust.sealing.sealer import KeyMismatch
from testamur.trust.sealing.testpki import TestKey, TestPki
from tests.trust.sealing.support import NOW

pytestmark = pytest.mark.django_db

PATH = "/exempel/"
ORGANISATION = UUID(int=77)


def register(seal: TestKey, *, by: Actor | None = None, now: datetime = NOW, organisation: UUID = ORGANISATION) -> UUID:
    return register_seal(
        by=by or operator(),
        organisation=organisation,
        path=PATH,
        key=open_key(seal.locator),
        locator=seal.locator,
        certificates=seal.chain,
        now=now,
    )


@pytest.mark.feature("A18", "A19")
def test_an_organisation_takes_its_seal_into_use(pki: TestPki) -> None:
    seal_id = register(pki.seal)
    found = active_seal(ORGANISATION, NOW)
    assert found.id == seal_id
    assert found.certificates == pki.seal.chain
    assert found.algorithm is Algorithm.P256
    assert found.locator == pki.seal.locator
    with pytest.raises(NoActiveSeal):
        active_seal(UUID(int=78), NOW)
    with pytest.raises(NoActiveSeal):
        active_seal(ORGANISATION, NOW + timedelta(days=5000))


def test_what_happened_is_in_the_journal_without_secrets_or_names(pki: TestPki) -> None:
    seal_id = register(pki.seal)
    retire_seal(by=operator(), seal=seal_id, now=NOW)
    entries = list(Entry.objects.order_by("id"))
    assert [e.kind for e in entries] == ["sealing.seal.registered/1", "sealing.seal.retired/1"]
    assert all(e.refs["seal"] == str(seal_id) for e in entries)
    written = str([e.refs for e in entries])
    assert "kommun" not in written
    assert "pass" not in written


def test_a_new_seal_retires_the_former_one_in_the_same_act(pki: TestPki) -> None:
    first = register(pki.seal)
    second = register(pki.seals[Algorithm.RSA_2048], now=NOW + timedelta(days=1))
    assert active_seal(ORGANISATION, NOW + timedelta(days=1)).id == second
    assert active_seal(ORGANISATION, NOW + timedelta(hours=23)).id == first
    states = {s.id: s.state for s in seals(by=operator(), organisation=ORGANISATION)}
    assert states == {first: SealState.RETIRED, second: SealState.ACTIVE}
    assert Entry.objects.latest("id").refs["retired"] == [str(first)]


@pytest.mark.feature("A19")
def test_a_request_becomes_the_seal_when_its_certificate_arrives(pki: TestPki) -> None:
    key = open_key(pki.seal.locator)
    asked = certificate_request(key, country="SE", organisation="TEST Exempel kommun", common_name="TEST seal")
    requested = make_request(
        by=operator(), organisation=ORGANISATION, path=PATH, key=key, locator=pki.seal.locator, request=asked, now=NOW
    )
    with pytest.raises(NoActiveSeal):
        active_seal(ORGANISATION, NOW)
    assert seals(by=operator(), organisation=ORGANISATION)[0].request == asked
    assert register(pki.seal) == requested
    assert SealCertificate.objects.count() == 1
    assert active_seal(ORGANISATION, NOW).request == asked


def test_a_request_for_another_key_or_broken_is_refused(pki: TestPki) -> None:
    key, other = open_key(pki.seal.locator), open_key(pki.seals[Algorithm.RSA_2048].locator)
    asked = certificate_request(other, country="SE", organisation="TEST", common_name="TEST")
    hurt = asked[:-1] + bytes([asked[-1] ^ 1])
    for request, used in ((asked, key), (hurt, other), (b"junk", key)):
        with pytest.raises(RequestInvalid):
            make_request(
                by=operator(),
                organisation=ORGANISATION,
                path=PATH,
                key=used,
                locator=pki.seal.locator,
                request=request,
                now=NOW,
            )
    assert not Entry.objects.exists()


def test_only_who_may_can_change_a_seal(pki: TestPki) -> None:
    elsewhere = Actor(uuid4(), "bankid", (Grant("administrator", "/annan/", ("sealing.*",)),))
    reader = Actor(uuid4(), "bankid", (Grant("reader", PATH, ("sealing.seal.read",)),))
    for nobody in (elsewhere, reader):
        with pytest.raises(NotAllowed):
            register(pki.seal, by=nobody)
    seal_id = register(pki.seal)
    with pytest.raises(NotAllowed):
        retire_seal(by=elsewhere, seal=seal_id, now=NOW)
    assert seals(by=elsewhere, organisation=ORGANISATION) == ()
    assert len(seals(by=reader, organisation=ORGANISATION)) == 1


def test_certificates_that_are_no_seal_are_refused(pki: TestPki, tmp_path: Path) -> None:
    key = open_key(pki.seal.locator)
    old = testpki.make(
        tmp_path, organisation="TEST old", country="SE", now=NOW - timedelta(days=90), valid=timedelta(days=9)
    )
    asked = {"by": operator(), "organisation": ORGANISATION, "path": PATH, "now": NOW}
    with pytest.raises(CertificatesInvalid, match="not valid now"):
        register(old.seal)
    with pytest.raises(CertificatesInvalid, match="not for signing"):
        register_seal(key=key, locator=pki.seal.locator, certificates=[pki.issuing], **asked)  # type: ignore[arg-type]  # one bag for three calls
    with pytest.raises(KeyMismatch):
        register_seal(
            key=key,
            locator=pki.seal.locator,
            certificates=pki.seals[Algorithm.RSA_2048].chain,
            **asked,  # type: ignore[arg-type]  # as above
        )
    with pytest.raises(LocatorInvalid):
        register_seal(key=key, locator="pkcs12:/x?password=1", certificates=pki.seal.chain, **asked)  # type: ignore[arg-type]  # as above
    assert not SealCertificate.objects.exists()


def test_a_seal_is_retired_once(pki: TestPki) -> None:
    seal_id = register(pki.seal)
    retire_seal(by=operator(), seal=seal_id, now=NOW)
    with pytest.raises(SealRetired):
        retire_seal(by=operator(), seal=seal_id, now=NOW)
    with pytest.raises(SealUnknown):
        retire_seal(by=operator(), seal=uuid4(), now=NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "lost"},
        {"algorithm": "dsa"},
        {"certificate": None},
        {"state": SealState.RETIRED},
        {"retired_at": NOW},
        {"activated_at": None},
        {"state": SealState.REQUESTED},
        {"valid_to": NOW - timedelta(days=9000)},
    ],
)
def test_the_database_refuses_states_that_make_no_sense(pki: TestPki, change: dict[str, object]) -> None:
    register(pki.seal)
    with pytest.raises(IntegrityError), transaction.atomic():
        SealCertificate.objects.update(**change)


def test_the_database_allows_one_active_seal_for_an_organisation(pki: TestPki) -> None:
    register(pki.seal)
    register(pki.seals[Algorithm.RSA_2048], organisation=UUID(int=78))
    with pytest.raises(IntegrityError), transaction.atomic():
        SealCertificate.objects.update(organisation=ORGANISATION)
