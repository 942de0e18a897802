"""Organisations, persons, groups, duties and activities as SS 12000 writes them, from the ids of the catalogue.

Names are read as the program may see them: a protected person stands there under an alias, with no number and no way to
be reached, and with the marking that says why. Which marking it is, is told to those alone who may see the person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from testamur.exchange.connectors.roster.rules import Entity, Kind
from testamur.register.curriculum.rules import prefixes
from testamur.register.people import queries as people
from testamur.register.people.rules import ContactKind, ContactView, PersonView, Protection, Relation, Scheme, Sex
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Form, GroupKind, UnitKind, UnitView
from testamur.surfaces.api.doors import Reader

SCHOOL_TYPES: Mapping[Form, str] = {
    Form.PRESCHOOL: "FS",
    Form.PRESCHOOL_CLASS: "FKLASS",
    Form.PRIMARY: "GR",
    Form.COMPULSORY: "GR",
    Form.ADAPTED_COMPULSORY: "GRS",
    Form.LOWER_SECONDARY: "GR",
    Form.UPPER_SECONDARY: "GY",
    Form.ADAPTED_UPPER_SECONDARY: "GYS",
    Form.AFTER_SCHOOL: "FTH",
    Form.ADULT: "VUX",
    Form.UNIVERSITY: "HS",
}
PACKS: Mapping[str, str] = {"se.compulsory": "GR", "se.university": "HS"}
UNITS: Mapping[UnitKind, str] = {UnitKind.AUTHORITY: "Huvudman", UnitKind.SCHOOL: "Skolenhet"}
GROUPS: Mapping[GroupKind, str] = {
    GroupKind.CLASS: "Klass", GroupKind.TEACHING: "Undervisning", GroupKind.MENTOR: "Mentor",
}  # fmt: skip
CARE = frozenset({"FS", "FTH"})
"""Types of school whose groups are departments."""
DUTIES: Mapping[str, str] = {
    "principal": "Rektor",
    "teacher": "Lärare",
    "administrator": "Skoladministratör",
    "archivist": "Annan personal",
    "delegate": "Övrig arbetsledning",
}
RELATIONS: Mapping[Relation, str] = {
    Relation.MOTHER: "Vårdnadshavare", Relation.FATHER: "Vårdnadshavare", Relation.PARENT: "Vårdnadshavare",
    Relation.APPOINTED: "Vårdnadshavare", Relation.FOSTER: "Annan behörig",
}  # fmt: skip
MARKS: Mapping[Protection, str] = {
    Protection.NONE: "Ingen",
    Protection.CONFIDENTIALITY_MARK: "Sekretessmarkering",
    Protection.PROTECTED_REGISTRATION: "Skyddad folkbokföring",
    Protection.FINGERED: "Skyddad folkbokföring",
}
SEXES: Mapping[Sex, str] = {Sex.FEMALE: "Kvinna", Sex.MALE: "Man"}
SWEDISH = frozenset({Scheme.PERSONNUMMER, Scheme.SAMORDNINGSNUMMER, Scheme.TEMPORARY})
NATIONS: Mapping[Scheme, str] = {Scheme.EGN: "BG", Scheme.LNCH: "BG", Scheme.CCCD: "VN"}
HIGHEST = 10
"""The standard's school years go so far; a higher one is left out."""
Shapes = list[dict[str, Any]]


def organisations(some: Sequence[Entity], _reader: Reader, *, names: bool) -> Shapes:
    """Bodies and their schools."""
    found = schools.units(one.id for one in some)
    titles = schools.unit_names(unit.parent for unit in found.values() if unit.parent) if names else {}
    return [_organisation(one, found[one.id], titles) for one in some if one.id in found]


def _organisation(one: Entity, unit: UnitView, titles: Mapping[UUID, str]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": str(unit.id), "meta": meta(one), "displayName": unit.name, "organisationCode": unit.code,
        "organisationType": UNITS.get(unit.kind, "Övrigt"), "schoolUnitCode": unit.code,
    }  # fmt: skip
    if unit.parent is not None:
        told["parentOrganisation"] = reference(unit.parent, titles)
    kind = school_type(unit, unit)
    if kind:
        told["schoolTypes"] = [kind]
    return told


def school_type(unit: UnitView, above: UnitView | None) -> str:
    """The type of school by its form, else by its rule pack; empty for a body."""
    pack = unit.pack or (above.pack if above is not None else "")
    return SCHOOL_TYPES.get(unit.form, "") or PACKS.get(pack, "")


