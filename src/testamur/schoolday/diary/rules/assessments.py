"""Pure rules of written assessments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from testamur.kernel.base.refused import Refused
from testamur.law.diary import AssessmentForm
from testamur.register.people.rules import PersonView
from testamur.register.schools.rules import SchoolYearView, TermView
from testamur.schoolday.diary.rules.rooms import NoTerm, Room

LONGEST_TEXT = 6000


class NoAssessment(Refused):
    """The jurisdiction knows no written assessment in that year level."""

    code = "diary.assessment.none"


class AssessmentOffScale(Refused):
    """The value is not on the scale; `found["accepted"]` says what is."""

    code = "diary.assessment.off_scale"


class AssessmentTooLong(Refused):
    """The text is longer than an assessment may be."""

    code = "diary.assessment.too_long"


class AssessmentConflict(Refused):
    """Somebody else saved another text since; `found` holds ``value``, ``text``, ``plan``, ``version``, ``by``."""

    code = "diary.assessment.conflict"


class NothingToPublish(Refused):
    """There is no assessment among them that is written and not published."""

    code = "diary.assessment.nothing"


@dataclass(frozen=True, slots=True)
class Written:
    """What an assessment says. `value` is on the form's scale where there is one, `plan` the plan forward."""

    value: str = ""
    text: str = ""
    plan: str = ""

    @property
    def empty(self) -> bool:
        """True when nothing is written."""
        return not (self.value or self.text or self.plan)


@dataclass(frozen=True, slots=True)
class AssessmentView:
    """An assessment of a pupil in a subject, a draft until `published_at`. `version` grows with every change."""

    id: UUID
    pupil: UUID
    subject: str
    term: UUID
    written: Written
    version: int
    made_by: UUID
    changed_at: datetime
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving made of an assessment. `changed` is False when it stood there already."""

    version: int
    changed: bool


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One pupil in the sheet of a subject.

    Attributes:
        current: the newest text, draft or published; None where nothing was ever written.
        standing: the published one that the family reads; None before the first.
        before: the published one of an earlier term or year, to be read beside.
    """

    person: PersonView
    current: AssessmentView | None
    standing: AssessmentView | None
    before: AssessmentView | None

    @property
    def draft(self) -> bool:
        """True when something is written that the family does not read yet."""
        return self.current is not None and self.current.published_at is None

    @property
    def ready(self) -> bool:
        """True when the draft can be published."""
        return self.current is not None and self.draft and not self.current.written.empty


@dataclass(frozen=True, slots=True)
class Sheet:
    """All pupils of a group in one subject, for one term (or the year, which its last term stands for)."""

    room: Room
    subject: str
    form: AssessmentForm
    term: TermView
    rows: tuple[SheetRow, ...]


def term_of(form: AssessmentForm, year: SchoolYearView, term: TermView | None) -> TermView:
    """The term that an assessment belongs to: of a yearly form the last of the school year. Raises `NoTerm`."""
    if form.per == "year" and year.terms:
        return year.terms[-1]
    if term is None or term not in year.terms:
        raise NoTerm("The school year of the group has no such term.", field="term")
    return term


def check_written(form: AssessmentForm, said: Written) -> Written:
    """What is kept of what was typed. Raises `AssessmentOffScale`, `AssessmentTooLong`."""
    value = said.value.strip()
    accepted = [step.value for step in form.scale.values] if form.scale is not None else []
    if value and value not in accepted:
        raise AssessmentOffScale(
            f"{value[:20]!r} is not on the scale.", field="value", value=value[:20], accepted=" ".join(accepted)
        )
    text, plan = said.text.strip(), said.plan.strip() if form.plan else ""
    for name, part in (("text", text), ("plan", plan)):
        if len(part) > LONGEST_TEXT:
            raise AssessmentTooLong(f"At most {LONGEST_TEXT} characters.", field=name, longest=LONGEST_TEXT)
    return Written(value, text, plan)
