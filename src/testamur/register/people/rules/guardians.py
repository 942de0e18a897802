"""Who cares for a child, and until when that gives access."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from testamur.register.people.rules.persons import PersonView

MAJORITY = 18
"""Years of age at which a guardian's access ends unless the pupil consents.

SE föräldrabalken 9:1, VN Civil Code article 20, BG ЗЛС article 2.
"""


class Relation(StrEnum):
    """What the guardian is to the child. A step-parent is none of these: without custody there is no access."""

    MOTHER = "mother"
    FATHER = "father"
    PARENT = "parent"
    APPOINTED = "appointed"
    """Guardian appointed by a court or authority (särskilt förordnad vårdnadshavare, настойник)."""
    FOSTER = "foster"
    """Foster parent, by decision of the social services."""


@dataclass(frozen=True, slots=True)
class NewGuardianship:
    """A guardian for a child from `starts` until `ends` (inclusive; None is open).

    `custody` says whether the guardian decides for the child by law; a foster parent usually does not.
    """

    child: UUID
    guardian: UUID
    relation: Relation
    starts: date
    custody: bool = True
    ends: date | None = None
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class GuardianView:
    """A guardianship with the guardian as the actor may see him or her."""

    id: UUID
    child: UUID
    guardian: PersonView
    relation: Relation
    custody: bool
    starts: date
    ends: date | None
    consent_from: date | None


def comes_of_age(born: date) -> date:
    """The day on which a person born on `born` turns 18; born on 29 February: 1 March."""
    try:
        return born.replace(year=born.year + MAJORITY)
    except ValueError:
        return date(born.year + MAJORITY, 3, 1)


def guardian_reaches(
    *, on: date, starts: date, ends: date | None, born: date | None, consent_from: date | None
) -> bool:
    """True when a guardianship gives access on that day: it runs, and the child is a minor or has consented.

    A child whose birth date is not known counts as a minor, since the school must be able to reach somebody.
    """
    if on < starts or (ends is not None and on > ends):
        return False
    if born is None or on < comes_of_age(born):
        return True
    return consent_from is not None and consent_from <= on
