"""What all documents of one school and term share."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound, Refused
from testamur.law.contract import Decision, Pack, Period, SchoolFacts
from testamur.law.tables import PACKS
from testamur.law.tables import pack as pack_by_id
from testamur.register.people.actions import legal_persons
from testamur.register.people.rules import LegalPerson
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupKind, GroupView, PostView, SchoolYearView, UnitKind, UnitView
from testamur.schoolday.results import queries
from testamur.schoolday.results.queries import DecisionRow
from testamur.trust.records.rules import Issuer

PURPOSE = "results.documents"
RECTIFICATION = "rectification"

Classes = Sequence[tuple[GroupView, Sequence[UUID]]]
"""Each class with the ids of its pupils."""


class NoPack(Refused):
    """Neither the school nor its decisions tell under which law documents are made."""

    code = "results.documents.no_pack"


@dataclass(frozen=True, slots=True)
class School:
    """What all documents of one school and term share. `delegated` are codes of documents that a delegate signs."""

    unit: UnitView
    authority: UnitView
    pack: Pack
    period: Period
    facts: SchoolFacts
    issued_on: date
    persons: Mapping[UUID, LegalPerson]
    decisions: Mapping[UUID, tuple[DecisionRow, ...]]
    former: Mapping[UUID, tuple[DecisionRow, ...]]
    delegated: frozenset[str] = frozenset()
    named: dict[UUID, Decision] = field(default_factory=dict)
    """Decisions with names (`facts.named`), by id, as they are made."""
    posts: tuple[PostView, ...] = ()
    """All posts at the school on the day."""
    replaced: Mapping[UUID, str] = field(default_factory=dict)
    """What decisions said that a rectification took the place of, by the id of the former one."""
    past: Mapping[tuple[UUID, str], str] = field(default_factory=dict)
    """Code of the class that a pupil was in, by pupil and earlier school year."""
    schools: Mapping[UUID, str] = field(default_factory=dict)
    """Names of the schools at which earlier years were decided."""

    @property
    def issuer(self) -> Issuer:
        """The body that seals and the school that issues."""
        return Issuer(
            organisation=self.authority.id,
            name=self.authority.name,
            unit=self.unit.id,
            unit_code=self.unit.code,
            unit_name=self.unit.name,
            path=self.unit.path,
        )

    @property
    def day(self) -> date:
        """The day whose classes and posts count."""
        return min(self.period.ends, self.issued_on)

    def name(self, person: UUID | None) -> str:
        """The legal name, or an empty text."""
        return self.persons[person].facts.name if person is not None and person in self.persons else ""


def authority_of(unit: UnitView) -> UnitView:
    """The body responsible for a school: the nearest authority above it."""
    return next((u for u in reversed(schools.units_above(unit.path)) if u.kind is UnitKind.AUTHORITY), unit)


def last_day(unit: UnitView, school_year: str, term: str) -> date:
    """The last day of a school's term, or of its school year when `term` is empty. Raises NotFound."""
    return _period(unit, school_year, term)[1].ends


