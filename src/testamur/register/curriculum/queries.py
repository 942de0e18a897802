"""Reading what is taught and which pack governs where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from testamur.kernel.prepared import prepared
from testamur.register.curriculum.models import Course, Module, PackInForce, Subject
from testamur.register.curriculum.rules import (
    CourseView,
    FinalRule,
    ModuleView,
    PackInForceView,
    SubjectView,
    prefixes,
)


def subjects(*, path: str = "", pack: str = "", on: date | None = None) -> tuple[SubjectView, ...]:
    """Subjects that exist at `path`: those of the units on the way there and, with `pack`, that pack's; by code."""
    rows = Subject.objects.filter(Q(path__in=[way for way in prefixes(path) if way]) | Q(path="", pack__in=["", pack]))
    if on is not None:
        rows = rows.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=on))
        rows = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))
    return tuple(_subject(row) for row in rows.order_by("code", "path"))


def subject(*, code: str, path: str = "", pack: str = "", on: date | None = None) -> SubjectView | None:
    """The subject with that code for `path`: the nearest unit's own before the pack's; or None."""
    found = [one for one in subjects(path=path, pack=pack, on=on) if one.code == code]
    return max(found, key=lambda one: len(one.path), default=None)


def courses(ids: Iterable[UUID]) -> dict[UUID, CourseView]:
    """Courses with their modules by id; an unknown id is left out."""
    wanted = list(dict.fromkeys(ids))
    return {row.id: row for row in _views(list(Course.objects.filter(id__in=wanted)))}


def course(*, code: str, path: str = "") -> CourseView | None:
    """The course with that code for `path`: the nearest unit's own before a national one; or None."""
    rows = list(Course.objects.filter(code=code, path__in=prefixes(path)))
    best = max(rows, key=lambda row: len(row.path), default=None)
    return None if best is None else _views([best])[0]


def courses_by_code(*, codes: Iterable[str], path: str = "") -> dict[str, CourseView]:
    """Many courses by code for `path`, each the nearest unit's own before a national one."""
    rows = Course.objects.filter(code__in=list(dict.fromkeys(codes)), path__in=prefixes(path))
    return {one.code: one for one in sorted(_views(list(rows)), key=lambda one: len(one.path))}


def courses_at(path: str) -> tuple[CourseView, ...]:
    """All courses of the units on the way to `path`, national ones included, by code."""
    return tuple(_views(list(Course.objects.filter(path__in=prefixes(path)).order_by("code", "path"))))


def pack_in_force(*, path: str, on: date, form: str = "") -> PackInForceView | None:
    """What governs `path` on that day, or None.

    The deepest unit decides; at one unit the entry for that form of school goes before the one for all forms.
    """
    return packs_in_force(places={path: form}, on=on).get(path)


def packs_in_force(*, places: Mapping[str, str], on: date) -> dict[str, PackInForceView]:
    """As `pack_in_force`, for several places (path → form of school) with one query; places without are left out."""
    ways = {path: [way or "/" for way in prefixes(path)] for path in places}
    told = _in_force(paths={way for some in ways.values() for way in some}, on=on)
    found: dict[str, PackInForceView] = {}
    for path, form in places.items():
        fitting = (row for row in told if row.path in ways[path] and row.form in {"", form})
        best = max(fitting, key=lambda row: (len(row.path), bool(row.form), row.starts), default=None)
        if best is not None:
            found[path] = _pack(best)
    return found


@prepared
def _in_force(paths: Collection[str], on: date) -> QuerySet[PackInForce]:
    return PackInForce.objects.filter(Q(ends__isnull=True) | Q(ends__gte=on), path__in=paths, starts__lte=on)


def packs_of(path: str) -> tuple[PackInForceView, ...]:
    """Everything recorded for exactly that path, in order of time."""
    return tuple(_pack(row) for row in PackInForce.objects.filter(path=path).order_by("form", "starts"))


def _subject(row: Subject) -> SubjectView:
    return SubjectView(row.id, row.code, row.name, row.path, row.pack, row.block, row.valid_from, row.valid_to)


def _pack(row: PackInForce) -> PackInForceView:
    return PackInForceView(row.id, row.path, row.pack, row.form, row.scale, row.starts, row.ends)


def _views(rows: list[Course]) -> list[CourseView]:
    modules: dict[UUID, list[ModuleView]] = defaultdict(list)
    for part in Module.objects.filter(course__in=rows).order_by("order"):
        modules[part.course_id].append(
            ModuleView(
                part.id,
                part.course_id,
                part.code,
                part.name,
                part.credits,
                part.scale,
                part.deciding,
                part.order,
                part.name_en,
                part.titled,
            )
        )
    return [
        CourseView(
            id=row.id,
            code=row.code,
            name=row.name,
            name_en=row.name_en,
            path=row.path,
            credits=row.credits,
            scale=row.scale,
            subject=row.subject,
            final_rule=FinalRule(row.final_rule),
            degree_project=row.degree_project,
            discontinued_on=row.discontinued_on,
            modules=tuple(modules[row.id]),
        )
        for row in rows
    ]
