"""Personal signatures in the file itself: PAdES B-B by a signer's own certificate, one revision for each signer.

    prepared = prepare(document, certificates=…, order=1, name=…, role_title=…, at=now)
    value = …the certificate's holder signs SHA-256 of prepared.to_be_signed…
    document += revision(prepared, certificates=…, signature=value)

Pure functions: the same document, certificates, order, name, role and instant give the same bytes. So nothing but the
certificates, the instant and the signature value need be kept for the revision to be made again, years later. The
private key is never here: it is on the signer's token, in a file of the signer's, or with a remote signing service.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from testamur.kernel.base.refused import Refused
from testamur.kernel.proofs.pdf import contents
from testamur.kernel.proofs.pdf.reader import PdfFile
from testamur.kernel.proofs.pdf.values import text
from testamur.kernel.proofs.shape import ShapeError
from testamur.kernel.proofs.snapshot import MAX_SIGNERS, parse_snapshot
from testamur.trust.sealing import cms
from testamur.trust.sealing.cms import CertificatesInvalid
from testamur.trust.sealing.revision.nodes import NotSealable, opened
from testamur.trust.sealing.revision.personal import Layout, draft_first, draft_next, laid_out

_FIELD = re.compile(r"signer-([1-9]\d?)")
_SLACK = 64

RECORD_JSON = "record.json"


class PersonalKeyRefused(Refused):
    """The certificate's key is of a kind or size that is not accepted."""

    code = "sealing.personal.key"


class PersonalOrder(Refused):
    """The signers sign one after another; this one has signed, or somebody after this one has."""

    code = "sealing.personal.order"


class PersonalStranger(Refused):
    """The document names somebody else, or nobody, at this signer's place."""

    code = "sealing.personal.stranger"


class PersonalSignatureWrong(Refused):
    """The signature was not made with the certificate's key over what was asked for."""

    code = "sealing.personal.signature"


class PersonalAlgorithm(StrEnum):
    """Keys of personal certificates (docs/formats.md section 5a). All of them sign SHA-256 digests."""

    P256 = "p256"
    P384 = "p384"
    RSA_2048 = "rsa-2048"
    RSA_3072 = "rsa-3072"
    RSA_4096 = "rsa-4096"

    @property
    def rsa_bits(self) -> int:
        """Modulus length in bits; 0 for elliptic curves."""
        return int(self.value[4:]) if self.value.startswith("rsa-") else 0

    @property
    def signature_size(self) -> int:
        """Longest signature value in bytes (DER for ECDSA)."""
        return self.rsa_bits // 8 or {"p256": 72, "p384": 104}[self.value]


@dataclass(frozen=True, slots=True)
class Prepared:
    """One revision with room for the signature.

    Attributes:
        head: from the end of the document to just before ``<`` of ``/Contents``.
        tail: from just after ``>`` to the end of the file.
        reserved: hexadecimal digits between the two.
        to_be_signed: DER of the signed attributes. What the holder signs is SHA-256 of it: RSA PKCS#1 v1.5, or
            ECDSA with the value as DER (Ecdsa-Sig-Value).
        doc_digest: SHA-256 of the bytes under ``/ByteRange``.
    """

    head: bytes
    tail: bytes
    reserved: int
    to_be_signed: bytes
    doc_digest: bytes

    @property
    def digest(self) -> bytes:
        """SHA-256 of `to_be_signed`, as tokens and remote signing services want it."""
        return hashlib.sha256(self.to_be_signed).digest()


def field_name(order: int) -> str:
    """The name of a signer's field in the form."""
    return f"signer-{order}"


def field_text(name: str, role_title: str) -> str:
    """What a screen reader says for a signer's field: who signed, and as what."""
    return f"{name}, {role_title}" if role_title else name


def prepare(
    document: bytes, *, certificates: Sequence[bytes], order: int, name: str, role_title: str, at: datetime
) -> Prepared:
    """Lay out the revision of one signer.

    Args:
        document: the first revision and the personal revisions of the signers before this one.
        certificates: DER, the signer's own first, then its issuers as far as they are known; a root is left out.
        order: the signer's place in the decision, from 1; greater than that of everybody who has signed in `document`.
        name: the signer's, as the decision (`record.json`) writes it.
        role_title: likewise; it may be empty.
        at: when it is signed; whole seconds count.

    Raises:
        PdfError, NotSealable: the document is broken, or holds more than personal signatures.
        CertificatesInvalid, PersonalKeyRefused, PersonalOrder, PersonalStranger: see there.
    """
    template = _template(tuple(certificates))
    reserved = 2 * (template.max_size + _SLACK)
    pdf = opened(document, personal=None)
    before = orders(pdf)
    if not 1 <= order <= MAX_SIGNERS or (before and order <= before[-1]):
        raise PersonalOrder("Signers sign one after another, each once.", field="order", order=order)
    if before:
        field = laid_out(pdf, field_name(order))
        if text(field.fields.values.get("TU", b"")) != field_text(name, role_title):
            raise PersonalStranger("The document names somebody else at this place.", field="order", order=order)
        made = draft_next(pdf, field, name=name, at=at, reserved=reserved)
    else:
        layout = _layout(pdf, order)
        if layout.fields[:1] != [(field_name(order), field_text(name, role_title))]:
            raise PersonalStranger("The document names somebody else at this place.", field="order", order=order)
        made = draft_first(pdf, layout, name=name, at=at, reserved=reserved)
    state = hashlib.sha256(document)
    state.update(made.head)
    state.update(made.tail)
    digest = state.digest()
    return Prepared(made.head, made.tail, made.reserved, template.to_be_signed(digest), digest)


