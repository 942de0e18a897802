"""The seal's CMS: one form, read byte for byte, and every deviation refused."""

from __future__ import annotations

import hashlib

import pytest
from asn1crypto import cms as asn1_cms
from hypothesis import given, settings
from hypothesis import strategies as st

from testamur.kernel.proofs import cms
from testamur.kernel.proofs.chain import ChainError
from testamur.kernel.proofs.cms import Der
from testamur.kernel.proofs.report import CmsError
from tests.conformance import builder


@pytest.fixture(scope="module")
def container() -> bytes:
    return builder.good().sealed.cms


def code(container: bytes) -> str:
    with pytest.raises(CmsError) as caught:
        cms.parse_seal(container)
    return caught.value.code


def test_a_seal_is_taken_apart_and_holds(container: bytes) -> None:
    seal = cms.parse_seal(container + bytes(100))
    digest = builder.good().sealed.doc_digest
    cms.check_signature(seal, digest)
    world = builder.world()
    path = cms.check_certificate(seal, [world.seal_root.der], [], at=builder.AT, proven=True)
    assert path.root == world.seal_root.certificate
    assert seal.level == "B-B"
    assert seal.proof is None
    with pytest.raises(CmsError, match="changed"):
        cms.check_signature(seal, hashlib.sha256(b"other").digest())


def test_another_library_reads_the_same(container: bytes) -> None:
    theirs = asn1_cms.ContentInfo.load(container, strict=True)["content"]
    ours = cms.parse_seal(container)
    (signer,) = theirs["signer_infos"]
    assert signer["signature"].native == ours.signature
    assert signer["signed_attrs"].untag().dump() == ours.signed_attributes


def test_no_changed_byte_of_the_seal_passes(container: bytes) -> None:
    """Nearly all of a CMS is outside its own signature; the strict form must catch what the signature does not."""
    for at in range(len(container)):
        twin = container[:at] + bytes([container[at] ^ 1]) + container[at + 1 :]
        with pytest.raises((CmsError, ChainError)):
            whole_check(twin)


def whole_check(container: bytes) -> None:
    seal = cms.parse_seal(container)
    cms.check_signature(seal, builder.good().sealed.doc_digest)
    cms.check_certificate(seal, [builder.world().seal_root.der], [], at=builder.AT, proven=True)


def test_padding_must_be_zero_and_the_form_definite(container: bytes) -> None:
    assert code(container + b"\1") == "seal.malformed"
    assert code(container[:-1]) == "seal.malformed"
    assert code(b"") == "seal.malformed"
    assert code(b"0\x80" + container[4:] + b"\0\0") == "seal.malformed"
    assert code(bytes(2 << 20)) == "seal.malformed"


@pytest.mark.parametrize("encoded", ["3081010500", "30820001ff", "3080", "30840000", "30"])
def test_a_length_not_in_its_shortest_form_is_refused(encoded: str) -> None:
    with pytest.raises(CmsError):
        Der(bytes.fromhex(encoded)).take(cms.SEQUENCE, "it")


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_are_refused_and_never_crash(data: bytes) -> None:
    with pytest.raises(CmsError):
        cms.parse_seal(data)
