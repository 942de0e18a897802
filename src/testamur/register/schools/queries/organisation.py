"""Reading the organisation. Ids of persons come out as ids; whoever shows names asks `people.queries`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.memory import recall, recall_each
from testamur.register.curriculum import queries as curriculum
from testamur.register.curriculum.rules import prefixes
from testamur.register.people import queries as people
from testamur.register.people.queries import chunks
from testamur.register.people.rules import PersonView
from testamur.register.schools.models import Enrolment, Group, Post, SchoolYear, Term, Unit
from testamur.register.schools.rules import (
    EnrolmentView,
    Form,
    GroupKind,
    GroupView,
    Placement,
    PostView,
    Role,
    SchoolYearView,
    TermView,
    UnitKind,
    UnitView,
)


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A pupil in a class list: the enrolment, and the person as the viewer may see him or her."""

    enrolment: EnrolmentView
    person: PersonView


def running(on: date) -> Q:
    """Rows whose period (both days included) holds that day."""
    return Q(starts__lte=on) & (Q(ends__isnull=True) | Q(ends__gte=on))


# --- units -------------------------------------------------------------------------------------


def units(ids: Iterable[UUID]) -> dict[UUID, UnitView]:
    """Units by id; an unknown id is left out."""
    return {row.id: _unit(row) for chunk in chunks(dict.fromkeys(ids)) for row in Unit.objects.filter(id__in=chunk)}


def unit_names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """What units are called, by id; an unknown id is left out."""
    return {
        key: name
        for chunk in chunks(dict.fromkeys(ids))
        for key, name in Unit.objects.filter(id__in=chunk).values_list("id", "name")
    }


def unit(id: UUID) -> UnitView | None:  # noqa: A002 - the name that every query uses
    """One unit, or None."""
    return units([id]).get(id)


def unit_at(path: str) -> UnitView | None:
    """The unit with exactly that path, or None."""
    row = Unit.objects.filter(path=path).first()
    return None if row is None else _unit(row)


def unit_by_code(*, code: str, parent: UUID | None = None) -> UnitView | None:
    """The unit with that code directly below `parent` (None: among the roots), or None."""
    row = Unit.objects.filter(code=code, parent=parent).first()
    return None if row is None else _unit(row)


def units_by_code(*, codes: Iterable[str], under: str = "/") -> dict[str, tuple[UnitView, ...]]:
    """Units at or below the path `under` by code, in path order; two parents may have a child of the same code."""
    found: dict[str, list[UnitView]] = defaultdict(list)
    for chunk in chunks(dict.fromkeys(codes)):
        for row in Unit.objects.filter(path__startswith=under, code__in=chunk).order_by("path"):
            found[row.code].append(_unit(row))
    return {code: tuple(views) for code, views in found.items()}


def units_under(path: str, *, kind: UnitKind | None = None) -> tuple[UnitView, ...]:
    """The unit at `path` and all below it, in path order; of one kind where asked."""
    rows = Unit.objects.filter(path__startswith=path)
    return tuple(_unit(row) for row in (rows.filter(kind=kind) if kind else rows).order_by("path"))


def units_above(path: str) -> tuple[UnitView, ...]:
    """The units on the way from the root down to `path`, itself included: authority, then school."""
    found = recall_each("schools.way", [way for way in prefixes(path) if way], units_on)
    return tuple(found[way] for way in sorted(found))


def units_on(paths: Collection[str]) -> dict[str, UnitView]:
    """Units by path; a path without one (a group's) is left out."""
    return {row.path: _unit(row) for row in Unit.objects.filter(path__in=paths)}


def pack_of(unit_id: UUID, *, on: date) -> str:
    """Id of the jurisdiction pack for a unit on that day, or an empty text.

    What `curriculum` records for the path and period decides, then the unit's own pack, then those of the units above.
    """
    here = unit(unit_id)
    return "" if here is None else pack_among(units_above(here.path), on=on)


def pack_among(way: Sequence[UnitView], *, on: date) -> str:
    """The same for the last of the units on a way down from the root (`units_above`). One query."""
    in_force = curriculum.pack_in_force(path=way[-1].path, form=way[-1].form, on=on)
    if in_force is not None:
        return in_force.pack
    return next((above.pack for above in reversed(way) if above.pack), "")


