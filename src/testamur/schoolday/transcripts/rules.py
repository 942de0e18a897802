"""Steps of a class year and what may follow what. Pure.

The order is that of letter 1396/BGDĐT-GDTH of 27 March 2024.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from testamur.kernel.base.refused import Refused
from testamur.law.contract import Lack


class Incomplete(Refused):
    """Data of the class are missing; `found["missing"]` has reason code → pupils."""

    code = "transcripts.class.incomplete"


class NotVerified(Refused):
    """Nobody has said that the data of the class are complete and exact, or they have changed since."""

    code = "transcripts.class.not_verified"


class DataMoved(Refused):
    """The data of the class are no longer those that the person has looked at."""

    code = "transcripts.class.moved"


class UnderWay(Refused):
    """Documents of the class wait for signatures: the word that they rest on stands until they are recalled."""

    code = "transcripts.class.under_way"


class NoTranscripts(Refused):
    """The rules of the class's school know no transcript that has to be verified."""

    code = "transcripts.class.none"


class Step(StrEnum):
    """How far one pupil's transcript of a year has come; each holds all before it."""

    COMPLETE = "complete"
    """Everything that the document must show is decided."""
    VERIFIED = "verified"
    """A named person has said that it is complete and exact."""
    MADE = "made"
    """The document is frozen and waits for signatures."""
    TEACHER = "teacher"
    """The class teacher has signed."""
    PRINCIPAL = "principal"
    """The principal has signed."""
    SEALED = "sealed"
    """The school's seal stands on it, it is logged and archived."""
    DELIVERED = "delivered"
    """The ministry's store has given a receipt."""


STEPS: tuple[Step, ...] = tuple(Step)


class HandoverState(StrEnum):
    """Where one record stands on its way to the ministry's store."""

    WAITING = "waiting"
    SENT = "sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


TRANSITIONS: frozenset[tuple[HandoverState, HandoverState]] = frozenset(
    {
        (HandoverState.WAITING, HandoverState.SENT),
        (HandoverState.WAITING, HandoverState.REJECTED),
        (HandoverState.SENT, HandoverState.ACCEPTED),
        (HandoverState.SENT, HandoverState.REJECTED),
        (HandoverState.REJECTED, HandoverState.WAITING),
    }
)
"""The one table; the migration makes the database's guard from it. An accepted record is never sent again.

A record that waits is rejected by us when it cannot be put into the store's form, or when another has replaced it.
"""


def reached_by(step: Step | None) -> frozenset[Step]:
    """The step and all before it."""
    return frozenset(STEPS[: STEPS.index(step) + 1]) if step is not None else frozenset()


