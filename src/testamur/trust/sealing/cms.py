"""The seal's CMS (RFC 5652, RFC 5035, ETSI EN 319 122-1) from fixed parts.

Everything but the document's digest and the signature value is the same for every document of a key, so it is encoded
once. No signing-time attribute: PAdES takes the time from the signature dictionary (EN 319 142-1 section 6.3).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol

from asn1crypto import x509

from testamur.kernel.base.refused import Refused
from testamur.trust.sealing import der
from testamur.trust.sealing.der import OCTET_STRING, SEQUENCE, SET, NotDer, children, element, oid, set_of, tlv

PROOF_OID = "2.25.338213462839251973224735391863482097601"
"""Unsigned attribute with the bytes of the `.tlog-proof` file (docs/formats.md section 6)."""
TIME_STAMP_OID = "1.2.840.113549.1.9.16.2.14"
"""signature-time-stamp, RFC 3161 appendix A."""

_DATA = oid("1.2.840.113549.1.7.1")
_SIGNED_DATA = oid("1.2.840.113549.1.7.2")
_CONTENT_TYPE = oid("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = oid("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE_V2 = oid("1.2.840.113549.1.9.16.2.47")
_SHA256 = tlv(SEQUENCE, oid("2.16.840.1.101.3.4.2.1"))
_ECDSA_SHA256 = tlv(SEQUENCE, oid("1.2.840.10045.4.3.2"))
_RSA_SHA256 = tlv(SEQUENCE, oid("1.2.840.113549.1.1.11"), b"\x05\x00")
_VERSION_1 = b"\x02\x01\x01"
_EXPLICIT_0 = 0xA0
_UNSIGNED = 0xA1
_HOLE = bytes(32)


class Kind(Protocol):
    """What a `Template` must know of a key: `rules.Algorithm` for seals, `personal.PersonalAlgorithm` for persons."""

    @property
    def rsa_bits(self) -> int:
        """Modulus length in bits; 0 for elliptic curves."""

    @property
    def signature_size(self) -> int:
        """Longest signature value in bytes."""


class CertificatesInvalid(Refused):
    """The first certificate is not the seal's, or the chain holds a root or a stranger."""

    code = "sealing.certificates.invalid"


class Template:
    """The CMS of one key: two holes, one for the digest and one for the signature value."""

    def __init__(self, certificates: Sequence[bytes], algorithm: Kind) -> None:
        """`certificates` in DER: the seal's own first, then its issuing CA (never the root)."""
        if not certificates:
            raise CertificatesInvalid("A seal needs its certificate.", field="certificates")
        leaf = _certificate(certificates[0])
        for above in certificates[1:]:
            issuer = _certificate(above)
            if issuer.issuer == issuer.subject:
                raise CertificatesInvalid("The root certificate does not travel with a seal.", field="certificates")
        if len(certificates) > 1 and _certificate(certificates[1]).subject != leaf.issuer:
            raise CertificatesInvalid("The second certificate did not issue the first.", field="certificates")
        issuer_name, serial = leaf.issuer.dump(), leaf["tbs_certificate"]["serial_number"].dump()
        # ESSCertIDv2: SHA-256 is the default and so is left out (DER); issuerSerial as EN 319 122-1 asks.
        ess = tlv(
            SEQUENCE,
            tlv(OCTET_STRING, hashlib.sha256(certificates[0]).digest()),
            tlv(SEQUENCE, tlv(SEQUENCE, tlv(0xA4, issuer_name)), serial),
        )
        attributes = sorted(
            (
                tlv(SEQUENCE, _CONTENT_TYPE, tlv(SET, _DATA)),
                tlv(SEQUENCE, _MESSAGE_DIGEST, tlv(SET, tlv(OCTET_STRING, _HOLE))),
                tlv(SEQUENCE, _SIGNING_CERTIFICATE_V2, tlv(SET, tlv(SEQUENCE, tlv(SEQUENCE, ess)))),
            )
        )  # the digest cannot change this order: the three differ in length or identifier before it
        body = b"".join(attributes)
        hole = body.index(_HOLE)
        self._before, self._after = body[:hole], body[hole + len(_HOLE) :]
        self._set_header = tlv(SET, body)[: -len(body)]
        self._implicit_header = b"\xa0" + self._set_header[1:]
        self._signer = _VERSION_1 + tlv(SEQUENCE, issuer_name, serial) + _SHA256
        self._algorithm = _RSA_SHA256 if algorithm.rsa_bits else _ECDSA_SHA256
        self._fixed = _VERSION_1 + tlv(SET, _SHA256) + tlv(SEQUENCE, _DATA) + set_of(*certificates, tag=_EXPLICIT_0)
        self.max_size = len(self.build(_HOLE, bytes(algorithm.signature_size)))
        """Longest CMS without unsigned attributes, in bytes."""

    def to_be_signed(self, doc_digest: bytes) -> bytes:
        """The signed attributes as they are signed: their digest goes to the key (RFC 5652 section 5.4)."""
        return self._set_header + self._before + doc_digest + self._after

    def build(self, doc_digest: bytes, signature: bytes) -> bytes:
        """ContentInfo with SignedData, detached, one signer, no unsigned attributes."""
        signer = tlv(
            SEQUENCE,
            self._signer,
            self._implicit_header,
            self._before,
            doc_digest,
            self._after,
            self._algorithm,
            tlv(OCTET_STRING, signature),
        )
        return tlv(SEQUENCE, _SIGNED_DATA, tlv(_EXPLICIT_0, tlv(SEQUENCE, self._fixed, tlv(SET, signer))))


