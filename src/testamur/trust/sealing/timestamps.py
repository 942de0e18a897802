"""Signature time-stamps (RFC 3161, level B-T of ETSI EN 319 142-1): asking a time-stamping authority, believing little.

The token is checked before it is used: it must be over our digest, answer our nonce, come under the policy we asked for
and be signed by a time-stamping certificate that a pinned root issued.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
from asn1crypto import cms, core, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from testamur.kernel.base.answers import bounded
from testamur.kernel.base.refused import Refused

TIMEOUT = 10.0
"""Seconds for one answer."""
MAX_ANSWER = 65_536
"""Largest answer read, in bytes."""

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512(),
}  # fmt: skip


class _Answer(core.Sequence):  # type: ignore[misc]  # asn1crypto ships no types
    """TimeStampResp (RFC 3161 section 2.4.2); a refusal comes without a token."""

    _fields = [("status", tsp.PKIStatusInfo), ("token", cms.ContentInfo, {"optional": True})]


class TimeStampFailed(Refused):
    """The authority did not answer, refused, or answered something that cannot be believed."""

    code = "sealing.time_stamp.failed"

    def __init__(self, reason: str, message: str) -> None:
        """`reason` completes the code: ``sealing.time_stamp.<reason>``."""
        super().__init__(message)
        self.code = f"sealing.time_stamp.{reason}"


@dataclass(frozen=True, slots=True)
class Authority:
    """A time-stamping authority.

    Attributes:
        url: where it answers (RFC 3161 section 3.4).
        roots: DER of the roots that may stand behind it.
        policy: the policy to ask for; empty for its default.
        tolerance: how far its clock may be from ours.
    """

    url: str
    roots: tuple[bytes, ...]
    policy: str = ""
    tolerance: timedelta = timedelta(minutes=5)


def request_token(client: httpx.Client, authority: Authority, signature_value: bytes, *, now: datetime) -> bytes:
    """A time-stamp token (ContentInfo, DER) over the SHA-256 of a signature value. Never call it in a transaction.

    Raises `TimeStampFailed`: ``.unreachable``, ``.refused``, ``.malformed``, ``.imprint``, ``.nonce``, ``.policy``,
    ``.signature``, ``.certificate``, ``.clock``.
    """
    imprint = hashlib.sha256(signature_value).digest()
    nonce = secrets.randbits(63)
    asked = {
        "version": "v1",
        "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": imprint},
        "nonce": nonce,
        "cert_req": True,
    }
    if authority.policy:
        asked["req_policy"] = authority.policy
    body = _post(client, authority.url, tsp.TimeStampReq(asked).dump())
    try:
        answer = _Answer.load(body, strict=True)
        status = answer["status"]["status"].native
    except (ValueError, TypeError, KeyError):
        raise TimeStampFailed("malformed", "The time-stamping authority's answer is not a time-stamp.") from None
    if status not in {"granted", "granted_with_mods"}:
        raise TimeStampFailed("refused", f"The time-stamping authority refused ({status}).")
    token: bytes = answer["token"].dump()
    check_token(
        token,
        imprint,
        roots=authority.roots,
        nonce=nonce,
        policy=authority.policy,
        now=now,
        tolerance=authority.tolerance,
    )
    return token


def check_token(
    token: bytes,
    imprint: bytes,
    *,
    roots: Sequence[bytes],
    nonce: int | None = None,
    policy: str = "",
    now: datetime | None = None,
    tolerance: timedelta = timedelta(minutes=5),
) -> datetime:
    """Check a token over the SHA-256 `imprint` and return its time. Raises `TimeStampFailed` as `request_token`."""
    try:
        signed = cms.ContentInfo.load(token, strict=True)["content"]
        info = tsp.TSTInfo.load(signed["encap_content_info"]["content"].contents, strict=True)
        signers = list(signed["signer_infos"])
        at: datetime = info["gen_time"].native
        claims = (info["message_imprint"].native, info["nonce"].native, info["policy"].native)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise TimeStampFailed("malformed", "The time-stamp cannot be read.") from None
    if claims[0]["hash_algorithm"]["algorithm"] != "sha256" or claims[0]["hashed_message"] != imprint:
        raise TimeStampFailed("imprint", "The time-stamp is over another digest.")
    if nonce is not None and claims[1] != nonce:
        raise TimeStampFailed("nonce", "The time-stamp does not answer our request.")
    if policy and claims[2] != policy:
        raise TimeStampFailed("policy", f"The time-stamp was made under policy {claims[2]}, not {policy}.")
    if now is not None and abs(at - now) > tolerance:
        raise TimeStampFailed("clock", f"The time-stamp says {at:%Y-%m-%dT%H:%M:%SZ}, too far from our clock.")
    if len(signers) != 1:
        raise TimeStampFailed("signature", "The time-stamp does not have exactly one signer.")
    try:
        _check_signature(signed, signers[0], roots, at)
    except (ValueError, TypeError, KeyError, x509.ExtensionNotFound):
        raise TimeStampFailed("malformed", "The time-stamp's signature cannot be read.") from None
    return at


def _post(client: httpx.Client, url: str, data: bytes) -> bytes:
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    try:
        with client.stream(
            "POST", url, content=data, headers=headers, timeout=TIMEOUT, follow_redirects=False
        ) as answer:
            if answer.status_code != httpx.codes.OK:
                raise TimeStampFailed("unreachable", f"The time-stamping authority answered {answer.status_code}.")
            too_large = TimeStampFailed("malformed", "The time-stamping authority's answer is too large.")
            return bounded(answer.iter_bytes(), MAX_ANSWER, too_large)
    except httpx.HTTPError as error:
        raise TimeStampFailed(
            "unreachable", f"The time-stamping authority did not answer ({type(error).__name__})."
        ) from error


def _check_signature(signed: cms.SignedData, signer: cms.SignerInfo, roots: Sequence[bytes], at: datetime) -> None:
    held = [x509.load_der_x509_certificate(c.chosen.dump()) for c in signed["certificates"] if c.name == "certificate"]
    sid = signer["sid"].chosen
    serial = sid["serial_number"].native if isinstance(sid, cms.IssuerAndSerialNumber) else None
    leaf = next((c for c in held if c.serial_number == serial), None)
    if leaf is None:
        raise TimeStampFailed("certificate", "The time-stamp does not carry its signer's certificate.")
    attributes = {a["type"].native: a["values"] for a in signer["signed_attrs"]}
    digest_name = signer["digest_algorithm"]["algorithm"].native
    content: bytes = signed["encap_content_info"]["content"].contents
    if digest_name not in _HASHES:
        raise TimeStampFailed("signature", f"The time-stamp uses {digest_name}, which is not accepted.")
    if (
        attributes["message_digest"][0].native != hashlib.new(digest_name, content).digest()
        or attributes["content_type"][0].native != "tst_info"
    ):
        raise TimeStampFailed("signature", "The time-stamp's signature is over other contents.")
    data = b"\x31" + signer["signed_attrs"].dump()[1:]  # signed as SET OF, sent with an implicit tag
    if not _verified(leaf, signer["signature"].native, data, _HASHES[digest_name]):
        raise TimeStampFailed("signature", "The time-stamp's signature is not valid.")
    _check_chain(leaf, held, [x509.load_der_x509_certificate(r) for r in roots], at)


def _verified(leaf: x509.Certificate, signature: bytes, data: bytes, algorithm: hashes.HashAlgorithm) -> bool:
    key = leaf.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(algorithm))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _check_chain(
    leaf: x509.Certificate, held: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], at: datetime
) -> None:
    """A short chain by hand: the authority is one we chose, and the verifier checks it again with all its rules."""
    uses = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    if not uses.critical or list(uses.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise TimeStampFailed("certificate", "The time-stamp's certificate is not for time-stamping alone.")
    current = leaf
    for _ in range(len(held) + 1):
        if not current.not_valid_before_utc <= at <= current.not_valid_after_utc:
            raise TimeStampFailed("certificate", "A certificate of the time-stamp was not valid at its time.")
        if current in roots or any(_issued(current, root) for root in roots):
            return
        above = next((c for c in held if c != current and _issued(current, c)), None)
        if above is None:
            break
        current = above
    raise TimeStampFailed("certificate", "The time-stamp's certificate does not lead to a pinned root.")


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
        return issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
