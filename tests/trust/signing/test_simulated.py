"""The simulated e-ID of the demo."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from cryptography import x509

from testamur.kernel.base.refused import Refused
from testamur.kernel.proofs.jcs import canonical, parse_canonical
from testamur.trust.signing import actions, queries
from testamur.trust.signing.methods import simulated
from testamur.trust.signing.methods.contract import Device, EvidenceRefused, Order
from testamur.trust.signing.rules import State
from tests.trust.signing.conftest import RUT, Clock, started

if TYPE_CHECKING:
    from pathlib import Path

    from testamur.kernel.base.actor import Actor

ORDER = Order("c", b"Jag skriver under.", b'{"v":1}', "Rut Exempel", "se.personnummer", RUT.personal_number)


@pytest.fixture
def method(tmp_path: Path) -> simulated.Simulated:
    return simulated.Simulated(simulated.test_ca(tmp_path / "keys" / "eid"))


@pytest.mark.django_db
@pytest.mark.feature("A10")
def test_a_demo_ceremony_is_signed_at_its_first_collect(rut: Actor, clock: Clock) -> None:
    ceremony = started(rut, clock.now, method="simulated")
    actions.begin(by=rut, ceremony=ceremony, device=Device(ip="192.0.2.7"), now=clock.now)
    signed = actions.collect(by=rut, ceremony=ceremony, now=clock.now)
    assert (signed.state, signed.signed_at) == (State.SIGNED, clock.now)
    for _, evidence in queries.evidence_for(ceremony):
        parsed = parse_canonical(evidence)
        assert parsed["method"] == "simulated"
        assert set(parsed["proof"]) == {"visible", "nonvisible", "signed_at", "signature", "certificates"}
        assert b64decode(parsed["proof"]["nonvisible"]) == signed.header
        assert b64decode(parsed["proof"]["visible"]).decode() == signed.visible


def test_its_evidence_says_who_when_and_test(method: simulated.Simulated, clock: Clock) -> None:
    proof = method.collect("r", ORDER, clock.now).proof
    checked = method.check(proof, visible=ORDER.visible, nonvisible=ORDER.nonvisible)
    assert (checked.schemes, checked.identifier, checked.signed_at) == ((ORDER.scheme,), ORDER.identifier, clock.now)
    leaf = x509.load_der_x509_certificate(b64decode(json.loads(proof)["certificates"][0]))
    assert "TEST" in leaf.subject.rfc4514_string()
    assert "TEST" in leaf.issuer.rfc4514_string()


@pytest.mark.parametrize("member", ["visible", "nonvisible", "signed_at", "signature", "certificates", "extra"])
def test_changed_evidence_is_refused(method: simulated.Simulated, clock: Clock, member: str) -> None:
    proof = json.loads(method.collect("r", ORDER, clock.now).proof)
    other = json.loads(method.collect("r", ORDER, clock.now).proof)
    proof[member] = {
        "visible": b64encode(b"other").decode(),
        "nonvisible": b64encode(b"{}").decode(),
        "signed_at": "2026-06-10T08:00:01Z",
        "signature": other["signature"],
        "certificates": other["certificates"],
        "extra": "",
    }[member]
    with pytest.raises(EvidenceRefused):
        method.check(canonical(proof), visible=ORDER.visible, nonvisible=ORDER.nonvisible)


@pytest.mark.parametrize("proof", [b"", b"{}", b"[]", b"null", b'{"a": 1}', b"\xff"])
def test_rubbish_is_refused_as_evidence(method: simulated.Simulated, proof: bytes) -> None:
    with pytest.raises(Refused):
        method.check(proof, visible=b"", nonvisible=b"")


def test_evidence_of_another_demos_ca_is_refused(method: simulated.Simulated, clock: Clock, tmp_path: Path) -> None:
    other = simulated.Simulated(simulated.test_ca(tmp_path / "other"))
    proof = other.collect("r", ORDER, clock.now).proof
    with pytest.raises(EvidenceRefused):
        method.check(proof, visible=ORDER.visible, nonvisible=ORDER.nonvisible)


def test_its_key_is_for_its_owner_only_and_made_once_by_many(tmp_path: Path) -> None:
    folder = tmp_path / "keys" / "eid"
    with ThreadPoolExecutor(8) as pool:
        roots = {ca.root_der for ca in pool.map(lambda _: simulated.test_ca(folder), range(16))}
    assert len(roots) == 1
    assert (folder / "root.key").stat().st_mode & 0o777 == 0o600
    assert [p.name for p in folder.parent.iterdir()] == ["eid"]
