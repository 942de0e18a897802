"""Pure rules of the reception of protected persons: its steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from testamur.kernel.base.refused import Refused

FOLLOW_UP = timedelta(days=90)
"""How long until a protected person's case is looked at again, where nobody chose a day."""


class CaseOpen(Refused):
    """There is a case of that person already."""

    code = "support.case.open"


class Step(StrEnum):
    """What is done when a school receives a protected person, in this order.

    Source: Skolverket and Skatteverket on pupils with protected personal data: one contact, an agreed identity in
    daily life, pictures and lists looked through, post by forwarding, as few as possible who know, and followed up.
    """

    RECEIVED = "received"
    """A talk with the guardian, by one named contact of the school."""
    IDENTITY = "identity"
    """Agreed under which identity the pupil is at school, and what may be told to whom."""
    ALIAS = "alias"
    """A name was chosen that lists show, or agreed that there is none."""
    PICTURES = "pictures"
    """Photographs, consents and links that families shared are looked through."""
    WAY = "way"
    """Post goes by the forwarding of the tax authority; no address is kept."""
    KNOWING = "knowing"
    """Who needs to know is on the list, and nobody else."""
    OTHERS = "others"
    """Other systems, suppliers and lists on paper are told."""
    PLAN = "plan"
    """What is done when somebody asks for the pupil, or comes."""


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of a case; `done_at` is None while it waits."""

    step: Step
    done_at: datetime | None
    done_by: UUID | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """How the reception of a protected person stands."""

    id: UUID
    person: UUID
    path: str
    opened_at: datetime
    opened_by: UUID
    follow_up: date
    steps: tuple[StepView, ...]

    @property
    def left(self) -> int:
        """Steps that wait."""
        return sum(step.done_at is None for step in self.steps)