def types_of(units: Mapping[UUID, UnitView]) -> dict[UUID, str]:
    """The type of school of each unit, a department's by the school above it. `GR` where nothing tells it."""
    ways = {way for unit in units.values() for way in prefixes(unit.path) if way}
    above = {one.path: one for way in ways for one in schools.units_above(way)} if ways else {}
    return {
        key: next(
            (
                kind
                for way in sorted(prefixes(unit.path), reverse=True)
                if way in above and (kind := school_type(above[way], None))
            ),
            "GR",
        )
        for key, unit in units.items()
    }


def persons(some: Sequence[Entity], reader: Reader, *, names: bool) -> Shapes:
    """Pupils, staff and (where the program may know them) guardians."""
    ids = [one.id for one in some]
    views, reached = people.people(by=reader.actor, ids=ids), people.contacts(by=reader.actor, persons=ids)
    guardians = people.guardians(by=reader.actor, children=ids, on=reader.now.date())
    units = schools.units({UUID(place[0]) for one in some for place in one.refs.get("at", ())})
    kinds = types_of(units)
    titles = {key: unit.name for key, unit in units.items()} if names else {}
    told = []
    for one in some:
        view = views.get(one.id)
        if view is None:
            continue
        shape = _person(one, view, reached.get(one.id, ()))
        shape["enrolments"] = [
            _enrolment(place, kinds[UUID(place[0])], titles)
            for place in one.refs.get("at", ())
            if UUID(place[0]) in kinds
        ]
        mine = [guardian for guardian in guardians.get(one.id, ()) if guardian.custody]
        if mine:
            shape["responsibles"] = [
                {"person": {"id": str(guardian.guardian.id)}, "relationType": RELATIONS[guardian.relation]}
                for guardian in mine
            ]
        told.append(shape)
    return told


def _person(one: Entity, view: PersonView, reached: Sequence[ContactView]) -> dict[str, Any]:
    told: dict[str, Any] = {"id": str(view.id), "meta": meta(one), "eduPersonPrincipalNames": []}
    if view.masked:
        first, _space, rest = view.name.partition(" ")
        return told | {
            "givenName": first, "familyName": rest or view.name, "securityMarking": "Sekretessmarkering",
            "personStatus": "Aktiv", "emails": [], "externalIdentifiers": [],
        }  # fmt: skip
    # the standard needs both names; who has only one is told by it twice rather than by an invention
    given = " ".join(filter(None, (view.given, view.middle if not view.family else ""))) or view.family
    told |= {"givenName": given, "familyName": view.family or view.given, "personStatus": "Aktiv"}
    if view.middle and view.family:
        told["middleName"] = view.middle
    if view.protection is not None:
        told["securityMarking"] = MARKS[view.protection]
    if view.birth_date is not None:
        told["birthDate"] = view.birth_date.isoformat()
    if view.sex is not Sex.UNKNOWN:
        told["sex"] = SEXES.get(view.sex, "Okänt")
    told["externalIdentifiers"] = []
    number = view.identifier
    if number is not None and number.scheme is Scheme.LOCAL:
        told["externalIdentifiers"] = [{"value": number.value, "context": f"urn:local:{number.context}",
                                        "globallyUnique": False}]  # fmt: skip
    elif number is not None:
        nation = "SE" if number.scheme in SWEDISH else NATIONS[number.scheme]
        told["civicNo"] = {"value": number.value, "nationality": nation}
    told["emails"] = [_email(one, contact) for contact in reached if contact.kind is ContactKind.EMAIL]
    phones = [contact for contact in reached if contact.kind is ContactKind.PHONE]
    if phones:
        told["phoneNumbers"] = [
            {"value": contact.value, "type": "Arbete" if contact.label == "work" else "Mobil", "mobile": contact.sms}
            for contact in phones
        ]
    return told


def _email(one: Entity, contact: ContactView) -> dict[str, str]:
    kind = "Privat"
    if contact.label == "work":
        kind = "Skola personal" if one.refs.get("duties") else "Arbete övrigt"
    elif contact.label == "school":
        kind = "Skola elev"
    return {"value": contact.value, "type": kind}


def _enrolment(place: Sequence[Any], kind: str, titles: Mapping[UUID, str]) -> dict[str, Any]:
    school, level, starts = place
    told: dict[str, Any] = {
        "enroledAt": reference(UUID(school), titles), "schoolType": kind, "startDate": starts, "cancelled": False,
    }  # fmt: skip
    if level is not None and 0 <= level <= HIGHEST:
        told["schoolYear"] = level
    return told


