"""Addresses of SS 12000 for the roster: lists, single things, lookups, and what is gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from testamur.access.accounts.rules import clients as scopes
from testamur.exchange.connectors.roster import tracking
from testamur.exchange.connectors.roster.rules import Entity, Kind, Span
from testamur.kernel.base.refused import NotFound
from testamur.register.people import queries as people
from testamur.register.people.rules import IdentifierInvalid, Scheme
from testamur.register.schools import queries as schools
from testamur.surfaces.api import asking
from testamur.surfaces.api.doors import Answer, Reader, program_door
from testamur.surfaces.api.refusing import NotGiven, QueryInvalid, ScopeMissing
from testamur.surfaces.api.ss12000 import care, entities, paging, shapes
from testamur.surfaces.api.ss12000.paging import MOST, PAGE

TIMES = ("meta.created.before", "meta.created.after", "meta.modified.before", "meta.modified.after")
COMMON = (*TIMES, "sortkey", "expand")
FURTHER = (scopes.GUARDIANS, scopes.PROTECTED)
NEEDS: Mapping[str, str] = {
    "person": scopes.PERSONS, "child": scopes.PERSONS, "owners": scopes.GUARDIANS, "groups": scopes.GROUPS,
    "groupMemberships": scopes.GROUPS, "duties": scopes.DUTIES, "teachers": scopes.DUTIES,
}  # fmt: skip
"""What can be told inside another thing → the scope that it needs as it would by itself."""
SORTS: Mapping[str, bool] = {"ModifiedAsc": False, "ModifiedDesc": True}


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of the standard.

    Attributes:
        filters: parameter → name in the refs of the catalogue, whose value has to be the id that is asked for.
        expands: what can be asked for with ``expand``.
        personal: its things are about persons, which is written down.
        within: what has to hold of every thing's refs, by the place that is read.
    """

    name: str
    kind: Kind
    scope: str
    filters: Mapping[str, str]
    expands: tuple[str, ...] = ()
    personal: bool = True
    within: Callable[[str], list[tuple[str, object]]] = lambda _path: []

    @property
    def beside(self) -> tuple[str, ...]:
        """Scopes that let a program see more of it."""
        return (*FURTHER, *dict.fromkeys(NEEDS[name] for name in self.expands if NEEDS[name] not in FURTHER))

    def build(self, some: Sequence[Entity], reader: Reader, *, names: bool) -> list[dict[str, Any]]:
        """The things as the standard writes them."""
        if self.kind is Kind.ENROLMENT:
            return care.placements(some, reader, names=names)
        return entities.BUILDERS[self.kind](some, reader, names=names)


RESOURCES = {
    one.name: one
    for one in (
        Resource("organisations", Kind.UNIT, scopes.ORGANISATIONS, {"parent": "parent"}, personal=False),
        Resource("persons", Kind.PERSON, scopes.PERSONS, {}, ("duties", "groupMemberships")),
        Resource("groups", Kind.GROUP, scopes.GROUPS, {"organisation": "school", "schoolUnits": "school"}),
        Resource("duties", Kind.DUTY, scopes.DUTIES, {"organisation": "unit", "person": "person"}, ("person",)),
        Resource("activities", Kind.ACTIVITY, scopes.ACTIVITIES,
                 {"organisation": "school", "group": "group"}, ("groups", "teachers")),
        Resource("placements", Kind.ENROLMENT, scopes.PLACEMENTS,
                 {"placedAt": "school", "child": "person", "group": "group"}, ("child", "owners"),
                 within=care.place_refs),
    )
}  # fmt: skip
OWN: Mapping[str, tuple[str, ...]] = {"persons": ("civicNo", "relationship.entity.type"), "duties": ("dutyRole",)}
NEVER = (
    "programmes", "studyplans", "resources",
)  # fmt: skip
"""Resources of the standard for which nothing is kept here: programmes and study plans are an upper secondary school's,
and nobody keeps projectors here."""


