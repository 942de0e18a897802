"""The simulator's certificates: BankID's chain of four for persons, and a separate one for TLS. All marked TEST.

Shapes follow genuine certificates of BankID's test environment: root → bank CA → customer CA → user, RSA, SHA-256 or
SHA-512, policies, and an OCSP responder that the customer CA issued.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

POLICY_MOBILE = "1.2.3.4.25"
POLICY_FILE = "1.2.3.4.5"
RELYING_PARTY = "cn=Testamur TEST relying party,name=Testamur TEST,serialNumber=TEST,o=Testamur TEST,c=SE"
"""The name the simulator records in ``srvInfo/name``, in the form BankID uses."""
_FROM, _TO = datetime(2020, 1, 1, tzinfo=UTC), datetime(2044, 12, 31, tzinfo=UTC)

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def der(self) -> bytes:
        """The certificate in DER."""
        return self.certificate.public_bytes(Encoding.DER)

    def rsa_key(self) -> rsa.RSAPrivateKey:
        """The key, known to be RSA."""
        assert isinstance(self.key, rsa.RSAPrivateKey)
        return self.key


@dataclass(frozen=True, slots=True)
class Pki:
    """Everything the simulator signs with. `person_key` is shared: a key pair per invented person proves no more."""

    root: Issued
    bank: Issued
    customer: Issued
    responder: Issued
    foreign_root: Issued
    person_key: rsa.RSAPrivateKey
    tls_root: Issued
    server: Issued
    relying_party: Issued

    def person(self, personal_number: str, given: str, surname: str, *, policy: str = POLICY_MOBILE) -> Issued:
        """A user certificate as a bank issues it."""
        name = _name(
            (NameOID.COUNTRY_NAME, "SE"),
            (NameOID.ORGANIZATION_NAME, "TEST Simulated Bank AB (publ)"),
            (NameOID.SURNAME, surname),
            (NameOID.GIVEN_NAME, given),
            (NameOID.SERIAL_NUMBER, personal_number),
            (x509.ObjectIdentifier("2.5.4.41"), f"{given} {surname} - BankID TEST"),
            (NameOID.COMMON_NAME, f"{given} {surname}"),
        )
        builder = _builder(name, self.customer.certificate.subject, self.person_key)
        builder = builder.add_extension(
            x509.AuthorityInformationAccess(
                [
                    x509.AccessDescription(
                        AuthorityInformationAccessOID.OCSP,
                        x509.UniformResourceIdentifier("http://ocsp.test.invalid"),
                    ),
                ]
            ),
            critical=False,
        )
        builder = _with_policies(builder, policy)
        builder = builder.add_extension(_usage(content_commitment=True), critical=True)
        builder = _with_ids(builder, self.person_key, self.customer.key)
        return Issued(builder.sign(self.customer.key, hashes.SHA256()), self.person_key)

    def responder_for(self, issuer: Issued) -> Issued:
        """An OCSP responder that `issuer` vouches for."""
        name = _name((NameOID.COUNTRY_NAME, "SE"), (NameOID.COMMON_NAME, "TEST simulated OCSP responder"))
        builder = _builder(name, issuer.certificate.subject, self.responder.key)
        return Issued(_as_responder(builder, self.responder.key, issuer.key), self.responder.key)

    def foreign_customer(self) -> Issued:
        """A customer CA of the same name and key under another root (a bank that the pinned root never knew)."""
        return _ca("TEST Simulated Bank Customer CA1", self.foreign_root, self.customer.key)


@dataclass(frozen=True, slots=True)
class Files:
    """Where a relying party's configuration points to."""

    client_certificate: Path
    client_key: Path
    server_root: Path
    signature_roots: Path
    server: Path


