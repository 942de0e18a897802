"""Reading a class's year: what its diary says at a moment beside what is decided, and what the year speaks for.

Pupils stand in the order of the class list and in no other; nothing here sets one beside another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.law.contract import Decision as Facts
from testamur.law.contract import Period
from testamur.law.tables import PACKS
from testamur.law.year import Weak, YearEnd
from testamur.register.people.queries import chunks
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupKind
from testamur.schoolday.diary.queries import moments as diary
from testamur.schoolday.diary.queries.marks import ENTER
from testamur.schoolday.diary.queries.moments import Entered
from testamur.schoolday.diary.queries.rooms import room as room_of
from testamur.schoolday.diary.queries.rooms import writable
from testamur.schoolday.diary.rules.moments import Moment, NoMoments, moment_of, moments_of, year_rules
from testamur.schoolday.diary.rules.rooms import Room
from testamur.schoolday.results.models import Decision
from testamur.schoolday.results.queries import DecisionRow, facts_of
from testamur.schoolday.results.rules import Line, MomentState, PupilYear, Reason

CLOSE = "results.moment.close"
SEE = "results.year.see"
PROMOTE = "results.year.promote"


@dataclass(frozen=True, slots=True)
class ClassYear:
    """A class at the end of its year; `weak`: what stands in the way of completing it, by pupil."""

    room: Room
    rules: YearEnd
    pupils: tuple[UUID, ...]
    years: Mapping[UUID, PupilYear]
    weak: Mapping[UUID, tuple[Weak, ...]]


def class_of(*, by: Actor, verb: str, group: UUID, on: date) -> Room:
    """The class for one who holds `verb` there, where the law closes years. Raises NotFound, NotAllowed, NoMoments."""
    room = room_of(group=group, on=on)
    by.must(verb, room.path, group=group)
    year_rules(room)
    return room


def pupils_of(room: Room, on: date) -> tuple[UUID, ...]:
    """Who is in the class on that day, or was at the end of its year."""
    return tuple(one.person for one in schools.members(group=room.group.id, on=min(on, room.year.ends)))


def moment_state(*, by: Actor, group: UUID, moment: str, on: date) -> tuple[Room, Moment, MomentState]:
    """How far a moment of a class is. Needs ``results.moment.close`` at the class. A constant number of queries."""
    room = class_of(by=by, verb=CLOSE, group=group, on=on)
    chosen = moment_of(room, moment)
    return room, chosen, state_of(room, chosen, pupils_of(room, on))


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A subject that keeps a moment open: pupils without a value, and comments that are drafts; whose work it is.

    `teachers` is empty where it is the class teacher's.
    """

    subject: str
    name: str
    teachers: tuple[UUID, ...]
    missing: int
    drafts: int


def unfinished(*, by: Actor, room: Room, moment: Moment, state: MomentState, on: date) -> tuple[Unfinished, ...]:
    """Who has not finished what at a moment, subject by subject. Needs ``results.moment.close`` at the class.

    Three queries; numbers of pupils, and no pupil by name.
    """
    by.must(CLOSE, room.path, group=room.group.id)
    rules, pupils = year_rules(room), pupils_of(room, on)
    lacking: dict[str, set[UUID]] = defaultdict(set)
    for pupil, lacks in state.missing.items():
        for one in lacks:
            lacking[one.about].add(pupil)
    begun: dict[str, dict[UUID, int]] = defaultdict(dict)
    for draft in diary.drafts(room=room, moment=moment, pupils=pupils):
        begun[draft.subject][draft.by] = draft.pupils
    given: dict[str, list[UUID]] = defaultdict(list)
    for teaches in schools.teachers_of(groups=[room.group.id], on=on):
        if teaches.subject:
            given[teaches.subject].append(teaches.person)
    codes = [*(s.code for s in room.pack.subjects if s.code in {*lacking, *begun}), *sorted({*lacking, *begun})]
    return tuple(
        Unfinished(
            code,
            rules.name("level", code),
            tuple(dict.fromkeys([*begun[code], *([] if begun[code] else given[code])])),
            len(lacking[code]),
            sum(begun[code].values()),
        )
        for code in dict.fromkeys(codes)
    )