def gather(
    by: Actor,
    school: UUID,
    school_year: str,
    term: str,
    issued_on: date,
    now: datetime,
    groups: Collection[UUID] = (),
) -> tuple[School, Classes]:
    """The school with its term's classes (or those in `groups`), decisions and people.

    Raises NotFound, NoPack, NotAllowed.
    """
    unit = schools.unit(school)
    if unit is None:
        raise NotFound("There is no such school.", field="school")
    authority = authority_of(unit)
    year, period = _period(unit, school_year, term)
    day = min(period.ends, issued_on)
    wanted = [
        group
        for group in schools.groups(school=unit.id, school_year=year, kind=GroupKind.CLASS)
        if not groups or group.id in groups
    ]
    inside = schools.members_of(groups=[group.id for group in wanted], on=day)
    classes = [(group, [m.person for m in inside[group.id]]) for group in wanted]
    pupils = [p for _group, members in classes for p in members]
    decisions = queries.standing(
        by=by, path=unit.path, unit=unit.id, school_year=school_year, pupils=pupils if groups else None
    )
    former = queries.earlier(by=by, path=unit.path, pupils=pupils, before=school_year)
    named = {p for rows in (*decisions.values(), *former.values()) for row in rows for p in row.decided_by}
    posts = schools.posts_at(unit=unit.id, on=day)
    persons = legal_persons(
        by=by, ids=sorted({*pupils, *named, *(post.person for post in posts)}), purpose=PURPOSE, now=now
    )
    pack = _pack(unit, decisions, day)
    return School(
        unit,
        authority,
        pack,
        period,
        _facts(unit, authority),
        issued_on,
        persons,
        decisions,
        former,
        queries.delegated(unit=unit.id),
        posts=posts,
        replaced=_replaced(decisions, former),
        past=_past(former, day),
        schools=schools.unit_names({row.unit for rows in former.values() for row in rows if row.unit}),
    ), classes


Rows = Mapping[UUID, Sequence[DecisionRow]]


def _replaced(*found: Rows) -> Mapping[UUID, str]:
    rows = (row for some in found for rows in some.values() for row in rows)
    wanted = {row.replaces for row in rows if row.replaces and row.facts.reason == RECTIFICATION}
    return queries.values_of(wanted) if wanted else {}


def _past(former: Rows, day: date) -> Mapping[tuple[UUID, str], str]:
    """The class in which each earlier year ended, as the register of the installation knows it."""
    if not former:
        return {}
    stays = schools.enrolled(persons=list(former), until=day)
    groups = schools.groups_by_id({one.group for some in stays.values() for one in some if one.group})
    found: dict[tuple[UUID, str], str] = {}
    for pupil, some in stays.items():
        for one in some:
            group = groups.get(one.group) if one.group else None
            if group is not None and group.kind is GroupKind.CLASS:
                found[pupil, group.school_year_code] = group.code
    return found


def _facts(unit: UnitView, authority: UnitView) -> SchoolFacts:
    parts = dict(unit.parts)
    return SchoolFacts(
        code=unit.code,
        name=unit.name,
        authority=authority.name,
        authority_code=authority.code,
        municipality=parts.get("municipality", ""),
        district=parts.get("district", ""),
        province=parts.get("province", ""),
    )


def _pack(unit: UnitView, decisions: Mapping[UUID, Sequence[DecisionRow]], day: date) -> Pack:
    """The school's own pack, else the one law under which all of its year's decisions were made."""
    told = schools.pack_of(unit.id, on=day)
    made = sorted({row.pack for rows in decisions.values() for row in rows})
    if not told and len(made) == 1:
        (told,) = made
    if not told:
        raise NoPack(
            f"{unit.name} has no rule pack and "
            + ("its decisions follow several: " + ", ".join(made) if made else "no decisions of that year")
            + f". Name one of {', '.join(sorted(PACKS))} in the column pack of schools.csv and import it.",
            field="school",
            school=unit.code,
        )
    return pack_by_id(told)


def _period(unit: UnitView, school_year: str, term: str) -> tuple[UUID, Period]:
    """The school year's id, and the term as the nearest body above the school keeps it."""
    known: list[str] = []
    for above in reversed(schools.units_above(unit.path)):
        for year in schools.school_years(above.id):
            known += _labels(year)
            if year.code != school_year:
                continue
            if not term:
                return year.id, Period(school_year, "", year.starts, year.ends)
            for t in year.terms:
                if t.code == term:
                    return year.id, Period(school_year, term, t.starts, t.ends)
    there = ", ".join(known) if known else "none; import terms.csv"
    raise NotFound(
        f"There is no term '{f'{school_year} {term}'.strip()}' at {unit.name}. Known: {there}.", field="term"
    )


def _labels(year: SchoolYearView) -> list[str]:
    return [f"{year.code} {t.code}" for t in year.terms] or [year.code]
