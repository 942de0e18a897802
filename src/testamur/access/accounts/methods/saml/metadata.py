"""Metadata: ours, signed, for providers; theirs, from a file or an address, for us."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from time import monotonic

import httpx
from cryptography import x509
from lxml import etree
from signxml.algorithms import CanonicalizationMethod
from signxml.signer import XMLSigner

from testamur.access.accounts.methods.saml.settings import Provider, Table, address
from testamur.access.accounts.methods.saml.xml import DSIG, METADATA, NAMES, SAMLP, Element, Refused, parse, signed
from testamur.kernel.base.clock import stamp
from testamur.kernel.base.ids import random_id

REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
VALID = timedelta(days=7)
MOST = 64 * 2**20
"""Bytes of metadata: a federation's aggregate has thousands of providers."""
_KEEP = 3600.0


@dataclass(frozen=True, slots=True)
class Known:
    """What a provider says of itself: where requests go, and with which certificates it signs."""

    sso: str
    certificates: tuple[x509.Certificate, ...]


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
    key = sub(role, METADATA, "KeyDescriptor", use="signing")
    data = sub(sub(key, DSIG, "KeyInfo"), DSIG, "X509Data")
    sub(data, DSIG, "X509Certificate").text = "".join(table.certificate.decode().strip().splitlines()[1:-1])
    sub(role, METADATA, "AssertionConsumerService", Binding=POST, Location=address("acs/"), index="0",
        isDefault="true")  # fmt: skip
    signer = XMLSigner(c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0)
    placeholder = etree.Element(f"{{{DSIG}}}Signature", {"Id": "placeholder"})
    root.insert(0, placeholder)
    made = signer.sign(root, key=table.key, cert=table.certificate.decode(), reference_uri=root.get("ID"),
                       id_attribute="ID")  # fmt: skip
    return bytes(etree.tostring(made, xml_declaration=True, encoding="UTF-8"))


_fetched: dict[str, tuple[float, bytes]] = {}


def theirs(provider: Provider, *, now: datetime, http: httpx.BaseTransport | None = None) -> Known:
    """What the provider says of itself. Raises Refused, OSError, httpx.HTTPError."""
    if "://" not in provider.metadata:
        path = Path(provider.metadata)
        return _known(path.read_bytes(), provider, now)
    at, data = _fetched.get(provider.metadata, (0.0, b""))
    if not data or monotonic() - at > _KEEP:
        data = _fetch(provider.metadata, http)
        known = _known(data, provider, now)
        _fetched[provider.metadata] = (monotonic(), data)
        return known
    return _known(data, provider, now)


def _fetch(url: str, http: httpx.BaseTransport | None) -> bytes:
    data = bytearray()
    with (
        httpx.Client(transport=http, timeout=20.0, trust_env=False, follow_redirects=False) as client,
        client.stream("GET", url) as answer,
    ):
        answer.raise_for_status()
        for piece in answer.iter_bytes():
            data += piece
            if len(data) > MOST:
                raise Refused("metadata too large")
    return bytes(data)


def _known(data: bytes, provider: Provider, now: datetime) -> Known:
    certificate = provider.metadata_certificate.read_bytes() if provider.metadata_certificate else None
    known = _read(data, provider.entity_id, certificate)
    if known[1] is not None and known[1] <= now:
        raise Refused("metadata is over")
    return known[0]


@lru_cache(maxsize=16)
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
    if not places or not places[0].startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise Refused("no address for redirects")
    found = [
        x509.load_der_x509_certificate(b64decode("".join((cert.text or "").split())))
        for key in role.findall("md:KeyDescriptor", NAMES)
        if key.get("use") in {None, "signing"}
        for cert in key.findall("ds:KeyInfo/ds:X509Data/ds:X509Certificate", NAMES)
    ]
    if not found:
        raise Refused("no certificate")
    ends = [until for at in (root, one) if (until := at.get("validUntil"))]
    return Known(places[0], tuple(found)), min((datetime.fromisoformat(end) for end in ends), default=None)
