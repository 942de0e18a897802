"""Addresses of the OneRoster gradebook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from testamur.access.accounts.rules.clients import GRADEBOOK
from testamur.kernel.base.refused import NotFound, Refused
from testamur.law.tables import PACKS
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.schoolday.results import feeds
from testamur.schoolday.results.feeds import Given, Wanted
from testamur.surfaces.api import asking
from testamur.surfaces.api.doors import Answer, Reader, View, program_door
from testamur.surfaces.api.oneroster import items, listing, shapes
from testamur.surfaces.api.oneroster.listing import Clause
from testamur.surfaces.api.refusing import QueryInvalid
from testamur.surfaces.api.syllabuses import KINDS, UNIVERSITY

BASE = ("sourcedId", "status", "dateLastModified", "metadata")
CATEGORY = (*BASE, "title", "weight")
LINE_ITEM = (
    *BASE, "title", "description", "assignDate", "dueDate", "class", "school", "category", "academicSession",
    "gradingPeriod", "scoreScale", "resultValueMin", "resultValueMax",
)  # fmt: skip
SCALE = (*BASE, "title", "type", "org", "course", "class", "scoreScaleValue")
RESULT = (
    *BASE, "lineItem", "student", "class", "scoreScale", "scoreStatus", "score", "textScore", "scoreDate", "comment",
    "inProgress", "incomplete", "late", "missing",
)  # fmt: skip
ORDERS: dict[tuple[str, bool], feeds.Order] = {
    ("sourcedId", False): "id",
    ("sourcedId", True): "-id",
    ("dateLastModified", False): "changed",
    ("dateLastModified", True): "-changed",
}


def gradebook(what: str) -> Callable[[View], Callable[..., HttpResponse]]:
    """The door of the gradebook."""
    return program_door(GRADEBOOK, says=shapes.error, what=f"oneroster.{what}")


@gradebook("categories")
def categories(request: HttpRequest, _reader: Reader) -> Answer:
    """Both categories."""
    return _listed(request, "categories", [shapes.category(kind) for kind in shapes.TITLES], CATEGORY)


@gradebook("categories")
def category(request: HttpRequest, _reader: Reader, key: UUID) -> Answer:
    """One of them."""
    return _single(request, "category", [shapes.category(kind) for kind in shapes.TITLES], key, CATEGORY)


@gradebook("scoreScales")
def score_scales(request: HttpRequest, reader: Reader) -> Answer:
    """The scales of the law."""
    return _listed(request, "scoreScales", _scales(reader), SCALE)


@gradebook("scoreScales")
def score_scale(request: HttpRequest, reader: Reader, key: UUID) -> Answer:
    """One of them."""
    return _single(request, "scoreScale", _scales(reader), key, SCALE)


@gradebook("lineItems")
def line_items(request: HttpRequest, reader: Reader) -> Answer:
    """What can be graded in every course occasion of the place."""
    return _listed(request, "lineItems", _items(reader), LINE_ITEM)


@gradebook("lineItems")
def line_item(request: HttpRequest, reader: Reader, key: UUID) -> Answer:
    """One of them."""
    return _single(request, "lineItem", _items(reader), key, LINE_ITEM)


@gradebook("lineItems")
def class_line_items(request: HttpRequest, reader: Reader, place: UUID) -> Answer:
    """Those of one occasion."""
    return _listed(request, "lineItems", _of_class(reader, place), LINE_ITEM)


@gradebook("results")
def results(request: HttpRequest, reader: Reader) -> Answer:
    """Results of the place, replaced ones as to be deleted; a protected person's are left out."""
    asked = listing.page(request)
    wanted = _filtered(request, _reach(reader))
    order = ORDERS[listing.ordering(request, ("sourcedId", "dateLastModified"), "sourcedId")]
    total = feeds.count(by=reader.actor, wanted=wanted)
    found = feeds.page(by=reader.actor, wanted=wanted, order=order, limit=asked.limit, offset=asked.offset)
    told = listing.chosen(request, _results(found), RESULT)
    return Answer({"results": told}, len(told), listing.headers(request, asked, total))


@gradebook("results")
def result(request: HttpRequest, reader: Reader, key: UUID) -> Answer:
    """One of them."""
    found = feeds.page(by=reader.actor, wanted=replace(_reach(reader), ids=[key]), order="id", limit=1)
    return replace(_single(request, "result", _results(found), key, RESULT), shown=1)


@gradebook("results")
def class_results(
    request: HttpRequest, reader: Reader, place: UUID, item: UUID | None = None, student: UUID | None = None
) -> Answer:
    """Results of one course occasion; of one line item or one student of it where asked."""
    here = items.items(path=reader.client.path, place=place)
    if not here or (item is not None and item not in {one.id for one in here}):
        raise NotFound("There is no such class or line item.")
    codes = {one.code for one in here if item is None or one.id == item}
    wanted = replace(_reach(reader), codes=codes, pupil=student)
    told = [row for row in _results(_all(reader, wanted)) if row["class"]["sourcedId"] == str(place)]
    answer = _listed(request, "results", told, RESULT)
    return replace(answer, shown=len(answer.body["results"]))