def listed(resource: Resource) -> Callable[..., HttpResponse]:
    """The address of a list."""

    @program_door(resource.scope, says=shapes.error, what=f"ss12000.{resource.name}", further=resource.beside)
    def view(request: HttpRequest, reader: Reader) -> Answer:
        names = (*COMMON, *resource.filters, *OWN.get(resource.name, ()))
        asked, after = paging.asked(request, names)
        if after is None:
            tracking.follow(reader.client.path, now=reader.now)
        limit = asking.number(request, "limit", PAGE, least=1, most=MOST)
        newest = _newest(asked)
        expand = _expands(resource, asked, reader)
        found = tracking.page(
            path=reader.client.path, kinds=_kinds(resource, reader, asked), made=_span(asked, "created"),
            changed=_span(asked, "modified"), ids=_by_number(resource, asked, reader), after=_place(after),
            limit=limit + 1, refs=_refs(resource, asked, reader), newest=newest,
        )  # fmt: skip
        some = found[:limit]
        told = _told(resource, some, reader, request, expand)
        more = None
        if len(found) > limit:
            more = paging.token(request, asked, (some[-1].changed_at.isoformat(), some[-1].id))
        return Answer({"data": told, "pageToken": more}, len(told) if resource.personal else 0)

    return view


def single(resource: Resource) -> Callable[..., HttpResponse]:
    """The address of one thing."""

    @program_door(resource.scope, says=shapes.error, what=f"ss12000.{resource.name}", further=resource.beside)
    def view(request: HttpRequest, reader: Reader, key: UUID) -> Answer:
        tracking.follow(reader.client.path, now=reader.now)
        expand = _expands(resource, _expand_of(request), reader)
        path = reader.client.path
        found = tracking.page(path=path, kinds=_kinds(resource, reader, {}), ids=[key], refs=resource.within(path))
        told = _told(resource, found, reader, request, expand)
        if not told:
            raise NotFound("There is no such thing here.")
        return Answer(told[0], 1 if resource.personal else 0)

    return view


def lookup(resource: Resource) -> Callable[..., HttpResponse]:
    """The address where many are asked for by id, or persons by number and units by code."""

    @program_door(resource.scope, says=shapes.error, what=f"ss12000.{resource.name}", methods=("POST",),
                  further=resource.beside)  # fmt: skip
    def view(request: HttpRequest, reader: Reader) -> Answer:
        body = paging.body(request)
        tracking.follow(reader.client.path, now=reader.now)
        ids = set(paging.ids(body))
        if resource.kind is Kind.PERSON:
            for number in paging.texts(body, "civicNos"):
                ids.update(_holders(number, reader))
        if resource.kind is Kind.UNIT:
            codes = [*paging.texts(body, "schoolUnitCodes"), *paging.texts(body, "organisationCodes")]
            some = schools.units_by_code(codes=codes, under=reader.client.path) if codes else {}
            ids.update(unit.id for units in some.values() for unit in units)
        expand = _expands(resource, _expand_of(request), reader)
        kinds, path = _kinds(resource, reader, {}), reader.client.path
        within = resource.within(path)
        found = [
            one
            for part in people.chunks(sorted(ids), _PART)
            for one in tracking.page(path=path, kinds=kinds, ids=part, refs=within)
        ]
        if resource.kind is Kind.ENROLMENT:
            children = [str(one) for one in paging.ids(body, "personIds")]
            mine = [*within, ("person__in", children)]
            found += tracking.page(path=path, kinds=kinds, refs=mine) if children else []
        told = _told(resource, found, reader, request, expand)
        return Answer(told, len(told) if resource.personal else 0)

    return view


_PART = 500


def never(name: str) -> Callable[..., HttpResponse]:
    """A resource of the standard that is not kept here: 501, for whoever may read anything at all."""
    every = tuple(resource.scope for resource in RESOURCES.values())

    @program_door(every, says=shapes.error, what=f"ss12000.{name}", methods=("GET", "POST"))
    def view(_request: HttpRequest, _reader: Reader, key: UUID | None = None) -> Answer:  # noqa: ARG001 - the address's
        raise NotGiven(f"{name}: this installation keeps nothing of that kind.")

    return view


