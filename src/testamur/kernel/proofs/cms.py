"""The organisation's seal: CMS SignedData of one exact form (docs/formats.md §6; RFC 5652, RFC 5035, RFC 3161).

The structure is read by a strict DER reader that knows only this one form, because most of a CMS is not covered by
any signature: whatever is not expected is refused, so that a changed byte has nowhere to hide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from testamur.kernel.proofs import chain
from testamur.kernel.proofs.report import CmsError

MAX_BYTES = 1 << 20
MAX_RSA_BITS = 4096


# --- a strict DER reader -------------------------------------------------------------------------


def _malformed(what: str) -> CmsError:
    return CmsError("seal.malformed", f"The seal's signature is malformed: {what}.", sub="FORMAT_FAILURE")


@dataclass(slots=True)
class Der:
    """A cursor over DER (ITU-T X.690 section 10): definite lengths in their shortest form, nothing left over."""

    data: bytes
    at: int = 0
    end: int = -1

    def __post_init__(self) -> None:
        self.end = len(self.data) if self.end < 0 else self.end

    @property
    def more(self) -> bool:
        """True while something is left."""
        return self.at < self.end

    def peek(self) -> int:
        """The next tag; -1 at the end."""
        return self.data[self.at] if self.more else -1

    def take(self, tag: int, what: str) -> Der:
        """A cursor over the content of the next element, which must have `tag`."""
        _start, content, after = self._header(tag, what)
        self.at = after
        return Der(self.data, content, after)

    def raw(self, tag: int, what: str) -> bytes:
        """The next element with its header."""
        start, _content, after = self._header(tag, what)
        self.at = after
        return self.data[start:after]

    def rest(self) -> bytes:
        """All that is left."""
        return self.data[self.at : self.end]

    def close(self, what: str) -> None:
        """Refuse anything left over."""
        if self.more:
            raise _malformed(f"something follows {what}")

    def expect(self, encoded: bytes, what: str) -> None:
        """The next element must be exactly `encoded`."""
        if self.data[self.at : self.at + len(encoded)] != encoded or self.at + len(encoded) > self.end:
            raise _malformed(f"{what} is not what it should be")
        self.at += len(encoded)

    def one_of(self, choices: Sequence[bytes], what: str) -> bytes:
        """The next element, which must be one of these encodings."""
        for encoded in choices:
            if self.data[self.at : self.end].startswith(encoded):
                self.at += len(encoded)
                return encoded
        raise _malformed(f"{what} is not what it should be")

    def _header(self, tag: int, what: str) -> tuple[int, int, int]:
        start = self.at
        if self.peek() != tag or start + 2 > self.end:
            raise _malformed(f"{what} is missing")
        length, content = self.data[start + 1], start + 2
        if length >= 0x80:  # noqa: PLR2004 - the long form
            size = length & 0x7F
            content += size
            length = int.from_bytes(self.data[start + 2 : content])
            if not 1 <= size <= 4 or length < 0x80 or length >> 8 * (size - 1) == 0:  # noqa: PLR2004
                raise _malformed(f"the length of {what} is not in its shortest form")
        if content + length > self.end:
            raise _malformed(f"{what} is cut short")
        return start, content, content + length


SEQUENCE, SET, INTEGER, OCTETS, CONTEXT_0, CONTEXT_1 = 0x30, 0x31, 0x02, 0x04, 0xA0, 0xA1

_OID_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_OID_DATA = bytes.fromhex("06092a864886f70d010701")
_OID_CONTENT_TYPE = bytes.fromhex("06092a864886f70d010903")
_OID_MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")
_OID_SIGNING_CERTIFICATE_V2 = bytes.fromhex("060b2a864886f70d010910022f")
_OID_TIME_STAMP = bytes.fromhex("060b2a864886f70d010910020e")
# 2.25.338213462839251973224735391863482097601
_OID_PROOF = bytes.fromhex("06146983fcf1c5c9e88be8f0b7c099d3a1d3d1c0bf41")
_SHA256 = (bytes.fromhex("300d06096086480165030402010500"), bytes.fromhex("300b0609608648016503040201"))
_ECDSA_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
_RSA_SHA256 = bytes.fromhex("300d06092a864886f70d01010b0500")
_ONE = b"\x02\x01\x01"


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal that was taken apart; nothing in it is verified yet but its form.

    Attributes:
        certificate: the seal certificate.
        intermediates: the other certificates in it.
        message_digest: SHA-256 of the signed bytes, as the seal states it.
        signed_attributes: DER of the SET that the signature covers.
        signature: the signature value.
        time_stamp: RFC 3161 token over the signature value, DER.
        proof: the `.tlog-proof` bytes.
    """

    certificate: x509.Certificate
    intermediates: tuple[x509.Certificate, ...]
    message_digest: bytes
    signed_attributes: bytes
    signature: bytes
    time_stamp: bytes | None
    proof: bytes | None

    @property
    def level(self) -> str:
        """The PAdES baseline level: B-T with a time-stamp, otherwise B-B."""
        return "B-B" if self.time_stamp is None else "B-T"