# --- years and terms ---------------------------------------------------------------------------


def school_years(authority: UUID) -> tuple[SchoolYearView, ...]:
    """The school years of an authority with their terms, in order of time."""
    terms: dict[UUID, list[TermView]] = defaultdict(list)
    for row in Term.objects.filter(school_year__authority=authority).select_related("school_year").order_by("starts"):
        terms[row.school_year_id].append(_term(row))
    return tuple(
        SchoolYearView(row.id, row.authority_id, row.code, row.starts, row.ends, tuple(terms[row.id]))
        for row in SchoolYear.objects.filter(authority=authority).order_by("starts")
    )


def school_year(id: UUID) -> SchoolYearView | None:  # noqa: A002 - the name that every query uses
    """One school year with its terms in order of time, or None. One query, two for a year without terms."""
    terms = list(Term.objects.select_related("school_year").filter(school_year=id).order_by("starts"))
    row = terms[0].school_year if terms else SchoolYear.objects.filter(id=id).first()
    if row is None:
        return None
    return SchoolYearView(row.id, row.authority_id, row.code, row.starts, row.ends, tuple(map(_term, terms)))


def term(id: UUID) -> TermView | None:  # noqa: A002 - the name that every query uses
    """One term, or None."""
    row = Term.objects.select_related("school_year").filter(id=id).first()
    return None if row is None else _term(row)


def term_on(*, authority: UUID, on: date) -> TermView | None:
    """The authority's term that holds that day, or None in the holidays."""
    rows = Term.objects.select_related("school_year").filter(
        school_year__authority=authority, starts__lte=on, ends__gte=on
    )
    row = rows.order_by("-starts").first()
    return None if row is None else _term(row)


# --- groups ------------------------------------------------------------------------------------


def groups_by_id(ids: Iterable[UUID]) -> dict[UUID, GroupView]:
    """Groups by id; an unknown id is left out."""
    return {
        row.id: group_view(row)
        for chunk in chunks(dict.fromkeys(ids))
        for row in Group.objects.select_related("school_year").filter(id__in=chunk)
    }


def group(id: UUID) -> GroupView | None:  # noqa: A002 - the name that every query uses
    """One group, or None."""
    return groups_by_id([id]).get(id)


def groups(
    *, school: UUID, school_year: UUID | None = None, term: UUID | None = None, kind: GroupKind | None = None
) -> tuple[GroupView, ...]:
    """The groups of a school, of one school year (or the one of a term) and kind where asked, by level and code."""
    rows = Group.objects.select_related("school_year").filter(school=school)
    if school_year is not None:
        rows = rows.filter(school_year=school_year)
    if term is not None:
        rows = rows.filter(school_year__terms=term)
    if kind is not None:
        rows = rows.filter(kind=kind)
    ordered = rows.order_by("school_year__starts", F("year_level").asc(nulls_last=True), "code", "id")
    return tuple(group_view(row) for row in ordered)


# --- who is where ------------------------------------------------------------------------------


def members(*, group: UUID, on: date) -> tuple[EnrolmentView, ...]:
    """Who is in this group on that day."""
    return tuple(map(_enrolment, Enrolment.objects.filter(running(on), group=group).order_by("id")))


def members_ever(*, group: UUID) -> tuple[EnrolmentView, ...]:
    """Everybody who is or was in this group, in order of time."""
    return tuple(map(_enrolment, Enrolment.objects.filter(group=group).order_by("starts", "id")))


def members_of(*, groups: Iterable[UUID], on: date) -> dict[UUID, tuple[EnrolmentView, ...]]:
    """Who is in each of these groups on that day. One query for some thousand groups."""
    found: dict[UUID, list[EnrolmentView]] = {group: [] for group in groups}
    for chunk in chunks(found):
        for row in Enrolment.objects.filter(running(on), group__in=chunk).order_by("id"):
            if row.group_id is not None:
                found[row.group_id].append(_enrolment(row))
    return {group: tuple(rows) for group, rows in found.items()}


