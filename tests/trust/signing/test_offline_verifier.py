"""What a ceremony gives is what the offline verifier takes, for every method."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from testamur.kernel.proofs.bankid import EvidenceError
from testamur.kernel.proofs.evidence import SignerEvidence, verify_evidence
from testamur.kernel.proofs.snapshot import NamedSigner, Snapshot, signer_ref
from testamur.trust.signing import actions, queries
from testamur.trust.signing.methods import simulated
from testamur.trust.signing.methods.bankid.simulator.orders import Limits
from testamur.trust.signing.models import CeremonyDocument
from testamur.trust.signing.rules import State
from tests.trust.signing.conftest import BROWSER, OLE, ORGANISATION, RUT, Clock, started

if TYPE_CHECKING:
    from testamur.kernel.base.actor import Actor
    from testamur.trust.signing.methods.bankid.simulator.requests import Person
    from testamur.trust.signing.methods.bankid.simulator.server import Simulator

pytestmark = pytest.mark.django_db


def signed(by: Actor, clock: Clock, bankid: Simulator, method: str) -> actions.CeremonyId:
    ceremony = started(by, clock.now, method=method, count=5)
    actions.begin(by=by, ceremony=ceremony, device=BROWSER, now=clock.now)
    if method == "bankid":
        phone = bankid.phone(RUT)
        phone.scan(queries.start_view(ceremony, by=by, now=clock.now).qr)
        phone.approve()
    assert actions.collect(by=by, ceremony=ceremony, now=clock.forward(2)).state == State.SIGNED
    return ceremony


def verified(
    evidence: bytes, record: UUID, bankid: Simulator, ceremony: actions.CeremonyId, clock: Clock, person: Person = RUT
) -> SignerEvidence:
    ref = signer_ref(record, "se.personnummer", person.personal_number)
    signer = NamedSigner(1, "principal", "Rektor", "Rut Exempel", ref)
    snapshot = Snapshot(
        record,
        1,
        None,
        "se.compulsory.terminsbetyg",
        "Terminsbetyg",
        "sv",
        ORGANISATION,
        "Ekskolan",
        "Alva Påhittad",
        (signer,),
        1,
        (0, 0, 0, 0),
        "",
        "",
        date(2026, 6, 12),
        clock.now,
        True,
        {},
    )
    document = CeremonyDocument.objects.get(ceremony=ceremony, record=record)
    roots = {
        "bankid": bankid.settings.root_ders(),
        "simulated": [simulated.test_ca(simulated.folder()).root_der],
    }
    return verify_evidence(evidence, signer=signer, snapshot=snapshot, h0=document.h0, size=document.size, roots=roots)


@pytest.mark.parametrize("method", ["bankid", "simulated"])
def test_the_offline_verifier_accepts_every_document(rut: Actor, clock: Clock, bankid: Simulator, method: str) -> None:
    ceremony = signed(rut, clock, bankid, method)
    for record, evidence in queries.evidence_for(ceremony):
        found = verified(evidence, record, bankid, ceremony, clock)
        assert (found.method, found.ceremony, found.count, found.test) == (method, ceremony, 5, True)


@pytest.mark.feature("B11")
@pytest.mark.parametrize("method", ["bankid", "simulated"])
def test_it_refuses_the_evidence_under_another_name_or_document(
    rut: Actor, clock: Clock, bankid: Simulator, method: str
) -> None:
    ceremony = signed(rut, clock, bankid, method)
    (record, evidence), (other, _), *_rest = queries.evidence_for(ceremony)
    with pytest.raises(EvidenceError, match="not the person"):
        verified(evidence, record, bankid, ceremony, clock, replace(OLE))
    with pytest.raises(EvidenceError, match="another document"):
        verified(evidence, other, bankid, ceremony, clock)


def test_a_signature_older_than_its_ceremony_is_refused_here_as_there(
    rut: Actor, clock: Clock, bankid: Simulator
) -> None:
    bankid.orders._limits = Limits(complete_kept=1000)
    ceremony = started(rut, clock.now)
    actions.begin(by=rut, ceremony=ceremony, device=BROWSER, now=clock.now)
    phone = bankid.phone(RUT)
    phone.scan(queries.start_view(ceremony, by=rut, now=clock.now).qr)
    clock.forward(-400)  # BankID's clock, or ours, is wrong
    phone.approve()
    view = actions.collect(by=rut, ceremony=ceremony, now=clock.forward(402))
    assert (view.state, view.hint) == (State.FAILED, "evidenceRefused")
