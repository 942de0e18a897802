"""The product's own parts, one after the other, make what the verifier calls valid: e-ID, ceremony, keys, seal."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12

from testamur.kernel.proofs.jcs import canonical
from testamur.kernel.proofs.verify import verify_file
from testamur.trust.sealing import testpki
from testamur.trust.sealing.rules import Algorithm
from testamur.trust.signing import rules as signing
from testamur.trust.signing.methods import simulated, sms
from testamur.trust.signing.methods.authority import Authority, authority
from testamur.trust.signing.methods.contract import Device, Order
from tests.conformance import builder
from tests.conformance.builder import AT, EXAMINER, ORGANISATION, PRINCIPAL, RECORD
from tests.kernel.proofs.eid import Issued

CEREMONY = UUID("0195f2a0-0000-7000-8000-000000000009")


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> testpki.TestPki:
    return testpki.make(
        tmp_path_factory.mktemp("pki"),
        organisation="Provkommunen",
        country="SE",
        now=AT,
        algorithms=(Algorithm.P256, Algorithm.RSA_3072),
    )


def opened(key: testpki.TestKey) -> Issued:
    private, certificate, _others = pkcs12.load_key_and_certificates(
        key.path.read_bytes(), key.password_path.read_bytes()
    )
    assert certificate is not None
    return Issued(certificate, private)


def by_the_simulated_e_id(ca: Authority, order: Order) -> bytes:
    return simulated.sign(ca, order, at=AT - timedelta(minutes=1))


def by_a_code(ca: Authority, order: Order) -> bytes:
    """The code comes back at the second try, a minute after it was sent."""
    method, at = sms.Sms(ca), AT - timedelta(minutes=1)
    order = replace(order, phone="+46701740612", organisation="Provkommunen")
    begun = method.begin(order, Device(ip="192.0.2.7"))
    wrong = method.confirm(order, begun.start, code="none", begun=at - timedelta(minutes=1), now=at)
    return method.confirm(order, wrong.start, code=begun.code, begun=at - timedelta(minutes=1), now=at).proof


def ceremony_evidence(
    first: bytes, signer: builder.Signer, method: str, sign: Callable[[Order], bytes]
) -> dict[str, bytes]:
    """One ceremony over five documents by the product's own rules and one of its methods."""
    documents = [
        signing.DocumentToSign(UUID(int=n, version=4), hashlib.sha256(b"%d" % n).hexdigest(), 1, f"Betyg {n}")
        for n in range(1, 5)
    ]
    documents.insert(2, signing.DocumentToSign(RECORD, hashlib.sha256(first).hexdigest(), len(first), "Terminsbetyg"))
    manifest = signing.manifest(
        ceremony=CEREMONY,
        organisation=ORGANISATION,
        role=signer.role,
        signer=signer.name,
        documents=documents,
        locale="sv",
        created=AT - timedelta(minutes=2),
    )
    order = Order(str(CEREMONY), manifest.visible.encode(), manifest.header, signer.name, *signer.identifier)
    evidences = signing.Evidences(
        [signing.SignedDocument(d.record, d.h0, d.size, 1) for d in documents],
        header=manifest.header,
        root=manifest.root,
        method=method,
        role=signer.role,
        proof=sign(order),
    )
    return {"evidence-1.json": evidences.of(RECORD)}


@pytest.mark.feature("A11", "A18", "D11")
@pytest.mark.parametrize("algorithm", [Algorithm.P256, Algorithm.RSA_3072])
def test_what_the_product_makes_is_valid(algorithm: Algorithm, pki: testpki.TestPki, tmp_path: Path) -> None:
    ca = simulated.test_ca(tmp_path / "eid")
    record_json = canonical(builder.snapshot())
    first = builder.render(record_json)
    evidence = ceremony_evidence(first, PRINCIPAL, "simulated", partial(by_the_simulated_e_id, ca))
    key = pki.seals[algorithm]
    sealed = builder.seal(first, evidence, by=opened(key), chain=key.chain)
    built = builder.finish(sealed, record_json, evidence)
    trust = builder.world().trust(seal_roots=[pki.root], crls=pki.crls, eid_roots={"simulated": [ca.root_der]})
    verdict = verify_file(built.data, trust, "file.pdf")
    assert verdict.word == "valid", verdict.checks
    assert "together with 4 other documents" in next(c.found for c in verdict.checks if c.name == "signer 1")
    revoking = testpki.crl(pki.issuing, pki.issuing_key, now=AT - timedelta(days=1), revoked=[key.certificate])
    trust = builder.world().trust(seal_roots=[pki.root], crls=[revoking], eid_roots={"simulated": [ca.root_der]})
    assert verify_file(built.data, trust, "file.pdf").code == "chain.revoked"


@pytest.mark.feature("B13")
def test_what_an_examiner_signs_with_a_code_is_valid_and_called_what_it_is(tmp_path: Path) -> None:
    ca = authority(tmp_path / "sms", organisation="Testamur TEST", name="SMS code attestation TEST")
    record_json = canonical(builder.snapshot(signers=(EXAMINER,)))
    first = builder.render(record_json)
    evidence = ceremony_evidence(first, EXAMINER, "sms", partial(by_a_code, ca))
    built = builder.finish(builder.seal(first, evidence), record_json, evidence)
    verdict = verify_file(built.data, builder.world().trust(eid_roots={"sms": [ca.root_der]}), "file.pdf")
    assert verdict.word == "valid", verdict.checks
    said = next(c.found for c in verdict.checks if c.name == "signer 1")
    assert "together with 4 other documents; this is no e-ID but weaker" in said
    assert "the work phone ending in 12" in said
    assert b"46701740612" not in built.data
    assert verify_file(built.data, builder.world().trust(), "file.pdf").code == "chain.untrusted"
