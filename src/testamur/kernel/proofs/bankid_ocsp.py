"""The OCSP response beside a BankID signature (RFC 6960): the certificate was good when exactly this was signed."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp

from testamur.kernel.proofs import chain
from testamur.kernel.proofs.report import EvidenceError

MAX_OCSP_BYTES = 1 << 16
MAX_CERTIFICATES = 5
CLOCK_SKEW = timedelta(minutes=5)


def _ocsp(code: str, message: str, sub: str = "REVOCATION_OUT_OF_BOUNDS_NO_POE") -> EvidenceError:
    return EvidenceError(f"bankid.ocsp.{code}", message, sub=sub)


def check_ocsp(der: bytes, signature_xml: bytes, certificates: tuple[x509.Certificate, ...]) -> datetime:
    """`producedAt` of a response that says *good* for this certificate and was made for this very signature."""
    if len(certificates) < 2:  # noqa: PLR2004 - the user's and the one of the CA that issued it
        raise _ocsp("issuer", "The issuer of the signer's certificate is missing.", "NO_CERTIFICATE_CHAIN_FOUND")
    user, issuer = certificates[0], certificates[1]
    try:
        response = ocsp.load_der_ocsp_response(der[: MAX_OCSP_BYTES + 1])
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise _ocsp("unsuccessful", "The OCSP responder gave no answer.")
        (single,) = list(response.responses)
        nonce = response.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
        _check_ocsp_signature(response, issuer)
        matches = single.serial_number == user.serial_number and _names(single, issuer)
    except x509.ExtensionNotFound as error:
        raise _ocsp("nonce", "The OCSP response has no nonce.") from error
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension) as error:
        raise _ocsp("malformed", "The OCSP response cannot be read.", "FORMAT_FAILURE") from error
    if not matches:
        raise _ocsp("other_certificate", "The OCSP response speaks of another certificate.")
    # BankID puts SHA-1 of the base64 text of the signature first in the nonce: it ties the answer to this signature.
    bound = hashlib.sha1(base64.b64encode(signature_xml), usedforsecurity=False).digest()
    if not nonce.startswith(bound):
        raise _ocsp("other_signature", "The OCSP response belongs to another signature.")
    _check_ocsp_answer(single, response.produced_at_utc)
    return response.produced_at_utc


def _check_ocsp_answer(single: ocsp.OCSPSingleResponse, produced: datetime) -> None:
    if single.certificate_status is ocsp.OCSPCertStatus.REVOKED:
        raise _ocsp("revoked", "The signer's certificate was revoked.", "REVOKED")
    if single.certificate_status is not ocsp.OCSPCertStatus.GOOD:
        raise _ocsp("unknown", "The OCSP responder does not know the signer's certificate.")
    until = single.next_update_utc
    if single.this_update_utc > produced + CLOCK_SKEW or (until is not None and until < produced):
        raise _ocsp("time", "The times of the OCSP response contradict each other.")


def _names(single: ocsp.OCSPSingleResponse, issuer: x509.Certificate) -> bool:
    """True when the response's CertID names `issuer` (RFC 6960 section 4.1.1)."""
    spki = issuer.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    key = x509.SubjectKeyIdentifier.from_public_key(issuer.public_key()).digest
    if not isinstance(single.hash_algorithm, hashes.SHA1):
        key = _hash(single.hash_algorithm, _key_bits(spki))
    return (
        single.issuer_name_hash == _hash(single.hash_algorithm, issuer.subject.public_bytes())
        and single.issuer_key_hash == key
    )


def _hash(algorithm: hashes.HashAlgorithm, data: bytes) -> bytes:
    digest = hashes.Hash(algorithm)
    digest.update(data)
    return digest.finalize()


def _key_bits(spki: bytes) -> bytes:
    """The BIT STRING inside a SubjectPublicKeyInfo, without tag, length and unused-bits octet."""
    from asn1crypto import keys

    return bytes(keys.PublicKeyInfo.load(spki)["public_key"].contents[1:])


def _check_ocsp_signature(response: ocsp.OCSPResponse, issuer: x509.Certificate) -> None:
    """Signed by the CA itself, or by a responder that the same CA issued for OCSP (RFC 6960 section 4.2.2.2)."""
    candidates = [issuer]
    at = response.produced_at_utc
    for certificate in response.certificates[:MAX_CERTIFICATES]:
        try:
            usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        except x509.ExtensionNotFound:
            continue
        current = certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc
        if current and x509.oid.ExtendedKeyUsageOID.OCSP_SIGNING in usage and chain.issued(certificate, issuer):
            candidates.append(certificate)
    algorithm = response.signature_hash_algorithm
    if not isinstance(algorithm, hashes.SHA256 | hashes.SHA384 | hashes.SHA512):
        raise _ocsp("algorithm", "The OCSP response is signed with a weak algorithm.", "CRYPTO_CONSTRAINTS_FAILURE")
    for certificate in candidates:
        if _verifies(certificate, response.signature, response.tbs_response_bytes, algorithm):
            return
    raise _ocsp(
        "signature", "The OCSP response is not signed by the issuer of the signer's certificate.", "SIG_CRYPTO_FAILURE"
    )


def _verifies(certificate: x509.Certificate, signature: bytes, data: bytes, algorithm: hashes.HashAlgorithm) -> bool:
    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), algorithm)
            return True
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(algorithm))
            return True
    except InvalidSignature:
        return False
    return False