def _all(reader: Reader, wanted: Wanted) -> list[Given]:
    """All results of a course, over all its occasions: which of them belong to one is seen only then."""
    found: list[Given] = []
    after: tuple[str, UUID] | None = None
    while part := feeds.page(by=reader.actor, wanted=wanted, order="id", limit=_PART, after=after):
        found += part
        after = feeds.place_of(part[-1], "id")
    return found


_PART = 5000


def _reach(reader: Reader) -> Wanted:
    hidden = people.hidden_from(reader.actor)
    return Wanted(path=reader.client.path, kinds={UNIVERSITY: KINDS[UNIVERSITY]}, hidden=hidden)


def _filtered(request: HttpRequest, wanted: Wanted) -> Wanted:
    parts, joined = listing.clauses(request)
    if joined == "OR":
        raise QueryInvalid("Results are filtered by parts that hold together: AND.", parameter="filter")
    for part in parts:
        wanted = _narrower(wanted, part)
    return wanted


def _narrower(wanted: Wanted, part: Clause) -> Wanted:
    name = part.field.removesuffix(".sourcedId")
    if name == "dateLastModified" and part.test in {">", ">=", "<", "<="}:
        return _changed(wanted, part)
    if name == "scoreDate" and part.test in {">=", "<=", "="}:
        asking.read_day(part.value, "filter")
        first, last = wanted.occasions
        return replace(
            wanted,
            occasions=(part.value if part.test != "<=" else first, part.value if part.test != ">=" else last),
        )
    if part.test == "=" and name == "status" and part.value in {"active", "tobedeleted"}:
        return replace(wanted, standing=part.value == "active")
    if part.test == "=" and name in {"student", "sourcedId"}:
        try:
            key = UUID(part.value)
        except ValueError as error:
            raise QueryInvalid(f"{part.field} is a UUID.", parameter="filter") from error
        return replace(wanted, pupil=key) if name == "student" else replace(wanted, ids=[key])
    raise QueryInvalid(f"Results are not filtered by {part.field}{part.test}.", parameter="filter")


def _changed(wanted: Wanted, part: Clause) -> Wanted:
    """Times are told by the millisecond, and kept finer: the whole millisecond is in or out."""
    at, (first, last) = asking.read_instant(part.value, "filter"), wanted.changed
    step, least = timedelta(milliseconds=1), timedelta(microseconds=1)
    try:
        if part.test in {">", ">="}:
            return replace(wanted, changed=(at + step if part.test == ">" else at, last))
        return replace(wanted, changed=(first, at - least if part.test == "<" else at + step - least))
    except OverflowError as error:
        raise QueryInvalid("dateLastModified is out of reach.", parameter="filter") from error


def _results(found: Sequence[Given]) -> list[dict[str, Any]]:
    belongs = items.belonging(found)
    return [shapes.result(one, belongs[one.row.id], passed=_passed(one)) for one in found]


def _passed(one: Given) -> bool:
    law = PACKS[one.row.pack].results
    try:
        return law is not None and law.passed(one.row.facts.scale, one.row.facts.value)
    except Refused:  # of another time's scale
        return False


def _scales(reader: Reader) -> list[dict[str, Any]]:
    law, unit = PACKS[UNIVERSITY].results, schools.unit_at(reader.client.path)
    if law is None or unit is None:
        return []
    return [shapes.score_scale(UNIVERSITY, scale, unit.id) for scale in law.scales.values()]


def _items(reader: Reader) -> list[dict[str, Any]]:
    return [shapes.line_item(one, UNIVERSITY) for one in items.items(path=reader.client.path)]


def _of_class(reader: Reader, place: UUID) -> list[dict[str, Any]]:
    found = items.items(path=reader.client.path, place=place)
    if not found:
        raise NotFound("There is no such class.")
    return [shapes.line_item(one, UNIVERSITY) for one in found]


def _listed(request: HttpRequest, name: str, rows: Sequence[dict[str, Any]], fields: Sequence[str]) -> Answer:
    asked = listing.page(request)
    kept = listing.narrowed(request, rows, fields)
    part = listing.chosen(request, kept[asked.offset : asked.offset + asked.limit], fields)
    return Answer({name: part}, headers=listing.headers(request, asked, len(kept)))


def _single(
    request: HttpRequest, name: str, rows: Sequence[dict[str, Any]], key: UUID, fields: Sequence[str]
) -> Answer:
    found = [row for row in rows if row["sourcedId"] == str(key)]
    if not found:
        raise NotFound(f"There is no such {name}.")
    return Answer({name: listing.chosen(request, found, fields)[0]})
