"""An identity provider of SAML that signs what it is told to, and the eight ways to wrap a signature."""

from __future__ import annotations

import copy
import os
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import CanonicalizationMethod
from signxml.signer import XMLSigner

SAML, SAMLP = "urn:oasis:names:tc:SAML:2.0:assertion", "urn:oasis:names:tc:SAML:2.0:protocol"
DSIG, MD = "http://www.w3.org/2000/09/xmldsig#", "urn:oasis:names:tc:SAML:2.0:metadata"
LOA3 = "http://id.sambi.se/loa/loa3"
EPPN = "urn:oid:1.3.6.1.4.1.5923.1.1.1.6"
PNR = "urn:oid:1.2.752.29.4.13"
Element = etree._Element


@dataclass
class Pair:
    """A key and its certificate."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @classmethod
    def made(cls, name: str) -> Pair:
        """A new one, good for a year before and after 2026."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = (
            x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2040, 1, 1, tzinfo=UTC))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )  # fmt: skip
        return cls(key, made)

    @property
    def pem(self) -> bytes:
        """The certificate."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        """The key."""
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


@dataclass
class Asked:
    """What our request says."""

    id: str
    acs: str
    issuer: str
    force: bool
    contexts: list[str]
    state: str


@dataclass
class Provider:
    """The provider."""

    entity: str = "https://idp.example/metadata"
    sso: str = "https://idp.example/sso"
    slo: str = ""
    pair: Pair = field(default_factory=lambda: Pair.made("idp"))

    def metadata(self, folder: Path, *, signer: Pair | None = None, until: str = "") -> Path:
        """Its metadata, as a file; signed where asked."""
        path = folder / "idp.xml"
        path.write_bytes(self.described(signer=signer, until=until))
        return path

    def described(self, *, signer: Pair | None = None, until: str = "") -> bytes:
        """What it says of itself; signed where asked."""
        root = etree.Element(f"{{{MD}}}EntityDescriptor", {"entityID": self.entity, "ID": "_md"}, nsmap={"md": MD})
        role = etree.SubElement(root, f"{{{MD}}}IDPSSODescriptor", {"protocolSupportEnumeration": SAMLP})
        key = etree.SubElement(role, f"{{{MD}}}KeyDescriptor", {"use": "signing"})
        data = etree.SubElement(etree.SubElement(key, f"{{{DSIG}}}KeyInfo"), f"{{{DSIG}}}X509Data")
        text = "".join(self.pair.pem.decode().strip().splitlines()[1:-1])
        etree.SubElement(data, f"{{{DSIG}}}X509Certificate").text = text
        binding = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
        if self.slo:
            place = {"Binding": binding, "Location": self.slo, "ResponseLocation": f"{self.slo}/done"}
            etree.SubElement(role, f"{{{MD}}}SingleLogoutService", place)
        etree.SubElement(role, f"{{{MD}}}SingleSignOnService", {"Binding": binding, "Location": self.sso})
        if until:
            root.set("validUntil", until)
        return bytes(etree.tostring(_signed(root, signer) if signer else root))

    def read(self, address: str, certificate: x509.Certificate) -> Asked:
        """Our request, whose signature has to be right."""
        query = urlsplit(address).query
        signed, _and, _rest = query.partition("&Signature=")
        told = parse_qs(query)
        key = certificate.public_key()
        assert isinstance(key, rsa.RSAPublicKey)
        key.verify(b64decode(told["Signature"][0]), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        root = etree.fromstring(zlib.decompress(b64decode(told["SAMLRequest"][0]), -15))
        return Asked(
            root.get("ID", ""), root.get("AssertionConsumerServiceURL", ""), root.findtext(f"{{{SAML}}}Issuer", ""),
            root.get("ForceAuthn") == "true",
            [one.text or "" for one in root.iter(f"{{{SAML}}}AuthnContextClassRef")], told["RelayState"][0],
        )  # fmt: skip

    def _told(self, address: str, name: str, certificate: x509.Certificate) -> tuple[Element, dict[str, list[str]]]:
        """A message of ours in an address, whose signature has to be right, and the other parameters."""
        query = urlsplit(address).query
        signed, _and, _rest = query.partition("&Signature=")
        told = parse_qs(query)
        key = certificate.public_key()
        assert isinstance(key, rsa.RSAPublicKey)
        key.verify(b64decode(told["Signature"][0]), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return etree.fromstring(zlib.decompress(b64decode(told[name][0]), -15)), told

    def read_leaving(self, address: str, certificate: x509.Certificate) -> tuple[str, str, str, str, list[str]]:
        """Our word that somebody logged out: where to, who says so, whom it names, how, in which sessions."""
        root, _told = self._told(address, "SAMLRequest", certificate)
        assert root.tag == f"{{{SAMLP}}}LogoutRequest"
        name = root.find(f"{{{SAML}}}NameID")
        assert name is not None
        sessions = [one.text or "" for one in root.findall(f"{{{SAMLP}}}SessionIndex")]
        return (
            root.get("Destination", ""), root.findtext(f"{{{SAML}}}Issuer", ""), name.text or "",
            name.get("Format", ""), sessions,
        )  # fmt: skip

    def read_answer(self, address: str, certificate: x509.Certificate) -> tuple[str, str, str]:
        """Our answer to its word: to which request, with what outcome, and its own state."""
        root, told = self._told(address, "SAMLResponse", certificate)
        assert address.startswith(f"{self.slo}/done?")
        (code,) = root.iter(f"{{{SAMLP}}}StatusCode")
        return root.get("InResponseTo", ""), code.get("Value", ""), told["RelayState"][0]

    def assertion(self, asked: Asked, number: str, now: datetime) -> Element:
        """An unsigned assertion about whoever has that number."""
        at, end = _stamp(now), _stamp(now + timedelta(minutes=5))
        return etree.fromstring(f"""<saml:Assertion xmlns:saml="{SAML}" ID="_assertion" Version="2.0"
            IssueInstant="{at}">
          <saml:Issuer>{self.entity}</saml:Issuer>
          <saml:Subject><saml:NameID>somebody</saml:NameID>
            <saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData
              InResponseTo="{asked.id}" Recipient="{asked.acs}" NotOnOrAfter="{end}"/></saml:SubjectConfirmation>
          </saml:Subject>
          <saml:Conditions NotBefore="{at}" NotOnOrAfter="{end}"><saml:AudienceRestriction>
            <saml:Audience>{asked.issuer}</saml:Audience></saml:AudienceRestriction></saml:Conditions>
          <saml:AuthnStatement AuthnInstant="{at}"><saml:AuthnContext>
            <saml:AuthnContextClassRef>{LOA3}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>
          <saml:AttributeStatement><saml:Attribute Name="{PNR}">
            <saml:AttributeValue>{number}</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>
        </saml:Assertion>""")  # fmt: skip

    def response(
        self,
        asked: Asked,
        number: str,
        now: datetime,
        *,
        change: Callable[[Element], object] = lambda _root: None,
        after: Callable[[Element], object] = lambda _root: None,
        by: Pair | None = None,
        sign: str = "assertion",
        seal: Callable[[bytes], Element] | None = None,
    ) -> str:
        """What the browser posts. `change` is done before signing, `after` when all is signed.

        `seal`: what becomes of the assertion, once it is signed, for the response to hold instead.
        """
        root = etree.fromstring(f"""<samlp:Response xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" ID="_response"
          Version="2.0" IssueInstant="{_stamp(now)}" Destination="{asked.acs}" InResponseTo="{asked.id}">
          <saml:Issuer>{self.entity}</saml:Issuer><samlp:Status><samlp:StatusCode
            Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status></samlp:Response>""")
        root.append(self.assertion(asked, number, now))
        change(root)
        pair = by or self.pair
        if sign in {"assertion", "both"}:
            inner = root.find(f"{{{SAML}}}Assertion")
            assert inner is not None
            made = _signed(etree.fromstring(etree.tostring(inner)), pair)
            root.replace(inner, made)
        if seal is not None:
            open_ = root.find(f"{{{SAML}}}Assertion")
            assert open_ is not None
            root.replace(open_, seal(etree.tostring(open_)))
        if sign in {"response", "both"}:
            root = _signed(root, pair)
        after(root)
        return b64encode(etree.tostring(root)).decode()

    def leaving(
        self, acs: str, value: str, now: datetime, *, session: str = "", by: Pair | None = None, **change: str
    ) -> str:
        """Our address to which it sends the browser of whoever logged out there, with its signed word."""
        root = self.leaving_message(acs, value, now, session, **change)
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = b64encode(packer.compress(etree.tostring(root)) + packer.flush()).decode()
        kind = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
        told = urlencode({"SAMLRequest": packed, "RelayState": "theirs", "SigAlg": kind}, quote_via=quote)
        made = (by or self.pair).key.sign(told.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{acs}?{told}&{urlencode({'Signature': b64encode(made).decode()})}"

    def leaving_posted(self, acs: str, value: str, now: datetime, *, by: Pair | None = None) -> str:
        """The same word as a form holds it."""
        return b64encode(etree.tostring(_signed(self.leaving_message(acs, value, now, ""), by or self.pair))).decode()

    def leaving_message(self, acs: str, value: str, now: datetime, session: str, **change: str) -> Element:
        """The unsigned request."""
        index = f"<samlp:SessionIndex>{session}</samlp:SessionIndex>" if session else ""
        root = etree.fromstring(f"""<samlp:LogoutRequest xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" ID="_leaving"
          Version="2.0" IssueInstant="{_stamp(now)}" Destination="{acs}"><saml:Issuer>{self.entity}</saml:Issuer>
          <saml:NameID>{value}</saml:NameID>{index}</samlp:LogoutRequest>""")
        for name, told in change.items():
            root.set(name, told)
        return root


def sealed(certificate: x509.Certificate, *, way: str = "gcm", oaep: str = "sha1") -> Callable[[bytes], Element]:
    """What encrypts an assertion for whoever has the key of that certificate."""
    xenc, xenc11 = "http://www.w3.org/2001/04/xmlenc#", "http://www.w3.org/2009/xmlenc11#"

    def seal(data: bytes) -> Element:
        secret, public = os.urandom(32), certificate.public_key()
        assert isinstance(public, rsa.RSAPublicKey)
        if way == "gcm":
            start = os.urandom(12)
            content, kind = start + AESGCM(secret).encrypt(start, data, None), f"{xenc11}aes256-gcm"
        else:
            start, rest = os.urandom(16), 16 - len(data) % 16
            doing = Cipher(algorithms.AES(secret), modes.CBC(start)).encryptor()
            content = start + doing.update(data + bytes(rest - 1) + bytes([rest])) + doing.finalize()
            kind = f"{xenc}aes256-cbc"
        if oaep == "pkcs1":
            key, how = public.encrypt(secret, padding.PKCS1v15()), f'Algorithm="{xenc}rsa-1_5">'
        elif oaep == "sha256":
            both = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
            key = public.encrypt(secret, both)
            how = (
                f'Algorithm="{xenc11}rsa-oaep"><ds:DigestMethod xmlns:ds="{DSIG}" Algorithm="{xenc}sha256"/>'
                f'<xenc11:MGF xmlns:xenc11="{xenc11}" Algorithm="{xenc11}mgf1sha256"/>'
            )
        else:
            old = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)
            key, how = public.encrypt(secret, old), f'Algorithm="{xenc}rsa-oaep-mgf1p">'
        return etree.fromstring(f"""<saml:EncryptedAssertion xmlns:saml="{SAML}"><xenc:EncryptedData
          xmlns:xenc="{xenc}" Type="{xenc}Element"><xenc:EncryptionMethod Algorithm="{kind}"/>
          <ds:KeyInfo xmlns:ds="{DSIG}"><xenc:EncryptedKey><xenc:EncryptionMethod {how}</xenc:EncryptionMethod>
          <xenc:CipherData><xenc:CipherValue>{b64encode(key).decode()}</xenc:CipherValue></xenc:CipherData>
          </xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue>{b64encode(content).decode()}
          </xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></saml:EncryptedAssertion>""")

    return seal


def _signed(element: Element, pair: Pair) -> Element:
    element.insert(0 if not element.tag.endswith(("Assertion", "Response", "LogoutRequest")) else 1,
                   etree.Element(f"{{{DSIG}}}Signature", {"Id": "placeholder"}, nsmap={"ds": DSIG}))  # fmt: skip
    signer = XMLSigner(c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0)
    return signer.sign(
        element, key=pair.key_pem, cert=pair.pem.decode(), reference_uri=element.get("ID"), id_attribute="ID"
    )


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _drop(element: Element, tag: str) -> None:
    found = element.find(tag)
    assert found is not None
    element.remove(found)


def _parts(root: Element, number: str) -> tuple[Element, Element, Element]:
    """The signed assertion, its signature, and an evil copy without one."""
    good = root.find(f"{{{SAML}}}Assertion")
    assert good is not None
    signature = good.find(f"{{{DSIG}}}Signature")
    assert signature is not None
    evil = copy.deepcopy(good)
    _drop(evil, f"{{{DSIG}}}Signature")
    evil.set("ID", "_evil")
    next(evil.iter(f"{{{SAML}}}AttributeValue")).text = number
    return good, signature, evil


def wrapped(kind: int, number: str) -> Callable[[Element], None]:
    """One of the eight wrappings (XSW 1-8), which puts an assertion about `number` where a careless reader looks.

    1 and 2 are of a signed response, 3 to 8 of a signed assertion.
    """

    def of_response(root: Element) -> None:
        original = copy.deepcopy(root)
        signature = root.find(f"{{{DSIG}}}Signature")
        assert signature is not None
        root.set("ID", "_evil")
        next(root.iter(f"{{{SAML}}}AttributeValue")).text = number
        _drop(original, f"{{{DSIG}}}Signature")
        if kind == 1:
            signature.append(original)
        else:
            root.insert(list(root).index(signature), original)

    def of_assertion(root: Element) -> None:
        good, signature, evil = _parts(root, number)
        if kind == 3:
            root.insert(list(root).index(good), evil)
        elif kind == 4:
            root.replace(good, evil)
            evil.append(good)
        elif kind == 5:
            good.remove(signature)
            root.append(good)
            evil.insert(1, signature)
            root.insert(0, evil)
        elif kind == 6:
            good.remove(signature)
            root.replace(good, evil) if good.getparent() is root else None
            evil.insert(1, signature)
            signature.append(good)
        elif kind == 7:
            extensions = etree.SubElement(root, f"{{{SAMLP}}}Extensions")
            extensions.append(evil)
        else:
            root.replace(good, evil)
            good.remove(signature)
            evil.insert(1, signature)
            etree.SubElement(signature, f"{{{DSIG}}}Object").append(good)

    return of_response if kind < 3 else of_assertion