def digest(decisions: Mapping[UUID, Iterable[UUID]]) -> str:
    """SHA-256 over who is in the class and which decisions stand about each: another one for any change of either."""
    lines = (f"{pupil.hex}:{','.join(sorted(one.hex for one in ids))}" for pupil, ids in decisions.items())
    return hashlib.sha256("\n".join(("testamur/transcripts/1", *sorted(lines))).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Verified:
    """A named person's word about a class. `covers`: the data are still those that it was given for."""

    id: UUID
    by: UUID
    at: datetime
    covers: bool


@dataclass(frozen=True, slots=True)
class Document:
    """The newest version of a pupil's transcript.

    Attributes:
        signers: (role, person, signed) in the order of signing.
        outdated: decisions were made since, so that it no longer says all.
        rectifies: it takes the place of one that was put right.
    """

    record: UUID
    version: int
    state: str
    code: str
    held: str
    declined: bool
    outdated: bool
    rectifies: bool
    signers: tuple[tuple[str, UUID, bool], ...]
    handover: HandoverState | None = None
    handover_code: str = ""
    handover_message: str = ""
    renumbered: bool = False
    """It names an identity number that was put right since; it is outdated then."""

    @property
    def waits_for(self) -> UUID | None:
        """Whose signature is next, once it may be signed; None when nobody's is."""
        if self.state not in {"ready", "signing"}:
            return None
        return next((person for _role, person, signed in self.signers if not signed), None)


@dataclass(frozen=True, slots=True)
class PupilYear:
    """One pupil of a class year: the step reached, what is missing, the document, what was put right."""

    pupil: UUID
    step: Step | None
    lacks: tuple[Lack, ...] = ()
    document: Document | None = None
    rectified: int = 0
    """Decisions of the year that took the place of a slip and that no sealed document shows yet."""


@dataclass(frozen=True, slots=True)
class Look:
    """A class year as it stands this very moment; `digest` is that of its decisions, `term` the last one's code."""

    group: UUID
    unit: UUID
    path: str
    school_year: str
    term: str
    code: str
    year_level: int
    pupils: tuple[PupilYear, ...]
    digest: str
    verified: Verified | None
    class_teacher: UUID | None

    @property
    def is_verified(self) -> bool:
        """Whether somebody's word covers the data as they are now."""
        return self.verified is not None and self.verified.covers

    @property
    def missing(self) -> dict[str, int]:
        """Reason code → pupils whose document cannot be made for it."""
        return dict(Counter(code for one in self.pupils for code in {lack.code for lack in one.lacks}))

    @property
    def standing(self) -> Standing:
        """The same in numbers."""
        counts = Counter(step for one in self.pupils for step in reached_by(one.step))
        rejected = sum(
            one.document is not None and one.document.handover is HandoverState.REJECTED for one in self.pupils
        )
        return Standing(
            self.group, self.unit, self.path, self.school_year, self.code, self.year_level, len(self.pupils),
            {step: counts[step] for step in STEPS}, rejected, self.missing, self.class_teacher,
            self.verified.at if self.verified and self.is_verified else None,
        )  # fmt: skip


def step_of(lacks: tuple[Lack, ...], document: Document | None, *, verified: bool) -> Step | None:
    """How far one pupil's transcript has come.

    A document counts while it says what is decided; one that is outdated has to be verified and made anew.
    """
    if document is not None and not document.outdated and (done := _documented(document)) is not None:
        return done
    if lacks:
        return None
    return Step.VERIFIED if verified else Step.COMPLETE


def _documented(document: Document) -> Step | None:
    if document.state == "published":
        return Step.DELIVERED if document.handover is HandoverState.ACCEPTED else Step.SEALED
    if document.state in {"signed", "sealed"}:
        return Step.PRINCIPAL
    if document.state not in {"ready", "signing"}:
        return None
    teachers = [signed for role, _person, signed in document.signers if role == "class_teacher"]
    return Step.TEACHER if teachers and all(teachers) else Step.MADE


@dataclass(frozen=True, slots=True)
class Standing:
    """One class in one school year. `reached` counts the pupils that have reached each step, `pupils` all of them.

    Attributes:
        group, unit, path: the class, its school and the school's place.
        rejected: pupils whose record the store has rejected and nobody has put right.
        missing: reason code → pupils whose document cannot be made for it.
        class_teacher: who has the class, or None.
        verified_at: when the class was verified, or None.
    """

    group: UUID
    unit: UUID
    path: str
    school_year: str
    code: str
    year_level: int
    pupils: int
    reached: Mapping[Step, int]
    rejected: int = 0
    missing: Mapping[str, int] = field(default_factory=dict)
    class_teacher: UUID | None = None
    verified_at: datetime | None = None
    refreshed_at: datetime | None = None

    @property
    def step(self) -> Step | None:
        """The last step that every pupil has reached; None while data are missing."""
        done = [step for step in STEPS if self.pupils and self.reached.get(step, 0) >= self.pupils]
        return done[-1] if done else None

    @property
    def next(self) -> Step | None:
        """The step that the class waits for; None when all is delivered."""
        return next((step for step in STEPS if self.reached.get(step, 0) < self.pupils), None)


REPLACED = "local.replaced"
"""Code of a record that another has taken the place of before it went: the other one goes."""
NOBODYS_TO_MEND = frozenset({REPLACED})
"""Codes of rejections that ask nothing of anybody."""


@dataclass(frozen=True, slots=True)
class HandoverView:
    """One record on its way to the store; `code` and `message` are the store's words when it rejected it."""

    record: UUID
    pupil: UUID
    group: UUID
    unit: UUID
    path: str
    school_year: str
    state: HandoverState
    tries: int
    receipt: str = ""
    code: str = ""
    message: str = ""
    sent_at: datetime | None = None
    answered_at: datetime | None = None