def unsigned_attributes(*, proof: bytes | None = None, time_stamp: bytes | None = None) -> tuple[bytes, ...]:
    """The unsigned attributes of a finished seal: transparency proof and signature time-stamp token."""
    found = []
    if proof is not None:
        found.append(tlv(SEQUENCE, oid(PROOF_OID), tlv(SET, tlv(OCTET_STRING, proof))))
    if time_stamp is not None:
        found.append(tlv(SEQUENCE, oid(TIME_STAMP_OID), tlv(SET, time_stamp)))
    return tuple(found)


def with_unsigned(cms: bytes, attributes: Sequence[bytes]) -> bytes:
    """`cms` with unsigned attributes added to its one signer; one of the same kind is replaced.

    `cms` may be followed by zero padding. Raises `der.NotDer`.
    """
    outer = element(cms, 0, len(cms))
    content_type, explicit = _two(children(cms, outer[2], outer[3]))
    signed_data = element(cms, explicit[2], explicit[3])
    parts = children(cms, signed_data[2], signed_data[3])
    signers = children(cms, parts[-1][2], parts[-1][3]) if parts else []
    if len(signers) != 1 or parts[-1][0] != SET:
        raise NotDer("The CMS does not have exactly one signer.")
    signer = children(cms, signers[0][2], signers[0][3])
    kept: list[bytes] = []
    end = signers[0][3]
    if signer[-1][0] == _UNSIGNED:
        end = signer[-1][1]
        new = {_kind(a) for a in attributes}
        old = [cms[c[1] : c[3]] for c in children(cms, signer[-1][2], signer[-1][3])]
        kept = [a for a in old if _kind(a) not in new]
    unsigned = set_of(*kept, *attributes, tag=_UNSIGNED) if kept or attributes else b""
    info = tlv(SEQUENCE, cms[signers[0][2] : end], unsigned)
    inner = tlv(SEQUENCE, cms[signed_data[2] : parts[-1][1]], tlv(SET, info))
    return tlv(SEQUENCE, cms[content_type[1] : content_type[3]], tlv(_EXPLICIT_0, inner))


def _kind(attribute: bytes) -> bytes:
    body = element(attribute, 0, len(attribute))
    kind = element(attribute, body[2], body[3])
    return attribute[kind[1] : kind[3]]


_Element = tuple[int, int, int, int]


def _two(found: list[_Element]) -> tuple[_Element, _Element]:
    if len(found) != 2:  # noqa: PLR2004 - ContentInfo is a type and a content
        raise der.NotDer("The CMS is not a ContentInfo.")
    return found[0], found[1]


def _certificate(data: bytes) -> x509.Certificate:
    try:
        certificate = x509.Certificate.load(data, strict=True)
        certificate.native  # noqa: B018 - asn1crypto parses lazily; this makes it read everything
    except (ValueError, TypeError):
        raise CertificatesInvalid("A certificate is not valid DER.", field="certificates") from None
    return certificate