def parse_seal(contents: bytes) -> Seal:
    """Take the value of `/Contents` apart, zero padding included. Raises `CmsError` ``seal.malformed``."""
    if len(contents) > MAX_BYTES:
        raise _malformed("it is too large")
    outer = Der(contents)
    info = outer.take(SEQUENCE, "the CMS")
    if contents[outer.at :].strip(b"\0"):
        raise _malformed("its padding is not zero")
    info.expect(_OID_SIGNED_DATA, "the content type")
    holder = info.take(CONTEXT_0, "the signed data")
    info.close("the signed data")
    data = holder.take(SEQUENCE, "the signed data")
    holder.close("the signed data")
    data.expect(_ONE, "the version")
    algorithms = data.take(SET, "the digest algorithms")
    digest_algorithm = algorithms.one_of(_SHA256, "the digest algorithm")
    algorithms.close("the digest algorithm")
    content = data.take(SEQUENCE, "the content info")
    content.expect(_OID_DATA, "the type of the content")
    content.close("the type of the content: it must be detached")
    certificates = _certificates(data.take(CONTEXT_0, "the certificates"))
    signers = data.take(SET, "the signer")
    data.close("the signer")
    signer = signers.take(SEQUENCE, "the signer")
    signers.close("the one signer")
    return _signer(signer, digest_algorithm, certificates)


def _certificates(cursor: Der) -> list[x509.Certificate]:
    found: list[x509.Certificate] = []
    while cursor.more and len(found) < chain.MAX_PATH:
        found.append(chain.load(cursor.raw(SEQUENCE, "a certificate")))
    cursor.close("the certificates")
    return found


def _signer(signer: Der, digest_algorithm: bytes, certificates: list[x509.Certificate]) -> Seal:
    signer.expect(_ONE, "the signer's version")
    identifier = signer.raw(SEQUENCE, "the signer's identifier")
    own = [c for c in certificates if _issuer_and_serial(c) == identifier]
    if len(own) != 1:
        raise _malformed("its own certificate is not in it exactly once")
    signer.expect(digest_algorithm, "the signer's digest algorithm")
    attributes = signer.raw(CONTEXT_0, "the signed attributes")
    digest = _signed_attributes(Der(attributes).take(CONTEXT_0, "the signed attributes"), own[0], identifier)
    is_rsa = isinstance(own[0].public_key(), rsa.RSAPublicKey)
    signer.one_of((_RSA_SHA256 if is_rsa else _ECDSA_SHA256,), "the signature algorithm")
    signature = signer.take(OCTETS, "the signature value").rest()
    time_stamp, proof = _unsigned_attributes(signer)
    signer.close("the signer's attributes")
    return Seal(
        certificate=own[0],
        intermediates=tuple(c for c in certificates if c is not own[0]),
        message_digest=digest,
        signed_attributes=bytes([SET]) + attributes[1:],
        signature=signature,
        time_stamp=time_stamp,
        proof=proof,
    )


