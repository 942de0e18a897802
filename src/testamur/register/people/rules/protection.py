"""Protected identity as a type: levels, who sees through them, what everybody else is shown.

Sources: Swedish Act 1991:481 (folkbokföringslagen) sections 16-17 g (skyddad folkbokföring), OSL 2009:400 22:1
(sekretessmarkering), Act 1991:483 (fingerade personuppgifter).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from testamur.kernel.base.refused import Refused
from testamur.register.people.rules.names import fold


class Protection(StrEnum):
    """How far an identity is hidden. All levels but ``none`` are masked alike; they differ in what may be kept."""

    NONE = "none"
    CONFIDENTIALITY_MARK = "confidentiality_mark"
    """Sekretessmarkering: a warning; every release is tested."""
    PROTECTED_REGISTRATION = "protected_registration"
    """Skyddad folkbokföring: the real address is not known to the school at all; post goes by forwarding."""
    FINGERED = "fingered"
    """The *former* identity of somebody who was given another: never shown, never linked to the new one."""

    @property
    def masked(self) -> bool:
        """True when the identity is hidden."""
        return self is not Protection.NONE

    @property
    def keeps_address(self) -> bool:
        """True when a postal address other than the forwarding address may be kept."""
        return self in {Protection.NONE, Protection.CONFIDENTIALITY_MARK}


LEVELS = tuple(Protection)
"""From open to most hidden."""

LONGEST_NEED = timedelta(days=370)
"""Nobody is let know for longer at a time: each school year it is asked again who needs to."""


class NotProtected(Refused):
    """The person's identity is not protected, so there is nothing to hide and nobody to let know."""

    code = "people.protection.none"


class AliasInvalid(Refused):
    """The name does not hide who it is: it is too short, or tells a true name."""

    code = "people.alias.invalid"


class NeedInvalid(Refused):
    """The days of a need to know do not fit: it ends before it begins, in the past, or lasts longer than a year."""

    code = "people.need.invalid"


@dataclass(frozen=True, slots=True)
class NeedView:
    """Who is to know who a protected person is, and how long."""

    id: UUID
    person: UUID
    staff: UUID
    starts: date
    ends: date
    granted_by: UUID


def check_alias(given: str, family: str, *, true_names: str) -> tuple[str, str]:
    """A name that stands for a protected one, tidied; both empty is none. Raises `AliasInvalid`.

    No word of it may be one of `true_names`, in any case and with any diacritics.
    """
    given, family = " ".join(given.split()), " ".join(family.split())
    if not given and not family:
        return "", ""
    longest = 60
    if not (2 <= len(given) <= longest and 2 <= len(family) <= longest):  # noqa: PLR2004 - one letter is an initial
        raise AliasInvalid("Given and family name of an alias have 2 to 60 letters.", field="given")
    words = set(fold(f"{given} {family}").replace("-", " ").split())
    if words & set(fold(true_names).replace("-", " ").split()):
        raise AliasInvalid("The alias holds a true name of the person.", field="given")
    return given, family


def check_need(starts: date, ends: date, *, on: date) -> None:
    """Raise `NeedInvalid` unless the days lie in order, not all in the past, and within `LONGEST_NEED`."""
    if ends < starts or ends < on or ends - starts > LONGEST_NEED:
        raise NeedInvalid("The last day does not fit.", field="ends")
