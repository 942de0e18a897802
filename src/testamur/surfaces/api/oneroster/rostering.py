"""Addresses of OneRoster 1.2's rostering service."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from testamur.access.accounts.rules import clients as scopes
from testamur.exchange.connectors.roster import tracking
from testamur.exchange.connectors.roster.rules import Entity, Kind
from testamur.kernel.base.refused import NotFound
from testamur.register.people import queries as people
from testamur.surfaces.api import asking
from testamur.surfaces.api.doors import Answer, Reader, program_door
from testamur.surfaces.api.oneroster import listing, shapes
from testamur.surfaces.api.oneroster.listing import TESTS, Clause
from testamur.surfaces.api.oneroster.roster_shapes import BUILDERS, FIELDS, must_know

Sieve = Callable[[Entity], bool]


@dataclass(frozen=True, slots=True)
class Resource:
    """One list of the standard: what it is called, the name of one of it, its fields, its kind, what is in it."""

    name: str
    single: str
    kind: Kind
    shape: str
    sieve: Sieve = lambda _one: True
    scopes: tuple[str, ...] = (scopes.ROSTER_CORE, scopes.ROSTER)
    personal: bool = False


def _student(one: Entity) -> bool:
    return bool(one.refs.get("at"))


def _teacher(one: Entity) -> bool:
    return any(role == "teacher" for _unit, role in one.refs.get("duties", ()))


def _none(_one: Entity) -> bool:
    return False


RESOURCES = {
    one.name: one
    for one in (
        Resource("orgs", "org", Kind.UNIT, "orgs"),
        Resource("schools", "org", Kind.UNIT, "orgs"),
        Resource("academicSessions", "academicSession", Kind.SESSION, "academicSessions"),
        Resource("terms", "academicSession", Kind.SESSION, "academicSessions", lambda one: one.refs["type"] == "term"),
        Resource("gradingPeriods", "academicSession", Kind.SESSION, "academicSessions", _none),
        Resource("courses", "course", Kind.COURSE, "courses"),
        Resource("classes", "class", Kind.GROUP, "classes"),
        Resource("users", "user", Kind.PERSON, "users", personal=True),
        Resource("students", "user", Kind.PERSON, "users", _student, personal=True),
        Resource("teachers", "user", Kind.PERSON, "users", _teacher, personal=True),
        Resource("enrollments", "enrollment", Kind.ENROLMENT, "enrollments", personal=True),
        Resource("demographics", "demographics", Kind.PERSON, "demographics", scopes=(scopes.DEMOGRAPHICS,),
                 personal=True),
    )
}  # fmt: skip
FURTHER = (scopes.DEMOGRAPHICS, scopes.PROTECTED)
LISTED: Mapping[str, str] = {
    "schools": "orgs", "terms": "academicSessions", "gradingPeriods": "academicSessions", "students": "users",
    "teachers": "users",
}  # fmt: skip
"""What an answer calls its list, where that is not the list's own name."""
NESTED: tuple[tuple[str, str], ...] = (
    ("schools", "classes"), ("schools", "students"), ("schools", "teachers"), ("schools", "enrollments"),
    ("schools", "courses"), ("schools", "terms"), ("classes", "students"), ("classes", "teachers"),
    ("students", "classes"), ("teachers", "classes"), ("users", "classes"), ("courses", "classes"),
    ("terms", "classes"), ("terms", "gradingPeriods"),
)  # fmt: skip
"""What can be asked for of one thing: ``schools/{id}/classes`` and so on."""
_PART = 500


def listed(resource: Resource) -> Callable[..., HttpResponse]:
    """The address of a list."""

    @program_door(resource.scopes, says=shapes.error, what=f"oneroster.{resource.name}", further=FURTHER)
    def view(request: HttpRequest, reader: Reader) -> Answer:
        tracking.follow(reader.client.path, now=reader.now)
        return _list(request, reader, resource, _all(resource, reader))

    return view


def single(resource: Resource) -> Callable[..., HttpResponse]:
    """The address of one thing."""

    @program_door(resource.scopes, says=shapes.error, what=f"oneroster.{resource.name}", further=FURTHER)
    def view(request: HttpRequest, reader: Reader, key: UUID) -> Answer:
        tracking.follow(reader.client.path, now=reader.now)
        found = _built(resource, [one for one in _all(resource, reader, [key]) if one.id == key], reader)
        if not found:
            raise NotFound(f"There is no such {resource.single}.")
        told = listing.chosen(request, found[:1], FIELDS[resource.shape])[0]
        return Answer({resource.single: told}, 1 if resource.personal else 0)

    return view


def nested(outer: Resource, inner: Resource) -> Callable[..., HttpResponse]:
    """The address of a list that belongs to one thing."""

    @program_door(inner.scopes, says=shapes.error, what=f"oneroster.{inner.name}", further=FURTHER)
    def view(request: HttpRequest, reader: Reader, key: UUID) -> Answer:
        tracking.follow(reader.client.path, now=reader.now)
        if not _all(outer, reader, [key]):
            raise NotFound(f"There is no such {outer.single}.")
        return _list(request, reader, inner, _belonging(outer, inner, key, reader))

    return view


