"""The signature object of BankID (RP API v6): an XML signature of one exact shape, and the OCSP response beside it.

Nothing is looked up by Id or by name search: the shape is fixed, every element is taken by its place, and whatever
does not belong there is refused. So a signature cannot be wrapped, and a comment cannot cut a text in two.
Sources: the genuine test signatures published by third parties, XML Signature (W3C REC 2002-02-12), Canonical XML 1.0,
RFC 6960 (OCSP), BankID Relying Party Guidelines v6.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from lxml import etree

from testamur.kernel.proofs import chain
from testamur.kernel.proofs.report import Failed

MAX_XML_BYTES = 1 << 20
MAX_OCSP_BYTES = 1 << 16
MAX_CERTIFICATES = 5
CLOCK_SKEW = timedelta(minutes=5)

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


class EvidenceError(Failed):
    """The signer's evidence does not hold. Codes: ``bankid.*``, ``simulated.*``, ``evidence.*``, ``chain.*``."""


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
    root = _parse(signature_xml)
    parts = _take_apart(root)
    user = parts.certificates[0]
    _check_signature(parts, user)
    personal_number = _check_user(user, policies)
    if ocsp_der is None:
        if missing_ocsp_at is None:
            raise EvidenceError("bankid.ocsp.absent", "There is no OCSP response beside the signature.", undecided=True)
        signed_at = missing_ocsp_at
    else:
        signed_at = _check_ocsp(ocsp_der, signature_xml, parts.certificates)
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


def _shape(message: str) -> EvidenceError:
    return EvidenceError(
        "bankid.shape", f"The BankID signature has not the one right shape: {message}.", sub="FORMAT_FAILURE"
    )


def _parse(data: bytes) -> etree._Element:
    if len(data) > MAX_XML_BYTES:
        raise _shape("it is larger than 1 MiB")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _shape("it is not well-formed XML") from error
    info = root.getroottree().docinfo
    if info.internalDTD is not None or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise _shape("it has a DOCTYPE")
    if (info.encoding or "UTF-8").upper() != "UTF-8":
        raise _shape("it is not UTF-8")
    if root.getprevious() is not None or root.getnext() is not None:
        raise _shape("something stands beside the root element")
    _only_elements(root)
    return root


def _only_elements(root: etree._Element) -> None:
    """Refuse comments, entities, instructions, stray text and any Id beyond the two that are referred to."""
    ids = 0
    for node in root.iter():
        if not isinstance(node.tag, str):
            raise _shape("it holds a comment, an entity or a processing instruction")
        if len(node) and (node.text or "").strip():
            raise _shape(f"there is text between the elements of {_local(node)}")
        if node is not root and (node.tail or "").strip():
            raise _shape(f"there is text after {_local(node)}")
        ids += sum(str(key).lower().rpartition("}")[2] == "id" for key in node.attrib)
    if ids != 2:  # noqa: PLR2004 - bidKeyInfo and bidSignedData
        raise _shape("there are not exactly two Ids")


def _local(node: etree._Element) -> str:
    return str(node.tag).rpartition("}")[2]


def _children(node: etree._Element, *tags: str, attributes: Sequence[str] = ()) -> list[etree._Element]:
    """The children of `node`, which must be exactly `tags` in order; `node` may carry only `attributes`."""
    found = list(node)
    if [child.tag for child in found] != list(tags):
        raise _shape(f"{_local(node)} has other children than it should")
    if set(map(str, node.attrib)) != set(attributes):
        raise _shape(f"{_local(node)} has other attributes than it should")
    return found


def _algorithm(node: etree._Element, expected: str) -> None:
    _children(node, attributes=("Algorithm",))
    if node.get("Algorithm") != expected or (node.text or "").strip():
        raise _shape(f"{_local(node)} names another algorithm")


