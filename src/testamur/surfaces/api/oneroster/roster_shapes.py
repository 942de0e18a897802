"""Objects of the rostering service as OneRoster 1.2 writes them, from the ids of the catalogue.

A thing that is gone stands there as ``tobedeleted``, with what has to be said of it and no name of a person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from testamur.exchange.connectors.roster import tracking
from testamur.exchange.connectors.roster.rules import Entity, Kind
from testamur.register.people import queries as people
from testamur.register.people.rules import ContactKind, PersonView, Scheme, Sex
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupKind, UnitKind
from testamur.surfaces.api.doors import Reader
from testamur.surfaces.api.oneroster.shapes import ROSTER, reference, stamp
from testamur.surfaces.api.refusing import QueryInvalid

ORGS: Mapping[UnitKind, str] = {UnitKind.AUTHORITY: "district", UnitKind.SCHOOL: "school"}
ROLES: Mapping[str, str] = {
    "teacher": "teacher", "principal": "principal", "administrator": "siteAdministrator", "archivist": "aide",
    "delegate": "siteAdministrator",
}  # fmt: skip
SEXES: Mapping[Sex, str] = {Sex.FEMALE: "female", Sex.MALE: "male", Sex.OTHER: "other", Sex.UNKNOWN: "unspecified"}
NUMBERS: Mapping[Scheme, str] = {
    Scheme.PERSONNUMMER: "se.personnummer", Scheme.SAMORDNINGSNUMMER: "se.samordningsnummer",
    Scheme.TEMPORARY: "se.temporary", Scheme.EGN: "bg.egn", Scheme.LNCH: "bg.lnch", Scheme.CCCD: "vn.cccd",
}  # fmt: skip
_BASE = ("sourcedId", "status", "dateLastModified", "metadata")
FIELDS: Mapping[str, tuple[str, ...]] = {
    "orgs": (*_BASE, "name", "type", "identifier", "parent", "children"),
    "academicSessions": (*_BASE, "title", "startDate", "endDate", "type", "parent", "children", "schoolYear"),
    "courses": (*_BASE, "title", "schoolYear", "courseCode", "grades", "subjects", "org", "subjectCodes"),
    "classes": (*_BASE, "title", "classCode", "classType", "location", "grades", "subjects", "course", "school",
                "terms", "subjectCodes", "periods"),
    "users": (*_BASE, "userMasterIdentifier", "username", "userIds", "enabledUser", "givenName", "familyName",
              "middleName", "preferredFirstName", "roles", "agents", "primaryOrg", "email", "sms", "phone", "grades"),
    "enrollments": (*_BASE, "user", "class", "school", "role", "primary", "beginDate", "endDate"),
    "demographics": (*_BASE, "birthDate", "sex"),
}  # fmt: skip
Shapes = list[dict[str, Any]]


def _base(one: Entity) -> dict[str, Any]:
    return {
        "sourcedId": str(one.id), "status": "active" if one.gone_at is None else "tobedeleted",
        "dateLastModified": stamp(one.changed_at),
    }  # fmt: skip


def _ref(where: str, key: object, kind: str) -> dict[str, str]:
    return reference(where, UUID(str(key)), kind, ROSTER)


def orgs(some: Sequence[Entity], _reader: Reader) -> Shapes:
    """The body and its schools."""
    found, told = schools.units(one.id for one in some), []
    for one in some:
        unit = found.get(one.id)
        if unit is None:
            continue
        shape = _base(one) | {
            "name": unit.name, "type": ORGS.get(unit.kind, "department"), "identifier": unit.code,
        }  # fmt: skip
        if unit.parent is not None:
            shape["parent"] = _ref("orgs", unit.parent, "org")
        told.append(shape)
    return told


def academic_sessions(some: Sequence[Entity], _reader: Reader) -> Shapes:
    """School years and terms. `schoolYear` is the calendar year in which it ends (1.2, section 5.1)."""
    told = []
    for one in some:
        title, starts, ends = one.refs["told"]
        shape = _base(one) | {
            "title": title, "startDate": starts, "endDate": ends, "schoolYear": ends[:4],
            "type": "schoolYear" if one.refs["type"] == "year" else "term",
        }  # fmt: skip
        if one.refs["parent"]:
            shape["parent"] = _ref("academicSessions", one.refs["parent"], "academicSession")
        told.append(shape)
    return told


def courses(some: Sequence[Entity], _reader: Reader) -> Shapes:
    """Subjects and courses that are taught; one without a code stands for classes as such."""
    return [
        _base(one) | {
            "title": one.refs["code"] or "Class", "courseCode": one.refs["code"] or "CLASS",
            "org": _ref("orgs", one.refs["authority"], "org"),
            "subjectCodes": [one.refs["code"]] if one.refs["code"] else [],
        }
        for one in some
    ]  # fmt: skip


def classes(some: Sequence[Entity], reader: Reader) -> Shapes:
    """Classes and teaching groups."""
    views = schools.groups_by_id(one.id for one in some)
    terms: dict[str, list[str]] = defaultdict(list)
    for session in tracking.page(path=reader.client.path, kinds=[Kind.SESSION]):
        if session.refs["parent"]:
            terms[session.refs["parent"]].append(str(session.id))
    told = []
    for one in some:
        view = views.get(one.id)
        if view is None:
            continue
        year = str(view.school_year)
        subject = view.subject or view.course
        shape = _base(one) | {
            "title": view.name or view.code, "classCode": view.code,
            "classType": "homeroom" if view.kind is GroupKind.CLASS else "scheduled",
            "course": _ref("courses", one.refs["course"], "course"), "school": _ref("schools", view.school, "org"),
            "terms": [_ref("academicSessions", key, "academicSession") for key in terms.get(year) or [year]],
            "subjectCodes": [subject] if subject else [],
        }  # fmt: skip
        if view.year_level is not None:
            shape["grades"] = [str(view.year_level)]
        told.append(shape)
    return told


def users(some: Sequence[Entity], reader: Reader) -> Shapes:
    """Pupils, staff and (where the program may know them) guardians. Numbers for those alone who may see them."""
    here = [one.id for one in some if one.gone_at is None]
    views, reached = people.people(by=reader.actor, ids=here), people.contacts(by=reader.actor, persons=here)
    guardians = people.guardians(by=reader.actor, children=here, on=reader.now.date())
    told = []
    for one in some:
        view = views.get(one.id)
        shape = _base(one) | {
            "username": "", "userIds": [], "enabledUser": "true" if view is not None else "false", "givenName": "",
            "familyName": "", "roles": _roles(one),
        }  # fmt: skip
        if shape["roles"]:
            shape["primaryOrg"] = shape["roles"][0]["org"]
        if view is not None:
            shape |= _named(view)
            by_kind = {contact.kind: contact.value for contact in reversed(reached.get(one.id, ()))}
            if ContactKind.EMAIL in by_kind:
                shape["email"] = shape["username"] = by_kind[ContactKind.EMAIL]
            if ContactKind.PHONE in by_kind:
                shape["phone"] = by_kind[ContactKind.PHONE]
            agents = [guardian.guardian.id for guardian in guardians.get(one.id, ()) if guardian.custody]
            if agents:
                shape["agents"] = [_ref("users", key, "user") for key in agents]
        levels = {place[1] for place in one.refs.get("at", ()) if place[1] is not None}
        if len(levels) == 1:
            shape["grades"] = [str(levels.pop())]
        told.append(shape)
    return told


def _named(view: PersonView) -> dict[str, Any]:
    if view.masked:
        first, _space, rest = view.name.partition(" ")
        return {"givenName": first, "familyName": rest or view.name}
    told: dict[str, Any] = {"givenName": view.given or view.family, "familyName": view.family or view.given}
    if view.middle:
        told["middleName"] = view.middle
    if view.preferred:
        told["preferredFirstName"] = view.preferred
    if view.identifier is not None and view.identifier.scheme in NUMBERS:
        told["userIds"] = [{"type": NUMBERS[view.identifier.scheme], "identifier": view.identifier.value}]
        told["userMasterIdentifier"] = view.identifier.value
    return told


def _roles(one: Entity) -> Shapes:
    told = [
        {"role": "student", "org": _ref("orgs", school, "org"), "beginDate": starts}
        for school, _level, starts in one.refs.get("at", ())
    ]
    told += [{"role": ROLES[role], "org": _ref("orgs", unit, "org")} for unit, role in one.refs.get("duties", ())]
    told += [{"role": "guardian", "org": _ref("orgs", org, "org")} for org in one.refs.get("orgs", ())]
    return [{"roleType": "primary" if not place else "secondary", **role} for place, role in enumerate(told)]


def enrollments(some: Sequence[Entity], _reader: Reader) -> Shapes:
    """Who is in a class, and who teaches it."""
    told = []
    for one in some:
        shape = _base(one) | {
            "user": _ref("users", one.refs["person"], "user"), "class": _ref("classes", one.refs["group"], "class"),
            "school": _ref("schools", one.refs["school"], "org"), "role": one.refs["role"],
        }  # fmt: skip
        if one.refs["role"] == "teacher":
            shape["primary"] = "true" if one.refs["primary"] else "false"
        for name, inner in (("beginDate", "starts"), ("endDate", "ends")):
            if one.refs.get(inner):
                shape[name] = one.refs[inner]
        told.append(shape)
    return told


def demographics(some: Sequence[Entity], reader: Reader) -> Shapes:
    """Birth dates and sexes; of a masked person neither."""
    views = people.people(by=reader.actor, ids=[one.id for one in some if one.gone_at is None])
    told = []
    for one in some:
        view, shape = views.get(one.id), _base(one)
        if view is not None and view.birth_date is not None:
            shape["birthDate"] = view.birth_date.isoformat()
        if view is not None and not view.masked:
            shape["sex"] = SEXES[view.sex]
        told.append(shape)
    return told


BUILDERS: Mapping[str, Callable[[Sequence[Entity], Reader], Shapes]] = {
    "orgs": orgs, "academicSessions": academic_sessions, "courses": courses, "classes": classes, "users": users,
    "enrollments": enrollments, "demographics": demographics,
}  # fmt: skip


def must_know(names: Sequence[str], field: str) -> None:
    """Raise QueryInvalid for a field that the list does not have."""
    if field not in names:
        raise QueryInvalid(f"There is no field {field}.", parameter="filter")
