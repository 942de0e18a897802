"""Keys: PKCS#12 files, locators, certificate requests, the TEST PKI."""

from __future__ import annotations

import hashlib
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import ocsp

from testamur.trust.sealing import testpki
from testamur.trust.sealing.keys.contract import KeyUnavailable
from testamur.trust.sealing.keys.opening import certificate_request, open_key
from testamur.trust.sealing.keys.software import open_pkcs12, software_key
from testamur.trust.sealing.rules import Algorithm, LocatorInvalid, parse_locator, pkcs12_locator
from testamur.trust.sealing.testpki import TestPki
from tests.trust.sealing.support import NOW


def test_a_key_is_opened_once(pki: TestPki) -> None:
    assert open_key(pki.seal.locator) is open_key(pki.seal.locator)


def test_the_file_gives_its_certificates_too(pki: TestPki) -> None:
    key, certificates = open_pkcs12(pki.seal.path, pki.seal.password_path.read_bytes())
    assert certificates == pki.seal.chain
    assert key.algorithm is Algorithm.P256


def test_only_digests_of_the_right_length_are_signed(pki: TestPki) -> None:
    with pytest.raises(ValueError, match="32"):
        open_key(pki.seal.locator).sign(b"short")


def test_wrong_passwords_and_files_are_refused_without_naming_the_password(pki: TestPki, tmp_path: Path) -> None:
    junk = tmp_path / "junk.p12"
    junk.write_bytes(b"junk")
    for path, password in ((pki.seal.path, b"hunter2"), (junk, b"hunter2"), (tmp_path / "none", b"hunter2")):
        with pytest.raises(KeyUnavailable) as refused:
            open_pkcs12(path, password)
        assert "hunter2" not in str(refused.value)
    with pytest.raises(KeyUnavailable):
        open_key(pkcs12_locator(str(pki.seal.path), str(tmp_path / "none")))


def test_weak_or_other_keys_are_refused() -> None:
    for weak in (
        rsa.generate_private_key(65537, 1024),
        ec.generate_private_key(ec.SECP384R1()),
        ed25519.Ed25519PrivateKey.generate(),
    ):
        with pytest.raises(KeyUnavailable):
            software_key(weak)


@pytest.mark.parametrize(
    "locator",
    [
        "",
        "/etc/seal.p12",
        "pkcs12:",
        "file:/x",
        "pkcs12:/x?password=hunter2",
        "pkcs11:token=T;object=O?pin-value=1234&module-path=/x",
        "pkcs11:token=T;pin-value=1234?module-path=/x",
        "pkcs11:token",
    ],
)
def test_a_locator_that_is_malformed_or_holds_a_secret_is_refused(locator: str) -> None:
    with pytest.raises(LocatorInvalid) as refused:
        parse_locator(locator)
    assert "1234" not in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_locators_are_read_with_their_escapes() -> None:
    found = parse_locator("pkcs11:token=Exempel%20kommun;object=seal?module-path=/lib/p.so&pin-source=file:/run/pin")
    assert found.attribute("token") == "Exempel kommun"
    assert found.option("pin-source") == "/run/pin"
    with pytest.raises(LocatorInvalid):
        found.option("pass-source")
    assert parse_locator(pkcs12_locator("/a b/å?.p12", "/p")).path == "/a b/å?.p12"


@pytest.mark.feature("A18", "A19")
@pytest.mark.parametrize("algorithm", [Algorithm.P256, Algorithm.RSA_2048])
def test_a_certificate_request_names_the_responsible_body_and_is_signed(pki: TestPki, algorithm: Algorithm) -> None:
    key = open_key(pki.seals[algorithm].locator)
    asked = x509.load_der_x509_csr(
        certificate_request(key, country="SE", organisation="TEST Exempel kommun", common_name="TEST Åmåls stämpel")
    )
    assert asked.is_signature_valid
    assert asked.subject.rfc4514_string() == "CN=TEST Åmåls stämpel,O=TEST Exempel kommun,C=SE"
    assert isinstance(asked.signature_hash_algorithm, hashes.SHA256)


# --- the TEST PKI ---


def test_every_name_of_the_test_pki_carries_test(pki: TestPki) -> None:
    for data in (
        pki.root,
        pki.issuing,
        pki.tsa.certificate,
        pki.ocsp.certificate,
        *(s.certificate for s in pki.seals.values()),
    ):
        certificate = x509.load_der_x509_certificate(data)
        for name in (certificate.subject, certificate.issuer):
            texts = [a.value for a in name if a.oid != x509.NameOID.COUNTRY_NAME]
            assert texts
            assert all("TEST" in str(t) for t in texts)


def test_the_secret_files_can_be_read_by_their_owner_only(pki: TestPki) -> None:
    for key in (*pki.seals.values(), pki.tsa, pki.ocsp):
        for path in (key.path, key.password_path):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_seal_certificate_names_no_address(pki: TestPki) -> None:
    for seal in pki.seals.values():
        kinds = {type(e.value) for e in x509.load_der_x509_certificate(seal.certificate).extensions}
        assert x509.AuthorityInformationAccess not in kinds
        assert x509.CRLDistributionPoints not in kinds


def test_certificates_lead_to_the_root_and_nowhere_else(pki: TestPki, tmp_path: Path) -> None:
    leaf, issuing, root = (x509.load_der_x509_certificate(c) for c in (pki.seal.certificate, pki.issuing, pki.root))
    leaf.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(root)
    other = testpki.make(tmp_path / "other", organisation="TEST Annan", country="SE", now=NOW)
    with pytest.raises(InvalidSignature):
        leaf.verify_directly_issued_by(x509.load_der_x509_certificate(other.issuing))


def test_revocation_lists_and_answers_say_what_they_should(pki: TestPki) -> None:
    lists = [x509.load_der_x509_crl(c) for c in pki.crls]
    assert [len(c) for c in lists] == [0, 0]
    revoked = x509.load_der_x509_crl(
        testpki.crl(pki.issuing, pki.issuing_key, now=NOW + timedelta(days=1), revoked=[pki.seal.certificate])
    )
    issuing: Any = x509.load_der_x509_certificate(pki.issuing).public_key()
    assert revoked.is_signature_valid(issuing)
    serial = x509.load_der_x509_certificate(pki.seal.certificate).serial_number
    assert revoked.get_revoked_certificate_by_serial_number(serial) is not None
    responder: Any = pkcs12.load_pkcs12(pki.ocsp.path.read_bytes(), pki.ocsp.password_path.read_bytes()).key
    for bad in (False, True):
        answer = ocsp.load_der_ocsp_response(
            testpki.ocsp_response(pki, pki.seal.certificate, responder, now=NOW, revoked=bad)
        )
        wanted = ocsp.OCSPCertStatus.REVOKED if bad else ocsp.OCSPCertStatus.GOOD
        assert answer.certificate_status is wanted
        assert answer.serial_number == serial


def test_signatures_of_file_keys_verify(pki: TestPki) -> None:
    digest = hashlib.sha256(b"x").digest()
    for algorithm, seal in pki.seals.items():
        signature = open_key(seal.locator).sign(digest)
        assert len(signature) <= algorithm.signature_size
