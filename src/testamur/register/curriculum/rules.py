"""Pure rules about what is taught."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from testamur.kernel.base.refused import Refused


class CourseInvalid(Refused):
    """A course, module or subject contradicts itself."""

    code = "curriculum.course.invalid"


class FinalRule(StrEnum):
    """How the grade of a whole course follows from its modules."""

    MANUAL = "manual"
    SINGLE_MODULE = "single_module"
    DECIDING_MODULE = "deciding_module"
    """The syllabus names a module whose grade becomes the final grade."""
    MEAN_ROUNDED = "mean_rounded"


@dataclass(frozen=True, slots=True)
class NewSubject:
    """A subject. `path` is empty for one of a pack's own list, else the organisation path that it belongs to."""

    code: str
    name: str
    path: str = ""
    pack: str = ""
    block: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SubjectView:
    """A subject as it stands."""

    id: UUID
    code: str
    name: str
    path: str
    pack: str
    block: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class NewModule:
    """A module (provkod) of a course.

    Attributes:
        credits: hp or gymnasiepoäng, at most one decimal.
        scale: id of a scale of the pack.
        deciding: its grade decides the final grade.
        titled: a degree project: its result needs a title.
    """

    code: str
    name: str
    credits: Decimal
    scale: str = ""
    deciding: bool = False
    id: UUID | None = None
    name_en: str = ""
    titled: bool = False


@dataclass(frozen=True, slots=True)
class NewCourse:
    """A course with its modules in order.

    Attributes:
        path: the organisation path that gives the course; empty for a national course.
        scale: id of a scale of the pack for the whole course.
        degree_project: one work and one title per result list.
        discontinued_on: from that day the course is no longer given; results may still be reported, with a warning.
    """

    code: str
    name: str
    credits: Decimal
    path: str = ""
    name_en: str = ""
    scale: str = ""
    subject: str = ""
    final_rule: FinalRule = FinalRule.MANUAL
    degree_project: bool = False
    discontinued_on: date | None = None
    modules: tuple[NewModule, ...] = ()
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ModuleView:
    """A module as it stands."""

    id: UUID
    course: UUID
    code: str
    name: str
    credits: Decimal
    scale: str
    deciding: bool
    order: int
    name_en: str = ""
    titled: bool = False


@dataclass(frozen=True, slots=True)
class CourseView:
    """A course with its modules in order."""

    id: UUID
    code: str
    name: str
    name_en: str
    path: str
    credits: Decimal
    scale: str
    subject: str
    final_rule: FinalRule
    degree_project: bool
    discontinued_on: date | None
    modules: tuple[ModuleView, ...]

    def discontinued(self, on: date) -> bool:
        """True when the course is no longer given on that day."""
        return self.discontinued_on is not None and on >= self.discontinued_on

    @property
    def deciding_module(self) -> ModuleView | None:
        """The module whose grade becomes the final grade, where the syllabus has one."""
        match self.final_rule:
            case FinalRule.SINGLE_MODULE:
                return self.modules[0] if len(self.modules) == 1 else None
            case FinalRule.DECIDING_MODULE:
                return next((m for m in self.modules if m.deciding), None)
            case _:
                return None


@dataclass(frozen=True, slots=True)
class NewPackInForce:
    """From `starts` until `ends` (inclusive; None is open) the pack governs everything at and below `path`.

    Attributes:
        pack: id of a jurisdiction pack, ``se.compulsory``.
        form: form of school that it governs; empty is all.
        scale: id of a scale where the body chose one among several; empty leaves it to the pack.
    """

    path: str
    pack: str
    starts: date
    ends: date | None = None
    form: str = ""
    scale: str = ""
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PackInForceView:
    """Which pack governs a path in a period."""

    id: UUID
    path: str
    pack: str
    form: str
    scale: str
    starts: date
    ends: date | None


def check_course(new: NewCourse) -> None:
    """Raise `CourseInvalid` (``curriculum.course.invalid``) with ``why`` in `found`.

    ``credits`` (negative, or more than one decimal), ``sum`` (module credits differ from the course's), ``module`` (a
    code
    twice), ``rule`` (the final rule does not fit the modules).
    """
    for amount in (new.credits, *(m.credits for m in new.modules)):
        if amount < 0 or amount != amount.quantize(Decimal("0.1")):
            raise _bad(new, "credits", "Credits are at least 0 and have at most one decimal.")
    codes = [m.code for m in new.modules]
    if len(set(codes)) < len(codes):
        raise _bad(new, "module", "A module code stands twice.")
    if new.modules and sum(m.credits for m in new.modules) != new.credits:
        raise _bad(new, "sum", "The modules' credits do not add up to the course's.")
    deciding = sum(m.deciding for m in new.modules)
    wanted = 1 if new.final_rule is FinalRule.DECIDING_MODULE else 0
    if deciding != wanted or (new.final_rule is FinalRule.SINGLE_MODULE and len(new.modules) != 1):
        raise _bad(new, "rule", "The rule for the final grade does not fit the modules.")


def _bad(new: NewCourse, why: str, message: str) -> CourseInvalid:
    return CourseInvalid(message, field=why, course=new.code, why=why)


def prefixes(path: str) -> tuple[str, ...]:
    """The path and all above it, deepest first, then the empty one: ``/a/b/`` gives ``/a/b/``, ``/a/``, ``""``."""
    parts = path.strip("/").split("/") if path.strip("/") else []
    return (*(f"/{'/'.join(parts[:n])}/" for n in range(len(parts), 0, -1)), "")