@lru_cache(maxsize=256)
def _issuer_and_serial(certificate: x509.Certificate) -> bytes:
    """DER of IssuerAndSerialNumber, with the issuer's bytes as they stand in the certificate."""
    serial = certificate.serial_number
    size = max(1, (serial.bit_length() + 8) // 8)
    body = certificate.issuer.public_bytes() + bytes([INTEGER, size]) + serial.to_bytes(size, signed=True)
    return bytes([SEQUENCE]) + _length(len(body)) + body


def _length(size: int) -> bytes:
    if size < 0x80:  # noqa: PLR2004 - the short form
        return bytes([size])
    octets = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([0x80 | len(octets)]) + octets


def _signed_attributes(attributes: Der, certificate: x509.Certificate, identifier: bytes) -> bytes:
    """The stated digest. The three attributes come in DER order of a SET OF: by their encodings."""
    found: dict[bytes, Der] = {}
    former = b""
    while attributes.more:
        raw = attributes.raw(SEQUENCE, "a signed attribute")
        if raw <= former:
            raise _malformed("the signed attributes are not in DER order")
        former = raw
        attribute = Der(raw).take(SEQUENCE, "a signed attribute")
        oid = attribute.raw(6, "the type of a signed attribute")
        values = attribute.take(SET, "the value of a signed attribute")
        attribute.close("the value of a signed attribute")
        found[oid] = values
    if set(found) != {_OID_CONTENT_TYPE, _OID_MESSAGE_DIGEST, _OID_SIGNING_CERTIFICATE_V2}:
        raise _malformed("the signed attributes are not contentType, messageDigest and signingCertificateV2")
    found[_OID_CONTENT_TYPE].expect(_OID_DATA, "the signed content type")
    digest = found[_OID_MESSAGE_DIGEST].take(OCTETS, "the digest").rest()
    _signing_certificate(found[_OID_SIGNING_CERTIFICATE_V2], certificate, identifier)
    for cursor in found.values():
        cursor.close("the one value of a signed attribute")
    return digest


def _signing_certificate(cursor: Der, certificate: x509.Certificate, identifier: bytes) -> None:
    """ESS signing-certificate-v2 (RFC 5035 section 3): SHA-256 by default, and the issuer where it is given."""
    outer = cursor.take(SEQUENCE, "signingCertificateV2")
    listed = outer.take(SEQUENCE, "the certificates of signingCertificateV2")
    outer.close("the certificates of signingCertificateV2")
    first = listed.take(SEQUENCE, "the certificate of signingCertificateV2")
    listed.close("the one certificate of signingCertificateV2")
    if first.take(OCTETS, "the certificate's digest").rest() != certificate.fingerprint(hashes.SHA256()):
        raise CmsError(
            "seal.certificate", "The seal was made with another certificate than it carries.", sub="HASH_FAILURE"
        )
    if first.more:
        names = certificate.issuer.public_bytes()
        general = bytes([0xA4]) + _length(len(names)) + names
        general_names = bytes([SEQUENCE]) + _length(len(general)) + general
        serial = identifier[identifier.index(names) + len(names) :]
        body = general_names + serial
        first.expect(bytes([SEQUENCE]) + _length(len(body)) + body, "the issuer in signingCertificateV2")
    first.close("the certificate of signingCertificateV2")


def _unsigned_attributes(signer: Der) -> tuple[bytes | None, bytes | None]:
    """(time-stamp token, transparency proof); each at most once, nothing else."""
    found: dict[bytes, bytes] = {}
    if signer.more:
        attributes = signer.take(CONTEXT_1, "the unsigned attributes")
        if not attributes.more:
            raise _malformed("the unsigned attributes are empty")
        while attributes.more:
            attribute = attributes.take(SEQUENCE, "an unsigned attribute")
            oid = attribute.one_of((_OID_TIME_STAMP, _OID_PROOF), "an unsigned attribute")
            values = attribute.take(SET, "the value of an unsigned attribute")
            attribute.close("the value of an unsigned attribute")
            if oid in found:
                raise _malformed("an unsigned attribute is there twice")
            if oid == _OID_PROOF:
                found[oid] = values.take(OCTETS, "the proof").rest()
            else:
                found[oid] = values.raw(SEQUENCE, "the time-stamp")
            values.close("the one value of an unsigned attribute")
    return found.get(_OID_TIME_STAMP), found.get(_OID_PROOF)


# --- what must hold ------------------------------------------------------------------------------


def check_signature(seal: Seal, digest: bytes) -> None:
    """The seal covers bytes with this SHA-256, and its key made the signature.

    Raises `CmsError` ``seal.digest``, ``seal.signature`` or ``seal.key``.
    """
    if seal.message_digest != digest:
        raise CmsError("seal.digest", "The file was changed after it was sealed.", sub="HASH_FAILURE")
    key = seal.certificate.public_key()
    try:
        if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
            key.verify(seal.signature, seal.signed_attributes, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, rsa.RSAPublicKey) and key.key_size <= MAX_RSA_BITS:
            key.verify(seal.signature, seal.signed_attributes, padding.PKCS1v15(), hashes.SHA256())
        else:
            raise CmsError("seal.key", "The seal's key is of a kind not accepted.", sub="CRYPTO_CONSTRAINTS_FAILURE")
    except InvalidSignature as error:
        raise CmsError("seal.signature", "The seal's signature is not genuine.", sub="SIG_CRYPTO_FAILURE") from error


def check_certificate(
    seal: Seal, roots: Sequence[bytes], crls: Sequence[bytes], *, at: datetime, proven: bool
) -> chain.Path:
    """The seal certificate is for sealing and led to one of `roots` at `at`.

    `proven` says that `at` comes from a time-stamp or from witnesses and not from the seal's own word. A certificate
    revoked after `at` is then harmless; otherwise nothing can be decided (ETSI EN 319 102-1, REVOKED_NO_POE).

    Raises `CmsError` or `chain.ChainError`.
    """
    try:
        usage = seal.certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        usage = None
    if usage is None or usage.key_cert_sign or not (usage.digital_signature or usage.content_commitment):
        raise CmsError("seal.key_usage", "The seal's certificate is not for sealing.", sub="CHAIN_CONSTRAINTS_FAILURE")
    path = chain.validate(seal.certificate, seal.intermediates, [chain.load(d) for d in roots], at=at, crls=crls)
    if set(path.certificates[:-1]) != {seal.certificate, *seal.intermediates}:
        raise _malformed("it carries a certificate that is not part of its chain")
    if path.revocation is not None and not proven:
        raise CmsError(
            "seal.revoked_later",
            f"The seal's certificate was revoked on {path.revocation.at:%Y-%m-%d}, and only the seal itself says "
            "that it was made before.",
            sub="REVOKED_NO_POE",
            undecided=True,
        )
    return path


# --- time-stamp ----------------------------------------------------------------------------------


def check_time_stamp(token: bytes, signature: bytes, roots: Sequence[bytes]) -> datetime:
    """The time that an RFC 3161 token attests for the seal's signature value.

    Raises `CmsError` ``timestamp.malformed``, ``timestamp.imprint``, ``timestamp.signature``,
    ``timestamp.untrusted`` (undecided: the authority is not in the bundle) or a ``chain.…`` code.
    """
    from testamur.kernel.proofs.timestamp import verify_token

    return verify_token(token, signature, roots)
