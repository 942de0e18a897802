"""Certificates, paths, seals and time-stamps: the browser's verifier answers as the Python one, refusals included."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from testamur.kernel.proofs import chain, cms
from tests.conformance.builder import revoked
from tests.kernel.proofs.eid import AT, Issued, issue, rsa_key, usage
from tests.surfaces.web.verify.parity import Refusal, asked, closed, millis, mutants, opened, still, told

DAY = timedelta(days=1)


# --- certificates --------------------------------------------------------------------------------


def value(certificate: x509.Certificate, kind: type[Any]) -> Any:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def certificate(der: bytes) -> dict[str, Any]:
    """What the probe of the same name answers, from the Python side."""
    found = chain.load(der)
    key = found.public_key()
    assert isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
    used = value(found, x509.KeyUsage)
    constraints = value(found, x509.BasicConstraints)
    purposes = value(found, x509.ExtendedKeyUsage)
    policies = value(found, x509.CertificatePolicies)
    number = found.serial_number
    return {
        "name": chain.name_of(found),
        "subject": found.subject.rfc4514_string(),
        "issuer": found.issuer.rfc4514_string(),
        "number": number.to_bytes(number.bit_length() // 8 + 1).hex(),
        "from": millis(found.not_valid_before_utc),
        "to": millis(found.not_valid_after_utc),
        "print": chain.fingerprint(found),
        "usage": None
        if used is None
        else [
            used.digital_signature, used.content_commitment, used.key_encipherment, used.data_encipherment,
            used.key_agreement, used.key_cert_sign, used.crl_sign,
            used.key_agreement and used.encipher_only, used.key_agreement and used.decipher_only,
        ],
        "constraints": None if constraints is None else [constraints.ca, constraints.path_length],
        "purposes": None if purposes is None else [oid.dotted_string for oid in purposes],
        "policies": None if policies is None else [p.policy_identifier.dotted_string for p in policies],
        "critical": [e.oid.dotted_string for e in found.extensions if e.critical],
        "key": ["rsa", key.key_size] if isinstance(key, rsa.RSAPublicKey) else ["ec", f"P-{key.curve.key_size}"],
    }  # fmt: skip


@pytest.mark.parametrize("number", range(4))
@pytest.mark.filterwarnings("ignore")  # of the library, about certificates that are as bad as they should be here
def test_a_certificate_and_its_mutants_are_read_or_refused_alike(number: int) -> None:
    der = still()["certificates"][number]
    assert asked("certificate", der) == certificate(der)
    refused = 0
    for mutant in mutants(der, 160):
        try:
            ours = told(certificate, mutant)
        except (KeyError, ValueError):  # what the library cannot even refuse properly
            continue
        assert asked("certificate", mutant) == ours, mutant.hex()
        refused += not isinstance(ours, dict)
    assert refused > 60


def test_keys_and_extensions_that_are_not_accepted_are_refused_alike() -> None:
    root = issue("Rot TEST", None, ca=True)
    odd = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    made = [
        issue("Svag", root, key=rsa.generate_private_key(65537, 1024)),
        issue("Svag", root, key=ec.generate_private_key(ec.SECP224R1())),
        issue("Svag", root, key=ec.generate_private_key(ec.SECP256K1())),
        issue("Svag", root, key=ed25519.Ed25519PrivateKey.generate()),
        issue("Udda", root, extensions=((odd, True),)),
    ]
    for der in [*(item.der for item in made), b"", b"no certificate", b"0" * 20_000]:
        ours = told(certificate, der)
        assert ours.code.startswith("chain.")
        assert asked("certificate", der) == ours
    plain = issue("Ovanlig", root, extensions=((odd, False),)).der
    assert asked("certificate", plain) == certificate(plain)


def test_the_parts_of_a_name_stand_in_order_or_are_refused_alike() -> None:
    tree = opened(still()["certificates"][2])
    subject = tree[0][1][0][1][5]
    attributes = [attribute for _set, part in subject[1] for attribute in part]
    answers = []
    for order in (sorted(attributes, key=lambda a: closed([a])), sorted(attributes, key=lambda a: closed([a]))[::-1]):
        subject[1] = [[0x31, order]]
        ours = told(certificate, closed(tree))
        assert asked("certificate", closed(tree)) == ours
        answers.append(isinstance(ours, dict))
    assert answers == [True, False]


# --- paths ---------------------------------------------------------------------------------------


def path(leaf: bytes, middles: Sequence[bytes], roots: Sequence[bytes], at: datetime, crls: Sequence[bytes]) -> Any:
    found = chain.validate(
        *(chain.load(leaf), [*map(chain.load, middles)], [*map(chain.load, roots)]), at=at, crls=crls
    )
    later = found.revocation
    prints = [chain.fingerprint(item) for item in found.certificates]
    return {"certificates": prints, "revoked": None if later is None else millis(later.at)}


def same_path(
    leaf: Issued,
    middles: Sequence[Issued],
    roots: Sequence[Issued],
    *,
    at: datetime = AT,
    crls: Sequence[bytes] = (),
) -> str:
    """The code of the one answer that both sides give; ``ok`` for a path."""
    ders = leaf.der, [item.der for item in middles], [item.der for item in roots]
    ours = told(path, *ders, at, crls)
    assert asked("path", *ders, millis(at), crls) == ours
    return "ok" if isinstance(ours, dict) else str(ours.code)


@pytest.mark.parametrize(
    ("hash_algorithm", "key"),
    [(hashes.SHA256(), None), (hashes.SHA384(), ec.SECP384R1()), (hashes.SHA512(), ec.SECP521R1()),
     (hashes.SHA256(), "rsa"), (hashes.SHA512(), "rsa"), (hashes.SHA224(), "rsa"), (hashes.SHA224(), None)],
)  # fmt: skip
def test_paths_by_every_kind_of_key_and_hash(hash_algorithm: hashes.HashAlgorithm, key: Any) -> None:
    signer = rsa_key() if key == "rsa" else ec.generate_private_key(key or ec.SECP256R1())
    root = issue("Rot TEST", None, ca=True, key=signer, algorithm=hash_algorithm)
    leaf = issue("Löv TEST", root, algorithm=hash_algorithm)
    accepted = isinstance(hash_algorithm, hashes.SHA256 | hashes.SHA384 | hashes.SHA512)
    assert same_path(leaf, [], [root]) == ("ok" if accepted else "chain.untrusted")


def test_paths_that_hold_and_all_the_ways_in_which_they_do_not() -> None:
    root, stranger = issue("Rot TEST", None, ca=True), issue("Rot TEST", None, ca=True)
    middle = issue("Mellan TEST", root, ca=True, path_length=0)
    leaf = issue("Löv TEST", middle)
    assert same_path(leaf, [middle], [stranger, root]) == "ok"
    assert same_path(leaf, [], [root]) == "chain.untrusted"
    assert same_path(leaf, [middle], [stranger]) == "chain.untrusted"
    assert same_path(leaf, [middle], []) == "chain.untrusted"
    assert same_path(root, [], [root]) == "chain.untrusted"
    assert same_path(issue("Löv", middle, end=AT - DAY), [middle], [root]) == "chain.expired"
    assert same_path(issue("Löv", middle, start=AT + DAY), [middle], [root]) == "chain.not_yet_valid"
    assert same_path(leaf, [middle], [root], at=AT + 301 * DAY) == "chain.expired"
    assert same_path(issue("Barn", leaf), [leaf, middle], [root]) == "chain.not_ca"
    mute = issue("Stum CA", root, ca=True, key_usage=usage(crl_sign=True))
    assert same_path(issue("Löv", mute), [mute], [root]) == "chain.not_ca"
    lower = issue("Undre CA", middle, ca=True)
    assert same_path(issue("Löv", lower), [lower, middle], [root]) == "chain.path_length"
    one = issue("Ett", root, ca=True)
    again = issue("Ett", one, ca=True, key=one.key)
    assert same_path(issue("Löv", again), [again, one], [root]) == "ok"


def test_revocation_counts_alike() -> None:
    root = issue("Rot TEST", None, ca=True)
    middle = issue("Mellan TEST", root, ca=True)
    leaf = issue("Löv TEST", middle)
    namesake = issue("Mellan TEST", None, ca=True)
    before, after = revoked(leaf, by=middle, on=AT - DAY), revoked(leaf, by=middle, on=AT + DAY)
    entry = x509.RevokedCertificateBuilder().serial_number(leaf.certificate.serial_number).revocation_date(AT + DAY)
    entry = entry.add_extension(x509.InvalidityDate((AT - DAY).replace(tzinfo=None)), critical=False)
    entry = entry.add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False)
    listed = x509.CertificateRevocationListBuilder().issuer_name(middle.certificate.subject).last_update(AT)
    listed = listed.next_update(AT + DAY).add_revoked_certificate(entry.build())
    invalid = listed.sign(middle.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def answer(*crls: bytes) -> str:
        return same_path(leaf, [middle], [root], crls=crls)

    assert answer(before) == answer(after, before) == answer(invalid) == "chain.revoked"
    assert answer(revoked(middle, by=root, on=AT - DAY)) == "chain.revoked"
    assert answer(after) == answer(revoked(leaf, by=namesake, on=AT - DAY), b"junk") == "ok"
    assert answer(revoked(leaf, by=root, on=AT - DAY)) == "ok"


# --- seals and time-stamps -----------------------------------------------------------------------


def seal(contents: bytes, digest: bytes, roots: list[bytes], crls: list[bytes], at: datetime, *, proven: bool) -> Any:
    found = cms.parse_seal(contents)
    parts = {
        "certificate": chain.fingerprint(found.certificate),
        "intermediates": [chain.fingerprint(item) for item in found.intermediates],
        "digest": found.message_digest,
        "signed": found.signed_attributes,
        "signature": found.signature,
        "stamp": found.time_stamp,
        "proof": found.proof,
        "level": found.level,
    }
    cms.check_signature(found, digest)
    cms.check_certificate(found, roots, crls, at=at, proven=proven)
    return parts


def same_seal(contents: bytes, digest: bytes, *roots: bytes, at: datetime | None = None) -> str:
    when = at or still()["at"]
    ours = told(seal, contents, digest, [*roots], [], when, proven=True)
    assert asked("seal", contents, digest, roots, [], millis(when), True) == ours, contents.hex()
    return "ok" if isinstance(ours, dict) else str(ours.code)


@pytest.mark.parametrize("number", range(3))
@pytest.mark.filterwarnings("ignore")
def test_a_seal_and_its_mutants_hold_or_fail_alike(number: int) -> None:
    """By a P-256 key with and without a time-stamp, and by an RSA key."""
    material = still()["seals"][number]
    contents, digest, root = material["contents"], material["digest"], material["root"]
    assert same_seal(contents, digest, root) == same_seal(contents + bytes(50), digest, root) == "ok"
    assert same_seal(contents, digest[::-1], root) == "seal.digest"
    assert same_seal(contents, digest) == "chain.untrusted"
    assert same_seal(contents, digest, root, at=still()["at"] + 400 * DAY) == "chain.expired"
    codes = {same_seal(mutant, digest, root) for mutant in mutants(contents, 120)}
    assert {"seal.malformed", "chain.malformed"} <= codes


def test_a_revoked_seal_is_decided_by_whether_its_time_is_proven() -> None:
    material, crls, when = still()["seals"][0], still()["crls"], still()["at"]
    parts = material["contents"], material["digest"], [material["root"]]

    def same(crl: bytes, *, proven: bool) -> str:
        ours = told(seal, *parts, [crl], when, proven=proven)
        assert asked("seal", *parts, [crl], millis(when), proven) == ours
        return ours.code if isinstance(ours, Refusal) else "ok"

    assert same(crls["before"], proven=True) == "chain.revoked"
    assert same(crls["after"], proven=True) == "ok"
    assert same(crls["after"], proven=False) == "seal.revoked_later"
    assert {same(mutant, proven=True) for mutant in mutants(crls["before"], 80)} == {"chain.revoked", "ok"}


def test_what_is_no_seal_at_all_is_refused_alike() -> None:
    for contents in (b"", bytes(2 << 20), b"0\x80\0\0", b"0", b"0\x84\0\0\0\0", b"\0" * 9):
        assert same_seal(contents, b"") == "seal.malformed"


def same_stamp(token: bytes, stamped: bytes = b"sealed", *roots: bytes) -> str:
    def ours() -> float:
        return millis(cms.check_time_stamp(token, stamped, roots))

    answer, other = told(ours), asked("timeStamp", token, stamped, roots)
    if isinstance(answer, float) and isinstance(other, int | float):
        assert math.isclose(other, answer, abs_tol=0.01, rel_tol=0)
        return "ok"
    assert other == answer, token.hex()
    return str(answer.code)


@pytest.mark.filterwarnings("ignore")
def test_a_time_stamp_and_its_mutants_hold_or_fail_alike() -> None:
    stamps = still()["stamps"]
    good, root = stamps["good"], stamps["root"]
    assert same_stamp(good, b"sealed", root) == "ok"
    assert same_stamp(good, b"other", root) == "timestamp.imprint"
    assert same_stamp(good) == "timestamp.untrusted"
    assert same_stamp(bytes(1 << 19), b"sealed", root) == "timestamp.malformed"
    codes = {same_stamp(mutant, b"sealed", root) for mutant in mutants(good, 300)}
    assert codes >= {"ok", "timestamp.malformed", "timestamp.signature", "timestamp.chain.malformed"}


@pytest.mark.parametrize("name", ["none", "other", "more", "stranger"])
def test_a_time_stamp_by_or_with_a_strange_certificate_is_refused_alike(name: str) -> None:
    stamps = still()["stamps"]
    assert same_stamp(stamps["strange"][name], b"sealed", stamps["root"]) == "timestamp.malformed"


def test_the_times_of_time_stamps_are_read_alike() -> None:
    stamps = still()["stamps"]
    codes = [same_stamp(token, b"sealed", stamps["root"]) for _time, token in stamps["times"]]
    assert codes[:6] == ["ok"] * 6
    assert {"timestamp.malformed", "timestamp.chain.not_yet_valid"} <= set(codes[6:])


def test_nothing_hides_in_a_certificate_whose_length_looks_like_that_of_ber() -> None:
    stamps = still()["stamps"]
    assert same_stamp(stamps["stuffed"], b"sealed", stamps["root"]) == "timestamp.chain.malformed"
