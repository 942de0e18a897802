"""Who may be shown in pictures: one place that asks the consents and the register."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from testamur.register.people import queries as people
from testamur.schoolday.forms import queries as forms
from testamur.schoolday.forms.rules import Purpose


@dataclass(frozen=True, slots=True)
class Showable:
    """Who has a consent that stands, and whose identity is protected."""

    consented: frozenset[UUID]
    protected: frozenset[UUID]


def consented(children: Collection[UUID], on: date) -> frozenset[UUID]:
    """Those of the children whose consent to pictures within the school stands on that day."""
    return forms.consented(children=children, purpose=Purpose.PICTURES_INTERNAL, on=on)


def showable(children: Collection[UUID], on: date) -> Showable:
    """What is known of these children; asked anew each time: a consent that is taken back counts at once."""
    if not children:
        return Showable(frozenset(), frozenset())
    return Showable(consented(children, on), people.protected(children))