def make(folder: Path) -> tuple[Pki, Files]:
    """The PKI in `folder`, made there the first time, so that a restarted demo keeps its root. Keys have mode 0600."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = _Store(folder)
    root = store.get("root", lambda: _root("TEST BankID Root CA v1 (simulated)"))
    bank = store.get("bank-ca", lambda: _ca("TEST Simulated Bank CA v1 for BankID", root, _rsa()))
    customer = store.get("customer-ca", lambda: _ca("TEST Simulated Bank Customer CA1", bank, _rsa()))
    responder = store.get("ocsp", lambda: _responder(customer))
    foreign = store.get("foreign-root", lambda: _root("TEST BankID Root CA v1 (simulated)"))
    person = store.get("person", lambda: _self_signed("TEST key of all simulated persons"))
    tls_root = store.get("tls-root", lambda: _root("TEST BankID SSL Root CA v1 (simulated)", elliptic=True))
    server = store.get("tls-server", lambda: _tls("localhost", tls_root, server=True))
    party = store.get("relying-party", lambda: _tls("Testamur TEST relying party", tls_root, server=False))
    files = Files(
        client_certificate=store.path("relying-party", "pem"),
        client_key=store.path("relying-party", "key"),
        server_root=store.path("tls-root", "pem"),
        signature_roots=store.path("root", "pem"),
        server=store.path("tls-server", "pem"),
    )
    return Pki(root, bank, customer, responder, foreign, person.rsa_key(), tls_root, server, party), files


class _Store:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, name: str, suffix: str) -> Path:
        return self._folder / f"{name}.{suffix}"

    def get(self, name: str, make_one: Callable[[], Issued]) -> Issued:
        certificate, key = self.path(name, "pem"), self.path(name, "key")
        if not certificate.exists():
            made = make_one()
            key.unlink(missing_ok=True)
            with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            certificate.write_bytes(made.certificate.public_bytes(Encoding.PEM))
        loaded = load_pem_private_key(key.read_bytes(), None, unsafe_skip_rsa_key_validation=True)  # made here
        assert isinstance(loaded, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
        return Issued(x509.load_pem_x509_certificate(certificate.read_bytes()), loaded)


def _rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _name(*parts: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def _builder(subject: x509.Name, issuer: x509.Name, key: Key) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_TO)
    )


def _usage(*, content_commitment: bool = False, ca: bool = False, digital_signature: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


def _with_ids(builder: x509.CertificateBuilder, key: Key, issuer: Key) -> x509.CertificateBuilder:
    return builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), critical=False
    ).add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)


def _with_policies(builder: x509.CertificateBuilder, *policies: str) -> x509.CertificateBuilder:
    found = [x509.PolicyInformation(x509.ObjectIdentifier(policy), None) for policy in policies]
    return builder.add_extension(x509.CertificatePolicies(found), critical=False)


def _ca_certificate(subject: x509.Name, issuer: x509.Name, key: Key, issuer_key: Key) -> x509.Certificate:
    builder = _builder(subject, issuer, key)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = _with_policies(builder, POLICY_FILE)
    builder = builder.add_extension(_usage(ca=True), critical=True)
    return _with_ids(builder, key, issuer_key).sign(issuer_key, hashes.SHA512())


def _root(common_name: str, *, elliptic: bool = False) -> Issued:
    key: Key = ec.generate_private_key(ec.SECP256R1()) if elliptic else _rsa()
    name = _name((NameOID.ORGANIZATION_NAME, "Testamur TEST"), (NameOID.COMMON_NAME, common_name))
    return Issued(_ca_certificate(name, name, key, key), key)


def _ca(common_name: str, issuer: Issued, key: Key) -> Issued:
    name = _name(
        (NameOID.COUNTRY_NAME, "SE"),
        (NameOID.ORGANIZATION_NAME, "TEST Simulated Bank AB (publ)"),
        (NameOID.SERIAL_NUMBER, "TEST"),
        (NameOID.COMMON_NAME, common_name),
    )
    return Issued(_ca_certificate(name, issuer.certificate.subject, key, issuer.key), key)


def _responder(customer: Issued) -> Issued:
    key = _rsa()
    name = _name((NameOID.COUNTRY_NAME, "SE"), (NameOID.COMMON_NAME, "TEST simulated OCSP responder"))
    return Issued(_as_responder(_builder(name, customer.certificate.subject, key), key, customer.key), key)


def _as_responder(builder: x509.CertificateBuilder, key: Key, issuer: Key) -> x509.Certificate:
    builder = builder.add_extension(_usage(digital_signature=True), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=False)
    builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    return _with_ids(builder, key, issuer).sign(issuer, hashes.SHA256())


def _self_signed(common_name: str) -> Issued:
    key = _rsa()
    name = _name((NameOID.COMMON_NAME, common_name))
    return Issued(_builder(name, name, key).sign(key, hashes.SHA256()), key)


def _tls(common_name: str, issuer: Issued, *, server: bool) -> Issued:
    key = ec.generate_private_key(ec.SECP256R1())
    purpose = ExtendedKeyUsageOID.SERVER_AUTH if server else ExtendedKeyUsageOID.CLIENT_AUTH
    builder = _builder(_name((NameOID.COMMON_NAME, common_name)), issuer.certificate.subject, key)
    builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    builder = builder.add_extension(_usage(digital_signature=True), critical=True)
    if server:
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return Issued(_with_ids(builder, key, issuer.key).sign(issuer.key, hashes.SHA256()), key)
