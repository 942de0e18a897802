"""The main line with a real e-ID protocol, and with a time-stamping authority: what comes out verifies offline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from testamur.kernel.base import clock
from testamur.kernel.proofs.trust import parse_trust
from testamur.kernel.proofs.verify import verify_file
from testamur.surfaces.cli.issuing import signer_actor
from testamur.surfaces.cli.trust import write_trust
from testamur.trust.archive.queries import store
from testamur.trust.records import actions, bundle, steps
from testamur.trust.sealing import testpki
from testamur.trust.sealing.timestamps import TimeStampFailed
from testamur.trust.signing import actions as signing
from testamur.trust.signing import queries as ceremonies
from testamur.trust.signing.methods.bankid.simulator.magic import personal_number
from testamur.trust.signing.methods.bankid.simulator.requests import Person
from testamur.trust.signing.methods.bankid.simulator.server import Simulator
from testamur.trust.signing.methods.contract import Device
from testamur.trust.signing.rules import SignerIdentity
from tests.trust.records.conftest import NOW, Installation
from tests.trust.sealing import tsa
from tests.trust.signing.conftest import use

pytestmark = pytest.mark.django_db(transaction=True)

RUT = Person(personal_number(1), "Rut", "Exempel")


@pytest.fixture
def bankid(installation: Installation, settings: Any, tmp_path: Path) -> Iterator[Simulator]:
    """The simulated BankID; its root goes into the installation's trust bundle."""
    with Simulator(tmp_path / "bankid") as simulator:
        use(settings, simulator)
        yield simulator


@pytest.fixture
def authority(installation: Installation, settings: Any, tmp_path: Path) -> Iterator[tsa.Authority]:
    """A time-stamping authority on loopback, trusted by the installation."""
    pki = testpki.make(tmp_path / "tsa-pki", organisation="TEST authority", country="SE", now=clock.now())
    roots = bundle.anchors() / "tsa-roots"
    (roots / "authority.der").write_bytes(pki.root)
    folder = tmp_path / "tsa"
    folder.mkdir()
    with tsa.running(folder, pki, pki.tsa) as running:
        settings.TSA = {"url": running.url, "policy": tsa.POLICY}
        yield running


def verdicts(installation: Installation, *records: Any) -> list[Any]:
    trust = parse_trust(write_trust(installation.data / "trust.json").read_bytes())
    return [verify_file(store().read(r, "record.pdf"), trust, "record.pdf") for r in records]


@pytest.mark.feature("A8", "A11", "A13", "A17", "B10")
def test_one_bankid_signature_over_many_records_and_each_verifies_alone(
    installation: Installation, bankid: Simulator
) -> None:
    signer = replace(installation.principal, name="Rut Exempel", identifier=RUT.personal_number)
    new = [installation.record(n, signers=(signer,)) for n in range(3)]
    records = installation.prepare(*new)
    path = installation.issuer.path
    actions.mark_ready(by=installation.by, path=path, records=records, now=NOW)
    me = signer_actor(signer.person, path, "principal")
    ceremony = actions.start_ceremony(
        by=me,
        path=path,
        organisation=installation.issuer.organisation,
        organisation_name="Exempelkommun",
        signer=SignerIdentity(signer.person, signer.name, signer.scheme, signer.identifier),
        role="principal",
        method="bankid",
        records=records,
        locale="sv",
        now=clock.now(),
    )
    signing.begin(by=me, ceremony=ceremony, device=Device(ip="192.0.2.7"), now=clock.now())
    phone = bankid.phone(RUT)
    shown = phone.scan(ceremonies.start_view(ceremony, by=me, now=clock.now()).qr)
    assert "3" in shown.splitlines()[-1]
    phone.approve()
    signing.collect(by=me, ceremony=ceremony, now=clock.now())
    assert actions.accept_signatures(by=me, ceremony=ceremony, now=clock.now()) == 3
    assert steps.issue_next(by=installation.by, worker="w", clock=clock.now) == 3
    for verdict in verdicts(installation, *records):
        assert verdict.word == "valid", verdict
        assert "bankid" in next(c.found for c in verdict.checks if c.name == "signer 1").lower()


@pytest.mark.feature("A18")
def test_with_an_authority_every_seal_carries_a_time_stamp(
    installation: Installation, authority: tsa.Authority
) -> None:
    records = installation.issue(installation.record(1), installation.record(2))
    assert len(authority.asked) == 2
    for verdict in verdicts(installation, *records):
        assert verdict.word == "valid", verdict
        assert "B-T" in next(c.found for c in verdict.checks if c.name == "seal")


def test_an_authority_that_is_down_releases_the_batch_and_nothing_is_logged(
    installation: Installation, authority: tsa.Authority
) -> None:
    from testamur.trust.records.models import IssueBatch
    from testamur.trust.transparency import queries as logs

    authority.lie = "error"
    with pytest.raises(TimeStampFailed):
        installation.issue(installation.record(1))
    batch = IssueBatch.objects.get()
    assert (batch.stage, batch.worker, batch.tries) == ("claimed", "", 1)
    log = logs.log_by_organisation(organisation=installation.issuer.organisation)
    assert log is not None
    assert log.size == 0
    authority.lie = ""
    assert batch.lease_until is not None
    later = batch.lease_until
    assert steps.issue_next(by=installation.by, worker="w", clock=lambda: later) is None
    assert steps.issue_next(by=installation.by, worker="w", clock=lambda: later + timedelta(seconds=1)) == 1