def _base64(node: etree._Element, *, attributes: Sequence[str] = ()) -> bytes:
    _children(node, attributes=attributes)
    try:
        return base64.b64decode("".join((node.text or "").split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _shape(f"{_local(node)} is not base64") from error


def _take_apart(root: etree._Element) -> _Parts:
    if root.tag != f"{DSIG}Signature":
        raise _shape("the root element is not Signature")
    signed_info, value, key_info, holder = _children(
        root, f"{DSIG}SignedInfo", f"{DSIG}SignatureValue", f"{DSIG}KeyInfo", f"{DSIG}Object"
    )
    (x509_data,) = _children(key_info, f"{DSIG}X509Data", attributes=("Id",))
    (data,) = _children(holder, f"{BID}bankIdSignedData")
    if key_info.get("Id") != "bidKeyInfo" or data.get("Id") != "bidSignedData":
        raise _shape("the Ids are not bidKeyInfo and bidSignedData")
    if not 1 <= len(x509_data) <= MAX_CERTIFICATES:
        raise _shape("the number of certificates is wrong")
    elements = _children(x509_data, *[f"{DSIG}X509Certificate"] * len(x509_data))
    try:
        certificates = tuple(chain.load(_base64(element)) for element in elements)
    except chain.ChainError as error:
        raise EvidenceError(error.code, str(error), sub=error.sub_indication) from error
    return _Parts(signed_info, _base64(value), key_info, certificates, data)


# --- signature -----------------------------------------------------------------------------------


def _canonical(element: etree._Element) -> bytes:
    """Inclusive Canonical XML 1.0 of one element.

    The element is serialised and parsed again first: asked for a part of a tree, lxml writes spurious `xmlns=""`
    on BankID's redundant namespace declarations, and genuine signatures would fail.
    """
    alone = etree.fromstring(etree.tostring(element, with_tail=False))
    return etree.tostring(alone, method="c14n")


def _check_signature(parts: _Parts, user: x509.Certificate) -> None:
    method, algorithm, first, second = _children(
        parts.signed_info,
        f"{DSIG}CanonicalizationMethod",
        f"{DSIG}SignatureMethod",
        f"{DSIG}Reference",
        f"{DSIG}Reference",
    )
    _algorithm(method, _C14N)
    _algorithm(algorithm, _RSA_SHA256)
    if first.get("Type") != _TYPE:
        raise _shape("the first reference has another type")
    _check_reference(first, "#bidSignedData", parts.data, ("Type", "URI"))
    _check_reference(second, "#bidKeyInfo", parts.key_info, ("URI",))
    key = user.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise _shape("the signer's key is not RSA")
    try:
        key.verify(parts.signature, _canonical(parts.signed_info), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature as error:
        raise EvidenceError(
            "bankid.signature", "The signature of the e-ID is not genuine.", sub="SIG_CRYPTO_FAILURE"
        ) from error


def _check_reference(reference: etree._Element, uri: str, target: etree._Element, attributes: Sequence[str]) -> None:
    transforms, method, value = _children(
        reference, f"{DSIG}Transforms", f"{DSIG}DigestMethod", f"{DSIG}DigestValue", attributes=attributes
    )
    (transform,) = _children(transforms, f"{DSIG}Transform")
    _algorithm(transform, _C14N)
    _algorithm(method, _SHA256)
    if reference.get("URI") != uri:
        raise _shape(f"a reference does not point to {uri}")
    if _base64(value) != hashlib.sha256(_canonical(target)).digest():
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
        raise _shape("the certificates are not the signer's chain, in order and without the root")
    return path


# --- OCSP ----------------------------------------------------------------------------------------


def _ocsp(code: str, message: str, sub: str = "REVOCATION_OUT_OF_BOUNDS_NO_POE") -> EvidenceError:
    return EvidenceError(f"bankid.ocsp.{code}", message, sub=sub)


def _check_ocsp(der: bytes, signature_xml: bytes, certificates: tuple[x509.Certificate, ...]) -> datetime:
    """`producedAt` of a response that says *good* for this certificate and was made for this very signature."""
    if len(certificates) < 2:  # noqa: PLR2004 - the user's and the one of the CA that issued it
        raise _shape("the issuer of the signer's certificate is missing")
    user, issuer = certificates[0], certificates[1]
    try:
        response = ocsp.load_der_ocsp_response(der[: MAX_OCSP_BYTES + 1])
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise _ocsp("unsuccessful", "The OCSP responder gave no answer.")
        (single,) = list(response.responses)
        nonce = response.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
        _check_ocsp_signature(response, issuer)
        matches = single.serial_number == user.serial_number and _names(single, issuer)
    except x509.ExtensionNotFound as error:
        raise _ocsp("nonce", "The OCSP response has no nonce.") from error
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension) as error:
        raise _ocsp("malformed", "The OCSP response cannot be read.", "FORMAT_FAILURE") from error
    if not matches:
        raise _ocsp("other_certificate", "The OCSP response speaks of another certificate.")
    # BankID puts SHA-1 of the base64 text of the signature first in the nonce: it ties the answer to this signature.
    bound = hashlib.sha1(base64.b64encode(signature_xml), usedforsecurity=False).digest()
    if not nonce.startswith(bound):
        raise _ocsp("other_signature", "The OCSP response belongs to another signature.")
    _check_ocsp_answer(single, response.produced_at_utc)
    return response.produced_at_utc


def _check_ocsp_answer(single: ocsp.OCSPSingleResponse, produced: datetime) -> None:
    if single.certificate_status is ocsp.OCSPCertStatus.REVOKED:
        raise _ocsp("revoked", "The signer's certificate was revoked.", "REVOKED")
    if single.certificate_status is not ocsp.OCSPCertStatus.GOOD:
        raise _ocsp("unknown", "The OCSP responder does not know the signer's certificate.")
    until = single.next_update_utc
    if single.this_update_utc > produced + CLOCK_SKEW or (until is not None and until < produced):
        raise _ocsp("time", "The times of the OCSP response contradict each other.")


def _names(single: ocsp.OCSPSingleResponse, issuer: x509.Certificate) -> bool:
    """True when the response's CertID names `issuer` (RFC 6960 section 4.1.1)."""
    spki = issuer.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    key = x509.SubjectKeyIdentifier.from_public_key(issuer.public_key()).digest
    if not isinstance(single.hash_algorithm, hashes.SHA1):
        key = _hash(single.hash_algorithm, _key_bits(spki))
    return (
        single.issuer_name_hash == _hash(single.hash_algorithm, issuer.subject.public_bytes())
        and single.issuer_key_hash == key
    )


def _hash(algorithm: hashes.HashAlgorithm, data: bytes) -> bytes:
    digest = hashes.Hash(algorithm)
    digest.update(data)
    return digest.finalize()


def _key_bits(spki: bytes) -> bytes:
    """The BIT STRING inside a SubjectPublicKeyInfo, without tag, length and unused-bits octet."""
    from asn1crypto import keys

    return bytes(keys.PublicKeyInfo.load(spki)["public_key"].contents[1:])


def _check_ocsp_signature(response: ocsp.OCSPResponse, issuer: x509.Certificate) -> None:
    """Signed by the CA itself, or by a responder that the same CA issued for OCSP (RFC 6960 section 4.2.2.2)."""
    candidates = [issuer]
    at = response.produced_at_utc
    for certificate in response.certificates[:MAX_CERTIFICATES]:
        try:
            usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        except x509.ExtensionNotFound:
            continue
        current = certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc
        if current and x509.oid.ExtendedKeyUsageOID.OCSP_SIGNING in usage and chain.issued(certificate, issuer):
            candidates.append(certificate)
    algorithm = response.signature_hash_algorithm
    if not isinstance(algorithm, hashes.SHA256 | hashes.SHA384 | hashes.SHA512):
        raise _ocsp("algorithm", "The OCSP response is signed with a weak algorithm.", "CRYPTO_CONSTRAINTS_FAILURE")
    for certificate in candidates:
        if _verifies(certificate, response.signature, response.tbs_response_bytes, algorithm):
            return
    raise _ocsp(
        "signature", "The OCSP response is not signed by the issuer of the signer's certificate.", "SIG_CRYPTO_FAILURE"
    )


def _verifies(certificate: x509.Certificate, signature: bytes, data: bytes, algorithm: hashes.HashAlgorithm) -> bool:
    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), algorithm)
            return True
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(algorithm))
            return True
    except InvalidSignature:
        return False
    return False


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
    present = [_local(child) for child in data]
    optional = [name for name in ("usrVisibleData", "usrNonVisibleData") if name in present]
    children = _children(data, *[f"{BID}{name}" for name in (*optional, "srvInfo", "clientInfo")], attributes=("Id",))
    by_name = {_local(child): child for child in children}
    visible, visible_format = None, ""
    shown = by_name.get("usrVisibleData")
    if shown is not None:
        attributes = [str(key) for key in shown.attrib]
        visible = _base64(shown, attributes=attributes)
        visible_format = str(shown.get("format") or "")
        if (
            shown.get("charset") != "UTF-8"
            or shown.get("visible") != "wysiwys"
            or visible_format not in {"", "simpleMarkdownV1"}
            or not {"charset", "visible", "format"}.issuperset(attributes)
        ):
            raise _shape("the visible data was not shown as text")
    hidden = by_name.get("usrNonVisibleData")
    server, client = by_name["srvInfo"], by_name["clientInfo"]
    name, _nonce, *display = _children(
        server, *[f"{BID}{n}" for n in ("name", "nonce", "displayName")[: max(2, len(server))]]
    )
    functions = [child for child in client if child.tag == f"{BID}funcId"]
    if len(functions) != 1 or any(not str(node.tag).startswith(BID) for node in client.iter()):
        raise _shape("clientInfo does not say once what the user did")
    return _Data(
        visible=visible,
        visible_format=visible_format,
        nonvisible=_base64(hidden) if hidden is not None else None,
        rp_name=_text(name),
        rp_display_name=_text(display[0]) if display else "",
        function=(functions[0].text or "").strip(),
    )


def _text(node: etree._Element) -> str:
    try:
        return _base64(node).decode()
    except UnicodeDecodeError as error:
        raise _shape(f"{_local(node)} is not UTF-8") from error


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
