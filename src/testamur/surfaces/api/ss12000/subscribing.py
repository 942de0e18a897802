"""Addresses of SS 12000 beside the roster: what is gone, subscriptions, and what a program tells us of its errors."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from testamur.access.accounts.rules import clients as scopes
from testamur.exchange.connectors.roster import subscribing, tracking
from testamur.exchange.connectors.roster.rules import Kind, Span, Subscription
from testamur.kernel.base.refused import NotFound
from testamur.kernel.base.text import harmless
from testamur.register.people import queries as people
from testamur.surfaces.api import asking
from testamur.surfaces.api.doors import Answer, Reader, program_door
from testamur.surfaces.api.refusing import QueryInvalid
from testamur.surfaces.api.ss12000 import care, paging, shapes
from testamur.surfaces.api.ss12000.entities import stamp
from testamur.surfaces.api.ss12000.paging import MOST, PAGE
from testamur.surfaces.api.ss12000.rostering import RESOURCES
from testamur.surfaces.api.ss12000.views import grades_of, replaced

log_ = logging.getLogger(__name__)
ANY = (scopes.GRADES, *(resource.scope for resource in RESOURCES.values()))
FURTHER = (*ANY, scopes.GUARDIANS, scopes.PROTECTED)
_SEES = "people.protected.see"
LEVELS = ("Info", "Warning", "Error")


@program_door(ANY, says=shapes.error, what="ss12000.deleted", further=FURTHER)
def deleted(request: HttpRequest, reader: Reader) -> Answer:
    """What is gone since `after`, by resource: ids alone. Grades that a correction took the place of come first.

    On the last page stand those whom the program may see no more since an identity is protected: guardians of such a
    child, and such a person's grades.
    """
    limit = asking.number(request, "limit", PAGE, least=1, most=MOST)
    asked, after = paging.asked(request, ("after", "entities"))
    if after is None:
        tracking.follow(reader.client.path, now=reader.now)
    since = asking.read_instant(asked["after"], "after") if "after" in asked else None
    some = frozenset(filter(None, asked.get("entities", "").split(",")))
    told: dict[str, list[str]] = {}
    part, _colon, place = (after[0] if after else "grades:").partition(":")
    left, more = limit, None
    if part == "grades" and scopes.GRADES in reader.further and (not some or "grades" in some):
        gone, following = replaced(
            _of_grades(reader), since, (place, UUID(after[1])) if after and place else None, limit
        )
        told["grades"] = gone
        left -= len(gone)
        more = (f"grades:{following[0]}", following[1]) if following else None
    if more is None and left:
        at = (datetime.fromisoformat(place), UUID(after[1])) if after and part == "roster" and place else None
        more = _roster(reader, since, some, at, left, told)
    elif more is None:
        more = ("roster:", UUID(int=0))
    if more is None:
        _hidden(reader, since, some, told)
    count = sum(map(len, told.values()))
    return Answer({"data": told, "pageToken": paging.token(request, asked, more) if more else None}, count)


def _hidden(reader: Reader, since: datetime | None, some: frozenset[str], told: dict[str, list[str]]) -> None:
    def wanted(name: str, *needed: str) -> bool:
        return set(needed) <= set(reader.further) and (not some or name in some)

    path, by = reader.client.path, reader.actor
    if wanted("persons", RESOURCES["persons"].scope, scopes.GUARDIANS):
        guardians = tracking.hidden(path=path, since=since, by=by)
        there = {one.id for one in tracking.page(path=path, kinds=[Kind.PERSON], ids=[one.id for one in guardians])}
        told.setdefault("persons", []).extend(str(one.id) for one in guardians if one.id not in there)
    if wanted("grades", scopes.GRADES):
        plain = _of_grades(reader)
        told.setdefault("grades", []).extend(grades_of(plain, people.marked(since=since)))


def _of_grades(reader: Reader) -> Reader:
    """The same reader as the addresses of grades know it: they tell of no protected person, whatever the scopes."""
    grants = tuple(
        replace(grant, verbs=tuple(verb for verb in grant.verbs if verb != _SEES)) for grant in reader.actor.grants
    )
    return replace(reader, actor=replace(reader.actor, grants=grants))


def _roster(
    reader: Reader, since: datetime | None, some: frozenset[str], begins: Any, left: int, told: dict[str, list[str]]
) -> tuple[str, UUID] | None:
    names = {
        resource.kind: name
        for name, resource in RESOURCES.items()
        if resource.scope in reader.further and (not some or name in some)
    }
    if Kind.PERSON in names and scopes.GUARDIANS in reader.further:
        names[Kind.GUARDIAN] = "persons"
    for name in names.values():
        told.setdefault(name, [])
    cared = {str(one) for one in care.units(reader.client.path)} if Kind.ENROLMENT in names else set()
    if "activities" in told:
        told["activitites"] = told["activities"]  # the public description of the standard spells it so
    found = tracking.page(
        path=reader.client.path, kinds=list(names), changed=Span(after=since), gone=True, after=begins, limit=left + 1
    )
    persons = [one.id for one in found[:left] if one.kind in {Kind.PERSON, Kind.GUARDIAN}]
    still = {Kind.PERSON, Kind.GUARDIAN} if scopes.GUARDIANS in reader.further else {Kind.PERSON}
    here = {one.id for one in tracking.page(path=reader.client.path, kinds=list(still), ids=persons)}
    for one in found[:left]:
        if one.kind is Kind.ENROLMENT and (one.refs["role"] != "student" or one.refs["school"] not in cared):
            continue  # somebody left a class, which is no place in care
        if one.id not in here:  # who is a guardian no more may be a teacher still
            told[names[one.kind]].append(str(one.id))
    last = found[left - 1] if len(found) > left else None
    return (f"roster:{last.changed_at.isoformat()}", last.id) if last else None


@program_door(scopes.SUBSCRIPTIONS, says=shapes.error, what="ss12000.subscriptions", methods=("GET", "POST"))
def subscriptions(request: HttpRequest, reader: Reader) -> Answer:
    """A program's own subscriptions, or a new one."""
    if request.method == "GET":
        mine = subscribing.subscriptions(by=reader.actor, now=reader.now)
        return Answer({"data": [_subscription(one) for one in mine]})
    told = paging.body(request)
    made = subscribing.subscribe(
        by=reader.actor, path=reader.client.path, name=_text(told, "name"), target=_text(told, "target"),
        resources=_resources(told), now=reader.now, loopback=settings.MODE == "demo",
    )  # fmt: skip
    return Answer(_subscription(made), status=201)


