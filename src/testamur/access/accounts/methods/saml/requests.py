"""What we ask a provider: an AuthnRequest, signed, in the address (SAML 2.0 Bindings, section 3.4)."""

from __future__ import annotations

import zlib
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from lxml import etree

from testamur.access.accounts.methods.saml.metadata import POST
from testamur.access.accounts.methods.saml.settings import Table, address
from testamur.access.accounts.methods.saml.xml import SAML, SAMLP
from testamur.kernel.base.clock import stamp

RSA, ECDSA = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"


def authn_request(table: Table, *, key: str, sso: str, contexts: Sequence[str], fresh: bool, now: datetime) -> bytes:
    """The request with that id. `fresh`: the person has to identify anew."""
    root = etree.Element(f"{{{SAMLP}}}AuthnRequest", nsmap={"samlp": SAMLP, "saml": SAML})
    for name, value in (
        ("ID", key), ("Version", "2.0"), ("IssueInstant", stamp(now)), ("Destination", sso),
        ("AssertionConsumerServiceURL", address("acs/")), ("ProtocolBinding", POST),
    ):  # fmt: skip
        root.set(name, value)
    if fresh:
        root.set("ForceAuthn", "true")
    etree.SubElement(root, f"{{{SAML}}}Issuer").text = table.us
    if contexts:
        asked = etree.SubElement(root, f"{{{SAMLP}}}RequestedAuthnContext", {"Comparison": "exact"})
        for context in contexts:
            etree.SubElement(asked, f"{{{SAML}}}AuthnContextClassRef").text = context
    return bytes(etree.tostring(root))


def redirect(table: Table, *, sso: str, request: bytes, state: str, name: str = "SAMLRequest") -> str:
    """The address to send the browser to, with a message of ours in it, signed. An empty `state` is left out."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b64encode(packer.compress(request) + packer.flush()).decode()
    key = load_pem_private_key(table.key, None)
    kind = ECDSA if isinstance(key, ec.EllipticCurvePrivateKey) else RSA
    told = ((name, packed), ("RelayState", state), ("SigAlg", kind))
    signed = "&".join(f"{one}={quote(value, safe='')}" for one, value in told if value)
    if isinstance(key, rsa.RSAPrivateKey):
        made = key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    elif isinstance(key, ec.EllipticCurvePrivateKey):
        made = key.sign(signed.encode(), ec.ECDSA(hashes.SHA256()))
    else:
        raise TypeError("the key for SAML is RSA or ECDSA")
    return f"{sso}{'&' if '?' in sso else '?'}{signed}&Signature={quote(b64encode(made).decode(), safe='')}"
