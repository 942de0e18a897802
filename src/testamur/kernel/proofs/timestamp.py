"""RFC 3161 time-stamp tokens: who says since when something existed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from asn1crypto import cms as asn1_cms
from asn1crypto import tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from testamur.kernel.proofs import chain
from testamur.kernel.proofs.report import CmsError

MAX_BYTES = 1 << 18
_HASHES: dict[str, type[hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
_SHA2 = {"sha256": "0609608648016503040201", "sha384": "0609608648016503040202", "sha512": "0609608648016503040203"}
_RSA = {"sha256": "0b", "sha384": "0c", "sha512": "0d"}
_ECDSA = {"sha256": "02", "sha384": "03", "sha512": "04"}


def _digest_encodings(name: str) -> tuple[bytes, bytes]:
    """AlgorithmIdentifier with and without NULL parameters (RFC 5754 section 2)."""
    return bytes.fromhex(f"300d{_SHA2[name]}0500"), bytes.fromhex(f"300b{_SHA2[name]}")


def _signature_encodings(name: str, key: object) -> tuple[bytes, ...]:
    """What a token may write as its signature algorithm, which no signature protects: exactly these bytes.

    RSA has two spellings in use, rsaEncryption and the one that names the hash (RFC 5754 section 3.2).
    """
    if isinstance(key, rsa.RSAPublicKey):
        return tuple(bytes.fromhex(f"300d06092a864886f70d0101{last}0500") for last in ("01", _RSA[name]))
    return (bytes.fromhex(f"300a06082a8648ce3d0403{_ECDSA[name]}"),)


def _malformed(what: str) -> CmsError:
    return CmsError("timestamp.malformed", f"The time-stamp is malformed: {what}.", sub="FORMAT_FAILURE")


def verify_token(token: bytes, stamped: bytes, roots: Sequence[bytes]) -> datetime:
    """The time at which `stamped` existed according to `token` (DER ContentInfo).

    Raises `CmsError` (``timestamp.malformed``, ``timestamp.imprint``, ``timestamp.signature``) or, when the
    authority does not lead to one of `roots`, ``timestamp.untrusted``, undecided.
    """
    if len(token) > MAX_BYTES:
        raise _malformed("it is too large")
    try:
        return _verify(token, stamped, roots)
    except CmsError:
        raise
    except chain.ChainError as error:
        if error.code == "chain.untrusted":
            raise CmsError(
                "timestamp.untrusted",
                "The authority that made the time-stamp is not in the trust bundle.",
                sub="NO_CERTIFICATE_CHAIN_FOUND",
                undecided=True,
            ) from error
        raise CmsError(f"timestamp.{error.code}", str(error), sub=error.sub_indication) from error
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as error:
        raise _malformed("it cannot be read") from error


def _verify(token: bytes, stamped: bytes, roots: Sequence[bytes]) -> datetime:
    info = asn1_cms.ContentInfo.load(token, strict=True)
    if info["content_type"].native != "signed_data":
        raise _malformed("it is not signed data")
    signed = info["content"]
    encapsulated = signed["encap_content_info"]
    if encapsulated["content_type"].native != "tst_info" or signed["version"].native != "v3":
        raise _malformed("it holds no time-stamp")
    content = encapsulated["content"].contents
    statement = tsp.TSTInfo.load(content, strict=True)
    (signer,) = signed["signer_infos"]
    certificates = [chain.load(_raw(choice.chosen)) for choice in signed["certificates"]]
    authority = _authority(signer, certificates)
    algorithm = signer["digest_algorithm"]["algorithm"].native
    written = [_raw(item) for item in (*signed["digest_algorithms"], signer["digest_algorithm"])]
    if algorithm not in _HASHES or len(written) != 2 or not set(_digest_encodings(algorithm)).issuperset(written):  # noqa: PLR2004 - in the token and with its one signer
        raise _malformed("its digest algorithm is not accepted")
    _attributes(signer, content, algorithm, authority)
    _signature(signer, algorithm, authority)
    when: datetime = statement["gen_time"].native
    _imprint(statement, stamped)
    pinned = [chain.load(der) for der in roots]
    chain.validate(authority, certificates, pinned, at=when)
    for certificate in certificates:
        # a certificate that nobody in the token or bundle issued has no business here
        if not any(chain.issued(certificate, issuer) for issuer in (*certificates, *pinned)):
            raise _malformed("it carries a certificate that is not part of its chain")
    return when


def _raw(value: Any) -> bytes:
    """The octets of an element as they stand in the token.

    Asked to dump it, asn1crypto writes anew what it takes for BER, and for that it takes any header that ends in 0x80:
    what does not belong there would disappear.
    """
    return bytes(value._header + value.contents + value._trailer)  # noqa: SLF001 - there is no other way to them


def _authority(signer: Any, certificates: Sequence[x509.Certificate]) -> x509.Certificate:
    """The signer's certificate: named by the token, and for time-stamping alone (RFC 3161 section 2.3)."""
    sid = signer["sid"]
    if sid.name != "issuer_and_serial_number" or signer["version"].native != "v1":
        raise _malformed("it names its signer in an unknown way")
    issuer, serial = _raw(sid.chosen["issuer"].chosen), sid.chosen["serial_number"].native
    (found,) = [c for c in certificates if c.serial_number == serial and c.issuer.public_bytes() == issuer]
    try:
        usage = found.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound as error:
        raise _malformed("its certificate is not for time-stamping") from error
    if not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise _malformed("its certificate is not for time-stamping alone")
    return found


