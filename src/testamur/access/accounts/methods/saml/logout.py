"""Logging out at the provider as well (SAML 2.0 Core, section 3.7; Bindings, sections 3.4 and 3.5; Profiles, 4.4).

What we send is signed and goes by the browser. What comes is believed when its signature is the provider's: over the
query as it was sent, or over the posted message. Nothing hangs on an answer to a request of ours: here the login ended
before the provider was asked.
"""

from __future__ import annotations

import zlib
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from lxml import etree

from testamur.access.accounts.methods.saml.known import Known
from testamur.access.accounts.methods.saml.requests import redirect
from testamur.access.accounts.methods.saml.responses import NameId, has_passed, is_recent
from testamur.access.accounts.methods.saml.settings import Table, address
from testamur.access.accounts.methods.saml.xml import SAML, SAMLP, Element, Refused, parse, signed, text
from testamur.kernel.base.clock import stamp

SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
USER = "urn:oasis:names:tc:SAML:2.0:logout:user"
MOST = 64 * 1024
"""Bytes of a message."""
MOST_SESSIONS = 20
_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_HASHES: Mapping[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512(),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A provider says that somebody logged out there: under which name, in which of its sessions (none: in all)."""

    id: str
    name_id: NameId
    sessions: tuple[str, ...]


def leave(table: Table, known: Known, *, key: str, name_id: NameId, session: str, now: datetime) -> str:
    """The address that tells the provider that somebody logged out here. Raises Refused where it takes no word."""
    if not known.leave:
        raise Refused("the provider has no address for logging out")
    root = _message("LogoutRequest", table, key, known.leave, now)
    root.set("Reason", USER)
    named = {"Format": name_id.format, "NameQualifier": name_id.qualifier, "SPNameQualifier": name_id.ours}
    one = etree.SubElement(root, f"{{{SAML}}}NameID", {name: value for name, value in named.items() if value})
    one.text = name_id.value
    if session:
        etree.SubElement(root, f"{{{SAMLP}}}SessionIndex").text = session
    return redirect(table, sso=known.leave, request=bytes(etree.tostring(root)), state="")


def answer(table: Table, known: Known, *, key: str, request: str, state: str, now: datetime) -> str:
    """The address that tells the provider that we did as it asked. Raises Refused where it takes no answer."""
    if not known.left:
        raise Refused("the provider has no address for logging out")
    root = _message("LogoutResponse", table, key, known.left, now)
    root.set("InResponseTo", request)
    status = etree.SubElement(root, f"{{{SAMLP}}}Status")
    etree.SubElement(status, f"{{{SAMLP}}}StatusCode", {"Value": SUCCESS})
    return redirect(table, sso=known.left, request=bytes(etree.tostring(root)), state=state, name="SAMLResponse")


def _message(kind: str, table: Table, key: str, destination: str, now: datetime) -> Element:
    root = etree.Element(f"{{{SAMLP}}}{kind}", nsmap={"samlp": SAMLP, "saml": SAML})
    for name, value in (("ID", key), ("Version", "2.0"), ("IssueInstant", stamp(now)), ("Destination", destination)):
        root.set(name, value)
    etree.SubElement(root, f"{{{SAML}}}Issuer").text = table.us
    return root


def issuer(data: bytes) -> str:
    """Who says to have sent a message: only for finding out whose signature it has to bear. Raises Refused."""
    return text(parse(data), "saml:Issuer")


def packed(query: str) -> bytes:
    """The message in a query. Raises Refused."""
    try:
        (value,) = parse_qs(query, max_num_fields=10).get("SAMLRequest", [])
        unpacker = zlib.decompressobj(-15)
        data = unpacker.decompress(b64decode(value, validate=True), MOST)
    except (ValueError, zlib.error) as error:
        raise Refused("no message") from error
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise Refused("too large")
    return data


def posted(value: str) -> bytes:
    """The message in a form. Raises Refused."""
    if len(value) > MOST * 4 // 3:
        raise Refused("too large")
    try:
        return b64decode("".join(value.split()), validate=True)
    except ValueError as error:
        raise Refused("no Base64") from error


def asked(data: bytes, *, entity: str, known: Known, query: str | None, now: datetime) -> Asked:
    """What a provider asks. `query`: as it was sent, where the signature is over that. Raises Refused."""
    root = parse(data)
    if query is not None:
        _over_query(query, known.certificates)
    else:
        root = signed(root, known.certificates)
    ends = root.get("NotOnOrAfter")
    right = (
        root.tag == f"{{{SAMLP}}}LogoutRequest", root.get("Version") == "2.0", text(root, "saml:Issuer") == entity,
        root.get("Destination") == address("slo/"), is_recent(root.get("IssueInstant"), now),
        ends is None or not has_passed(ends, now), bool(root.get("ID")),
    )  # fmt: skip
    if not all(right):
        raise Refused("a request to log out that is none, not for us, or old")
    one, value = root.find(f"{{{SAML}}}NameID"), text(root, "saml:NameID")
    if one is None or not value:
        raise Refused("nobody is named")
    sessions = tuple((each.text or "").strip() for each in root.findall(f"{{{SAMLP}}}SessionIndex"))
    if len(sessions) > MOST_SESSIONS:
        raise Refused("too many sessions")
    named = NameId(value, one.get("Format", ""), one.get("NameQualifier", ""), one.get("SPNameQualifier", ""))
    return Asked(str(root.get("ID")), named, tuple(filter(None, sessions)))


def _over_query(query: str, certificates: tuple[x509.Certificate, ...]) -> None:
    """Check the signature of a query, over its parts exactly as they were sent. Raises Refused."""
    parts: dict[str, str] = {}
    for part in query.split("&"):
        name, _equals, value = part.partition("=")
        if name in parts:
            raise Refused("a parameter twice")
        parts[name] = value
    kept = [name for name in ("SAMLRequest", "RelayState", "SigAlg") if name in parts]
    content = "&".join(f"{name}={parts[name]}" for name in kept).encode()
    told = parse_qs(query, max_num_fields=10)
    try:
        (kind,), (value,) = told.get("SigAlg", []), told.get("Signature", [])
        signature = b64decode(value, validate=True)
    except ValueError as error:
        raise Refused("no signature") from error
    family, _dash, name = kind.removeprefix(_MORE).partition("-")
    digest = _HASHES.get(name)
    if not kind.startswith(_MORE) or digest is None:
        raise Refused("a signature of a kind that is not taken")
    if not any(_holds(one, family, digest, signature, content) for one in certificates):
        raise Refused("signature")


def _holds(
    certificate: x509.Certificate, family: str, digest: hashes.HashAlgorithm, signature: bytes, content: bytes
) -> bool:
    key = certificate.public_key()
    try:
        if family == "rsa" and isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, content, padding.PKCS1v15(), digest)
        elif family == "ecdsa" and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, content, ec.ECDSA(digest))
        else:
            return False
    except InvalidSignature:
        return False
    return True
