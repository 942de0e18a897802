"""The two objects that prove a BankID signature: the XML signature and the OCSP response, of the genuine structure.

Every signed element is written in its canonical form (Canonical XML 1.0) and with its own namespace declaration, so the
text itself is what is hashed: no canonicaliser is used here, and a mistake in the verifier's cannot hide in a mistake
of ours.
"""

from __future__ import annotations

import secrets
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha1, sha256

from asn1crypto import core
from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from testamur.trust.signing.methods.bankid.simulator.pki import POLICY_MOBILE, RELYING_PARTY, Issued

DSIG = "http://www.w3.org/2000/09/xmldsig#"
BID = "http://www.bankid.com/signature/v1.0.0/types"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"


@dataclass(frozen=True, slots=True)
class Signing:
    """What is signed. `visible` None for an identification without text; `function` Signing or Identification."""

    visible: bytes | None
    nonvisible: bytes | None
    markdown: bool = False
    function: str = "Signing"
    display_name: str = "Testamur TEST"
    policy: str = POLICY_MOBILE


def xml_signature(what: Signing, user: Issued, issuers: list[Issued]) -> bytes:
    """The XML as BankID gives it; `issuers` are customer CA and bank CA, in this order, the root not among them."""
    data = _signed_data(what)
    certificates = "".join(f"<X509Certificate>{_b64(c.der)}</X509Certificate>" for c in (user, *issuers))
    key_info = f'<KeyInfo xmlns="{DSIG}" Id="bidKeyInfo"><X509Data>{certificates}</X509Data></KeyInfo>'
    signed_info = (
        f'<SignedInfo xmlns="{DSIG}">'
        f'<CanonicalizationMethod Algorithm="{C14N}"></CanonicalizationMethod>'
        '<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></SignatureMethod>'
        + _reference(f'Type="{BID}" URI="#bidSignedData"', data)
        + _reference('URI="#bidKeyInfo"', key_info)
        + "</SignedInfo>"
    )
    value = user.rsa_key().sign(signed_info.encode(), padding.PKCS1v15(), hashes.SHA256())
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>'
        f'<Signature xmlns="{DSIG}">{signed_info}<SignatureValue>{_b64(value)}</SignatureValue>{key_info}'
        f"<Object>{data}</Object></Signature>"
    ).encode()


def _signed_data(what: Signing) -> str:
    shown = ""
    if what.visible is not None:
        form = ' format="simpleMarkdownV1"' if what.markdown else ""
        shown = f'<usrVisibleData charset="UTF-8"{form} visible="wysiwys">{_b64(what.visible)}</usrVisibleData>'
    hidden = "" if what.nonvisible is None else f"<usrNonVisibleData>{_b64(what.nonvisible)}</usrNonVisibleData>"
    version = _b64(b"Personal=0.0.0.0&BankID_exe=0.0.0.0&platform=simulator&TEST=1&")
    return (
        f'<bankIdSignedData xmlns="{BID}" Id="bidSignedData">{shown}{hidden}'
        f"<srvInfo><name>{_b64(RELYING_PARTY.encode())}</name><nonce>{_b64(secrets.token_bytes(20))}</nonce>"
        f"<displayName>{_b64(what.display_name.encode())}</displayName></srvInfo>"
        f"<clientInfo><funcId>{what.function}</funcId><version>{version}</version><env><ai><type>{_b64(b'TEST')}</type>"
        f"<deviceInfo>{_b64(b'0')}</deviceInfo><uhi>{_b64(secrets.token_bytes(20))}</uhi><fsib>0</fsib><utb>cs1</utb>"
        f"<requirement><condition><type>CertificatePolicies</type><value>{what.policy}</value></condition></requirement>"
        "<uauth>pw</uauth></ai></env></clientInfo></bankIdSignedData>"
    )


def _reference(attributes: str, target: str) -> str:
    return (
        f'<Reference {attributes}><Transforms><Transform Algorithm="{C14N}"></Transform></Transforms>'
        '<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></DigestMethod>'
        f"<DigestValue>{_b64(sha256(target.encode()).digest())}</DigestValue></Reference>"
    )


def ocsp_response(
    user: Issued, issuer: Issued, responder: Issued, *, signature: bytes, at: datetime, revoked: bool = False
) -> bytes:
    """A response (DER) that `user` is good, made for exactly this `signature` and produced at that instant.

    BankID binds it by a nonce that starts with the SHA-1 of the base64 text of the signature.
    """
    nonce = sha1(b64encode(signature), usedforsecurity=False).digest() + secrets.token_bytes(12)
    status = ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD
    response = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=user.certificate,
            issuer=issuer.certificate,
            algorithm=hashes.SHA1(),  # noqa: S303 - CertID, RFC 6960
            cert_status=status,
            this_update=at,
            next_update=at + timedelta(minutes=1),
            revocation_time=at - timedelta(days=1) if revoked else None,
            revocation_reason=None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, responder.certificate)
        .certificates([responder.certificate])
        .add_extension(x509.OCSPNonce(nonce), critical=False)
        .sign(responder.rsa_key(), hashes.SHA256())
    )
    return _produced_at(response.public_bytes(Encoding.DER), responder, at)


def _produced_at(der: bytes, responder: Issued, at: datetime) -> bytes:
    """The same response with another `producedAt`, signed again: the builder above always takes the machine's clock."""
    response = asn1_ocsp.OCSPResponse.load(der)
    basic = response["response_bytes"]["response"].parsed
    data = basic["tbs_response_data"]
    data["produced_at"] = core.GeneralizedTime(at.replace(microsecond=0))
    basic["signature"] = core.OctetBitString(
        responder.rsa_key().sign(data.dump(force=True), padding.PKCS1v15(), hashes.SHA256())
    )
    response["response_bytes"]["response"] = core.ParsableOctetString(basic.dump(force=True))
    changed: bytes = response.dump(force=True)
    return changed


def _b64(data: bytes) -> str:
    return b64encode(data).decode()
