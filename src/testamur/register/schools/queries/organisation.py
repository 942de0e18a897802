"""Reading the organisation. Ids of persons come out as ids; whoever shows names asks `people.queries`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.memory import recall
from testamur.kernel.prepared import prepared
from testamur.register.people import queries as people
from testamur.register.people.queries import chunks
from testamur.register.people.rules import PersonView
from testamur.register.schools.models import Enrolment, Group, Post, SchoolYear, Term
from testamur.register.schools.rules import (
    EnrolmentView,
    GroupKind,
    GroupView,
    PostView,
    Role,
    SchoolYearView,
    TermView,
)

GROUP = (
    "id", "school_id", "school_year_id", "school_year__code", "kind", "code", "name", "subject", "course",
    "year_level", "path",
)  # fmt: skip
"""Columns of a group and its school year, in the order of `GroupView`."""


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A pupil in a class list: the enrolment, and the person as the viewer may see him or her."""

    enrolment: EnrolmentView
    person: PersonView


def running(on: date) -> Q:
    """Rows whose period (both days included) holds that day."""
    return Q(starts__lte=on) & (Q(ends__isnull=True) | Q(ends__gte=on))


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
    return {row[0]: group_of(row) for chunk in chunks(dict.fromkeys(ids)) for row in _groups(ids=chunk)}


@prepared
def _groups(ids: Collection[UUID]) -> QuerySet[Group, tuple[Any, ...]]:
    return Group.objects.filter(id__in=ids).values_list(*GROUP)


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
    return recall(("schools.posts", person, on), lambda: _post_rows(person=person, on=on))


@prepared
def _post_rows(person: UUID, on: date) -> QuerySet[Post, tuple[Any, ...]]:
    return _posts("group__subject", "group__course").filter(running(on), person=person).order_by("starts", "id")


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


def _term(row: Term) -> TermView:
    year = row.school_year
    return TermView(row.id, year.authority_id, year.id, year.code, row.code, row.starts, row.ends)


def group_of(row: tuple[Any, ...]) -> GroupView:
    """A group from the columns of `GROUP`."""
    key, school, year, year_code, kind, code, name, subject, course, level, path = row
    return GroupView(key, school, year, year_code, GroupKind(kind), code, name, subject, course, level, path)


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