def stays(*, groups: Iterable[UUID], first: date, last: date) -> dict[UUID, tuple[EnrolmentView, ...]]:
    """Who was in each of these groups on any of the days from `first` to `last`, in order of start."""
    found: dict[UUID, list[EnrolmentView]] = {group: [] for group in groups}
    within = Q(starts__lte=last) & (Q(ends__isnull=True) | Q(ends__gte=first))
    for chunk in chunks(found):
        for row in Enrolment.objects.filter(within, group__in=chunk).order_by("starts", "id"):
            if row.group_id is not None:
                found[row.group_id].append(_enrolment(row))
    return {group: tuple(rows) for group, rows in found.items()}


def pupils_of_school(*, school: UUID, on: date) -> tuple[EnrolmentView, ...]:
    """Who is enrolled in this school as such on that day."""
    return tuple(map(_enrolment, Enrolment.objects.filter(running(on), school=school, group=None).order_by("id")))


def pupil_counts(*, path: str, on: date) -> dict[UUID, int]:
    """How many pupils each school at or below `path` has on that day, those in a class counted once."""
    rows = Enrolment.objects.filter(running(on), school__path__startswith=path)
    counted = rows.values("school").annotate(n=Count("person", distinct=True)).values_list("school", "n")
    return dict(counted)


def class_list(*, by: Actor, group: UUID, on: date) -> tuple[ClassRow, ...]:
    """The members of a group on that day by name as `by` may see them, in one sort order: family name, given name.

    Needs ``schools.group.see`` at the group's path, or a grant limited to teaching groups that names this one. A
    protected pupil stands in the list under the alias and at the alias's place. An unknown group has no members.
    """
    one = groups_by_id([group]).get(group)
    if one is None:
        return ()
    by.must("schools.group.see", one.path, group=group)
    found = members(group=group, on=on)
    names = people.people(by=by, ids=[row.person for row in found])
    rows = [ClassRow(row, names[row.person]) for row in found]
    return tuple(sorted(rows, key=lambda row: (row.person.sort_key, row.person.id)))


def enrolments(ids: Iterable[UUID]) -> dict[UUID, EnrolmentView]:
    """Enrolments by id; an unknown id is left out."""
    return {
        row.id: _enrolment(row)
        for chunk in chunks(dict.fromkeys(ids))
        for row in Enrolment.objects.filter(id__in=chunk)
    }


def open_enrolments(*, persons: Iterable[UUID] = (), groups: Iterable[UUID] = ()) -> tuple[EnrolmentView, ...]:
    """Enrolments without a last day of these persons and in these groups; for import."""
    found: dict[UUID, EnrolmentView] = {}
    for field, ids in (("person", persons), ("group", groups)):
        for chunk in chunks(dict.fromkeys(ids)):
            for row in Enrolment.objects.filter(ends=None, **{f"{field}__in": chunk}):
                found[row.id] = _enrolment(row)
    return tuple(found[key] for key in sorted(found))


def enrolments_of(*, person: UUID) -> tuple[EnrolmentView, ...]:
    """All enrolments of a pupil, past ones too, in order of time: the way through the schools."""
    return tuple(map(_enrolment, Enrolment.objects.filter(person=person).order_by("starts", "id")))


def placements(*, persons: Collection[UUID], on: date) -> dict[UUID, Placement]:
    """School and class of pupils on that day; a pupil who is nowhere is left out. Latest start wins.

    The school is that of the enrolment in the school as such, else that of the class; the class is the group of kind
    class.
    """
    found: dict[UUID, Placement] = {}
    for chunk in chunks(dict.fromkeys(persons)):
        rows = (
            Enrolment.objects.filter(running(on), person__in=chunk)
            .filter(Q(group__isnull=True) | Q(group__kind=GroupKind.CLASS))
            .order_by("starts", "id")
            .values_list("person_id", "school_id", "school__path", "group_id", "group__code", "year_level")
        )
        schools: dict[UUID, tuple[UUID, str, int | None]] = {}
        classes: dict[UUID, tuple[UUID, UUID, str, str, int | None]] = {}
        for person, school, path, group_id, code, level in rows:
            if group_id is None:
                schools[person] = (school, path, level)
            else:
                classes[person] = (group_id, school, path, code, level)
        for person in {**schools, **classes}:
            home = schools.get(person)
            room = classes.get(person)
            if room is not None and (home is None or home[0] == room[1]):
                level = room[4] if room[4] is not None else (home[2] if home else None)
                found[person] = Placement(person, room[1], room[2], room[0], room[3], level)
            elif home is not None:
                found[person] = Placement(person, home[0], home[1], None, "", home[2])
    return found