def groups(some: Sequence[Entity], reader: Reader, *, names: bool) -> Shapes:
    """Classes, teaching groups and mentor groups with their members."""
    ids, today = [one.id for one in some], reader.now.date()
    views, years = schools.groups_by_id(ids), schools.school_years_of(groups=ids)
    stays = schools.stays(groups=ids, first=today, last=today.replace(year=today.year + 1, day=min(today.day, 28)))
    units = schools.units({view.school for view in views.values()})
    kinds, titles = types_of(units), {key: unit.name for key, unit in units.items()} if names else {}
    told = []
    for one in some:
        view = views.get(one.id)
        if view is None:
            continue
        told.append({
            "id": str(one.id), "meta": meta(one), "displayName": view.name or view.code,
            "startDate": years[one.id][0].isoformat(), "endDate": years[one.id][1].isoformat(),
            "groupType": "Avdelning" if kinds[view.school] in CARE else GROUPS[view.kind],
            "schoolType": kinds[view.school],
            "organisation": reference(view.school, titles),
            "groupMemberships": [_member(stay.person, stay.starts, stay.ends) for stay in stays[one.id]],
        })  # fmt: skip
    return told


def _member(person: UUID, starts: date, ends: date | None) -> dict[str, Any]:
    told: dict[str, Any] = {"person": {"id": str(person)}, "startDate": starts.isoformat()}
    return told | ({"endDate": ends.isoformat()} if ends else {})


def duties(some: Sequence[Entity], reader: Reader, *, names: bool) -> Shapes:
    """What members of staff are at a unit."""
    titles = schools.unit_names({UUID(one.refs["unit"]) for one in some}) if names else {}
    named: Mapping[UUID, str] = {}
    if names:
        views = people.people(by=reader.actor, ids={UUID(one.refs["person"]) for one in some}, numbers=False)
        named = {key: view.name for key, view in views.items()}
    return [
        {
            "id": str(one.id), "meta": meta(one), "person": reference(UUID(one.refs["person"]), named),
            "dutyAt": reference(UUID(one.refs["unit"]), titles), "dutyRole": DUTIES[one.refs["role"]],
            "assignmentRole": [],
        }
        for one in some
    ]  # fmt: skip


def activities(some: Sequence[Entity], _reader: Reader, *, names: bool) -> Shapes:
    """The teaching of a subject in a group."""
    ids = {UUID(one.refs["group"]) for one in some}
    views, years = schools.groups_by_id(ids), schools.school_years_of(groups=ids)
    titles: dict[UUID, str] = {}
    if names:
        titles = schools.unit_names({view.school for view in views.values()})
        titles |= {key: view.name or view.code for key, view in views.items()}
    told = []
    for one in some:
        view = views.get(UUID(one.refs["group"]))
        if view is None:
            continue
        subject = one.refs["subject"]
        name = view.name or view.code
        told.append({
            "id": str(one.id), "meta": meta(one), "activityType": "Undervisning", "calendarEventsRequired": True,
            "displayName": name if not subject or view.kind is GroupKind.TEACHING else f"{name} {subject}",
            "startDate": years[view.id][0].isoformat(), "endDate": years[view.id][1].isoformat(),
            "groups": [reference(view.id, titles)], "organisation": reference(view.school, titles),
            "teachers": [{"duty": {"id": key}} for key in one.refs["duties"]],
        })  # fmt: skip
    return told


def meta(one: Entity) -> dict[str, str]:
    """When it came, and when it changed."""
    return {"created": stamp(one.made_at), "modified": stamp(one.changed_at)}


def stamp(at: datetime) -> str:
    """A time in UTC, as finely as it is kept: who asks for what changed since then gets nothing twice."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def reference(key: UUID, names: Mapping[UUID, str]) -> dict[str, str]:
    """A reference, with a name where it is wanted."""
    return {"id": str(key)} | ({"displayName": names[key]} if key in names else {})


Builder = Callable[..., Shapes]
BUILDERS: Mapping[Kind, Builder] = {
    Kind.UNIT: organisations, Kind.PERSON: persons, Kind.GUARDIAN: persons, Kind.GROUP: groups, Kind.DUTY: duties,
    Kind.ACTIVITY: activities,
}  # fmt: skip