def _told(
    resource: Resource, some: Sequence[Entity], reader: Reader, request: HttpRequest, expand: frozenset[str]
) -> list[dict[str, Any]]:
    names = asking.truth(request, "expandReferenceNames")
    told = resource.build(tracking.discreet(some, by=reader.actor), reader, names=names)
    for name in expand:
        further = partial(_EXPAND[resource.name, name], reader=reader, names=names)
        for shape, inner in zip(told, further(told), strict=True):
            shape.setdefault("_embedded", {})[name] = inner
    return told


def _within(reader: Reader, kind: Kind, ids: Sequence[str], names: bool) -> dict[str, dict[str, Any]]:  # noqa: FBT001
    wanted = sorted({UUID(key) for key in ids})
    found = [
        one
        for part in people.chunks(wanted, _PART)
        for one in tracking.page(path=reader.client.path, kinds=[kind], ids=part)
    ]
    return {shape["id"]: shape for shape in entities.BUILDERS[kind](found, reader, names=names)}


def _persons_of_duties(told: list[dict[str, Any]], *, reader: Reader, names: bool) -> list[Any]:
    found = _within(reader, Kind.PERSON, [one["person"]["id"] for one in told], names)
    return [found.get(one["person"]["id"]) for one in told]


def _groups_of_activities(told: list[dict[str, Any]], *, reader: Reader, names: bool) -> list[Any]:
    found = _within(reader, Kind.GROUP, [group["id"] for one in told for group in one["groups"]], names)
    return [[found[group["id"]] for group in one["groups"] if group["id"] in found] for one in told]


def _teachers_of_activities(told: list[dict[str, Any]], *, reader: Reader, names: bool) -> list[Any]:
    found = _within(reader, Kind.DUTY, [one["duty"]["id"] for shape in told for one in shape["teachers"]], names)
    return [[found[one["duty"]["id"]] for one in shape["teachers"] if one["duty"]["id"] in found] for shape in told]


def _duties_of_persons(told: list[dict[str, Any]], *, reader: Reader, names: bool) -> list[Any]:
    path = reader.client.path
    some = {one["id"]: tracking.page(path=path, kinds=[Kind.DUTY], refs=[("person", one["id"])]) for one in told}
    return [entities.duties(some[one["id"]], reader, names=names) for one in told]


def _memberships_of_persons(told: list[dict[str, Any]], *, reader: Reader, names: bool) -> list[Any]:
    today = reader.now.date()
    found = schools.groups_of(persons=[UUID(one["id"]) for one in told], on=today)
    titles = {view.id: view.name or view.code for some in found.values() for view in some} if names else {}
    inside = reader.client.path
    return [
        [
            {"group": entities.reference(view.id, titles)}
            for view in found.get(UUID(one["id"]), ())
            if view.path.startswith(inside)
        ]
        for one in told
    ]


def _children_of_placements(told: list[dict[str, Any]], *, reader: Reader, names: bool) -> list[Any]:
    found = _within(reader, Kind.PERSON, [one["child"]["id"] for one in told], names)
    return [found.get(one["child"]["id"]) for one in told]


def _owners_of_placements(told: list[dict[str, Any]], *, reader: Reader, names: bool) -> list[Any]:
    ids = [owner["id"] for one in told for owner in one["owners"]]
    found = _within(reader, Kind.GUARDIAN, ids, names) | _within(reader, Kind.PERSON, ids, names)
    return [[found[owner["id"]] for owner in one["owners"] if owner["id"] in found] for one in told]


_EXPAND: Mapping[tuple[str, str], Callable[..., list[Any]]] = {
    ("duties", "person"): _persons_of_duties,
    ("activities", "groups"): _groups_of_activities,
    ("activities", "teachers"): _teachers_of_activities,
    ("placements", "child"): _children_of_placements,
    ("placements", "owners"): _owners_of_placements,
    ("persons", "duties"): _duties_of_persons,
    ("persons", "groupMemberships"): _memberships_of_persons,
}


