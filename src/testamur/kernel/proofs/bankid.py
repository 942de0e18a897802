"""The signature object of BankID (RP API v6): an XML signature of one exact shape, and the OCSP response beside it.

Nothing is looked up by Id or by name search: the shape is fixed, every element is taken by its place, and whatever
does not belong there is refused. So a signature cannot be wrapped, and a comment cannot cut a text in two.
Sources: the genuine test signatures published by third parties, XML Signature (W3C REC 2002-02-12), Canonical XML 1.0,
RFC 6960 (OCSP), BankID Relying Party Guidelines v6.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from testamur.kernel.proofs import chain
from testamur.kernel.proofs.bankid_ocsp import check_ocsp
from testamur.kernel.proofs.bankid_xml import algorithm_is, binary, canonical, children, local, misshapen, parse
from testamur.kernel.proofs.report import EvidenceError

MAX_CERTIFICATES = 5

__all__ = ["PRODUCTION_POLICIES", "TEST_POLICIES", "BankIdEvidence", "EvidenceError", "verify_bankid"]

TEST_POLICIES = frozenset({"1.2.3.4.5", "1.2.3.4.10", "1.2.3.4.25", "1.2.752.60.1.6"})
"""On file, on card, mobile, test bank: issued in the test environment only."""
PRODUCTION_POLICIES = frozenset({"1.2.752.78.1.1", "1.2.752.78.1.2", "1.2.752.78.1.5"})
"""On file, on card, mobile."""

DSIG = "{http://www.w3.org/2000/09/xmldsig#}"
BID = "{http://www.bankid.com/signature/v1.0.0/types}"
_C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
_SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
_TYPE = BID[1:-1]
_PERSONAL_NUMBER = re.compile(r"\d{12}")


@dataclass(frozen=True, slots=True)
class BankIdEvidence:
    """What a BankID signature attests, every field of it verified.

    Attributes:
        personal_number: 12 digits, from the user's certificate.
        name, given, surname: from the user's certificate.
        visible, nonvisible: the bytes that were shown and not shown; None where the element is absent.
        visible_format: ``simpleMarkdownV1`` or empty.
        rp_name, rp_display_name: the relying party as BankID recorded it.
        signed_at: `producedAt` of the OCSP response, or the time that the caller gave where it allowed none.
        policies: certificate policies of the user's certificate.
        test: True when the certificate comes from the test environment.
        certificates: SHA-256 fingerprints, user first, pinned root last (hex).
        function: ``Signing`` or ``Identification``.
        ocsp_checked: False only where the caller allowed a missing OCSP response.
    """

    personal_number: str
    name: str
    given: str
    surname: str
    visible: bytes | None
    nonvisible: bytes | None
    visible_format: str
    rp_name: str
    rp_display_name: str
    signed_at: datetime
    policies: tuple[str, ...]
    test: bool
    certificates: tuple[str, ...]
    function: str
    ocsp_checked: bool


@dataclass(frozen=True, slots=True)
class _Parts:
    signed_info: etree._Element
    signature: bytes
    key_info: etree._Element
    certificates: tuple[x509.Certificate, ...]
    data: etree._Element


def verify_bankid(
    signature_xml: bytes,
    ocsp_der: bytes | None,
    *,
    roots: Sequence[bytes],
    expected_nonvisible: bytes | None,
    expected_visible: bytes | None,
    require_signing: bool = True,
    expected_rp_name: str | None = None,
    policies: Collection[str] = TEST_POLICIES | PRODUCTION_POLICIES,
    missing_ocsp_at: datetime | None = None,
) -> BankIdEvidence:
    """Check one BankID signature completely and say what it attests.

    Args:
        signature_xml: the XML itself (`completionData.signature`, base64 decoded).
        ocsp_der: the OCSP response (`completionData.ocspResponse`, base64 decoded).
        roots: DER of the pinned roots.
        expected_nonvisible: bytes that must equal the signed ones; None means that nothing is expected of them.
        expected_visible: the same for the text that was shown.
        require_signing: refuse an identification.
        expected_rp_name: distinguished name of our relying party certificate, as BankID records it.
        policies: accepted certificate policies.
        missing_ocsp_at: the one way to accept a signature without OCSP response: the time to check the chain at.

    Raises `EvidenceError` with a ``bankid.…`` or ``chain.…`` code.
    """
    root = parse(signature_xml)
    parts = _take_apart(root)
    user = parts.certificates[0]
    _check_signature(parts, user)
    personal_number = _check_user(user, policies)
    if ocsp_der is None:
        if missing_ocsp_at is None:
            raise EvidenceError("bankid.ocsp.absent", "There is no OCSP response beside the signature.", undecided=True)
        signed_at = missing_ocsp_at
    else:
        signed_at = check_ocsp(ocsp_der, signature_xml, parts.certificates)
    path = _check_chain(parts.certificates, roots, signed_at)
    fields = _read_data(parts.data)
    _compare(fields, require_signing, expected_nonvisible, expected_visible, expected_rp_name)
    found = _policies(user)
    return BankIdEvidence(
        personal_number=personal_number,
        name=chain.name_of(user),
        given=chain.attribute(user, x509.NameOID.GIVEN_NAME),
        surname=chain.attribute(user, x509.NameOID.SURNAME),
        visible=fields.visible,
        nonvisible=fields.nonvisible,
        visible_format=fields.visible_format,
        rp_name=fields.rp_name,
        rp_display_name=fields.rp_display_name,
        signed_at=signed_at,
        policies=found,
        test=bool(TEST_POLICIES.intersection(found)),
        certificates=tuple(chain.fingerprint(c) for c in path.certificates),
        function=fields.function,
        ocsp_checked=ocsp_der is not None,
    )


# --- shape ---------------------------------------------------------------------------------------


def _take_apart(root: etree._Element) -> _Parts:
    if root.tag != f"{DSIG}Signature":
        raise misshapen("the root element is not Signature")
    signed_info, value, key_info, holder = children(
        root, f"{DSIG}SignedInfo", f"{DSIG}SignatureValue", f"{DSIG}KeyInfo", f"{DSIG}Object"
    )
    (x509_data,) = children(key_info, f"{DSIG}X509Data", attributes=("Id",))
    (data,) = children(holder, f"{BID}bankIdSignedData")
    if key_info.get("Id") != "bidKeyInfo" or data.get("Id") != "bidSignedData":
        raise misshapen("the Ids are not bidKeyInfo and bidSignedData")
    if not 1 <= len(x509_data) <= MAX_CERTIFICATES:
        raise misshapen("the number of certificates is wrong")
    elements = children(x509_data, *[f"{DSIG}X509Certificate"] * len(x509_data))
    try:
        certificates = tuple(chain.load(binary(element)) for element in elements)
    except chain.ChainError as error:
        raise EvidenceError(error.code, str(error), sub=error.sub_indication) from error
    return _Parts(signed_info, binary(value), key_info, certificates, data)


# --- signature -----------------------------------------------------------------------------------


def _check_signature(parts: _Parts, user: x509.Certificate) -> None:
    method, algorithm, first, second = children(
        parts.signed_info,
        f"{DSIG}CanonicalizationMethod",
        f"{DSIG}SignatureMethod",
        f"{DSIG}Reference",
        f"{DSIG}Reference",
    )
    algorithm_is(method, _C14N)
    algorithm_is(algorithm, _RSA_SHA256)
    if first.get("Type") != _TYPE:
        raise misshapen("the first reference has another type")
    _check_reference(first, "#bidSignedData", parts.data, ("Type", "URI"))
    _check_reference(second, "#bidKeyInfo", parts.key_info, ("URI",))
    key = user.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise misshapen("the signer's key is not RSA")
    try:
        key.verify(parts.signature, canonical(parts.signed_info), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature as error:
        raise EvidenceError(
            "bankid.signature", "The signature of the e-ID is not genuine.", sub="SIG_CRYPTO_FAILURE"
        ) from error


def _check_reference(reference: etree._Element, uri: str, target: etree._Element, attributes: Sequence[str]) -> None:
    transforms, method, value = children(
        reference, f"{DSIG}Transforms", f"{DSIG}DigestMethod", f"{DSIG}DigestValue", attributes=attributes
    )
    (transform,) = children(transforms, f"{DSIG}Transform")
    algorithm_is(transform, _C14N)
    algorithm_is(method, _SHA256)
    if reference.get("URI") != uri:
        raise misshapen(f"a reference does not point to {uri}")
    if binary(value) != hashlib.sha256(canonical(target)).digest():
        raise EvidenceError(
            "bankid.digest", f"The signed data ({uri[1:]}) was changed after signing.", sub="HASH_FAILURE"
        )


# --- certificates --------------------------------------------------------------------------------


def _policies(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(policy.policy_identifier.dotted_string for policy in found)


def _check_user(user: x509.Certificate, accepted: Collection[str]) -> str:
    """The personal number, once the certificate is one that a person signs with."""
    try:
        usage = user.extensions.get_extension_for_class(x509.KeyUsage)
    except x509.ExtensionNotFound:
        usage = None
    if usage is None or not (usage.value.content_commitment or usage.value.digital_signature):
        raise EvidenceError(
            "bankid.key_usage", "The signer's certificate is not for signing.", sub="CHAIN_CONSTRAINTS_FAILURE"
        )
    if usage.value.key_cert_sign or not set(_policies(user)) & set(accepted):
        raise EvidenceError(
            "bankid.policy",
            "The signer's certificate was not issued under an accepted BankID policy.",
            sub="CHAIN_CONSTRAINTS_FAILURE",
        )
    number = chain.attribute(user, x509.NameOID.SERIAL_NUMBER)
    if not _PERSONAL_NUMBER.fullmatch(number):
        raise EvidenceError(
            "bankid.personal_number", "The signer's certificate names no personal number.", sub="FORMAT_FAILURE"
        )
    return number


def _check_chain(certificates: tuple[x509.Certificate, ...], roots: Sequence[bytes], at: datetime) -> chain.Path:
    if not roots:
        raise EvidenceError(
            "bankid.roots.absent",
            "The trust bundle names no BankID root.",
            sub="NO_CERTIFICATE_CHAIN_FOUND",
            undecided=True,
        )
    try:
        path = chain.validate(certificates[0], certificates[1:], [chain.load(der) for der in roots], at=at)
    except chain.ChainError as error:
        raise EvidenceError(error.code, str(error), sub=error.sub_indication) from error
    if path.certificates[:-1] != certificates:
        raise misshapen("the certificates are not the signer's chain, in order and without the root")
    return path


# --- content -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Data:
    visible: bytes | None
    visible_format: str
    nonvisible: bytes | None
    rp_name: str
    rp_display_name: str
    function: str


def _read_data(data: etree._Element) -> _Data:
    """The signed fields: `usrVisibleData?`, `usrNonVisibleData?`, `srvInfo`, `clientInfo`, in that order."""
    present = [local(child) for child in data]
    optional = [name for name in ("usrVisibleData", "usrNonVisibleData") if name in present]
    parts = children(data, *[f"{BID}{name}" for name in (*optional, "srvInfo", "clientInfo")], attributes=("Id",))
    by_name = {local(child): child for child in parts}
    visible, visible_format = None, ""
    shown = by_name.get("usrVisibleData")
    if shown is not None:
        attributes = [str(key) for key in shown.attrib]
        visible = binary(shown, attributes=attributes)
        visible_format = str(shown.get("format") or "")
        if (
            shown.get("charset") != "UTF-8"
            or shown.get("visible") != "wysiwys"
            or visible_format not in {"", "simpleMarkdownV1"}
            or not {"charset", "visible", "format"}.issuperset(attributes)
        ):
            raise misshapen("the visible data was not shown as text")
    hidden = by_name.get("usrNonVisibleData")
    server, client = by_name["srvInfo"], by_name["clientInfo"]
    name, _nonce, *display = children(
        server, *[f"{BID}{n}" for n in ("name", "nonce", "displayName")[: max(2, len(server))]]
    )
    functions = [child for child in client if child.tag == f"{BID}funcId"]
    if len(functions) != 1 or any(not str(node.tag).startswith(BID) for node in client.iter()):
        raise misshapen("clientInfo does not say once what the user did")
    return _Data(
        visible=visible,
        visible_format=visible_format,
        nonvisible=binary(hidden) if hidden is not None else None,
        rp_name=_text(name),
        rp_display_name=_text(display[0]) if display else "",
        function=(functions[0].text or "").strip(),
    )


def _text(node: etree._Element) -> str:
    try:
        return binary(node).decode()
    except UnicodeDecodeError as error:
        raise misshapen(f"{local(node)} is not UTF-8") from error


def _compare(
    data: _Data,
    require_signing: bool,  # noqa: FBT001 - private, mirrors the public keyword
    nonvisible: bytes | None,
    visible: bytes | None,
    rp_name: str | None,
) -> None:
    if data.function not in ({"Signing"} if require_signing else {"Signing", "Identification"}):
        raise EvidenceError(
            "bankid.function", "The person identified with BankID but did not sign.", sub="SIG_CONSTRAINTS_FAILURE"
        )
    if nonvisible is not None and data.nonvisible != nonvisible:
        raise EvidenceError(
            "bankid.nonvisible", "The person signed other data than expected.", sub="SIG_CONSTRAINTS_FAILURE"
        )
    if visible is not None and data.visible != visible:
        raise EvidenceError(
            "bankid.visible", "The person was shown another text than expected.", sub="SIG_CONSTRAINTS_FAILURE"
        )
    if rp_name is not None and data.rp_name != rp_name:
        raise EvidenceError(
            "bankid.relying_party", "The signature was made for another organisation.", sub="SIG_CONSTRAINTS_FAILURE"
        )
