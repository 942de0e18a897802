"""Addresses of SS 12000."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from testamur.access.accounts.rules.clients import GRADES
from testamur.kernel.base.refused import NotFound
from testamur.law.tables import PACKS
from testamur.register.curriculum import queries as curriculum
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.schoolday.results import feeds
from testamur.schoolday.results.feeds import Given, Wanted
from testamur.surfaces.api import asking
from testamur.surfaces.api.doors import Answer, Reader, program_door
from testamur.surfaces.api.refusing import QueryInvalid
from testamur.surfaces.api.ss12000 import paging, shapes
from testamur.surfaces.api.ss12000.paging import MOST, MOST_LOOKUP, PAGE
from testamur.surfaces.api.syllabuses import KINDS, UNIVERSITY, Subject, of_course, of_law, subjects_of, university_of

SORTS: dict[str, feeds.Order] = {
    "ModifiedDesc": "-changed",
    "registeredDateAsc": "decided",
    "registeredDateDesc": "-decided",
}
FILTERS = (
    "organisation", "schoolUnit", "student", "registeredBy", "gradingTeacher", "registeredDate.onOrAfter",
    "registeredDate.onOrBefore", "meta.created.before", "meta.created.after", "meta.modified.before",
    "meta.modified.after", "sortkey", "expand",
)  # fmt: skip
"""What cannot be asked beside a pageToken: the token says it."""


@program_door(GRADES, says=shapes.error, what="ss12000.grades")
def grades(request: HttpRequest, reader: Reader) -> Answer:
    """Grades that stand, page by page."""
    asked, after = _asked(request)
    wanted, order = _wanted(asked, reader), SORTS[asked.get("sortkey", "ModifiedDesc")]
    limit = asking.number(request, "limit", PAGE, least=1, most=MOST)
    found = feeds.page(by=reader.actor, wanted=wanted, order=order, limit=limit + 1, after=_place(after))
    told = _grades(found[:limit], reader, expand=asking.truth(request, "expandReferenceNames"))
    more = paging.token(request, asked, feeds.place_of(found[limit - 1], order)) if len(found) > limit else None
    return Answer({"data": told, "pageToken": more}, len(told))


@program_door(GRADES, says=shapes.error, what="ss12000.grades")
def grade(request: HttpRequest, reader: Reader, key: UUID) -> Answer:
    """One grade that stands."""
    found = feeds.page(by=reader.actor, wanted=_reach(reader, [key]), order="id", limit=1)
    if not found:
        raise NotFound("There is no such grade.")
    return Answer(_grades(found, reader, expand=asking.truth(request, "expandReferenceNames"))[0], 1)


@program_door(GRADES, says=shapes.error, what="ss12000.grades", methods=("POST",))
def grades_lookup(request: HttpRequest, reader: Reader) -> Answer:
    """Many grades by id; those that are not there, or not to be seen, are left out."""
    found = feeds.page(by=reader.actor, wanted=_reach(reader, _lookup(request)), order="id", limit=MOST_LOOKUP)
    told = _grades(found, reader, expand=asking.truth(request, "expandReferenceNames"))
    return Answer(told, len(told))


@program_door(GRADES, says=shapes.error, what="ss12000.syllabuses")
def syllabuses(request: HttpRequest, reader: Reader) -> Answer:
    """Every syllabus that a grade of this place can name; about nobody."""
    limit = asking.number(request, "limit", PAGE, least=1, most=MOST)
    asked, after = _asked(request)
    found = sorted(_subjects(reader), key=_by_code)
    if after is not None:
        found = [one for one in found if _by_code(one) > (after[0], after[1])]
    more = paging.token(request, asked, _by_code(found[limit - 1])) if len(found) > limit else None
    return Answer({"data": [shapes.syllabus(one) for one in found[:limit]], "pageToken": more})


@program_door(GRADES, says=shapes.error, what="ss12000.syllabuses")
def syllabus(_request: HttpRequest, reader: Reader, key: UUID) -> Answer:
    """One syllabus."""
    found = next((one for one in _subjects(reader) if one.id == key), None)
    if found is None:
        raise NotFound("There is no such syllabus.")
    return Answer(shapes.syllabus(found))


@program_door(GRADES, says=shapes.error, what="ss12000.syllabuses", methods=("POST",))
def syllabuses_lookup(request: HttpRequest, reader: Reader) -> Answer:
    """Many syllabuses by id; those that are not there are left out."""
    wanted = set(_lookup(request))
    return Answer([shapes.syllabus(one) for one in sorted(_subjects(reader), key=_by_code) if one.id in wanted])


def replaced(
    reader: Reader, since: datetime | None, after: tuple[str, UUID] | None, limit: int
) -> tuple[list[str], tuple[str, UUID] | None]:
    """Grades that a correction took the place of since then, and where the next page begins."""
    wanted = replace(_reach(reader), standing=False, changed=(since, None))
    found = feeds.page(by=reader.actor, wanted=wanted, order="changed", limit=limit + 1, after=after)
    more = feeds.place_of(found[limit - 1], "changed") if len(found) > limit else None
    return [str(one.row.id) for one in found[:limit]], more


def grades_of(reader: Reader, pupils: Iterable[UUID]) -> list[str]:
    """The ids of the grades that stand of these pupils, whoever may see them: for telling that they are hidden."""
    every = replace(_reach(reader), hidden=frozenset())
    return [
        str(one.row.id)
        for pupil in pupils
        for one in feeds.page(by=reader.actor, wanted=replace(every, pupil=pupil), order="id", limit=MOST_LOOKUP)
    ]


def _reach(reader: Reader, ids: Sequence[UUID] | None = None) -> Wanted:
    hidden = people.hidden_from(reader.actor)
    return Wanted(path=reader.client.path, kinds=KINDS, hidden=hidden, ids=ids, standing=True)


def _wanted(asked: dict[str, str], reader: Reader) -> Wanted:
    def key(*names: str) -> UUID | None:
        for name in names:
            if name in asked:
                return paging.uuid(asked[name], name)
        return None

    def at(name: str) -> datetime | None:
        return asking.read_instant(asked[name], name) if name in asked else None

    def day(name: str) -> Any:
        return asking.read_day(asked[name], name) if name in asked else None

    return replace(
        _reach(reader),
        pupil=key("student"),
        unit=key("organisation", "schoolUnit"),
        decider=key("gradingTeacher", "registeredBy"),
        decided=(day("registeredDate.onOrAfter"), day("registeredDate.onOrBefore")),
        made=(at("meta.created.after"), at("meta.created.before")),
        changed=(at("meta.modified.after"), at("meta.modified.before")),
    )


def _grades(found: Sequence[Given], reader: Reader, *, expand: bool) -> list[dict[str, Any]]:
    subjects, names = subjects_of(found), _names(found, reader)
    return [
        shapes.grade(one, subjects[university_of(one.path), one.row.pack, one.row.facts.code], names, expand=expand)
        for one in found
    ]


def _names(found: Iterable[Given], reader: Reader) -> dict[UUID, str]:
    """Units, and those of the deciders whose names are not hidden from programs."""
    deciders = people.people(by=reader.actor, ids={p for one in found for p in one.row.decided_by}, numbers=False)
    shown = {key: view.name for key, view in deciders.items() if not view.masked}
    return schools.unit_names({one.unit for one in found}) | shown


def _subjects(reader: Reader) -> set[Subject]:
    path, law = reader.client.path, []
    courses = curriculum.courses_at(path)
    for course in courses:
        law += [of_course(course, course.code)]
        law += [of_course(course, f"{course.code}/{module.code}") for module in course.modules]
    for pack in KINDS:
        if pack != UNIVERSITY:
            law += [of_law(pack, one.code) for one in PACKS[pack].subjects]
    return set(law)


def _asked(request: HttpRequest) -> tuple[dict[str, str], tuple[str, str] | None]:
    given, after = paging.asked(request, (*FILTERS, "after"))
    if given.get("sortkey", "ModifiedDesc") not in SORTS:
        raise QueryInvalid(f"sortkey is one of {', '.join(SORTS)}.", parameter="sortkey")
    return given, after


def _place(after: tuple[str, str] | None) -> tuple[str, UUID] | None:
    return None if after is None else (after[0], UUID(after[1]))


def _by_code(one: Subject) -> tuple[str, str]:
    return one.pack, one.code


def _lookup(request: HttpRequest) -> list[UUID]:
    told = paging.body(request)
    if "ids" not in told:
        raise QueryInvalid(f"The body is JSON with at most {MOST_LOOKUP} ids.", parameter="ids")
    return paging.ids(told)