@program_door(scopes.SUBSCRIPTIONS, says=shapes.error, what="ss12000.subscriptions", methods=("GET", "PATCH", "DELETE"))
def subscription(request: HttpRequest, reader: Reader, key: UUID) -> Answer:
    """One of them: read, renewed or ended."""
    if request.method == "DELETE":
        subscribing.unsubscribe(by=reader.actor, subscription=key, now=reader.now)
        return Answer(None, status=204)
    if request.method == "PATCH":
        told = paging.body(request) if request.body else {}
        expires = asking.read_instant(_text(told, "expires"), "expires") if "expires" in told else None
        return Answer(
            _subscription(subscribing.renew(by=reader.actor, subscription=key, expires=expires, now=reader.now))
        )
    for one in subscribing.subscriptions(by=reader.actor, now=reader.now):
        if one.id == key:
            return Answer(_subscription(one))
    raise NotFound("There is no such subscription.")


def _subscription(one: Subscription) -> dict[str, Any]:
    return {
        "id": str(one.id), "name": one.name, "target": one.target, "expires": stamp(one.expires),
        "resourceTypes": [{"resource": name} for name in one.resources],
    }  # fmt: skip


def _resources(told: dict[str, object]) -> list[str]:
    some = told.get("resourceTypes")
    if not isinstance(some, list) or not all(isinstance(one, dict) for one in some):
        raise QueryInvalid('resourceTypes is a list like [{"resource": "Person"}].', parameter="resourceTypes")
    return [str(one.get("resource", "")) for one in some]


def _text(told: dict[str, object], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str):
        raise QueryInvalid(f"{name} is a text.", parameter=name)
    return value


@program_door(ANY, says=shapes.error, what="ss12000.log", methods=("POST",))
def log(request: HttpRequest, reader: Reader) -> Answer:
    """What went wrong at the program, for the operator's log; its own words are cut and made harmless."""
    told = paging.body(request)
    level, words = _text(told, "severityLevel"), _text(told, "message")
    if level not in LEVELS:
        raise QueryInvalid(f"severityLevel is one of {', '.join(LEVELS)}.", parameter="severityLevel")
    log_.warning("program %s tells (%s): %s", reader.client.id, level, harmless(words)[:500])
    return Answer(None, status=201)


@program_door(ANY, says=shapes.error, what="ss12000.statistics", methods=("POST",))
def statistics(request: HttpRequest, reader: Reader) -> Answer:
    """How much the program took over, for the operator's log."""
    told = paging.body(request)
    counts = {name: told.get(name) for name in ("newCount", "updatedCount", "deletedCount")}
    if not all(isinstance(count, int) and not isinstance(count, bool) for count in counts.values()):
        raise QueryInvalid("newCount, updatedCount and deletedCount are whole numbers.", parameter="newCount")
    kind = harmless(_text(told, "resourceType"))[:40]
    log_.info("program %s took over %s: %s", reader.client.id, kind, counts)
    return Answer(None, status=201)
