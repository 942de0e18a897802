"""A signer's own signature in the file (docs/formats.md §5a): PAdES B-B by a personal certificate."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from testamur.kernel.base.clock import stamp
from testamur.kernel.proofs import chain, cms
from testamur.kernel.proofs.evidence import SignerEvidence
from testamur.kernel.proofs.report import CmsError, EvidenceError
from testamur.kernel.proofs.snapshot import NamedSigner, Snapshot, signer_ref

METHOD = "certificate"
CLOCK_SKEW = timedelta(minutes=5)

SCHEMES: Mapping[str, tuple[str, ...]] = {
    "CCCD": ("vn.cccd",),
    "PNOVN": ("vn.cccd",),
    "IDCVN": ("vn.cccd",),
    "PNOSE": ("se.personnummer", "se.samordningsnummer"),
    "PNOBG": ("bg.egn", "bg.lnch"),
}
"""What stands before the number in a certificate, and the schemes it may belong to: ETSI EN 319 412-1 section 5.1.3
for ``PNO..`` and ``IDC..``; Vietnamese authorities write ``CCCD:`` and the twelve digits of the citizen's card."""

_NUMBER = re.compile(r" *([A-Z]{4,5}) *[:-] *([0-9A-Z]{1,40}) *")
_CURVES = (ec.SECP256R1, ec.SECP384R1)


@dataclass(frozen=True, slots=True)
class PersonalRevision:
    """A personal signature as the file carries it.

    Attributes:
        digest: SHA-256 of the bytes under ``/ByteRange``.
        contents: the value of ``/Contents``, zero padding included.
        claimed_at: when it was made, by its own word (``/M``).
    """

    digest: bytes
    contents: bytes
    claimed_at: datetime


def identifiers(certificate: x509.Certificate) -> tuple[tuple[str, str], ...]:
    """Every (scheme, number) that a certificate's subject names in serialNumber or in UID, whichever a prefix says."""
    found: list[tuple[str, str]] = []
    for oid in (x509.NameOID.SERIAL_NUMBER, x509.NameOID.USER_ID):
        for one in certificate.subject.get_attributes_for_oid(oid):
            told = _NUMBER.fullmatch(one.value) if isinstance(one.value, str) else None
            if told is not None:
                found += [(scheme, told[2]) for scheme in SCHEMES.get(told[1], ())]
    return tuple(found)


def verify_personal(
    found: PersonalRevision,
    *,
    signer: NamedSigner,
    snapshot: Snapshot,
    after: datetime,
    sealed_at: datetime,
    roots: Sequence[bytes],
    crls: Sequence[bytes],
) -> SignerEvidence:
    """Check one personal signature against the signer whom the decision names at its place.

    Args:
        found: the signature.
        signer: whom the decision names at this place.
        snapshot: the record.
        after: when the document was frozen, or the personal signature before this one was made.
        sealed_at: when the seal says that it was made; it bounds the signature's own word.
        roots: DER of the pinned roots of personal certificates (``eid_roots.certificate``).
        crls: DER of the CRLs of the trust bundle; others than the certificate's issuer's are not looked at.

    Raises `EvidenceError` with a ``personal.…`` or ``chain.…`` code; `undecided` is set where the trust bundle knows no
    root, and where only the issuer says that the signature is older than the end of its certificate.
    """
    try:
        taken = cms.parse_seal(found.contents)
        if taken.time_stamp is not None or taken.proof is not None:
            raise _wrong("malformed", f"The signature of {signer.name} carries what does not belong to it.")
        _check_signature(taken, found.digest, signer)
        path = _check_certificate(taken, signer, roots, crls, found.claimed_at, sealed_at)
    except CmsError as error:
        raise _of(signer, error) from error
    except chain.ChainError as error:
        raise EvidenceError(error.code, str(error), sub=error.sub_indication) from error
    name = chain.name_of(taken.certificate)
    if signer.ref not in {signer_ref(snapshot.record, *named) for named in identifiers(taken.certificate)}:
        raise _wrong("other_person", f"{name} signed, who is not the person the decision names ({signer.name}).")
    if found.claimed_at < after - CLOCK_SKEW:
        raise _wrong("time", f"The signature of {signer.name} is older than what it stands under.")
    known = chain.speak(crls, path.certificates[1])
    return SignerEvidence(
        signer=signer,
        method=METHOD,
        eid_name=name,
        ceremony=None,
        count=1,
        signed_at=found.claimed_at,
        test=False,
        note=f"; the certificate is one of {chain.name_of(path.certificates[1])}"
        + ("" if known else ", and whether it had been revoked is not known offline"),
    )