def _expand_of(request: HttpRequest) -> dict[str, str]:
    return {"expand": request.GET["expand"]} if "expand" in request.GET else {}


def _expands(resource: Resource, asked: Mapping[str, str], reader: Reader) -> frozenset[str]:
    wanted = frozenset(filter(None, (name.strip() for name in asked.get("expand", "").split(","))))
    if not wanted <= set(resource.expands):
        can = ", ".join(resource.expands) or "nothing"
        raise QueryInvalid(f"expand can name {can} here.", parameter="expand")
    for name in sorted(wanted):
        if NEEDS[name] not in reader.further:
            raise ScopeMissing(f"The token lacks the scope {NEEDS[name]}, which expand={name} needs.")
    return wanted


def _kinds(resource: Resource, reader: Reader, asked: Mapping[str, str]) -> list[Kind]:
    if resource.kind is not Kind.PERSON:
        return [resource.kind]
    if asked.get("relationship.entity.type", "").startswith("responsibleFor"):
        return [Kind.GUARDIAN] if scopes.GUARDIANS in reader.further else []
    return [Kind.PERSON, Kind.GUARDIAN] if scopes.GUARDIANS in reader.further else [Kind.PERSON]


def _refs(resource: Resource, asked: Mapping[str, str], reader: Reader) -> list[tuple[str, object]]:
    found = resource.within(reader.client.path)
    found += [(inner, str(paging.uuid(asked[name], name))) for name, inner in resource.filters.items() if name in asked]
    if "dutyRole" in asked:
        roles = [role for role, name in entities.DUTIES.items() if name == asked["dutyRole"]]
        found.append(("role", roles[0] if roles else ""))
    relation = asked.get("relationship.entity.type")
    if relation is not None and relation not in {"enrolment", "duty"} and not relation.startswith("responsibleFor."):
        raise QueryInvalid(
            "relationship.entity.type is enrolment, duty or responsibleFor.enrolment here.",
            parameter="relationship.entity.type",
        )
    if relation == "enrolment":
        found.append(("at__0__isnull", False))
    if relation == "duty":
        found.append(("duties__0__isnull", False))
    return found


def _by_number(resource: Resource, asked: Mapping[str, str], reader: Reader) -> list[UUID] | None:
    return _holders(asked["civicNo"], reader) if resource.kind is Kind.PERSON and "civicNo" in asked else None


def _holders(number: str, reader: Reader) -> list[UUID]:
    """Who has that number; a protected person is found by those alone who may see the person."""
    found: list[UUID] = []
    for scheme in (Scheme.PERSONNUMMER, Scheme.SAMORDNINGSNUMMER, Scheme.TEMPORARY):
        try:
            holder = people.holder_of_identifier(scheme=scheme, value=number, on=reader.now.date())
        except IdentifierInvalid:
            continue
        if holder is not None:
            found.append(holder)
    views = people.people(by=reader.actor, ids=found)
    return [key for key, view in views.items() if not view.masked and view.identifier is not None]


def _span(asked: Mapping[str, str], what: str) -> Span:
    def at(name: str) -> datetime | None:
        return asking.read_instant(asked[name], name) if name in asked else None

    return Span(at(f"meta.{what}.after"), at(f"meta.{what}.before"))


def _newest(asked: Mapping[str, str]) -> bool:
    if asked.get("sortkey", "ModifiedAsc") not in SORTS:
        raise QueryInvalid(f"sortkey is one of {', '.join(SORTS)}.", parameter="sortkey")
    return SORTS[asked.get("sortkey", "ModifiedAsc")]


def _place(after: tuple[str, str] | None) -> tuple[datetime, UUID] | None:
    return None if after is None else (datetime.fromisoformat(after[0]), UUID(after[1]))
