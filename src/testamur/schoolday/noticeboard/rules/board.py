"""Pure rules of the notice board."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from testamur.kernel.base.refused import Refused

KEEP_ENQUIRIES = timedelta(days=365)
PER_NETWORK = 5
"""Enquiries from one network in an hour."""
TROUBLE_LASTS = timedelta(minutes=5)
"""An outage that the program noticed ends so long after the last trouble."""
LONGEST = 4000


class Audience(StrEnum):
    """Whom news are for."""

    EVERYBODY = "everybody"
    STAFF = "staff"
    FAMILY = "family"


class Service(StrEnum):
    """A part of the service that can be down while the rest works."""

    SIGNING = "signing"
    LOGIN = "login"
    MAIL = "mail"
    REGISTRY = "registry"
    """The national student registry of a university."""


class Kind(StrEnum):
    """What an enquiry is about."""

    CONTACT = "contact"
    ONBOARDING = "onboarding"
    ACCESSIBILITY = "accessibility"
    PRIVACY = "privacy"


class TextMissing(Refused):
    """There is nothing to read in any language, or nothing was asked."""

    code = "noticeboard.text.missing"


class TextTooLong(Refused):
    """The text is longer than anybody reads."""

    code = "noticeboard.text.too_long"


class AddressInvalid(Refused):
    """There is no e-mail address to answer to."""

    code = "noticeboard.enquiry.address"


class TooMany(Refused):
    """One network has sent more enquiries than a person writes."""

    code = "noticeboard.enquiry.too_many"


@dataclass(frozen=True, slots=True)
class NewsText:
    """Title and body in one language; the body is plain text, a blank line parts paragraphs."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class NewsView:
    """News as a reader of one language sees it."""

    id: UUID
    path: str
    audience: Audience
    title: str
    body: str
    locale: str
    published_at: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class ClassNewsView:
    """News of a school, or of one group of it, as a reader of one language sees it."""

    id: UUID
    path: str
    unit: UUID
    group: UUID | None
    audience: Audience
    title: str
    body: str
    locale: str
    author: UUID
    published_at: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class OutageView:
    """A part of the service that is not well now."""

    id: UUID
    service: Service
    since: datetime
    until: datetime | None
    note: str
    noticed: bool


@dataclass(frozen=True, slots=True)
class EnquiryView:
    """What somebody asked."""

    id: UUID
    path: str
    kind: Kind
    name: str
    email: str
    organisation: str
    text: str
    locale: str
    made_at: datetime
    handled_at: datetime | None


def in_language(texts: Mapping[str, Mapping[str, str]], locale: str) -> tuple[str, NewsText]:
    """The text in the reader's language, else in English, else in the first there is; with the language it is in."""
    for wanted in (locale, locale.partition("-")[0], "en", *texts):
        if wanted in texts:
            return wanted, NewsText(texts[wanted]["title"], texts[wanted]["body"])
    return "", NewsText("", "")


def check_text(text: str, field: str) -> str:
    """The text without white space around it. Raises TextMissing, TextTooLong."""
    stripped = text.strip()
    if not stripped:
        raise TextMissing("Something has to be written here.", field=field)
    if len(stripped) > LONGEST:
        raise TextTooLong(f"At most {LONGEST} characters.", field=field, longest=LONGEST)
    return stripped


def check_email(text: str) -> str:
    """A plausible address to answer to. Raises AddressInvalid; whether it exists shows when it is answered."""
    address = text.strip()
    local, _at, domain = address.rpartition("@")
    if not local or "." not in domain or any(c.isspace() or c in ",;<>" for c in address) or len(address) > 254:  # noqa: PLR2004 - RFC 5321 4.5.3.1
        raise AddressInvalid("Write the e-mail address that we can answer to.", field="email")
    return address