def placement(*, person: UUID, on: date) -> Placement | None:
    """A pupil's school and class on that day, or None."""
    return placements(persons=[person], on=on).get(person)


# --- posts -------------------------------------------------------------------------------------


def holders(
    *, role: Role, on: date, unit: UUID | None = None, group: UUID | None = None, subject: str = ""
) -> tuple[PostView, ...]:
    """Who holds a post on that day, at a unit or for a group; in order of start.

    With `subject`, posts for that subject or course and posts for all.
    """
    rows = _posts().filter(running(on), role=role)
    if unit is not None:
        rows = rows.filter(unit=unit)
    if group is not None:
        rows = rows.filter(group=group)
    if subject:
        rows = rows.filter(subject__in=["", subject])
    return tuple(map(_post, rows.order_by("starts", "id")))


def holder(*, role: Role, on: date, unit: UUID | None = None, group: UUID | None = None) -> UUID | None:
    """The person who holds the post on that day; of several the one who began last; None when vacant."""
    posts = holders(role=role, on=on, unit=unit, group=group)
    return posts[-1].person if posts else None


def posts_of(*, person: UUID, on: date) -> tuple[PostView, ...]:
    """The posts that a person holds on that day: what the person's grants are built from."""
    return tuple(map(_post, post_rows(person, on)))


def post_rows(person: UUID, on: date) -> list[tuple[Any, ...]]:
    """The same as rows of `_posts`, each with its group's subject and course behind; remembered."""
    rows = _posts("group__subject", "group__course").filter(running(on), person=person)
    return recall(("schools.posts", person, on), lambda: list(rows.order_by("starts", "id")))


def posts_at(*, unit: UUID, on: date) -> tuple[PostView, ...]:
    """All posts at a unit on that day, those for its groups included."""
    return tuple(map(_post, _posts().filter(running(on), unit=unit).order_by("role", "starts", "id")))


def posts_by_id(ids: Iterable[UUID]) -> dict[UUID, PostView]:
    """Posts by id; an unknown id is left out."""
    posts = (_post(row) for chunk in chunks(dict.fromkeys(ids)) for row in _posts().filter(id__in=chunk))
    return {post.id: post for post in posts}


def _posts(*further: str) -> QuerySet[Post, tuple[Any, ...]]:
    return Post.objects.values_list(
        "id", "person", "unit", "group", "role", "subject", "unit__path", "group__path", "starts", "ends", *further
    )


def _unit(row: Unit) -> UnitView:
    return UnitView(
        id=row.id,
        kind=UnitKind(row.kind),
        code=row.code,
        name=row.name,
        path=row.path,
        parent=row.parent_id,
        country=row.country,
        form=Form(row.form),
        pack=row.pack,
        parts=tuple((key, value) for key, value in row.parts),
    )


def _term(row: Term) -> TermView:
    year = row.school_year
    return TermView(row.id, year.authority_id, year.id, year.code, row.code, row.starts, row.ends)


def group_view(row: Group) -> GroupView:
    """A group read together with its school year."""
    return GroupView(
        id=row.id,
        school=row.school_id,
        school_year=row.school_year_id,
        school_year_code=row.school_year.code,
        kind=GroupKind(row.kind),
        code=row.code,
        name=row.name,
        subject=row.subject,
        course=row.course,
        year_level=row.year_level,
        path=row.path,
    )


def _enrolment(row: Enrolment) -> EnrolmentView:
    return EnrolmentView(row.id, row.person_id, row.school_id, row.group_id, row.year_level, row.starts, row.ends)


def _post(row: tuple[Any, ...]) -> PostView:
    key, person, unit, group, role, subject, unit_path, group_path, starts, ends = row[:10]
    path = unit_path if group is None else group_path
    return PostView(key, person, unit, group, Role(role), subject, path, starts, ends)
