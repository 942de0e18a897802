"""XML of strangers: read without entities, comments or two things of one id; believed only in what a signature covers.

Whatever is taken from a message is taken from the very bytes that the signature was made over, never from the message
that was parsed around them: so nothing that is wrapped, moved or added beside it is ever looked at (Somorovsky and
others, "On Breaking SAML", 2012).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cryptography import x509
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import InvalidCertificate, InvalidDigest, InvalidInput, InvalidSignature
from signxml.verifier import SignatureConfiguration, XMLVerifier

SAML, SAMLP = "urn:oasis:names:tc:SAML:2.0:assertion", "urn:oasis:names:tc:SAML:2.0:protocol"
METADATA, DSIG = "urn:oasis:names:tc:SAML:2.0:metadata", "http://www.w3.org/2000/09/xmldsig#"
NAMES = {"saml": SAML, "samlp": SAMLP, "md": METADATA, "ds": DSIG}
_METHODS = frozenset(
    {
        SignatureMethod.RSA_SHA256, SignatureMethod.RSA_SHA384, SignatureMethod.RSA_SHA512,
        SignatureMethod.SHA256_RSA_MGF1, SignatureMethod.SHA384_RSA_MGF1, SignatureMethod.SHA512_RSA_MGF1,
        SignatureMethod.ECDSA_SHA256, SignatureMethod.ECDSA_SHA384, SignatureMethod.ECDSA_SHA512,
    }
)  # fmt: skip
_DIGESTS = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})
Element = etree._Element  # noqa: SLF001 - lxml has no public name for it


class Refused(Exception):  # noqa: N818 - an answer, as the kernel's Refused is
    """The message is not believed; the text says why, for the log."""


def parse(data: bytes) -> Element:
    """A document without a doctype, comments, instructions and repeated ids. Raises Refused."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Refused("no XML") from error
    told: Any = root.getroottree().docinfo
    if told.doctype or told.internalDTD is not None:
        raise Refused("a doctype")
    ids: set[str] = set()
    for one in root.iter():
        if not isinstance(one.tag, str):
            raise Refused("a comment or instruction")  # it would cut a text in two
        for name in ("ID", "Id", "id"):
            key = one.get(name)
            if key is not None:
                if key in ids:
                    raise Refused("an id twice")
                ids.add(key)
    return root


def signed(element: Element, certificates: Sequence[x509.Certificate]) -> Element:
    """What the signature of `element` (a child of it) covers, which has to be that element. Raises Refused.

    The answer is a document of its own, parsed from the bytes that were signed.
    """
    mine = element.findall(f"{{{DSIG}}}Signature")
    if len(mine) != 1:
        raise Refused(f"{len(mine)} signatures")
    references = mine[0].findall("ds:SignedInfo/ds:Reference", NAMES)
    if len(references) != 1 or references[0].get("URI") != f"#{element.get('ID')}" or not element.get("ID"):
        raise Refused("a signature of something else")
    config = SignatureConfiguration(
        location="./", expect_references=1, signature_methods=_METHODS, digest_algorithms=_DIGESTS
    )
    alone = etree.fromstring(etree.tostring(element, with_tail=False))
    why = "no certificate"
    for certificate in certificates:
        try:
            found = XMLVerifier().verify(
                alone, x509_cert=certificate, id_attribute="ID", expect_config=config, validate_schema=True
            )
        except (InvalidSignature, InvalidDigest, InvalidInput, InvalidCertificate, ValueError, KeyError) as error:
            why = type(error).__name__
            continue
        covered = found.signed_xml if not isinstance(found, list) else None
        if covered is None or covered.tag != element.tag or covered.get("ID") != element.get("ID"):
            raise Refused("a signature of something else")
        return parse(etree.tostring(covered))
    raise Refused(f"signature ({why})")


def text(element: Element, path: str) -> str:
    """The text at a path; empty where there is none, or it has elements inside."""
    found = element.find(path, NAMES)
    return (found.text or "").strip() if found is not None and len(found) == 0 else ""
