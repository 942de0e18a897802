"""A group in a subject: what every page of the diary stands on."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from testamur.kernel.base.refused import Refused
from testamur.law.contract import Pack
from testamur.register.schools.rules import GroupView, SchoolYearView, TermView, UnitView


class NotYourSubject(Refused):
    """Somebody else teaches this subject in this group."""

    code = "diary.not_your_subject"


class NoPack(Refused):
    """No jurisdiction's rules are in force at the school: the diary cannot say what a mark is."""

    code = "diary.no_pack"


class NoTerm(Refused):
    """The day lies in no term of the school's authority."""

    code = "diary.no_term"


@dataclass(frozen=True, slots=True)
class Room:
    """A group, its school and the rules in force there.

    Attributes:
        level: year level of the group (of its pupils, where the group itself has none); 0 when nobody knows.
        term: the term that holds the day, else the latest one that began; None when there is none.
        year: the school year of the group.
    """

    group: GroupView
    school: UnitView
    pack: Pack
    level: int
    term: TermView | None
    year: SchoolYearView

    @property
    def path(self) -> str:
        """Where the group is."""
        return self.group.path

    def the_term(self) -> TermView:
        """The term; raises `NoTerm` where there is none."""
        if self.term is None:
            raise NoTerm("There is no term on that day.", field="on", group=str(self.group.id))
        return self.term


@dataclass(frozen=True, slots=True)
class Taught:
    """A group that a person teaches a subject in; an empty subject is every subject."""

    group: UUID
    subject: str
