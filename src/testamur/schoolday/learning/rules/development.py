"""Pure rules of development plans (IUP) and of talks.

Sources: the Swedish education act (2010:800) 10 kap. 12-13 §§: a talk each term, once a year a written individual
development plan in years 1-5 with judgements per subject and what is planned ahead; not once grades are set.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

from testamur.kernel.proofs.jcs import canonical
from testamur.schoolday.learning.rules.plans import LONGEST_TEXT, bounded


class Part(StrEnum):
    """In what capacity somebody confirms a development plan."""

    TEACHER = "teacher"
    GUARDIAN = "guardian"
    PUPIL = "pupil"


class How(StrEnum):
    """Confirmed with a button by somebody who is logged in, or signed with an e-ID."""

    CONFIRMED = "confirmed"
    EID = "eid"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a subject's teacher judged, as it stood when the plan was drafted or frozen."""

    subject: str
    name: str
    value: str
    value_name: str
    text: str
    plan: str


@dataclass(frozen=True, slots=True)
class Ahead:
    """What was agreed: what goes well, what comes next, who does what."""

    well: str = ""
    next: str = ""
    school: str = ""
    home: str = ""


@dataclass(frozen=True, slots=True)
class SignatureView:
    """Who confirmed a version."""

    person: UUID
    part: Part
    how: How
    at: datetime
    ceremony: UUID | None


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version of a development plan. Once `frozen_at` is set nothing of it changes; `digest` is its PDF's SHA-256."""

    id: UUID
    development: UUID
    number: int
    judgements: tuple[Judgement, ...]
    ahead: Ahead
    made_by: UUID
    changed_at: datetime
    seen: int
    frozen_at: datetime | None
    digest: str
    size: int
    eid: bool
    signatures: tuple[SignatureView, ...]

    def signed_by(self, person: UUID) -> SignatureView | None:
        """That person's confirmation."""
        return next((one for one in self.signatures if one.person == person), None)

    @property
    def whole(self) -> bool:
        """Whether both sides have confirmed."""
        parts = {one.part for one in self.signatures}
        return Part.TEACHER in parts and bool(parts & {Part.GUARDIAN, Part.PUPIL})


@dataclass(frozen=True, slots=True)
class DevelopmentView:
    """A pupil's development plan of a school year with its versions, the latest first."""

    id: UUID
    pupil: UUID
    group: UUID
    school: UUID
    path: str
    school_year: UUID
    versions: tuple[VersionView, ...]

    @property
    def draft(self) -> VersionView | None:
        """The version that is being written, if any."""
        return next((one for one in self.versions if one.frozen_at is None), None)

    @property
    def standing(self) -> VersionView | None:
        """The latest version that was handed over: what families see."""
        return next((one for one in self.versions if one.frozen_at is not None), None)


def checked_ahead(said: Ahead) -> Ahead:
    """The texts without their edges. Raises `TextTooLong`."""
    return Ahead(*(bounded(getattr(said, name), name, LONGEST_TEXT) for name in ("well", "next", "school", "home")))


def content_of(judgements: Sequence[Judgement], ahead: Ahead) -> dict[str, Any]:
    """What a version keeps, as JSON."""
    return {
        "v": 1,
        "judgements": [
            {"subject": j.subject, "name": j.name, "value": j.value, "value_name": j.value_name, "text": j.text,
             "plan": j.plan}
            for j in judgements
        ],
        "ahead": {"well": ahead.well, "next": ahead.next, "school": ahead.school, "home": ahead.home},
    }  # fmt: skip


def judgements_in(content: dict[str, Any]) -> tuple[Judgement, ...]:
    """The judgements of a version's content."""
    return tuple(Judgement(**one) for one in content.get("judgements", ()))


def ahead_in(content: dict[str, Any]) -> Ahead:
    """The texts of a version's content."""
    return Ahead(**content.get("ahead", {}))


def content_digest(content: dict[str, Any]) -> str:
    """SHA-256 of the content in canonical form, lower-case hex."""
    return sha256(canonical(content)).hexdigest()


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What was agreed to be done until a day."""

    id: UUID
    talk: UUID
    text: str
    due: date
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Preparation:
    """What a pupil or guardian wrote before a talk."""

    person: UUID
    part: Part
    well: str
    harder: str
    wish: str
    at: datetime


def told_of_talk(person: UUID, *, pupil: UUID, booker: UUID | None, hiding: Collection[UUID]) -> bool:
    """Whether one of the family is told when and where a talk is held.

    `hiding`: the pupil's guardians whose identity is protected; `booker`: who booked its time. When one of these comes
    to the school is nobody's to know; and whoever plans a talk that nobody booked does not know who will come.
    """
    if booker is not None:
        return person == booker or booker not in hiding
    return not hiding or person in hiding or person == pupil


@dataclass(frozen=True, slots=True)
class TalkView:
    """A talk about a pupil's development. `time`: the booked time of a meeting that it is held at."""

    id: UUID
    pupil: UUID
    group: UUID
    school: UUID
    path: str
    at: datetime
    place: str
    agenda: str
    minutes: str
    minutes_at: datetime | None
    called_off_at: datetime | None
    time: UUID | None
    host: UUID
    seen: int
    preparations: tuple[Preparation, ...]
    follow_ups: tuple[FollowUp, ...]
