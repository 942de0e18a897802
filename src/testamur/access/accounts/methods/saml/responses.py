"""What a response has to say before it is believed (SAML 2.0 Core, sections 2 and 3; Profiles, section 4.1.4)."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509

from testamur.access.accounts.methods.saml.encryption import opened
from testamur.access.accounts.methods.saml.xml import DSIG, NAMES, SAML, SAMLP, Element, Refused, parse, signed, text

SKEW, OLDEST = timedelta(minutes=2), timedelta(minutes=10)
MOST = 256 * 1024
"""Bytes of a response."""
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
_LONGEST = 1024
_CONDITIONS = frozenset({f"{{{SAML}}}{name}" for name in ("AudienceRestriction", "OneTimeUse", "ProxyRestriction")})


@dataclass(frozen=True, slots=True)
class Expected:
    """What a response has to be an answer to."""

    request: str
    issuer: str
    us: str
    acs: str
    certificates: tuple[x509.Certificate, ...]
    fresh_since: datetime | None = None
    key: bytes | None = None
    """Our private key (PEM), for what was encrypted for us."""


@dataclass(frozen=True, slots=True)
class NameId:
    """What the provider calls somebody, as it has to be said again when they log out."""

    value: str
    format: str = ""
    qualifier: str = ""
    ours: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a believed assertion says. `session` is the provider's own name of the login there."""

    context: str
    attributes: Mapping[str, tuple[str, ...]]
    name_id: NameId | None = None
    session: str = ""


class Denied(Exception):  # noqa: N818 - an answer
    """The provider says that nobody was identified."""


def believed(response: str, expected: Expected, *, now: datetime) -> Said:
    """What the response says (as it was posted, Base64). Raises Refused, Denied."""
    if len(response) > MOST * 4 // 3 + 4:
        raise Refused("too large")
    try:
        data = b64decode("".join(response.split()), validate=True)
    except ValueError as error:
        raise Refused("no Base64") from error
    root = parse(data)
    if root.tag != f"{{{SAMLP}}}Response":
        raise Refused("no response")
    _shape(root)
    status = root.find("samlp:Status/samlp:StatusCode", NAMES)
    if status is None or status.get("Value") != SUCCESS:
        raise Denied(status.get("Value", "") if status is not None else "no status")
    assertion = _covered(root, expected)
    _envelope(root, expected, now)
    return _said(assertion, expected, now)


def _shape(root: Element) -> None:
    """One assertion, open or encrypted, which is the root's child or the root itself; signatures are theirs alone."""
    sealed = list(root.iter(f"{{{SAML}}}EncryptedAssertion"))
    some = list(root.iter(f"{{{SAML}}}Assertion"))
    if len(some) + len(sealed) > 1 or any(one.getparent() is not root for one in (*some, *sealed) if one is not root):
        raise Refused(f"{len(some) + len(sealed)} assertions")
    for signature in root.iter(f"{{{DSIG}}}Signature"):
        above = signature.getparent()
        if above is not root and above not in some:
            raise Refused("a signature in an odd place")
        if signature.find(f"{{{DSIG}}}Object") is not None:
            raise Refused("an object in a signature")


def _covered(root: Element, expected: Expected) -> Element:
    """The assertion as it was signed: itself, or with the whole response. Every signature that is there has to hold."""
    found: Element | None = None
    whole: Element | None = None
    if root.find(f"{{{DSIG}}}Signature") is not None:
        whole = signed(root, expected.certificates)
        found = whole.find(f"{{{SAML}}}Assertion")
    inner = root.find(f"{{{SAML}}}Assertion")
    sealed = (root if whole is None else whole).find(f"{{{SAML}}}EncryptedAssertion")
    if sealed is not None:
        if expected.key is None:
            raise Refused("an encrypted assertion")
        inner = opened(sealed, expected.key, signed=whole is not None)
        _shape(inner)
        found = inner if whole is not None else None
    if inner is not None and inner.find(f"{{{DSIG}}}Signature") is not None:
        found = signed(inner, expected.certificates)
    if found is None:
        raise Refused("nothing is signed")
    return found


def _envelope(root: Element, expected: Expected, now: datetime) -> None:
    _need(root.get("Version") == "2.0", "version")
    _need(root.get("InResponseTo") == expected.request, "InResponseTo")
    _need(root.get("Destination", expected.acs) == expected.acs, "Destination")
    issuer = root.find(f"{{{SAML}}}Issuer")
    _need(issuer is None or (issuer.text or "").strip() == expected.issuer, "Issuer")
    _recent(root.get("IssueInstant"), now)