def _wrong(code: str, message: str, sub: str = "SIG_CONSTRAINTS_FAILURE") -> EvidenceError:
    return EvidenceError(f"personal.{code}", message, sub=sub)


def _of(signer: NamedSigner, error: CmsError) -> EvidenceError:
    """What is wrong with the form of a signature, told of the signer and not of the seal."""
    if error.code == "seal.certificate":
        found = f"The signature of {signer.name} was made with another certificate than it carries."
        return _wrong("certificate", found, "HASH_FAILURE")
    what = str(error).partition(": ")[2]
    return _wrong("malformed", f"The signature of {signer.name} is malformed: {what}", "FORMAT_FAILURE")


def _check_signature(taken: cms.Seal, digest: bytes, signer: NamedSigner) -> None:
    if taken.message_digest != digest:
        raise _wrong("digest", f"The file was changed after {signer.name} had signed it.", "HASH_FAILURE")
    key = taken.certificate.public_key()
    try:
        if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, _CURVES):
            key.verify(taken.signature, taken.signed_attributes, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, rsa.RSAPublicKey) and key.key_size <= cms.MAX_RSA_BITS:
            key.verify(taken.signature, taken.signed_attributes, padding.PKCS1v15(), hashes.SHA256())
        else:
            found = f"The key of {signer.name} is of a kind not accepted."
            raise _wrong("key", found, "CRYPTO_CONSTRAINTS_FAILURE")
    except InvalidSignature as error:
        raise _wrong("signature", f"The signature of {signer.name} is not genuine.", "SIG_CRYPTO_FAILURE") from error


def _check_certificate(
    taken: cms.Seal,
    signer: NamedSigner,
    roots: Sequence[bytes],
    crls: Sequence[bytes],
    signed_at: datetime,
    sealed_at: datetime,
) -> chain.Path:
    """The chain holds when it was signed, and still when it was sealed: until then nobody else bounds the time."""
    try:
        usage = taken.certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        usage = None
    if usage is None or usage.key_cert_sign or not (usage.digital_signature or usage.content_commitment):
        found = f"The certificate of {signer.name} is not for signing."
        raise _wrong("key_usage", found, "CHAIN_CONSTRAINTS_FAILURE")
    if not roots:
        raise EvidenceError(
            "personal.roots.absent",
            "The trust bundle names no root of personal certificates.",
            sub="NO_CERTIFICATE_CHAIN_FOUND",
            undecided=True,
        )
    pinned = [chain.load(der) for der in roots]
    path = chain.validate(taken.certificate, taken.intermediates, pinned, at=signed_at, crls=crls)
    if not {taken.certificate, *taken.intermediates} <= set(path.certificates):  # the root may be an issuing authority
        found = f"The signature of {signer.name} carries a certificate that is not part of its chain."
        raise _wrong("malformed", found, "FORMAT_FAILURE")
    try:
        chain.validate(taken.certificate, taken.intermediates, pinned, at=sealed_at, crls=crls)
    except chain.ChainError as error:
        raise EvidenceError(
            "personal.lapsed",
            f"The certificate of {signer.name} did not hold any more when the record was sealed ({stamp(sealed_at)}), "
            "and only the signature itself says that it was made before.",
            sub="OUT_OF_BOUNDS_NO_POE",
            undecided=True,
        ) from error
    return path
