"""Who a row is about: a pupil of the school by number, or by class and name where only one bears it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from testamur.exchange.connectors import queries
from testamur.exchange.connectors.diary.words import class_key, name_key, number_key
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import EnrolmentView, GroupKind, GroupView

_EGN = 10
_LONG = 12
"""Digits of a Swedish number with its century."""


class PupilUnknown(Refused):
    """Nobody at the school has that number or name."""

    code = "import.pupil.unknown"


class PupilAmbiguous(Refused):
    """Several pupils may be meant."""

    code = "import.pupil.ambiguous"


class GroupUnknown(Refused):
    """The school has no such group on that day, or the pupil is in no class then."""

    code = "import.group.unknown"


@dataclass(slots=True)
class Pupils:
    """Everybody who is or was in a group of one school, as whoever imports may see them."""

    groups: dict[UUID, GroupView]
    years: Mapping[UUID, tuple[date, date]]
    stays: dict[UUID, list[EnrolmentView]] = field(default_factory=lambda: defaultdict(list))
    keys: dict[str, set[UUID]] = field(default_factory=dict)
    """Groups by the keys under which other systems know them."""
    numbers: dict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    names: dict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))

    def find(self, *, number: str, name: str, classes: Collection[UUID]) -> tuple[UUID, str]:
        """The pupil, and what has to be said about the finding (or nothing). Raises PupilUnknown, PupilAmbiguous."""
        key = number_key(number)
        if key:
            found, said = self.numbers.get(key, set()), ""
            if not found and key.isdecimal() and len(key) == _EGN - 1:
                found, said = self.numbers.get(f"0{key}", set()), "read with the leading zero that a spreadsheet drops"
            if found:
                return _only(found, "number", number), said
            if not name:
                raise PupilUnknown("nobody at this school has that number", field="number", found=number)
        if not name:
            raise PupilUnknown("the row names no pupil", field="name", found="")
        among = self.names.get(name_key(name), set())
        if classes:
            among = {one for one in among if any(stay.group in classes for stay in self.stays[one])}
        pupil = _only(among, "name", name)
        return pupil, "nobody has that number; found by name alone" if key else ""

    def group(self, pupil: UUID, on: date, code: str, *, teaching: bool = False) -> GroupView:
        """The group of that code (or the pupil's class) in the school year of that day. Raises GroupUnknown."""
        wanted = class_key(code)
        near = [stay for stay in self.stays[pupil] if stay.group in self.groups and self._in_year(stay.group, on)]
        near.sort(key=lambda stay: (not _runs(stay, on), -stay.starts.toordinal(), str(stay.id)))
        for stay in near:
            one = self.groups[stay.group] if stay.group else None
            if one is None or (wanted and class_key(one.code) != wanted and one.id not in self.keys.get(code, ())):
                continue
            if wanted or one.kind is GroupKind.CLASS:
                return one
        what = "group" if teaching else "class"
        raise GroupUnknown(f"the pupil is in no {what} of that name on that day", field=what, found=code or str(on))

    def classes(self, code: str) -> frozenset[UUID]:
        """The groups of that code, of whatever year."""
        wanted = class_key(code)
        return frozenset(key for key, one in self.groups.items() if wanted and class_key(one.code) == wanted)

    def _in_year(self, group: UUID | None, on: date) -> bool:
        starts, ends = self.years.get(group, (on, on)) if group else (on, on)
        return starts <= on <= ends


def pupils_of(*, by: Actor, school: UUID) -> Pupils:
    """Look the pupils of a school up: some queries, whatever their number."""
    groups = {one.id: one for one in schools.groups(school=school)}
    found = Pupils(groups, schools.school_years_of(groups=groups))
    for stays in schools.stays(groups=groups, first=date.min, last=date.max).values():
        for stay in stays:
            found.stays[stay.person].append(stay)
    ids = list(found.stays)
    _name(found, by, ids)
    for key, numbers in people.identifiers(by=by, persons=ids).items():
        for number in numbers:
            found.numbers[number_key(number.value)].add(key)
            if number.scheme.value.startswith("se.") and len(number.value) == _LONG:
                found.numbers[number_key(number.value)[2:]].add(key)
    root = schools.units_above(next(iter(groups.values())).path)[0].code if groups else ""
    for text, known in queries.foreign_keys(authority=root, kind="person", objects=ids).items():
        found.numbers[number_key(text)] |= known
    found.keys = queries.foreign_keys(authority=root, kind="group", objects=groups)
    return found


def _name(found: Pupils, by: Actor, ids: Collection[UUID]) -> None:
    """Enter the names; whoever may not see a name is told of nobody by it."""
    for key, one in people.people(by=by, ids=ids, numbers=False).items():
        if not one.masked:
            for name in ((one.given, one.middle, one.family), (one.given, one.family), (one.preferred, one.family)):
                found.names[name_key(*name)].add(key)


def _only(found: set[UUID], column: str, text: str) -> UUID:
    if not found:
        raise PupilUnknown(f"nobody at this school has that {column}, in that class", field=column, found=text)
    if len(found) > 1:
        raise PupilAmbiguous(
            f"{len(found)} pupils have that {column}; tell them apart by number, or by class", field=column, found=text
        )
    return next(iter(found))


def _runs(stay: EnrolmentView, on: date) -> bool:
    return stay.starts <= on and (stay.ends is None or stay.ends >= on)
