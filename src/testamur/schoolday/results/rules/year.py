"""Shapes and refusals of closing a moment and of the end of a class's year. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from testamur.kernel.base.refused import Refused
from testamur.law.year import Condition, YearProposal


class MomentIncomplete(Refused):
    """Something that the moment needs is not entered yet; `found["missing"]` counts it."""

    code = "results.moment.incomplete"


class MomentBusy(Refused):
    """Somebody else decides the same in this very moment, or has."""

    code = "results.moment.busy"


class CommentTooLong(Refused):
    """A comment does not fit the form of the transcript."""

    code = "results.moment.comment_too_long"


class NotThatResult(Refused):
    """The assessments speak for another result than the one that was shown."""

    code = "results.year.changed"


class AgreementMissing(Refused):
    """An award needs the word that the class has recognised it."""

    code = "results.year.agreement_missing"


class MeritMissing(Refused):
    """This award needs what it is given for."""

    code = "results.year.merit_missing"


class NoSuchAward(Refused):
    """The assessments speak for no such award."""

    code = "results.year.no_such_award"


class AwardGiven(Refused):
    """The pupil has this very award, for the same words: the form came twice."""

    code = "results.year.award_given"


class TooManyAwards(Refused):
    """The form has no room for another award of the year."""

    code = "results.year.too_many_awards"


class NotWeak(Refused):
    """Only what stands in the way of completing the year is assessed again."""

    code = "results.year.not_weak"


class NotThePrincipals(Refused):
    """The principal decides once help and a new assessment were not enough, and decides once."""

    code = "results.year.not_the_principals"


@dataclass(frozen=True, slots=True)
class Line:
    """One entered value beside what is decided about it.

    Attributes:
        kind, code: what it is about, as the pack says.
        entered: the value of the diary.
        decided: the value that stands; empty while nothing is decided.
        decision: its id.
        by: who entered it.
        comment: what stands with it.
    """

    pupil: UUID
    kind: str
    code: str
    entered: str
    by: UUID
    comment: str = ""
    decided: str = ""
    decision: UUID | None = None


@dataclass(frozen=True, slots=True)
class MomentState:
    """How far a moment of a class is: what is entered and not decided, changed since, missing.

    Attributes:
        fresh: entered and not decided yet.
        changed: decided, and entered anew with another value afterwards.
        decided: how many values stand as they were entered.
        missing: pupil → what is not entered.
        long: comments that do not fit the form.
    """

    fresh: tuple[Line, ...]
    changed: tuple[Line, ...]
    decided: int
    missing: Mapping[UUID, tuple[Condition, ...]]
    long: tuple[Line, ...]

    @property
    def lacking(self) -> int:
        """How many values are missing in all."""
        return sum(map(len, self.missing.values()))

    @property
    def closed(self) -> bool:
        """Everything that the moment needs is decided."""
        return not (self.fresh or self.changed or self.lacking or self.long)


@dataclass(frozen=True, slots=True)
class Closed:
    """What closing a moment made. `refused`: changes that the law did not let pass, with the code of its refusal."""

    recorded: int
    corrected: int
    refused: tuple[tuple[Line, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a class teacher confirms about one pupil.

    Attributes:
        result: the value that was shown.
        award: the award to give; empty for none.
        agreed: the class has recognised it.
        merit: flag that says what it is given for, where it needs one.
        why: that in words, as it stands in the transcript.
    """

    result: str
    award: str = ""
    agreed: bool = False
    merit: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class PupilYear:
    """One pupil at the end of a year: what the assessments speak for, and what is decided.

    Attributes:
        result, award, promotion: the decided values; empty while nothing is decided.
        again: codes that were assessed again.
    """

    pupil: UUID
    proposal: YearProposal
    result: str = ""
    award: str = ""
    promotion: str = ""
    again: tuple[tuple[str, str, str], ...] = ()
    """(kind, code, value) of what was assessed again."""
    decisions: Mapping[tuple[str, str], UUID] = field(default_factory=dict)
    further: tuple[tuple[str, str], ...] = ()
    """(value, words) of awards that follow from no result."""

    @property
    def settled(self) -> bool:
        """The result that stands is the one that the assessments speak for."""
        return bool(self.result) and self.result == self.proposal.result

    @property
    def clear(self) -> bool:
        """It can be confirmed together with others: the year is completed and nothing else has to be asked."""
        return self.proposal.passed and not self.result

    @property
    def gives(self) -> str:
        """The award that goes with the result without another question than whether the class agrees."""
        offers = self.proposal.awards
        return offers[0].award if len(offers) == 1 and not offers[0].needs else ""
