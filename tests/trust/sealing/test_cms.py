"""The container and the DER under it."""

from __future__ import annotations

import hashlib

import pytest
from asn1crypto import cms as asn1_cms
from asn1crypto import core
from hypothesis import given
from hypothesis import strategies as st

from testamur.trust.sealing.cms import (
    PROOF_OID,
    TIME_STAMP_OID,
    CertificatesInvalid,
    Template,
    unsigned_attributes,
    with_unsigned,
)
from testamur.trust.sealing.der import NotDer, children, oid, set_of, tlv
from testamur.trust.sealing.rules import Algorithm
from testamur.trust.sealing.testpki import TestPki

DIGEST = hashlib.sha256(b"document").digest()


@pytest.fixture(scope="module")
def template(pki: TestPki) -> Template:
    return Template(pki.seal.chain, Algorithm.P256)


def signer_of(data: bytes) -> asn1_cms.SignerInfo:
    return asn1_cms.ContentInfo.load(data, strict=True)["content"]["signer_infos"][0]


def test_the_container_holds_what_the_format_says_and_no_more(template: Template, pki: TestPki) -> None:
    data = template.build(DIGEST, b"signature")
    signed = asn1_cms.ContentInfo.load(data, strict=True)["content"]
    assert signed["encap_content_info"]["content"].native is None
    assert [c.chosen.dump() for c in signed["certificates"]] == sorted(pki.seal.chain)
    signer = signed["signer_infos"][0]
    attributes = {a["type"].native: a["values"] for a in signer["signed_attrs"]}
    assert set(attributes) == {"content_type", "message_digest", "signing_certificate_v2"}
    assert attributes["message_digest"][0].native == DIGEST
    ess = attributes["signing_certificate_v2"][0]["certs"][0]
    assert ess["cert_hash"].native == hashlib.sha256(pki.seal.certificate).digest()
    assert ess["issuer_serial"]["serial_number"].native == signer["sid"].chosen["serial_number"].native
    assert signer["signature"].native == b"signature"
    assert signer["digest_algorithm"]["algorithm"].native == "sha256"


def test_what_is_signed_is_the_attributes_as_a_sorted_set(template: Template) -> None:
    signer = signer_of(template.build(DIGEST, b"s"))
    assert template.to_be_signed(DIGEST) == b"\x31" + signer["signed_attrs"].dump()[1:]
    parts = [a.dump() for a in signer["signed_attrs"]]
    assert parts == sorted(parts)


def test_unsigned_attributes_are_added_and_replaced_without_touching_the_rest(template: Template) -> None:
    bare = template.build(DIGEST, b"s" * 71)
    token = tlv(0x30, b"")
    with_proof = with_unsigned(bare + bytes(50), unsigned_attributes(proof=b"first"))
    both = with_unsigned(with_proof, unsigned_attributes(proof=b"second", time_stamp=token))
    assert signer_of(bare)["unsigned_attrs"].native is None
    found = {a["type"].dotted: a["values"][0].dump() for a in signer_of(both)["unsigned_attrs"]}
    assert found == {PROOF_OID: core.OctetString(b"second").dump(), TIME_STAMP_OID: token}
    assert signer_of(both)["signature"].native == b"s" * 71
    assert with_unsigned(both, unsigned_attributes(proof=b"second", time_stamp=token)) == both


@pytest.mark.parametrize("cut", [0, 1, 5, 40, 200, -1])
def test_a_container_that_is_cut_short_is_refused(template: Template, cut: int) -> None:
    with pytest.raises(NotDer):
        with_unsigned(template.build(DIGEST, b"s")[:cut], ())


@given(st.binary(max_size=200))
def test_any_bytes_instead_of_a_container_are_refused(data: bytes) -> None:
    with pytest.raises(NotDer):
        with_unsigned(data, unsigned_attributes(proof=b"x"))


def test_a_root_or_a_stranger_in_the_chain_is_refused(pki: TestPki) -> None:
    for chain in ((), (pki.seal.certificate, pki.root), (pki.seal.certificate, pki.tsa.certificate), (b"\x30\x00",)):
        with pytest.raises(CertificatesInvalid):
            Template(chain, Algorithm.P256)


@given(st.integers(0, 2), st.lists(st.integers(0, 2**128), min_size=1, max_size=5), st.integers(0, 39))
def test_object_identifiers_agree_with_another_encoder(first: int, rest: list[int], second: int) -> None:
    dotted = ".".join(map(str, (first, second, *rest)))
    assert oid(dotted) == core.ObjectIdentifier(dotted).dump()


@given(st.binary(max_size=70_000))
def test_lengths_agree_with_another_encoder(data: bytes) -> None:
    assert tlv(4, data) == core.OctetString(data).dump()


@given(st.lists(st.binary(max_size=20), max_size=5))
def test_a_set_is_sorted_and_read_back(items: list[bytes]) -> None:
    elements = [tlv(4, i) for i in items]
    data = set_of(*elements)
    ((tag, _, body, end),) = children(data, 0, len(data))
    assert tag == 0x31
    assert [data[a:b] for _, a, _, b in children(data, body, end)] == sorted(elements)
