"""Certification paths: what leads to a pinned root, when, and what does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from testamur.kernel.proofs import chain
from testamur.kernel.proofs.chain import ChainError, validate
from tests.conformance.builder import revoked
from tests.kernel.proofs.eid import AT, Issued, issue, usage

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def root() -> Issued:
    return issue("Rot TEST", None, ca=True)


@pytest.fixture(scope="module")
def middle(root: Issued) -> Issued:
    return issue("Mellan TEST", root, ca=True, path_length=0)


@pytest.fixture(scope="module")
def leaf(middle: Issued) -> Issued:
    return issue("Löv TEST", middle)


def code(leaf: Issued, middles: list[Issued], roots: list[Issued], **options: object) -> str:
    with pytest.raises(ChainError) as caught:
        check(leaf, middles, roots, **options)
    return caught.value.code


def check(leaf: Issued, middles: list[Issued], roots: list[Issued], **options: object) -> chain.Path:
    arguments = {"at": AT} | options
    return validate(
        leaf.certificate,
        [m.certificate for m in middles],
        [r.certificate for r in roots],
        **arguments,  # type: ignore[arg-type]  # a table of keyword arguments
    )


def test_a_path_leads_from_the_leaf_to_the_root(root: Issued, middle: Issued, leaf: Issued) -> None:
    found = check(leaf, [middle], [issue("Annan rot TEST", None, ca=True), root])
    assert [chain.name_of(c) for c in found.certificates] == ["Löv TEST", "Mellan TEST", "Rot TEST"]
    assert found.root == root.certificate
    assert found.revocation is None


def test_without_the_middle_or_the_root_there_is_no_path(root: Issued, middle: Issued, leaf: Issued) -> None:
    assert code(leaf, [], [root]) == "chain.untrusted"
    assert code(leaf, [middle], []) == "chain.untrusted"
    assert code(leaf, [middle], [issue("Rot TEST", None, ca=True)]) == "chain.untrusted"


def test_a_root_does_not_vouch_for_itself_as_a_leaf(root: Issued) -> None:
    assert code(root, [], [root]) == "chain.untrusted"


def test_every_certificate_must_be_valid_at_the_time(root: Issued, middle: Issued) -> None:
    assert code(issue("Löv", middle, end=AT - DAY), [middle], [root]) == "chain.expired"
    assert code(issue("Löv", middle, start=AT + DAY), [middle], [root]) == "chain.not_yet_valid"
    old = issue("Gammal CA", root, ca=True, end=AT - DAY)
    assert code(issue("Löv", old), [old], [root]) == "chain.expired"
    check(issue("Löv", old), [old], [root], at=AT - 2 * DAY)


def test_only_an_authority_issues(root: Issued, middle: Issued, leaf: Issued) -> None:
    assert code(issue("Barn", leaf), [leaf, middle], [root]) == "chain.not_ca"
    mute = issue("Stum CA", root, ca=True, key_usage=usage(crl_sign=True))
    assert code(issue("Löv", mute), [mute], [root]) == "chain.not_ca"


def test_the_path_length_is_kept(root: Issued, middle: Issued) -> None:
    lower = issue("Undre CA", middle, ca=True)
    assert code(issue("Löv", lower), [lower, middle], [root]) == "chain.path_length"


def test_revocation_counts_from_its_date(root: Issued, middle: Issued, leaf: Issued) -> None:
    before = revoked(leaf, by=middle, on=AT - DAY)
    after = revoked(leaf, by=middle, on=AT + DAY)
    assert code(leaf, [middle], [root], crls=[before]) == "chain.revoked"
    assert code(leaf, [middle], [root], crls=[after, before]) == "chain.revoked"
    found = check(leaf, [middle], [root], crls=[after]).revocation
    assert found is not None
    assert found.at == AT + DAY
    assert code(leaf, [middle], [root], crls=[revoked(middle, by=root, on=AT - DAY)]) == "chain.revoked"


def test_the_invalidity_date_comes_before_the_revocation_date(root: Issued, middle: Issued, leaf: Issued) -> None:
    entry = (
        x509.RevokedCertificateBuilder()
        .serial_number(leaf.certificate.serial_number)
        .revocation_date(AT + DAY)
        .add_extension(x509.InvalidityDate((AT - DAY).replace(tzinfo=None)), critical=False)
        .build()
    )
    builder = x509.CertificateRevocationListBuilder().issuer_name(middle.certificate.subject)
    builder = builder.last_update(AT).next_update(AT + DAY).add_revoked_certificate(entry)
    crl = builder.sign(middle.key, hashes.SHA256()).public_bytes(Encoding.DER)
    assert code(leaf, [middle], [root], crls=[crl]) == "chain.revoked"


def test_a_crl_of_somebody_else_says_nothing(root: Issued, middle: Issued, leaf: Issued) -> None:
    namesake = issue("Mellan TEST", None, ca=True)
    mute = issue("Mellan TEST", root, ca=True, key=middle.key, key_usage=usage(key_cert_sign=True))
    forged = revoked(leaf, by=namesake, on=AT - DAY)
    own = revoked(leaf, by=middle, on=AT - DAY)
    assert check(leaf, [middle], [root], crls=[forged, b"junk"]).revocation is None
    assert check(leaf, [mute], [root], crls=[own]).revocation is None


def test_weak_and_strange_certificates_are_refused(root: Issued) -> None:
    def load(**options: object) -> str:
        with pytest.raises(ChainError) as caught:
            chain.load(issue("Svag", root, **options).der)  # type: ignore[arg-type]  # a table of arguments
        return caught.value.code

    assert load(key=rsa.generate_private_key(65537, 1024)) == "chain.weak_key"
    assert load(key=ec.generate_private_key(ec.SECP192R1())) == "chain.weak_key"
    assert load(key=ed25519.Ed25519PrivateKey.generate()) == "chain.weak_key"
    odd = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    assert load(extensions=((odd, True),)) == "chain.unknown_extension"
    chain.load(issue("Ovanlig", root, extensions=((odd, False),)).der)
    with pytest.raises(ChainError, match="read"):
        chain.load(b"no certificate")
    with pytest.raises(ChainError, match="large"):
        chain.load(b"0" * 20_000)


def test_the_count_of_unused_bits_in_a_signature_must_be_zero(root: Issued) -> None:
    """Nothing signs that octet, and a library may accept another value by chance."""
    der = root.der
    at = len(der) - len(root.certificate.signature) - 1
    assert der[at] == 0
    with pytest.raises(ChainError):
        chain.load(der[:at] + b"\1" + der[at + 1 :])


def test_a_loop_of_authorities_ends(root: Issued) -> None:
    one = issue("Ett", root, ca=True)
    two = issue("Två", one, ca=True)
    again = issue("Ett", two, ca=True, key=one.key)
    leaf = issue("Löv", again)
    assert code(leaf, [one, two, again], []) == "chain.untrusted"
    assert check(leaf, [one, two, again], [root]).root == root.certificate
