"""A key used by a child process: what a web server does with a token."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from testamur.kernel.base import clock
from testamur.trust.sealing import making, testpki
from testamur.trust.sealing.keys import apart
from testamur.trust.sealing.keys.contract import KeyUnavailable
from testamur.trust.sealing.rules import Algorithm


def test_a_child_process_signs_with_the_key_and_says_which_one_it_is(tmp_path: Path) -> None:
    locator = making.make_key_file(tmp_path, stem="seal", algorithm=Algorithm.P256)
    here = apart.key_at(locator)
    told = apart.ApartKey(locator, here.algorithm, here.public_key)
    signature = told.sign(hashlib.sha256(b"sample").digest())
    public = load_der_public_key(here.public_key)
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(signature, b"sample", ec.ECDSA(hashes.SHA256()))


def test_a_token_that_is_not_there_is_told_and_never_opened_here(tmp_path: Path) -> None:
    (tmp_path / "pin").write_text("1234")
    locator = f"pkcs11:token=none;object=seal?module-path={tmp_path}/no.so&pin-source={tmp_path}/pin"
    with pytest.raises(KeyUnavailable):
        apart.key_at(locator)


def test_a_chain_is_found_whatever_the_order_of_its_certificates(tmp_path: Path) -> None:
    pki = testpki.make(tmp_path, organisation="TEST", country="SE", now=clock.now())
    key = apart.key_at(pki.seal.locator)
    found = making.read_certificates([pki.root, pki.seal.certificate, pki.issuing, pki.root])
    chain, root = making.chain_for(key.public_key, found)
    assert chain == [pki.seal.certificate, pki.issuing, pki.root]
    assert root == pki.root
    without, none = making.chain_for(key.public_key, making.read_certificates([pki.issuing, pki.seal.certificate]))
    assert (without, none) == ([pki.seal.certificate, pki.issuing], None)
    with pytest.raises(making.IssuerMissing):
        making.chain_for(key.public_key, making.read_certificates([pki.seal.certificate]))
    with pytest.raises(making.OtherKey):
        making.chain_for(key.public_key, making.read_certificates([pki.ocsp.certificate, pki.issuing]))
    with pytest.raises(making.CertificatesUnreadable):
        making.read_certificates([b"-----BEGIN NOTHING-----"])
