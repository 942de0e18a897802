"""What the simulated BankID signs has the genuine structure, and verifies by more than our own verifier."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import xmlsec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate, ocsp
from lxml import etree

from testamur.kernel.proofs.bankid import EvidenceError, verify_bankid
from testamur.trust.signing.methods.bankid.simulator import pki
from testamur.trust.signing.methods.bankid.simulator.signature import Signing, ocsp_response, xml_signature

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2026, 6, 10, 8, 0, tzinfo=UTC)
TEXT, DATA = b"Jag skriver under.\nTestamur 1: 1 00", b'{"v":1}'


@pytest.fixture(scope="module")
def made(pki_folder: Path) -> pki.Pki:
    return pki.make(pki_folder)[0]


@pytest.fixture(scope="module")
def signed(made: pki.Pki) -> tuple[bytes, bytes]:
    user = made.person("189001010019", "Rut", "Exempel")
    xml = xml_signature(Signing(TEXT, DATA), user, [made.customer, made.bank])
    return xml, ocsp_response(user, made.customer, made.responder, signature=xml, at=AT)


def shape(node: etree._Element) -> list[object]:
    """Names, attributes and fixed values of a tree; not the values that differ between signatures."""
    fixed = {k: v for k, v in node.attrib.items() if k in {"Id", "URI", "Type", "Algorithm", "charset", "visible"}}
    between = node.text if len(node) else ""
    return [node.tag, fixed, between or "", node.tail or "", [shape(child) for child in node]]


def test_it_has_element_by_element_the_shape_of_a_genuine_signature(signed: tuple[bytes, bytes], samples: Path) -> None:
    genuine = (samples / "bankid" / "signatur_1_Anna_Andersson.xml").read_bytes()
    assert shape(etree.fromstring(signed[0])) == shape(etree.fromstring(genuine))
    assert signed[0].split(b"<SignedInfo", 1)[0] == genuine.split(b"<SignedInfo", 1)[0]


def test_its_certificates_carry_the_extensions_of_genuine_ones(signed: tuple[bytes, bytes], samples: Path) -> None:
    from cryptography.x509 import load_der_x509_certificate

    def extensions(xml: bytes) -> list[list[tuple[str, bool]]]:
        found = etree.fromstring(xml).findall(".//{*}X509Certificate")
        certificates = [load_der_x509_certificate(base64.b64decode(node.text or "")) for node in found]
        return [sorted((e.oid.dotted_string, e.critical) for e in c.extensions) for c in certificates]

    genuine = (samples / "bankid" / "signatur_1_Anna_Andersson.xml").read_bytes()
    assert extensions(signed[0]) == extensions(genuine)


def test_the_xml_security_library_accepts_it(signed: tuple[bytes, bytes], made: pki.Pki) -> None:
    tree = etree.fromstring(signed[0])
    xmlsec.tree.add_ids(tree, ["Id"])
    context = xmlsec.SignatureContext()
    leaf = base64.b64decode(tree.findtext(".//{*}X509Certificate") or "")
    from cryptography.x509 import load_der_x509_certificate

    pem = load_der_x509_certificate(leaf).public_bytes(Encoding.PEM)
    from_pem = xmlsec.KeyFormat.CERT_PEM  # type: ignore[attr-defined]  # missing in the library's own stubs
    context.key = xmlsec.Key.from_memory(pem, from_pem)
    context.verify(tree)

    changed = etree.fromstring(signed[0].replace(b"<fsib>0<", b"<fsib>1<"))
    xmlsec.tree.add_ids(changed, ["Id"])
    with pytest.raises(xmlsec.Error):
        context.verify(changed)


def test_our_verifier_accepts_it_and_takes_the_time_from_the_ocsp_response(
    signed: tuple[bytes, bytes], made: pki.Pki
) -> None:
    found = verify_bankid(
        *signed,
        roots=[made.root.der],
        expected_visible=TEXT,
        expected_nonvisible=DATA,
        expected_rp_name=pki.RELYING_PARTY,
    )
    assert (found.personal_number, found.signed_at, found.test) == ("189001010019", AT, True)


def test_the_other_root_of_the_same_name_is_refused(signed: tuple[bytes, bytes], made: pki.Pki) -> None:
    assert made.foreign_root.certificate.subject == made.root.certificate.subject
    with pytest.raises(EvidenceError):
        verify_bankid(*signed, roots=[made.foreign_root.der], expected_visible=TEXT, expected_nonvisible=DATA)


def test_bankids_own_test_root_does_not_vouch_for_the_simulator(signed: tuple[bytes, bytes], samples: Path) -> None:
    pem = (samples / "bankid" / "BANKID_ROOT_CERT_TEST.pem").read_bytes()
    root = load_pem_x509_certificate(pem).public_bytes(Encoding.DER)
    with pytest.raises(EvidenceError):
        verify_bankid(*signed, roots=[root], expected_visible=TEXT, expected_nonvisible=DATA)


def test_the_ocsp_response_is_a_real_one_of_the_moment_of_signing(signed: tuple[bytes, bytes], made: pki.Pki) -> None:
    response = ocsp.load_der_ocsp_response(signed[1])
    assert response.produced_at_utc == AT
    assert response.responder_key_hash is not None
    assert response.certificates[0].issuer == made.customer.certificate.subject


def test_key_files_are_for_their_owner_only_and_survive_a_restart(pki_folder: Path) -> None:
    again, _ = pki.make(pki_folder)
    keys = list(pki_folder.glob("*.key"))
    assert len(keys) == 9
    assert all(key.stat().st_mode & 0o777 == 0o600 for key in keys)
    assert again.root.der == pki.make(pki_folder)[0].root.der
