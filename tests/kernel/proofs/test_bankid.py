"""The BankID verifier against genuine signatures, and against twins that differ in one thing each."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st

from testamur.kernel.proofs.bankid import BankIdEvidence, EvidenceError, verify_bankid
from tests.kernel.proofs import eid as maker

GENUINE_AT = datetime(2019, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def eid() -> maker.Eid:
    return maker.person()


def check(eid: maker.Eid, xml: bytes, ocsp_der: bytes | None = None, **changes: object) -> BankIdEvidence:
    """Verify with the OCSP response that belongs to it unless another is given."""
    arguments: dict[str, object] = {
        "roots": [eid.root.der],
        "expected_nonvisible": b"{}",
        "expected_visible": b"Jag skriver under.",
    } | changes
    der = ocsp_der if ocsp_der is not None else maker.ocsp_response(eid, xml)
    return verify_bankid(xml, der, **arguments)  # type: ignore[arg-type]  # a table of keyword arguments


def refused(eid: maker.Eid, xml: bytes, ocsp_der: bytes | None = None, **changes: object) -> str:
    with pytest.raises(EvidenceError) as caught:
        check(eid, xml, ocsp_der, **changes)
    assert str(caught.value)
    return caught.value.code


@pytest.fixture
def genuine(samples: Path) -> tuple[bytes, list[bytes], bytes]:
    folder = samples / "bankid"
    root = x509.load_pem_x509_certificate((folder / "BANKID_ROOT_CERT_TEST.pem").read_bytes())
    return (
        (folder / "signatur_1_Anna_Andersson.xml").read_bytes(),
        [root.public_bytes(Encoding.DER)],
        (folder / "styrelseledamot_vd_visible_data.txt").read_bytes(),
    )


def check_genuine(xml: bytes, roots: list[bytes], visible: bytes | None = None) -> BankIdEvidence:
    return verify_bankid(
        xml, None, roots=roots, expected_nonvisible=None, expected_visible=visible, missing_ocsp_at=GENUINE_AT
    )


@pytest.mark.feature("A17")
def test_a_genuine_signature_verifies_and_says_who_signed_what(genuine: tuple[bytes, list[bytes], bytes]) -> None:
    found = check_genuine(*genuine)
    assert (found.personal_number, found.name) == ("197210310020", "Anna Andersson")
    assert found.visible == genuine[2]
    assert found.rp_display_name == "Test av BankID"
    assert found.test
    assert not found.ocsp_checked
    assert len(found.certificates) == 4


def test_a_genuine_signature_without_ocsp_is_refused_unless_a_time_is_given(
    genuine: tuple[bytes, list[bytes], bytes],
) -> None:
    with pytest.raises(EvidenceError) as caught:
        verify_bankid(genuine[0], None, roots=genuine[1], expected_nonvisible=None, expected_visible=None)
    assert caught.value.code == "bankid.ocsp.absent"


def test_the_published_invalid_signature_is_refused(samples: Path, genuine: tuple[bytes, list[bytes], bytes]) -> None:
    with pytest.raises(EvidenceError) as caught:
        check_genuine((samples / "bankid" / "invalid_signature.xml").read_bytes(), genuine[1])
    assert caught.value.code == "bankid.digest"


def test_no_flipped_character_of_a_genuine_signature_passes(genuine: tuple[bytes, list[bytes], bytes]) -> None:
    xml, roots, _visible = genuine
    declaration = xml.index(b"?>") + 2
    for at in range(declaration, len(xml), 37):
        twin = xml[:at] + bytes([xml[at] ^ 1]) + xml[at + 1 :]
        with pytest.raises(EvidenceError):
            check_genuine(twin, roots)


def test_a_genuine_signature_under_another_root_is_untrusted(genuine: tuple[bytes, list[bytes], bytes]) -> None:
    with pytest.raises(EvidenceError) as caught:
        check_genuine(genuine[0], [maker.shared_root().der])
    assert caught.value.code == "chain.untrusted"


def test_a_signature_with_its_ocsp_response_attests_everything(eid: maker.Eid) -> None:
    found = check(eid, maker.signature_xml(eid), expected_rp_name="cn=Provkommunen,c=SE")
    assert found.personal_number == "199001010000"
    assert (found.given, found.surname) == ("Påhittad", "Provsson")
    assert found.rp_name == "cn=Provkommunen,c=SE"
    assert found.function == "Signing"
    assert found.ocsp_checked
    assert found.signed_at == maker.AT


def test_ocsp_may_name_the_certificate_by_sha256_and_be_signed_by_the_authority_itself(eid: maker.Eid) -> None:
    xml = maker.signature_xml(eid)
    check(eid, xml, maker.ocsp_response(eid, xml, hash_algorithm=hashes.SHA256(), responder=eid.customer))


def swap(old: str, new: str) -> object:
    return lambda xml: xml.replace(old.encode(), new.encode(), 1)


TWINS = {
    "a comment inside the visible data": (swap('wysiwys">', 'wysiwys"><!-- x -->'), "bankid.shape"),
    "a comment after the root": (lambda xml: xml + b"<!-- x -->", "bankid.shape"),
    "a processing instruction": (swap("<Object>", "<Object><?x y?>"), "bankid.shape"),
    "a DOCTYPE": (swap("?><Signature", '?><!DOCTYPE Signature [<!ENTITY x "y">]><Signature'), "bankid.shape"),
    "a second Object": (swap("</Signature>", "<Object></Object></Signature>"), "bankid.shape"),
    "a duplicate Id": (swap("<srvInfo>", '<srvInfo Id="bidSignedData">'), "bankid.shape"),
    "an xml:id": (swap("<srvInfo>", '<srvInfo xml:id="bidSignedData">'), "bankid.shape"),
    "text between elements": (swap("<Object>", "<Object>x"), "bankid.shape"),
    "another digest algorithm": (swap("xmlenc#sha256", "xmlenc#sha1"), "bankid.shape"),
    "another signature algorithm": (swap("#rsa-sha256", "#hmac-sha256"), "bankid.shape"),
    "another canonicalisation": (swap(maker.C14N, maker.C14N + "#WithComments"), "bankid.shape"),
    "a reference to the whole document": (swap('URI="#bidSignedData"', 'URI=""'), "bankid.shape"),
    "an extra transform": (swap("</Transforms>", "<Transform></Transform></Transforms>"), "bankid.shape"),
    "an object in another namespace": (swap(f'xmlns="{maker.BID}"', 'xmlns="urn:x"'), "bankid.shape"),
    "changed signed info": (swap("<SignedInfo ", '<SignedInfo xml:lang="sv" '), "bankid.shape"),
    "changed visible data": (
        swap(maker.b64(b"Jag skriver under."), maker.b64(b"Jag skriver inte.")),
        "bankid.digest",
    ),
    "changed non-visible data": (
        swap("<usrNonVisibleData>e30=", "<usrNonVisibleData>W10="),
        "bankid.digest",
    ),
    "whitespace slipped into signed data": (swap("<srvInfo>", "<srvInfo> "), "bankid.digest"),
    "a changed signature value": (
        lambda xml: re.sub(rb"<SignatureValue>....", b"<SignatureValue>AAAA", xml),
        "bankid.signature",
    ),
    "no base64": (swap("<SignatureValue>", "<SignatureValue>*"), "bankid.shape"),
    "another encoding": (lambda xml: xml.decode().replace("UTF-8", "UTF-16", 1).encode("utf-16"), "bankid.shape"),
    "nothing": (lambda _xml: b"", "bankid.shape"),
    "half the file": (lambda xml: xml[: len(xml) // 2], "bankid.shape"),
    "a huge file": (lambda xml: xml + b" " * (1 << 20), "bankid.shape"),
    "a wrapped signature": (
        lambda xml: xml.replace(b"<Object>", b"<Object><Signature>").replace(b"</Object>", b"</Signature></Object>"),
        "bankid.shape",
    ),
}


@pytest.mark.parametrize("name", TWINS)
def test_a_twin_that_differs_in_one_thing_is_refused(name: str, eid: maker.Eid) -> None:
    xml = maker.signature_xml(eid)
    change, code = TWINS[name]
    twin = change(xml)  # type: ignore[operator]  # a table of small functions
    assert twin != xml
    assert refused(eid, twin) == code


def signed_twin(eid: maker.Eid, **data: object) -> bytes:
    return maker.signature_xml(eid, maker.signed_data(**data))  # type: ignore[arg-type]  # a table of arguments


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"function": "Identification"}, "bankid.function"),
        ({"nonvisible": b'{"other":1}'}, "bankid.nonvisible"),
        ({"nonvisible": None}, "bankid.nonvisible"),
        ({"visible": b"Jag skriver under allt."}, "bankid.visible"),
        ({"visible_attributes": ' charset="UTF-8" visible="hidden"'}, "bankid.shape"),
        ({"visible_attributes": ' charset="UTF-8" format="html" visible="wysiwys"'}, "bankid.shape"),
        ({"extra": "<usrNonVisibleData>e30=</usrNonVisibleData>"}, "bankid.shape"),
    ],
)
def test_a_genuine_signature_over_something_else_is_refused(data: dict[str, object], code: str, eid: maker.Eid) -> None:
    assert refused(eid, signed_twin(eid, **data)) == code


def test_markdown_shown_to_the_signer_is_accepted(eid: maker.Eid) -> None:
    attributes = ' charset="UTF-8" format="simpleMarkdownV1" visible="wysiwys"'
    assert check(eid, signed_twin(eid, visible_attributes=attributes)).visible_format == "simpleMarkdownV1"


def test_an_identification_is_accepted_only_on_request(eid: maker.Eid) -> None:
    found = check(eid, signed_twin(eid, function="Identification"), require_signing=False)
    assert found.function == "Identification"


def test_a_signature_made_for_another_organisation_is_refused(eid: maker.Eid) -> None:
    assert refused(eid, maker.signature_xml(eid), expected_rp_name="cn=Grannkommunen") == "bankid.relying_party"


def test_certificates_must_be_the_whole_chain_in_order(eid: maker.Eid) -> None:
    user, customer, bank = eid.chain
    assert refused(eid, maker.signature_xml(eid, certificates=(user, customer))) == "chain.untrusted"
    assert refused(eid, maker.signature_xml(eid, certificates=(user, bank, customer))) in {
        "bankid.shape",
        "bankid.ocsp.signature",
    }
    extra = (user, customer, bank, maker.shared_root().der)
    assert refused(eid, maker.signature_xml(eid, certificates=extra)) == "bankid.shape"
    assert refused(eid, maker.signature_xml(eid, certificates=())) == "bankid.shape"
    assert refused(eid, maker.signature_xml(eid, certificates=(b"junk", customer, bank))) == "chain.malformed"


def test_another_persons_certificate_does_not_fit_the_signature(eid: maker.Eid) -> None:
    other = maker.person("199912310000", key=1)
    assert refused(eid, maker.signature_xml(eid, certificates=other.chain)) == "bankid.signature"


def test_a_self_made_chain_is_untrusted(eid: maker.Eid) -> None:
    own = maker.person(root=maker.issue("Provrot TEST", None, ca=True))
    xml = maker.signature_xml(own)
    assert refused(eid, xml, maker.ocsp_response(own, xml)) == "chain.untrusted"


def test_a_certificate_under_a_foreign_policy_or_without_number_is_refused() -> None:
    odd = maker.person(policy="1.2.3.9")
    assert refused(odd, maker.signature_xml(odd)) == "bankid.policy"
    nobody = maker.person("1990")
    assert refused(nobody, maker.signature_xml(nobody)) == "bankid.personal_number"
    sealer = maker.person(key_usage=maker.usage(key_encipherment=True))
    assert refused(sealer, maker.signature_xml(sealer)) == "bankid.key_usage"


def test_a_certificate_that_had_expired_when_ocsp_answered_is_refused() -> None:
    late = maker.person(end=maker.AT - timedelta(days=1))
    assert refused(late, maker.signature_xml(late)) == "chain.expired"


def test_ocsp_must_be_good_and_belong_to_this_signature(eid: maker.Eid) -> None:
    xml = maker.signature_xml(eid)
    other = maker.person("199912310000", key=1)
    elsewhere = maker.issue("Främmande OCSP", eid.root, extended=(ExtendedKeyUsageOID.OCSP_SIGNING,))
    unfit = maker.issue("Utan uppdrag", eid.customer)
    cases = {
        "bankid.ocsp.revoked": maker.ocsp_response(eid, xml, status=ocsp.OCSPCertStatus.REVOKED),
        "bankid.ocsp.unknown": maker.ocsp_response(eid, xml, status=ocsp.OCSPCertStatus.UNKNOWN),
        "bankid.ocsp.other_signature": maker.ocsp_response(eid, maker.signature_xml(other)),
        "bankid.ocsp.nonce": maker.ocsp_response(eid, xml, nonce=b""),
        "bankid.ocsp.other_certificate": maker.ocsp_response(eid, xml, about=eid.responder),
        "bankid.ocsp.time": maker.ocsp_response(eid, xml, at=maker.AT + timedelta(days=1), produced=maker.AT),
        "bankid.ocsp.malformed": b"junk",
    }
    for code, der in cases.items():
        assert refused(eid, xml, der) == code
    for responder in (elsewhere, unfit, other.responder):
        der = maker.ocsp_response(eid, xml, responder=responder)
        assert refused(eid, xml, der) == "bankid.ocsp.signature"
    unsuccessful = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    assert refused(eid, xml, unsuccessful.public_bytes(Encoding.DER)) == "bankid.ocsp.unsuccessful"


def test_no_changed_byte_of_the_ocsp_response_passes(eid: maker.Eid) -> None:
    xml = maker.signature_xml(eid)
    der = maker.ocsp_response(eid, xml)
    tbs_end = der.index(ocsp.load_der_ocsp_response(der).signature)
    for at in range(0, tbs_end, 5):
        twin = der[:at] + bytes([der[at] ^ 0x01]) + der[at + 1 :]
        with pytest.raises(EvidenceError):
            check(eid, xml, twin)


def test_without_roots_nothing_is_decided(eid: maker.Eid) -> None:
    with pytest.raises(EvidenceError) as caught:
        check(eid, maker.signature_xml(eid), roots=[])
    assert caught.value.undecided


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_are_refused_and_never_crash(data: bytes) -> None:
    with pytest.raises(EvidenceError):
        verify_bankid(data, data, roots=[maker.shared_root().der], expected_nonvisible=None, expected_visible=None)


def test_the_ocsp_rule_is_about_the_base64_text(eid: maker.Eid) -> None:
    xml = maker.signature_xml(eid)
    wrong = maker.ocsp_response(eid, base64.b64decode(base64.b64encode(xml))[:-1])
    assert refused(eid, xml, wrong) == "bankid.ocsp.other_signature"