def states(*, by: Actor, group: UUID, on: date) -> tuple[tuple[Moment, MomentState], ...]:
    """The same for all moments of the year, in order."""
    room = class_of(by=by, verb=CLOSE, group=group, on=on)
    pupils = pupils_of(room, on)
    return tuple((one, state_of(room, one, pupils)) for one in moments_of(room))


def state_of(room: Room, moment: Moment, pupils: Collection[UUID]) -> MomentState:
    """How far that moment is for these pupils; for this package's own verbs."""
    rules = year_rules(room)
    standing = _standing(room, moment.term.code, pupils)
    there = {
        (row.pupil, row.facts.kind, row.facts.code): row for row in standing if row.facts.occasion == moment.occasion
    }
    fresh: list[Line] = []
    changed: list[Line] = []
    long: list[Line] = []
    decided = 0
    told: dict[UUID, list[Facts]] = defaultdict(list)
    for row in there.values():
        told[row.pupil].append(row.facts)
    for one in diary.entered(room=room, moment=moment, pupils=pupils):
        stands = there.get((one.pupil, one.kind, one.code))
        line = Line(one.pupil, one.kind, one.code, one.value, one.by, one.comment)
        if len(one.value if one.kind == "comment" else one.comment) > rules.longest_comment:
            long.append(line)
        elif stands is None:
            fresh.append(line)
            told[one.pupil].append(facts_for(room, moment, one.kind, one.code, one.value))
        elif _differs(one, stands):
            changed.append(replace(line, decided=stands.facts.value, decision=stands.id))
        else:
            decided += 1
    missing = {
        pupil: lacks
        for pupil in pupils
        if (lacks := rules.missing(told[pupil], room.level, moment.term.code, moment.occasion))
    }
    return MomentState(tuple(fresh), tuple(changed), decided, missing, tuple(long))


def facts_for(room: Room, moment: Moment, kind: str, code: str, value: str) -> Facts:
    """A value of a moment as the law sees it."""
    return Facts(kind, code, value, period_of(room, moment), room.level, occasion=moment.occasion)


def period_of(room: Room, moment: Moment) -> Period:
    """The term of a moment as decisions name it."""
    return Period(room.year.code, moment.term.code, moment.term.starts, moment.term.ends)


def _differs(entered: Entered, row: DecisionRow) -> bool:
    """Another value was entered after the decision was made; a re-examination is not undone by what stood before."""
    return entered.value != row.facts.value and entered.at > row.made_at


def class_year(*, by: Actor, group: UUID, on: date) -> ClassYear:
    """What the year of each pupil speaks for and what is decided. Needs ``results.year.see`` at the class."""
    room = class_of(by=by, verb=SEE, group=group, on=on)
    pupils = pupils_of(room, on)
    return years_of(room, pupils)


def years_of(room: Room, pupils: tuple[UUID, ...]) -> ClassYear:
    """The same, for this package's own verbs."""
    rules = year_rules(room)
    by_pupil: dict[UUID, list[DecisionRow]] = defaultdict(list)
    for row in _standing(room, None, pupils):
        by_pupil[row.pupil].append(row)
    years = {pupil: _year(rules, room, pupil, by_pupil[pupil]) for pupil in pupils}
    weak = {
        pupil: rules.weak([row.facts for row in by_pupil[pupil]], room.level)
        for pupil in pupils
        if not years[pupil].proposal.passed and by_pupil[pupil]
    }
    return ClassYear(room, rules, pupils, years, {pupil: some for pupil, some in weak.items() if some})


@dataclass(frozen=True, slots=True)
class Again:
    """What a teacher may assess again in the own subjects: pupil, and what stands in the way."""

    pupil: UUID
    weak: tuple[Weak, ...]