def _all(resource: Resource, reader: Reader, ids: Collection[UUID] | None = None) -> list[Entity]:
    """Everything of a list, what is gone too, by id: the standard tells it as to be deleted."""
    kinds = [resource.kind]
    if resource.kind is Kind.PERSON and resource.name == "users" and scopes.ROSTER in reader.further:
        kinds.append(Kind.GUARDIAN)
    found = {}
    for gone in (True, False):  # who is gone in one way may be there in another: that counts
        for one in tracking.page(path=reader.client.path, kinds=kinds, ids=ids, gone=gone):
            if resource.sieve(one):
                found[one.id] = one
    if resource.name == "schools":
        schools_only = {row["sourcedId"] for row in _built(resource, list(found.values()), reader)
                        if row["type"] == "school"}  # fmt: skip
        found = {key: one for key, one in found.items() if str(key) in schools_only}
    shown = {one.id: one for one in tracking.discreet(found.values(), by=reader.actor)}
    if len(shown) < len(found):
        unseen = tracking.hidden(path=reader.client.path, since=None, by=reader.actor)
        shown |= {one.id: _unseen(one) for one in unseen if one.id in found and one.id not in shown}
    return [shown[key] for key in sorted(shown)]


def _unseen(one: Entity) -> Entity:
    """A guardian whom the program was told of before a child's identity was protected: to be deleted, no word more."""
    return replace(one, gone_at=one.changed_at, refs={"children": [], "orgs": []})


def _belonging(outer: Resource, inner: Resource, key: UUID, reader: Reader) -> list[Entity]:
    every = _all(inner, reader)
    if inner.name in {"terms", "gradingPeriods"}:
        return every  # school years are the body's: all its schools have them
    sieve = _SIEVES.get(outer.name, _of_group_or_person)(outer, inner, str(key), reader.client.path)
    return [one for one in every if sieve(one)]


def _of_school(_outer: Resource, inner: Resource, mine: str, path: str) -> Sieve:
    if inner.name in {"students", "teachers"}:
        place = "at" if inner.name == "students" else "duties"
        return lambda one: any(at[0] == mine for at in one.refs.get(place, ()))
    if inner.name == "courses":
        groups = tracking.page(path=path, kinds=[Kind.GROUP], refs=[("school", mine)])
        taught = {one.refs["course"] for one in groups}
        return lambda one: str(one.id) in taught
    return lambda one: one.refs.get("school") == mine


def _of_course(_outer: Resource, _inner: Resource, mine: str, _path: str) -> Sieve:
    return lambda one: one.refs["course"] == mine


def _of_term(_outer: Resource, _inner: Resource, mine: str, path: str) -> Sieve:
    parents = {one.refs["parent"] for one in tracking.page(path=path, kinds=[Kind.SESSION], ids=[UUID(mine)])}
    return lambda one: one.refs["year"] in parents


def _of_group_or_person(outer: Resource, inner: Resource, mine: str, path: str) -> Sieve:
    name, other = ("group", "person") if outer.name == "classes" else ("person", "group")
    refs: list[tuple[str, object]] = [(name, mine)]
    roles = {"students": "student", "teachers": "teacher"}
    wanted = roles.get(inner.name) or roles.get(outer.name)
    if wanted:
        refs.append(("role", wanted))
    ids = {one.refs[other] for one in tracking.page(path=path, kinds=[Kind.ENROLMENT], refs=refs)}
    return lambda one: str(one.id) in ids


_SIEVES: Mapping[str, Callable[[Resource, Resource, str, str], Sieve]] = {
    "schools": _of_school, "courses": _of_course, "terms": _of_term,
}  # fmt: skip


def _list(request: HttpRequest, reader: Reader, resource: Resource, every: Sequence[Entity]) -> Answer:
    fields, asked = FIELDS[resource.shape], listing.page(request)
    parts, joined = listing.clauses(request)
    for part in parts:
        must_know(fields, part.field.removesuffix(".sourcedId"))
    tests = [_test(part) for part in parts]
    by = listing.ordering(request, fields, "sourcedId")
    if all(test is not None for test in tests) and by[0] in _PLAIN:
        met = all if joined == "AND" else any
        kept = [one for one in every if not tests or met(test(one) for test in tests if test is not None)]
        kept.sort(key=_PLAIN[by[0]], reverse=by[1])
        rows = _built(resource, kept[asked.offset : asked.offset + asked.limit], reader)
        total = len(kept)
    else:  # a field that only the whole object has
        built = listing.narrowed(request, _built(resource, every, reader), fields)
        rows, total = built[asked.offset : asked.offset + asked.limit], len(built)
    told = listing.chosen(request, rows, fields)
    name = LISTED.get(resource.name, resource.name)
    return Answer({name: told}, len(told) if resource.personal else 0, listing.headers(request, asked, total))


_PLAIN: Mapping[str, Callable[[Entity], Any]] = {
    "sourcedId": lambda one: one.id,
    "dateLastModified": lambda one: (one.changed_at, one.id),
}


def _test(part: Clause) -> Sieve | None:
    """A clause that the catalogue alone answers, or None."""
    test = TESTS[part.test]
    if part.field == "dateLastModified" and part.test != "~":
        at = asking.read_instant(part.value, "filter")
        return lambda one: test(_whole(one.changed_at), _whole(at))
    if part.field == "status":
        return lambda one: test("active" if one.gone_at is None else "tobedeleted", part.value)
    if part.field == "sourcedId":
        return lambda one: test(str(one.id), part.value)
    return None


def _whole(at: datetime) -> str:
    """Times are told by the millisecond, and kept finer: they are compared as they are told."""
    return shapes.stamp(at)


def _built(resource: Resource, some: Sequence[Entity], reader: Reader) -> list[dict[str, Any]]:
    build = BUILDERS[resource.shape]
    return [row for part in people.chunks(some, _PART) for row in build(part, reader)]
