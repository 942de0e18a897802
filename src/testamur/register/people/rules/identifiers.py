"""Identity numbers: recognised, checked and put into one normal form.

Sources: Swedish Act 1991:481 section 18 and SKV 704 (personnummer), SKV 707 (samordningsnummer: day + 60); Bulgarian
ГРАО rules for ЕГН and ЛНЧ; Vietnamese Decree 137/2015 and Circular 59/2021/TT-BCA article 4 (twelve digits: three for
the
place, one for century and sex, two for the year, six random ones, no check digit).
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from personnummer import personnummer
from stdnum.bg import egn, pnf
from stdnum.exceptions import ValidationError

from testamur.kernel.base.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Callable


class Scheme(StrEnum):
    """Who gave the number."""

    PERSONNUMMER = "se.personnummer"
    SAMORDNINGSNUMMER = "se.samordningsnummer"
    TEMPORARY = "se.temporary"
    """Given by a school until a number exists or instead of it: birth date, ``TF``, two digits."""
    EGN = "bg.egn"
    LNCH = "bg.lnch"
    CCCD = "vn.cccd"
    LOCAL = "local"
    """Any other number; its context names the source, since numbers of two sources may coincide."""


RANK = {
    scheme: rank
    for rank, scheme in enumerate(
        (
            Scheme.PERSONNUMMER,
            Scheme.EGN,
            Scheme.CCCD,
            Scheme.SAMORDNINGSNUMMER,
            Scheme.LNCH,
            Scheme.TEMPORARY,
            Scheme.LOCAL,
        )
    )
}
"""Which of several open identifiers a document shows: the lowest rank."""


MAX_VALUE, MAX_CONTEXT = 120, 80
"""Longest local number and name of its source, in characters."""


class IdentifierInvalid(Refused):
    """The text is not a number of that scheme."""

    code = "people.identifier.invalid"


@dataclass(frozen=True, slots=True)
class NewIdentifier:
    """An identifier as given: any usual spelling. `context` is needed for ``local`` alone."""

    scheme: Scheme
    value: str
    context: str = ""


@dataclass(frozen=True, slots=True)
class Identifier:
    """A checked identifier.

    Attributes:
        scheme: who gave it.
        value: normal form: ``201301011234``, ``20130101TF01``, ten digits (BG), twelve digits (VN), NFC text (local).
        context: the source of a local number, else empty.
        birth_date: as told by the number, where it tells.
        birth_year: as told by the number, where it tells at least the year.
        sex: ``female``, ``male`` or empty, as told by the number.
    """

    scheme: Scheme
    value: str
    context: str = ""
    birth_date: date | None = None
    birth_year: int | None = None
    sex: str = ""


@dataclass(frozen=True, slots=True)
class IdentifierView:
    """An identifier as kept; `ends` is the last day on which it was in use, None while it is."""

    id: UUID
    person: UUID
    scheme: Scheme
    value: str
    context: str
    ends: date | None


def parse_identifier(scheme: str, value: str, *, on: date, context: str = "") -> Identifier:
    """The identifier in normal form, checked as of the day `on` (a birth date after it is an error).

    Raises `IdentifierInvalid` (``people.identifier.invalid``) with ``scheme`` and ``why`` in `found`: ``form``,
    ``checksum``, ``date``, ``future``, ``context``, ``scheme``. The value itself is never put into the message.
    """
    try:
        known = Scheme(scheme)
    except ValueError:
        raise IdentifierInvalid("Unknown kind of identifier.", field="scheme", scheme=scheme, why="scheme") from None
    if known is not Scheme.LOCAL and context:
        raise _bad(known, "context", "Only local numbers have a context.")
    if known is Scheme.LOCAL:
        return _local(value, context)
    found = _READERS[known](_compact(value), on)
    if found.birth_date is not None and found.birth_date > on:
        raise _bad(known, "future", "The number tells a birth date in the future.")
    return found


def _bad(scheme: Scheme, why: str, message: str) -> IdentifierInvalid:
    return IdentifierInvalid(message, field="value", scheme=scheme.value, why=why)


def _compact(value: str) -> str:
    return "".join(c for c in value.strip().upper() if c not in " \u00a0").replace("\u2013", "-").replace("\u2212", "-")


_SE = re.compile(r"([0-9]{2})?([0-9]{6})([-+]?)([0-9]{4})\Z")


def _swedish(scheme: Scheme, text: str, on: date) -> Identifier:
    match = _SE.match(text)
    if match is None:
        raise _bad(scheme, "form", "Write ÅÅÅÅMMDD-NNNN or ÅÅMMDD-NNNN.")
    century, day, sign, rest = match.groups()
    if not century:
        century = _century(day, on, hundred=sign == "+")
    try:
        number = personnummer.Personnummer(f"{century}{day}{rest}")
        born = number.get_date()
    except (personnummer.PersonnummerException, ValueError):
        raise _bad(scheme, "checksum", "The number's date or check digit is wrong.") from None
    if number.is_coordination_number() is not (scheme is Scheme.SAMORDNINGSNUMMER):
        raise _bad(scheme, "form", "A samordningsnummer has 60 added to the day, a personnummer has not.")
    value = f"{century}{day}{rest}"
    return Identifier(scheme, value, "", born, born.year, "male" if int(rest[2]) % 2 else "female")


def _century(day: str, on: date, *, hundred: bool) -> str:
    # the library would read the machine's clock; the century is reckoned from the day that the caller names
    dd = int(day[4:])
    dd -= 60 if dd > 60 else 0  # noqa: PLR2004 - SKV 707: 60 is added to the day
    year = on.year - (on.year - int(day[:2])) % 100
    if year == on.year and (int(day[2:4]), dd) > (on.month, on.day):
        year -= 100
    return str((year - 100 * hundred) // 100)


def _personnummer(text: str, on: date) -> Identifier:
    return _swedish(Scheme.PERSONNUMMER, text, on)


def _samordningsnummer(text: str, on: date) -> Identifier:
    return _swedish(Scheme.SAMORDNINGSNUMMER, text, on)


_TF = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})-?TF([0-9]{2})\Z")


def _temporary(text: str, _on: date) -> Identifier:
    match = _TF.match(text)
    if match is None:
        raise _bad(Scheme.TEMPORARY, "form", "Write ÅÅÅÅMMDDTFNN.")
    year, month, day = (int(part) for part in match.groups()[:3])
    if not 1 <= month <= 12 or not 1 <= day <= monthrange(year, month)[1]:  # noqa: PLR2004 - months
        raise _bad(Scheme.TEMPORARY, "date", "The number begins with a day that does not exist.")
    return Identifier(Scheme.TEMPORARY, text.replace("-", ""), "", date(year, month, day), year)


def _egn(text: str, _on: date) -> Identifier:
    value = _bulgarian(Scheme.EGN, text, egn.validate)
    return Identifier(
        Scheme.EGN, value, "", born := egn.get_birth_date(value), born.year, "female" if int(value[8]) % 2 else "male"
    )


def _lnch(text: str, _on: date) -> Identifier:
    return Identifier(Scheme.LNCH, _bulgarian(Scheme.LNCH, text, pnf.validate))


_TEN = re.compile(r"[0-9]{10}\Z")


def _bulgarian(scheme: Scheme, text: str, validate: Callable[[str], str]) -> str:
    if _TEN.match(text) is None:
        raise _bad(scheme, "form", "Write ten digits.")
    try:
        return validate(text)
    except ValidationError:
        raise _bad(scheme, "checksum", "The number's date or check digit is wrong.") from None


_CCCD = re.compile(r"(0[0-9]{2}|[1-9][0-9]{2})([0-9])([0-9]{2})([0-9]{6})\Z")


def _cccd(text: str, on: date) -> Identifier:
    match = _CCCD.match(text.replace(".", ""))
    if match is None or match[1] == "000":
        raise _bad(Scheme.CCCD, "form", "Write the twelve digits of the personal number.")
    century, two = divmod(int(match[2]), 2)
    year = 1900 + 100 * century + int(match[3])
    if year > on.year:
        raise _bad(Scheme.CCCD, "future", "The number tells a birth year in the future.")
    return Identifier(Scheme.CCCD, match[0], "", None, year, "female" if two else "male")


def _local(value: str, context: str) -> Identifier:
    text, source = " ".join(value.split()), context.strip()
    if not source:
        raise _bad(Scheme.LOCAL, "context", "A local number needs the name of its source.")
    fits = 0 < len(text) <= MAX_VALUE and len(source) <= MAX_CONTEXT
    if not (fits and text.isprintable() and source.isprintable()):
        raise _bad(Scheme.LOCAL, "form", "A local number has 1 to 120 printable characters.")
    return Identifier(Scheme.LOCAL, text, source)


_READERS: dict[Scheme, Callable[[str, date], Identifier]] = {
    Scheme.PERSONNUMMER: _personnummer,
    Scheme.SAMORDNINGSNUMMER: _samordningsnummer,
    Scheme.TEMPORARY: _temporary,
    Scheme.EGN: _egn,
    Scheme.LNCH: _lnch,
    Scheme.CCCD: _cccd,
}
