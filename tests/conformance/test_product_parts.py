"""The product's own parts, one after the other, make what the verifier calls valid: e-ID, ceremony, keys, seal."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12

from testamur.kernel.proofs.jcs import canonical
from testamur.kernel.proofs.verify import verify_file
from testamur.trust.sealing import testpki
from testamur.trust.sealing.rules import Algorithm
from testamur.trust.signing import rules as signing
from testamur.trust.signing.methods import simulated
from testamur.trust.signing.methods.contract import Order
from tests.conformance import builder
from tests.conformance.builder import AT, ORGANISATION, PRINCIPAL, RECORD
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


def ceremony_evidence(ca: simulated.TestCa, first: bytes) -> dict[str, bytes]:
    """One ceremony over five documents by the product's own rules and its simulated e-ID."""
    documents = [
        signing.DocumentToSign(UUID(int=n, version=4), hashlib.sha256(b"%d" % n).hexdigest(), 1, f"Betyg {n}")
        for n in range(1, 5)
    ]
    documents.insert(2, signing.DocumentToSign(RECORD, hashlib.sha256(first).hexdigest(), len(first), "Terminsbetyg"))
    manifest = signing.manifest(
        ceremony=CEREMONY,
        organisation=ORGANISATION,
        role=PRINCIPAL.role,
        signer=PRINCIPAL.name,
        documents=documents,
        locale="sv",
        created=AT - timedelta(minutes=2),
    )
    order = Order(str(CEREMONY), manifest.visible.encode(), manifest.header, PRINCIPAL.name, *PRINCIPAL.identifier)
    evidences = signing.Evidences(
        [signing.SignedDocument(d.record, d.h0, d.size, 1) for d in documents],
        header=manifest.header,
        root=manifest.root,
        method="simulated",
        role=PRINCIPAL.role,
        proof=simulated.sign(ca, order, at=AT - timedelta(minutes=1)),
    )
    return {"evidence-1.json": evidences.of(RECORD)}


@pytest.mark.feature("A11", "A18", "D11")
@pytest.mark.parametrize("algorithm", [Algorithm.P256, Algorithm.RSA_3072])
def test_what_the_product_makes_is_valid(algorithm: Algorithm, pki: testpki.TestPki, tmp_path: Path) -> None:
    ca = simulated.test_ca(tmp_path / "eid")
    record_json = canonical(builder.snapshot())
    first = builder.render(record_json)
    evidence = ceremony_evidence(ca, first)
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
