"""Shapes of persons: as given by a caller, as shown to an actor, as written in a legal document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from testamur.law.contract import PupilFacts
from testamur.register.people.rules.contacts import NewContact
from testamur.register.people.rules.identifiers import Identifier, NewIdentifier
from testamur.register.people.rules.protection import Protection


class Sex(StrEnum):
    """As registered by the state; ``unknown`` where nothing was told."""

    UNKNOWN = ""
    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class Shown(StrEnum):
    """How much of a person a view holds."""

    FULL = "full"
    NAME = "name"
    """The name alone: the viewer lacks ``people.details.see``."""
    ALIAS = "alias"
    """A protected person, and the viewer lacks ``people.protected.see``."""


@dataclass(frozen=True, slots=True)
class Parent:
    """A parent's name as the pupil's document shows it; no person of the register."""

    relation: str
    name: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What some documents show beyond name and number (Vietnam: Circular 27/2020, appendix 1, page 3).

    Attributes:
        birth_place: as in the birth certificate.
        ethnicity: dân tộc.
        nationality: as the document writes it.
        home_town: quê quán.
        residence: present residence as the document writes it.
        parents: in the order in which the document names them.
    """

    birth_place: str = ""
    ethnicity: str = ""
    nationality: str = ""
    home_town: str = ""
    residence: str = ""
    parents: tuple[Parent, ...] = ()


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to register. At least one of `given` and `family` is needed.

    Attributes:
        family_first: the full name is written family name first (Vietnamese).
        id: chosen by the caller (an importer that keeps its own map); else made here.
    """

    given: str
    family: str
    middle: str = ""
    preferred: str = ""
    birth_date: date | None = None
    sex: Sex = Sex.UNKNOWN
    family_first: bool = False
    protection: Protection = Protection.NONE
    identifiers: tuple[NewIdentifier, ...] = ()
    contacts: tuple[NewContact, ...] = ()
    facts: Facts | None = None
    id: UUID | None = None


KEEP = None
"""In a `PersonUpdate`: leave this field as it is."""


@dataclass(frozen=True, slots=True)
class PersonUpdate:
    """New values for a person's own fields; None (`KEEP`) leaves a field as it is, an empty text clears it."""

    id: UUID
    given: str | None = KEEP
    middle: str | None = KEEP
    family: str | None = KEEP
    preferred: str | None = KEEP
    birth_date: date | None = KEEP
    sex: Sex | None = KEEP
    family_first: bool | None = KEEP


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person as one actor may see him or her. Safe to show to that actor, whoever it is of.

    Attributes:
        shown: how much the view holds.
        name: full name, or the alias ``Person K7M3GX``.
        sort_key: folded name for ordering; of the alias where the name is hidden, so that order tells nothing.
        birth_date, identifier: None unless `shown` is ``full``.
        path: where the person is kept; empty unless `shown` is ``full``.
        protection: the level; None where the viewer may not know more than that the name is hidden.
    """

    id: UUID
    shown: Shown
    name: str
    given: str
    middle: str
    family: str
    preferred: str
    sort_key: str
    sex: Sex
    birth_date: date | None
    identifier: Identifier | None
    path: str
    protection: Protection | None

    @property
    def masked(self) -> bool:
        """True when an alias stands for the name."""
        return self.shown is Shown.ALIAS


@dataclass(frozen=True, slots=True)
class LegalPerson:
    """The person as the law knows him or her, for a document, whatever the protection. Never show it in a list."""

    id: UUID
    path: str
    protection: Protection
    facts: PupilFacts


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that does not fit together and is reported, not refused.

    Attributes:
        code: ``people.person.sex_differs``, ``people.person.birth_date_differs``,
        ``people.person.birth_date_unlikely``.
        field: the field of `NewPerson`.
        scheme: of the identifier that tells otherwise, or empty.
    """

    code: str
    field: str
    scheme: str = ""


_OLDEST = 120
"""Years: nobody in a register of schools is older."""


def remarks(new: NewPerson, identifiers: tuple[Identifier, ...], *, on: date) -> tuple[Remark, ...]:
    """What an importer should report about a person whose parts disagree; an empty tuple is the usual answer."""
    found: list[Remark] = []
    born = new.birth_date
    if born is not None and not (on.year - _OLDEST <= born.year and born <= on):
        found.append(Remark("people.person.birth_date_unlikely", "birth_date"))
    for told in identifiers:
        if told.sex and new.sex in {Sex.FEMALE, Sex.MALE} and told.sex != new.sex:
            found.append(Remark("people.person.sex_differs", "sex", told.scheme))
        if born is None:
            continue
        if (told.birth_date or born) != born or (told.birth_year or born.year) != born.year:
            found.append(Remark("people.person.birth_date_differs", "birth_date", told.scheme))
    return tuple(found)
