"""Metadata: ours, signed, for providers; theirs, from a file or an address, for us."""

from __future__ import annotations

from base64 import b64decode
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree
from signxml.algorithms import CanonicalizationMethod
from signxml.signer import XMLSigner

from testamur.access.accounts.methods.saml import kept
from testamur.access.accounts.methods.saml.encryption import GCM, OAEP, OAEP_SHA1
from testamur.access.accounts.methods.saml.known import Known
from testamur.access.accounts.methods.saml.settings import Provider, Table, address
from testamur.access.accounts.methods.saml.xml import DSIG, METADATA, NAMES, SAMLP, Element, Refused, parse, signed
from testamur.kernel.base.answers import bounded
from testamur.kernel.base.clock import stamp
from testamur.kernel.base.ids import random_id

REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
VALID = timedelta(days=7)
MOST = 64 * 2**20
"""Bytes of metadata: a federation's aggregate has thousands of providers."""
LONGEST = timedelta(days=7)
"""What was fetched holds so long at most, whatever it says of itself."""
_SAFE = ("https://", "http://127.0.0.1:", "http://localhost:")


def ours(table: Table, *, now: datetime) -> bytes:
    """Our metadata, signed."""

    def sub(above: Element, space: str, name: str, **attributes: str) -> Element:
        return etree.SubElement(above, f"{{{space}}}{name}", attributes)

    root = etree.Element(f"{{{METADATA}}}EntityDescriptor", nsmap={"md": METADATA, "ds": DSIG})
    root.set("entityID", table.us)
    root.set("ID", f"_{random_id().hex}")
    root.set("validUntil", stamp(now + VALID))
    role = sub(
        root, METADATA, "SPSSODescriptor", protocolSupportEnumeration=SAMLP, AuthnRequestsSigned="true",
        WantAssertionsSigned="true",
    )  # fmt: skip
    for use, certificate in (("signing", table.certificate), *_encryption(table)):
        key = sub(role, METADATA, "KeyDescriptor", use=use)
        data = sub(sub(key, DSIG, "KeyInfo"), DSIG, "X509Data")
        sub(data, DSIG, "X509Certificate").text = "".join(certificate.decode().strip().splitlines()[1:-1])
        if use == "encryption":
            for way in (*GCM, OAEP_SHA1, OAEP):
                sub(key, METADATA, "EncryptionMethod", Algorithm=way)
    for binding in (REDIRECT, POST):
        sub(role, METADATA, "SingleLogoutService", Binding=binding, Location=address("slo/"))
    sub(role, METADATA, "AssertionConsumerService", Binding=POST, Location=address("acs/"), index="0",
        isDefault="true")  # fmt: skip
    signer = XMLSigner(c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0)
    placeholder = etree.Element(f"{{{DSIG}}}Signature", {"Id": "placeholder"})
    root.insert(0, placeholder)
    made = signer.sign(root, key=table.key, cert=table.certificate.decode(), reference_uri=root.get("ID"),
                       id_attribute="ID")  # fmt: skip
    return bytes(etree.tostring(made, xml_declaration=True, encoding="UTF-8"))


def _encryption(table: Table) -> list[tuple[str, bytes]]:
    """Our certificate for what is encrypted for us, where its key can open anything."""
    certificate = table.opener[1]
    rsa_ = isinstance(x509.load_pem_x509_certificate(certificate).public_key(), rsa.RSAPublicKey)
    return [("encryption", certificate)] if rsa_ else []


def theirs(provider: Provider, *, now: datetime, http: httpx.BaseTransport | None = None) -> Known:
    """What the provider says of itself. Raises Refused, OSError, httpx.HTTPError.

    Of an address: what was believed when it was last fetched, as long as that holds; the background fetches it anew
    each hour (`refresh`), so nobody who logs in waits for it but the first.
    """
    if "://" not in provider.metadata:
        path = Path(provider.metadata)
        known, until = _read(path.read_bytes(), provider.entity_id, _signer(provider))
        if until is not None and until <= now:
            raise Refused("metadata is over")
        return known
    return kept.of(provider, now=now) or refresh(provider, now=now, http=http)


def refresh(provider: Provider, *, now: datetime, http: httpx.BaseTransport | None = None) -> Known:
    """Fetch what the provider says of itself, check the signature, and keep it until it ends, a week at most.

    What was kept before stays where this fails. Raises Refused, OSError, httpx.HTTPError.
    """
    known, until = _read(_fetch(provider.metadata, http), provider.entity_id, _signer(provider))
    ends = min(now + LONGEST, until) if until is not None else now + LONGEST
    if ends <= now:
        raise Refused("metadata is over")
    kept.keep(provider, known, until=ends)
    return known


def _fetch(url: str, http: httpx.BaseTransport | None) -> bytes:
    with (
        httpx.Client(transport=http, timeout=20.0, trust_env=False, follow_redirects=False) as client,
        client.stream("GET", url) as answer,
    ):
        answer.raise_for_status()
        return bounded(answer.iter_bytes(), MOST, Refused("metadata too large"))


def _signer(provider: Provider) -> bytes | None:
    return provider.metadata_certificate.read_bytes() if provider.metadata_certificate else None


@lru_cache(maxsize=4)
def _read(data: bytes, entity: str, certificate: bytes | None) -> tuple[Known, datetime | None]:
    root = parse(data)
    if certificate is not None:
        root = signed(root, [x509.load_pem_x509_certificate(certificate)])
    tag = f"{{{METADATA}}}EntityDescriptor"
    some = [one for one in root.iter(tag) if one.get("entityID") == entity]
    if len(some) != 1:
        raise Refused(f"{len(some)} providers of that id in the metadata")
    (one,) = some
    role = one.find("md:IDPSSODescriptor", NAMES)
    if role is None:
        raise Refused("no identity provider")
    places = [at.get("Location", "") for at in role.findall("md:SingleSignOnService", NAMES)
              if at.get("Binding") == REDIRECT]  # fmt: skip
    if not places or not places[0].startswith(_SAFE):
        raise Refused("no address for redirects")
    found = [
        x509.load_der_x509_certificate(b64decode("".join((cert.text or "").split())))
        for key in role.findall("md:KeyDescriptor", NAMES)
        if key.get("use") in {None, "signing"}
        for cert in key.findall("ds:KeyInfo/ds:X509Data/ds:X509Certificate", NAMES)
    ]
    if not found:
        raise Refused("no certificate")
    ends = [end for at in (root, one, role) if (end := at.get("validUntil"))]
    leaving = next((at for at in role.findall("md:SingleLogoutService", NAMES) if at.get("Binding") == REDIRECT), None)
    leave = leaving.get("Location", "") if leaving is not None else ""
    left = (leaving.get("ResponseLocation") or leave) if leaving is not None else ""
    if not leave.startswith(_SAFE) or not left.startswith(_SAFE):
        leave = left = ""
    until = min((datetime.fromisoformat(end) for end in ends), default=None)
    if until is not None and until.tzinfo is None:
        raise Refused("validUntil without a zone")
    return Known(places[0], tuple(found), leave, left), until