def revision(prepared: Prepared, *, certificates: Sequence[bytes], signature: bytes) -> bytes:
    """The bytes to append to the document. Raises `PersonalSignatureWrong`, and as `prepare` for the certificates."""
    template = _template(tuple(certificates))
    if not verifies(certificates[0], signature, prepared.to_be_signed):
        raise PersonalSignatureWrong("The signature is not the one that was asked for.", field="signature")
    container = template.build(prepared.doc_digest, signature).hex().encode("ascii")
    return b"".join((prepared.head, b"<", container.ljust(prepared.reserved, b"0"), b">", prepared.tail))


def verifies(certificate: bytes, signature: bytes, to_be_signed: bytes) -> bool:
    """True when the key of `certificate` (DER) made `signature` over SHA-256 of `to_be_signed`."""
    key = _public_key(certificate)
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, to_be_signed, padding.PKCS1v15(), hashes.SHA256())
        else:
            key.verify(signature, to_be_signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def algorithm_of(certificate: bytes) -> PersonalAlgorithm:
    """Kind and size of a certificate's key. Raises `PersonalKeyRefused`, `CertificatesInvalid`."""
    key = _public_key(certificate)
    if isinstance(key, ec.EllipticCurvePublicKey):
        kind = {"secp256r1": "p256", "secp384r1": "p384"}.get(key.curve.name, "")
    else:
        kind = f"rsa-{key.key_size}"
    try:
        return PersonalAlgorithm(kind)
    except ValueError:
        raise PersonalKeyRefused(
            "The certificate's key must be RSA of 2048, 3072 or 4096 bits, or on the curve P-256 or P-384.",
            field="certificates",
        ) from None


def orders(pdf: PdfFile) -> tuple[int, ...]:
    """Places of the signers who have signed in the document, in the order of its revisions. Raises `NotSealable`."""
    found = sorted(contents.signatures(pdf), key=lambda one: one.revision)
    names = [_FIELD.fullmatch(text(one.widget.get("T"))) for one in found]
    places = tuple(int(name[1]) for name in names if name)
    expected = list(range(2, len(pdf.revisions) + 1))
    if len(places) != len(found) or [one.revision for one in found] != expected:
        raise NotSealable("revised", "The document has been revised by something else than personal signatures.")
    return places


@lru_cache(maxsize=256)
def _template(certificates: tuple[bytes, ...]) -> cms.Template:
    """The CMS of one signer, without the root: made once for all documents that the signer signs."""
    if not certificates:
        raise CertificatesInvalid("A signature needs its certificate.", field="certificates")
    leaf, *above = certificates
    return cms.Template((leaf, *(der for der in above if not _is_root(der))), algorithm_of(leaf))


@lru_cache(maxsize=1024)
def _loaded(certificate: bytes) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(certificate)
    except ValueError:
        raise CertificatesInvalid("A certificate is not valid DER.", field="certificates") from None


def _layout(pdf: PdfFile, order: int) -> Layout:
    """The fields from this signer on and the seal's, as the snapshot inside the document wants them."""
    held = next((file.data for file in contents.embedded_files(pdf) if file.name == RECORD_JSON), None)
    if held is None:
        raise NotSealable("record", "The document holds no record.json.")
    try:
        told = parse_snapshot(held)
    except ShapeError as error:
        raise NotSealable("record", f"The record inside the document is malformed: {error}.") from error
    fields = [(field_name(s.order), field_text(s.name, s.title)) for s in told.signers if s.order >= order]
    return Layout(told.page, fields, told.issuer_name, told.rect)


def _is_root(certificate: bytes) -> bool:
    found = _loaded(certificate)
    return found.issuer == found.subject


@lru_cache(maxsize=1024)
def _public_key(certificate: bytes) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey:
    try:
        key = _loaded(certificate).public_key()
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise PersonalKeyRefused("The certificate's key is of a kind that is not accepted.", field="certificates")
    return key