def _said(assertion: Element, expected: Expected, now: datetime) -> Said:
    _need(assertion.tag == f"{{{SAML}}}Assertion" and assertion.get("Version") == "2.0", "assertion")
    _need(text(assertion, "saml:Issuer") == expected.issuer, "Issuer")
    _recent(assertion.get("IssueInstant"), now)
    confirmations = assertion.findall("saml:Subject/saml:SubjectConfirmation", NAMES)
    _need(any(_confirms(one, expected, now) for one in confirmations), "SubjectConfirmation")
    _conditions(assertion, expected, now)
    statements = assertion.findall("saml:AuthnStatement", NAMES)
    _need(len(statements) == 1, "AuthnStatement")
    at = _time(statements[0].get("AuthnInstant"))
    _need(at is not None and at <= now + SKEW, "AuthnInstant")
    if expected.fresh_since is not None:
        _need(at is not None and at >= expected.fresh_since - SKEW, "AuthnInstant")
    ends = statements[0].get("SessionNotOnOrAfter")
    _need(ends is None or _after(ends, now), "SessionNotOnOrAfter")
    context = text(statements[0], "saml:AuthnContext/saml:AuthnContextClassRef")
    attributes: dict[str, tuple[str, ...]] = {}
    for one in assertion.findall("saml:AttributeStatement/saml:Attribute", NAMES):
        values = tuple(
            (value.text or "").strip() for value in one.findall("saml:AttributeValue", NAMES) if not len(value)
        )
        attributes[one.get("Name", "")] = (*attributes.get(one.get("Name", ""), ()), *filter(None, values))
    session = statements[0].get("SessionIndex", "")
    return Said(context, attributes, _name_id(assertion), session if len(session) <= _LONGEST else "")


def _name_id(assertion: Element) -> NameId | None:
    one = assertion.find("saml:Subject/saml:NameID", NAMES)
    value = text(assertion, "saml:Subject/saml:NameID")
    if one is None or not 0 < len(value) <= _LONGEST:
        return None
    return NameId(value, one.get("Format", ""), one.get("NameQualifier", ""), one.get("SPNameQualifier", ""))


def _confirms(one: Element, expected: Expected, now: datetime) -> bool:
    data = one.find("saml:SubjectConfirmationData", NAMES)
    return (
        one.get("Method") == BEARER
        and data is not None
        and data.get("Recipient") == expected.acs
        and data.get("InResponseTo") == expected.request
        and data.get("NotBefore") is None
        and _after(data.get("NotOnOrAfter"), now)
    )


def _conditions(assertion: Element, expected: Expected, now: datetime) -> None:
    some = assertion.findall("saml:Conditions", NAMES)
    _need(len(some) == 1, "Conditions")
    begins, ends = some[0].get("NotBefore"), some[0].get("NotOnOrAfter")
    first = _time(begins)
    _need(begins is None or (first is not None and first <= now + SKEW), "NotBefore")
    _need(_after(ends, now), "NotOnOrAfter")
    _need({one.tag for one in some[0]} <= _CONDITIONS, "a condition that is not known")
    audiences = some[0].findall("saml:AudienceRestriction", NAMES)
    _need(bool(audiences), "AudienceRestriction")
    for one in audiences:
        _need(expected.us in {(a.text or "").strip() for a in one.findall("saml:Audience", NAMES)}, "Audience")


def _recent(value: str | None, now: datetime) -> None:
    _need(is_recent(value, now), "IssueInstant")


def is_recent(value: str | None, now: datetime) -> bool:
    """Whether a message was written just now."""
    at = _time(value)
    return at is not None and now - OLDEST < at < now + SKEW


def has_passed(value: str | None, now: datetime) -> bool:
    """Whether that time, or what says to be one, is over."""
    return not _after(value, now)


def _after(value: str | None, now: datetime) -> bool:
    at = _time(value)
    return at is not None and at > now - SKEW


def _time(value: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(value) if value else None
    except ValueError:
        return None
    return at.astimezone(UTC) if at is not None and at.tzinfo is not None else None


def _need(condition: bool, what: str) -> None:  # noqa: FBT001 - reads as a sentence where it is called
    if not condition:
        raise Refused(what)