def again(*, by: Actor, group: UUID, on: date) -> tuple[Room, tuple[Again, ...]]:
    """Pupils of a class whom `by` may assess again in subjects that `by` teaches there; nothing of other subjects.

    Needs ``diary.mark.enter`` at the class. Raises NotFound, NotAllowed, NoMoments.
    """
    room = class_of(by=by, verb=ENTER, group=group, on=on)
    may = own_subjects(by, room, on)
    weak = years_of(room, pupils_of(room, on)).weak
    mine = {pupil: tuple(one for one in some if may(one)) for pupil, some in weak.items()}
    return room, tuple(Again(pupil, some) for pupil, some in mine.items() if some)


def own_subjects(by: Actor, room: Room, on: date) -> Callable[[Weak], bool]:
    """Whether a weak assessment is about a subject that `by` writes in: levels and tests, no qualities."""
    may = writable(by=by, room=room, on=on)
    return lambda one: one.kind in {"level", "test"} and may(one.code)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pupil about whom the principal decides, in that class; or has decided."""

    group: UUID
    code: str
    year: PupilYear


def promotions(*, by: Actor, school: UUID, on: date) -> tuple[Waiting, ...]:
    """The pupils of a school whose promotion is the principal's to decide or was decided, class by class.

    Needs ``results.year.promote`` at the school. Two queries and those of each class with such a pupil.
    """
    unit = schools.unit(school)
    if unit is None:
        raise NotFound("There is no such school.", field="school")
    by.must(PROMOTE, unit.path)
    pack = PACKS.get(schools.pack_of(school, on=on))
    if pack is None or pack.year_end is None:
        raise NoMoments("The rules of this school know no such decision.", school=str(school))
    term = schools.term_on(authority=schools.units_above(unit.path)[0].id, on=on)
    if term is None:
        return ()
    found: list[Waiting] = []
    groups = schools.groups(school=school, school_year=term.school_year, kind=GroupKind.CLASS)
    inside = schools.members_of(groups=[one.id for one in groups], on=on)
    again = _reassessed(school, term.school_year_code)
    for group in sorted(groups, key=lambda one: (one.year_level or 0, len(one.code), one.code)):
        mine = tuple(one.person for one in inside[group.id] if one.person in again)
        if not mine:
            continue
        years = years_of(room_of(group=group.id, on=on), mine).years
        found += [
            Waiting(group.id, group.code, year)
            for year in years.values()
            if year.promotion or year.proposal.step == "principal_decides"
        ]
    return tuple(found)


def _reassessed(school: UUID, school_year: str) -> set[UUID]:
    """Pupils of a school with a re-examination or a decided promotion in that year."""
    rows = Decision.objects.filter(unit=school, school_year=school_year, replaced_by__isnull=True)
    return set(rows.filter(reason=Reason.RE_EXAMINATION).values_list("pupil", flat=True)) | set(
        rows.filter(kind="promotion").values_list("pupil", flat=True)
    )


def _standing(room: Room, term: str | None, pupils: Iterable[UUID]) -> list[DecisionRow]:
    found: list[DecisionRow] = []
    for some in chunks(dict.fromkeys(pupils)):
        rows = Decision.objects.filter(
            pupil__in=some, unit=room.school.id, school_year=room.year.code, replaced_by__isnull=True
        )
        if term is not None:
            rows = rows.filter(term=term)
        found += map(facts_of, rows.order_by("pupil", "kind", "code"))
    return found


def _year(rules: YearEnd, room: Room, pupil: UUID, rows: list[DecisionRow]) -> PupilYear:
    facts = [row.facts for row in rows]
    by_slot = {(row.facts.kind, row.facts.code): row for row in rows if not row.facts.occasion}

    def value(slot: tuple[str, str]) -> str:
        return by_slot[slot].facts.value if slot in by_slot else ""

    return PupilYear(
        pupil,
        rules.propose(facts, room.level),
        result=value(rules.result),
        award=value(rules.award),
        promotion=value(rules.promotion),
        again=tuple(
            (row.facts.kind, row.facts.code, row.facts.value)
            for row in rows
            if row.facts.reason == Reason.RE_EXAMINATION.value
        ),
        decisions={slot: row.id for slot, row in by_slot.items()},
        further=tuple(
            (row.facts.value, row.facts.comment)
            for (kind, code), row in sorted(by_slot.items())
            if kind == rules.award[0] and code in rules.further_awards
        ),
    )
