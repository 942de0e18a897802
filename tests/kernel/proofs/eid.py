"""A small e-ID issuer of its own for the verifier's tests: root → bank CA → customer CA → user, XML, OCSP.

Written apart from the product's simulator, so that an error the two would share can show.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AT = datetime.now(UTC).replace(microsecond=0)
"""The instant of everything here; a run of all tests takes longer than a verifier's patience with clocks."""
DSIG = "http://www.w3.org/2000/09/xmldsig#"
BID = "http://www.bankid.com/signature/v1.0.0/types"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"


@dataclass(frozen=True)
class Issued:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Any

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def usage(**on: bool) -> x509.KeyUsage:
    names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: on.get(name, False) for name in names})


def issue(
    common_name: str,
    by: Issued | None,
    *,
    ca: bool = False,
    key: Any = None,
    subject: dict[x509.ObjectIdentifier, str] | None = None,
    policies: tuple[str, ...] = (),
    extended: tuple[x509.ObjectIdentifier, ...] = (),
    extensions: tuple[tuple[x509.ExtensionType, bool], ...] = (),
    path_length: int | None = None,
    key_usage: x509.KeyUsage | None = None,
    start: datetime = AT - timedelta(days=300),
    end: datetime = AT + timedelta(days=300),
    algorithm: Any = None,
) -> Issued:
    """One certificate; self-signed when `by` is None."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
            *(x509.NameAttribute(oid, value) for oid, value in (subject or {}).items()),
        ]
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by.certificate.subject if by else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(
            key_usage or (usage(key_cert_sign=True, crl_sign=True) if ca else usage(content_commitment=True)),
            critical=True,
        )
    )
    if ca:
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
    if policies:
        builder = builder.add_extension(
            x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(oid), None) for oid in policies]),
            critical=False,
        )
    if extended:
        builder = builder.add_extension(x509.ExtendedKeyUsage(extended), critical=True)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return Issued(builder.sign(by.key if by else key, algorithm or hashes.SHA256()), key)


@dataclass(frozen=True)
class Eid:
    """One person's e-ID with the chain above it."""

    root: Issued
    bank: Issued
    customer: Issued
    user: Issued
    responder: Issued

    @property
    def chain(self) -> tuple[bytes, ...]:
        return (self.user.der, self.customer.der, self.bank.der)


@cache
def rsa_key(number: int = 0) -> rsa.RSAPrivateKey:
    """One RSA key a number, made once a test run: making them is slow."""
    return rsa.generate_private_key(65537, 2048)


def person(
    number: str = "199001010000", *, policy: str = "1.2.3.4.25", key: int = 0, root: Issued | None = None, **other: Any
) -> Eid:
    """An invented person, chain and all; pass `root` to share one."""
    root = root or shared_root()
    bank = issue("Provbanken CA TEST", root, ca=True)
    customer = issue("Provbanken Customer CA TEST", bank, ca=True)
    user = issue(
        "Påhittad Provsson",
        customer,
        key=rsa_key(key),
        subject={NameOID.GIVEN_NAME: "Påhittad", NameOID.SURNAME: "Provsson", NameOID.SERIAL_NUMBER: number},
        policies=(policy,),
        **other,
    )
    responder = issue(
        "Provbanken OCSP TEST",
        customer,
        key_usage=usage(digital_signature=True),
        extended=(ExtendedKeyUsageOID.OCSP_SIGNING,),
    )
    return Eid(root, bank, customer, user, responder)


@cache
def shared_root() -> Issued:
    return issue("Provrot TEST", None, ca=True)


def signed_data(
    *,
    visible: bytes | None = b"Jag skriver under.",
    nonvisible: bytes | None = b"{}",
    function: str = "Signing",
    visible_attributes: str = ' charset="UTF-8" visible="wysiwys"',
    extra: str = "",
) -> str:
    """The `bankIdSignedData` element in canonical form."""
    shown = "" if visible is None else f"<usrVisibleData{visible_attributes}>{b64(visible)}</usrVisibleData>"
    hidden = "" if nonvisible is None else f"<usrNonVisibleData>{b64(nonvisible)}</usrNonVisibleData>"
    return (
        f'<bankIdSignedData xmlns="{BID}" Id="bidSignedData">{shown}{hidden}{extra}<srvInfo>'
        f"<name>{b64(b'cn=Provkommunen,c=SE')}</name><nonce>{b64(b'n' * 20)}</nonce>"
        f"<displayName>{b64(b'Provkommunen')}</displayName></srvInfo><clientInfo><funcId>{function}</funcId>"
        "<version>UA==</version><env><ai><type>T1NfWA==</type><uauth>pw</uauth></ai></env></clientInfo>"
        "</bankIdSignedData>"
    )


def signature_xml(eid: Eid, data: str | None = None, *, certificates: tuple[bytes, ...] | None = None) -> bytes:
    """The whole signature in the form of the genuine files; every part is written canonically by hand."""
    data = data if data is not None else signed_data()
    certificates = eid.chain if certificates is None else certificates
    listed = "".join(f"<X509Certificate>{b64(c)}</X509Certificate>" for c in certificates)
    key_info = f'<KeyInfo xmlns="{DSIG}" Id="bidKeyInfo"><X509Data>{listed}</X509Data></KeyInfo>'

    def reference(attributes: str, target: str) -> str:
        digest = b64(hashlib.sha256(target.encode()).digest())
        return (
            f'<Reference {attributes}><Transforms><Transform Algorithm="{C14N}"></Transform></Transforms>'
            f'<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></DigestMethod>'
            f"<DigestValue>{digest}</DigestValue></Reference>"
        )

    signed_info = (
        f'<SignedInfo xmlns="{DSIG}"><CanonicalizationMethod Algorithm="{C14N}"></CanonicalizationMethod>'
        '<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></SignatureMethod>'
        + reference(f'Type="{BID}" URI="#bidSignedData"', data)
        + reference('URI="#bidKeyInfo"', key_info)
        + "</SignedInfo>"
    )
    value = eid.user.key.sign(signed_info.encode(), padding.PKCS1v15(), hashes.SHA256())
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="no"?><Signature xmlns="{DSIG}">{signed_info}'
        f"<SignatureValue>{b64(value)}</SignatureValue>{key_info}<Object>{data}</Object></Signature>"
    ).encode()


def ocsp_response(
    eid: Eid,
    signature: bytes,
    *,
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD,
    at: datetime = AT,
    responder: Issued | None = None,
    about: Issued | None = None,
    nonce: bytes | None = None,
    hash_algorithm: Any = None,
    produced: datetime | None = None,
) -> bytes:
    """An OCSP response as BankID makes it: the nonce begins with SHA-1 of the signature's base64 text."""
    responder = responder or eid.responder
    gone = status is ocsp.OCSPCertStatus.REVOKED
    nonce = hashlib.sha1(base64.b64encode(signature)).digest() + b"x" * 8 if nonce is None else nonce
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=(about or eid.user).certificate,
            issuer=eid.customer.certificate,
            algorithm=hash_algorithm or hashes.SHA1(),
            cert_status=status,
            this_update=at,
            next_update=at + timedelta(days=1),
            revocation_time=at - timedelta(days=1) if gone else None,
            revocation_reason=None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, responder.certificate)
        .certificates([responder.certificate])
    )
    if nonce:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    with time_machine.travel(produced or at, tick=False):  # the builder reads the clock
        return builder.sign(responder.key, hashes.SHA256()).public_bytes(Encoding.DER)
