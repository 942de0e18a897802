"""Ways to reach a person, each in one normal form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import phonenumbers

from testamur.kernel.base.refused import Refused


class ContactKind(StrEnum):
    """What kind of contact point."""

    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"


FORWARDING = "forwarding"
"""Label of the Tax Agency's forwarding address, the only postal address of a person with protected registration."""


WORK = "work"
"""Label of what the staff directory vouches for: codes for signing go to such a telephone (row B13)."""


class ContactInvalid(Refused):
    """The text is not an e-mail address, telephone number or postal address."""

    code = "people.contact.invalid"


@dataclass(frozen=True, slots=True)
class NewContact:
    """A contact point as given.

    Attributes:
        kind: e-mail, phone or address.
        value: in any usual spelling; an address has its lines parted by line breaks.
        label: ``home``, ``work``, ``mobile``, ``forwarding`` or empty.
        region: ISO 3166 country of a national telephone number or of an address.
    """

    kind: ContactKind
    value: str
    label: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact point in normal form. `sms` is true for a number that can receive text messages."""

    kind: ContactKind
    value: str
    label: str
    sms: bool = False


def of_directory(label: str) -> bool:
    """Whether a contact point with that label is the staff directory's, in any spelling."""
    return label.strip().casefold() == WORK


@dataclass(frozen=True, slots=True)
class ContactView:
    """A contact point as kept; `verified_at` when the person showed that it is theirs."""

    id: UUID
    person: UUID
    kind: ContactKind
    value: str
    label: str
    sms: bool
    verified_at: datetime | None


# RFC 5321 section 4.1.2 without quoted local parts, which no school mail system accepts; RFC 6531 letters are allowed
_EMAIL = re.compile(r"[^\s@<>()\[\]\\,;:\"]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]\Z")
_MAX_EMAIL = 254
_MAX_ADDRESS = 400


def normalise_contact(new: NewContact) -> Contact:
    """`new` in normal form: E.164 for telephones, lower-case domain for e-mail, trimmed lines for addresses.

    Raises `ContactInvalid` (``people.contact.invalid``) with ``kind`` in `found`; the value is never in the message.
    """
    match new.kind:
        case ContactKind.EMAIL:
            return Contact(new.kind, _email(new.value), new.label)
        case ContactKind.PHONE:
            value, sms = _phone(new.value, new.region)
            return Contact(new.kind, value, new.label, sms)
        case ContactKind.ADDRESS:
            return Contact(new.kind, _address(new.value), new.label)


HOME_REGIONS = ("SE", "VN", "BG")
"""Countries whose national spelling of a telephone number is understood where no country is said."""


def phone_spellings(text: str) -> tuple[str, ...]:
    """E.164 forms that a number typed by a person may mean; empty for what is no number."""
    found: dict[str, None] = {}
    for region in HOME_REGIONS:
        try:
            found[_phone(text, region)[0]] = None
        except ContactInvalid:
            continue
    return tuple(found)


def _bad(kind: ContactKind, message: str) -> ContactInvalid:
    return ContactInvalid(message, field="value", kind=kind.value)


def _email(text: str) -> str:
    value = text.strip()
    if len(value) > _MAX_EMAIL or _EMAIL.match(value) is None or ".." in value or value.startswith("."):
        raise _bad(ContactKind.EMAIL, "This is not an e-mail address.")
    local, _, domain = value.rpartition("@")
    return f"{local}@{domain.lower()}"


def _phone(text: str, region: str) -> tuple[str, bool]:
    try:
        number = phonenumbers.parse(text, region.upper() or None)
    except phonenumbers.NumberParseException:
        raise _bad(ContactKind.PHONE, "This is not a telephone number; begin with + and the country code.") from None
    if not phonenumbers.is_valid_number(number):
        raise _bad(ContactKind.PHONE, "No telephone can have this number.")
    kind = phonenumbers.number_type(number)
    sms = kind in {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), sms


def _address(text: str) -> str:
    lines = [" ".join(line.split()) for line in text.splitlines()]
    value = "\n".join(line for line in lines if line)
    if not value or len(value) > _MAX_ADDRESS or not value.replace("\n", "").isprintable():
        raise _bad(ContactKind.ADDRESS, "An address has lines of printable text, at most 400 characters in all.")
    return value
