"""Evidence that one ECDSA signature under a pinned root attests: the simulated e-ID, codes by SMS (formats.md §4)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from testamur.kernel.proofs import chain, shape
from testamur.kernel.proofs.jcs import canonical
from testamur.kernel.proofs.report import EvidenceError
from testamur.kernel.proofs.shape import ShapeError, items, members, text, whole

SMS_PURPOSE = "testamur-sms-attestation"
SMS_UNIT = "SMS code attestation"
"""organizationalUnitName of the certificates that attest codes: no e-ID's certificate passes for one."""
SMS_LIFETIME = timedelta(minutes=5)
SMS_TRIES = 3
SMS_SIGNED = ("visible", "nonvisible", "sent_at", "signed_at", "phone", "tries")
"""Members of the proof that are signed, together with ``v`` and ``purpose``."""

_SIMULATED_PURPOSE = "testamur-simulated-eid"
_SIMULATED_SIGNED = ("visible", "nonvisible", "signed_at")
_LAST = re.compile(r"[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Attested:
    """What an e-ID's own signature attests, whatever the method.

    Attributes:
        identifiers: every (scheme, value) that the e-ID's identifier may stand for.
        name: as the e-ID writes it.
        visible, signed_at, test: the text that was shown, when it was signed, with a test e-ID or not.
        note: what a reader must know of the method, to be put at the end of a sentence; else empty.
    """

    identifiers: tuple[tuple[str, str], ...]
    name: str
    visible: bytes
    signed_at: datetime
    test: bool
    note: str = ""


def simulated(proof: object, header: bytes, roots: Sequence[bytes]) -> Attested:
    """The demonstration e-ID: one ECDSA signature over what was shown and not shown, and when.

    `proof` is the parsed member, `header` the JCS bytes that must have been signed, `roots` DER. Raises
    `EvidenceError` (``simulated.*``, ``chain.*``) or `ShapeError`.
    """
    value = members(proof, (*_SIMULATED_SIGNED, "signature", "certificates"), "the proof")
    _rooted(roots, "simulated", "simulated e-ID")
    return _signed(value, _SIMULATED_SIGNED, _SIMULATED_PURPOSE, header, roots, "simulated")[0]


def sms(proof: object, header: bytes, roots: Sequence[bytes]) -> Attested:
    """A code by SMS that came back: the issuer's attestation key signs what was shown, when, to which number.

    Arguments as in `simulated`. Raises `EvidenceError` (``sms.*``, ``chain.*``) or `ShapeError`.
    """
    value = members(proof, (*SMS_SIGNED, "signature", "certificates"), "the proof")
    _rooted(roots, "sms", "attestation of codes by SMS")
    phone = members(value["phone"], ("last", "commitment"), "proof.phone")
    shape.digest(phone["commitment"], "proof.phone.commitment")
    if not _LAST.fullmatch(last := text(phone["last"], "proof.phone.last")):
        raise ShapeError("proof.phone.last is not two digits")
    whole(value["tries"], "proof.tries", least=1, most=SMS_TRIES)
    sent_at = shape.time(value["sent_at"], "proof.sent_at")
    found, leaf = _signed(value, SMS_SIGNED, SMS_PURPOSE, header, roots, "sms")
    if chain.attribute(leaf, x509.NameOID.ORGANIZATIONAL_UNIT_NAME) != SMS_UNIT:
        raise ShapeError("the certificate is not one that attests codes")
    if not timedelta(0) <= found.signed_at - sent_at <= SMS_LIFETIME:
        raise EvidenceError("sms.time", "The code was not returned while it was valid.", sub="SIG_CONSTRAINTS_FAILURE")
    note = (
        f"; this is no e-ID but weaker: the issuer attests that a code sent to the work phone ending in {last} "
        "was returned"
    )
    return Attested(found.identifiers, found.name, found.visible, found.signed_at, test=False, note=note)


def _rooted(roots: Sequence[bytes], code: str, what: str) -> None:
    if not roots:
        raise EvidenceError(
            f"{code}.roots.absent",
            f"The trust bundle names no root of the {what}.",
            sub="NO_CERTIFICATE_CHAIN_FOUND",
            undecided=True,
        )


def _signed(
    value: Mapping[str, Any], names: Sequence[str], purpose: str, header: bytes, roots: Sequence[bytes], code: str
) -> tuple[Attested, x509.Certificate]:
    """What both have in common; the last is the certificate whose key signed."""
    visible = shape.binary(value["visible"], "proof.visible")
    nonvisible = shape.binary(value["nonvisible"], "proof.nonvisible")
    signed_at = shape.time(value["signed_at"], "proof.signed_at")
    signature = shape.binary(value["signature"], "proof.signature")
    ders = [shape.binary(der, "proof.certificates") for der in items(value["certificates"], "certificates", limit=5)]
    if not ders:
        raise ShapeError("the proof carries no certificate")
    signed = {"v": 1, "purpose": purpose} | {name: value[name] for name in names}
    try:
        leaf, *others = [chain.load(der) for der in ders]
        _check_signature(leaf, signature, canonical(signed), code)
        path = chain.validate(leaf, others, [chain.load(der) for der in roots], at=signed_at)
    except chain.ChainError as error:
        raise EvidenceError(error.code, str(error), sub=error.sub_indication) from error
    if path.certificates[:-1] != (leaf, *others):
        raise ShapeError("the certificates are not the signer's chain, in order and without the root")
    if nonvisible != header:
        raise EvidenceError(
            f"{code}.nonvisible", "The person signed other data than expected.", sub="SIG_CONSTRAINTS_FAILURE"
        )
    scheme, colon, number = chain.attribute(leaf, x509.NameOID.SERIAL_NUMBER).partition(":")
    if not colon:
        raise ShapeError("the signer's certificate names no identifier")
    return Attested(((scheme, number),), chain.name_of(leaf), visible, signed_at, test=True), leaf


def _check_signature(leaf: x509.Certificate, signature: bytes, signed: bytes, code: str) -> None:
    key = leaf.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ShapeError("the signer's key is not P-256")
    try:
        key.verify(signature, signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        what = "the e-ID" if code == "simulated" else "the attestation"
        raise EvidenceError(
            f"{code}.signature", f"The signature of {what} is not genuine.", sub="SIG_CRYPTO_FAILURE"
        ) from error