def _attributes(signer: Any, content: bytes, algorithm: str, authority: x509.Certificate) -> None:
    found: dict[str, Any] = {}
    for attribute in signer["signed_attrs"]:
        kind = attribute["type"].native
        if kind in found:
            raise _malformed("a signed attribute is there twice")
        found[kind] = attribute["values"]
    if found["content_type"][0].native != "tst_info":
        raise _malformed("its signature covers something else")
    if found["message_digest"][0].native != hashlib.new(algorithm, content).digest():
        raise CmsError("timestamp.signature", "The time-stamp was changed.", sub="HASH_FAILURE")
    der_hash = {"signing_certificate_v2": "sha256", "signing_certificate": "sha1"}
    named = next((kind for kind in der_hash if kind in found), None)
    if named is None:
        raise _malformed("it does not name its certificate")
    first = found[named][0]["certs"][0]
    chosen = first["hash_algorithm"]["algorithm"].native if named.endswith("v2") else der_hash[named]
    own = authority.public_bytes(_der())
    if first["cert_hash"].native != hashlib.new(chosen, own, usedforsecurity=False).digest():
        raise _malformed("it names another certificate")


def _der() -> Any:
    from cryptography.hazmat.primitives.serialization import Encoding

    return Encoding.DER


def _signature(signer: Any, algorithm: str, authority: x509.Certificate) -> None:
    signed = signer["signed_attrs"].untag().dump()
    signature, digest = signer["signature"].native, _HASHES[algorithm]()
    key = authority.public_key()
    if _raw(signer["signature_algorithm"]) not in _signature_encodings(algorithm, key):
        raise _malformed("its signature algorithm is not accepted")
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(digest))
    except InvalidSignature as error:
        raise CmsError(
            "timestamp.signature", "The time-stamp's signature is not genuine.", sub="SIG_CRYPTO_FAILURE"
        ) from error


def _imprint(statement: Any, stamped: bytes) -> None:
    """`stamped` is the signature value of the seal."""
    imprint = statement["message_imprint"]
    algorithm = imprint["hash_algorithm"]["algorithm"].native
    if algorithm not in _HASHES:
        raise _malformed("its imprint is made with a weak hash")
    if imprint["hashed_message"].native != hashlib.new(algorithm, stamped).digest():
        raise CmsError("timestamp.imprint", "The time-stamp belongs to another signature.", sub="HASH_FAILURE")
