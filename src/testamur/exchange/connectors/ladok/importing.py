"""From the registry: course structure, occasions, scales, and who is registered, into the register by its own verbs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from testamur.exchange.connectors.ladok import links
from testamur.exchange.connectors.ladok.client import LadokClient
from testamur.exchange.connectors.ladok.messages import Gradeable, RegistryScale, Round, Structure, StudentView
from testamur.exchange.connectors.ladok.settings import REGISTRY
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.law.tables import pack
from testamur.register.curriculum import actions as curriculum_actions
from testamur.register.curriculum import queries as curriculum
from testamur.register.curriculum.rules import CourseView, NewCourse, NewModule
from testamur.register.people import queries as people
from testamur.register.people.actions import register_persons
from testamur.register.people.rules import IdentifierInvalid, NewIdentifier, NewPerson, Scheme, parse_identifier
from testamur.register.schools import queries as schools
from testamur.register.studies import actions as studies_actions
from testamur.register.studies import queries as studies
from testamur.register.studies.rules import Ended, NewOccasion, NewRegistration, OccasionView, RegistrationEnd

PACK = "se.university"
AUTUMN = 7
"""Month from which an occasion belongs to the autumn term."""


@dataclass(slots=True)
class Synced:
    """What an import brought. `unknown` are codes or numbers that have no counterpart; `notes` are sentences."""

    courses: int = 0
    occasions: int = 0
    persons: int = 0
    registrations: int = 0
    ended: int = 0
    unknown: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def sync_courses(*, by: Actor, client: LadokClient, unit: UUID, codes: Sequence[str], now: datetime) -> Synced:
    """Fetch courses by code, with modules, scales and occasions, and add to the register what it lacks.

    `unit` gives the courses; they stand at the path of its university. What is there already is never changed: where
    the registry says otherwise, a note says so. Needs ``connectors.registry.sync`` and the register's own verbs.
    Raises ``not_found``, `RegistryDown`, `BadAnswer`. Journal: ``connectors.registry.courses_synced/1``.
    """
    home = schools.unit(unit)
    if home is None:
        raise NotFound("There is no such unit.", field="unit")
    by.must("connectors.registry.sync", home.path)
    done = Synced()
    scales = client.scales()
    remembered = {found: str(key) for key, scale in scales.items() if (found := our_scale(scale))}
    links.remember("scale", remembered)
    for code in dict.fromkeys(codes):
        rounds = sorted(client.rounds(code), key=lambda r: r.starts, reverse=True)
        if not rounds:
            done.unknown.append(code)
            continue
        structures = {one.uid: client.structure(one.uid) for one in rounds}  # every call before the first write
        _course(by, home.path, unit, structures[rounds[0].uid], rounds, scales, now, done)
    return done


@transaction.atomic
def _course(
    by: Actor, path: str, unit: UUID, structure: Structure, rounds: Sequence[Round],
    scales: Mapping[int, RegistryScale], now: datetime, done: Synced,
) -> None:  # fmt: skip
    university = _university(path)
    course = curriculum.course(code=structure.code, path=university)
    if course is None:
        [key] = curriculum_actions.add_courses(by=by, courses=[_new(structure, university, scales)], now=now)
        course = curriculum.courses([key])[key]
        done.courses += 1
    else:
        done.notes += _differences(course, structure, scales)
    there = {(o.code, o.term) for o in studies.occasions_of(course=course.id)}
    wanted = [NewOccasion(unit, course.id, r.code, _term(r.starts), r.starts, r.ends, r.pace) for r in rounds]
    done.occasions += sum((new.code, new.term) not in there for new in wanted)
    standing = {(o.code, o.term): o.id for o in studies.occasions_of(course=course.id)}
    fresh = [new for new in wanted if (new.code, new.term) not in standing]
    added = studies_actions.add_occasions(by=by, occasions=fresh, now=now) if fresh else []
    standing |= {(new.code, new.term): key for new, key in zip(fresh, added, strict=True)}
    links.remember("occasion", {str(standing[r.code, _term(r.starts)]): r.uid for r in rounds})
    refs = {"registry": REGISTRY, "course": str(course.id), "code": course.code, "occasions": len(fresh)}
    append(by=by, kind="connectors.registry.courses_synced/1", path=path, refs=refs, now=now)


def sync_students(
    *, by: Actor, client: LadokClient, occasion: UUID, now: datetime, add_missing: bool = False
) -> Synced:
    """Fetch who is registered on an occasion, and register them here; who gave the course up is ended here as well.

    A student is found by the registry's own id, the first time by personal number. Who is nobody here is told in
    `unknown`, or with `add_missing` becomes a person of the university. Needs ``connectors.registry.sync`` and the
    register's own verbs. Raises ``not_found``, `NotLinked`, `RegistryDown`, `BadAnswer`. Journal:
    ``connectors.registry.students_synced/1``.
    """
    view = studies.occasion(occasion)
    if view is None:
        raise NotFound("There is no such occasion.", field="occasion")
    by.must("connectors.registry.sync", view.path)
    uid = links.known("occasion", [str(occasion)]).get(str(occasion), "")
    if not uid:
        raise links.NotLinked("The occasion is not linked to the registry: fetch the course first.", field="occasion")
    rows = client.gradeable(client.structure(uid).instance, [uid])
    return _students(by, view, rows, now, add_missing=add_missing)


@transaction.atomic
def _students(by: Actor, view: OccasionView, rows: Sequence[Gradeable], now: datetime, *, add_missing: bool) -> Synced:
    done = Synced()
    persons = _persons([row.student for row in rows], now.date())
    missing = [row.student for row in rows if row.student.uid not in persons]
    if missing and add_missing:
        new = [_person(one, now.date()) for one in missing]
        ids = register_persons(by=by, path=_university(view.path), persons=new, now=now)
        persons |= {one.uid: key for one, key in zip(missing, ids, strict=True)}
        done.persons = len(ids)
    else:
        done.unknown = [one.number for one in missing]
    links.remember("student", {str(person): uid for uid, person in persons.items()})
    there = studies.registrations(course=view.course, persons=list(persons.values()))
    standing = {r.person: r for some in there.values() for r in some if r.occasion == view.id}
    fresh = [
        NewRegistration(person, view.id, view.starts)
        for row in rows
        if (person := persons.get(row.student.uid)) is not None and person not in standing
    ]
    if fresh:
        done.registrations = studies_actions.register_students(by=by, registrations=fresh, now=now)
    ends = [
        RegistrationEnd(person, view.id, date.fromisoformat(row.interrupted_on[:10]), Ended.INTERRUPTED)
        for row in rows
        if row.interrupted_on
        and (person := persons.get(row.student.uid)) is not None
        and (person not in standing or standing[person].ended is Ended.NOT)
    ]
    if ends:
        done.ended = studies_actions.end_registration(by=by, ends=ends, now=now)
    refs = {
        "registry": REGISTRY, "occasion": str(view.id), "students": len(rows), "registrations": done.registrations,
        "persons": done.persons, "unknown": len(done.unknown), "ended": done.ended,
    }  # fmt: skip
    append(by=by, kind="connectors.registry.students_synced/1", path=view.path, refs=refs, now=now)
    return done


def our_scale(theirs: RegistryScale) -> str:
    """The scale of the law whose grades are those of the registry's scale; empty when none is.

    Ids and codes of the registry's scales are each university's own: only the grades themselves are compared.
    """
    results = pack(PACK).results
    codes = {g.code.casefold() for g in theirs.grades}
    for name, scale in (results.scales if results is not None else {}).items():
        if {v.value.casefold() for v in scale.values} == codes:
            return name
    return ""


def number_of(student: StudentView, on: date) -> NewIdentifier:
    """The student's number: national where it is one; an interim number is local, in the registry's context."""
    for scheme in (Scheme.PERSONNUMMER, Scheme.SAMORDNINGSNUMMER, Scheme.TEMPORARY):
        try:
            return NewIdentifier(scheme, parse_identifier(scheme, student.number, on=on).value)
        except IdentifierInvalid:
            continue
    return NewIdentifier(Scheme.LOCAL, student.number, REGISTRY)


def _persons(students: Sequence[StudentView], on: date) -> dict[str, UUID]:
    """Persons by the registry's id: by link, else by number."""
    linked = links.persons([one.uid for one in students])
    left = [one for one in students if one.uid not in linked]
    numbers = {one.uid: number_of(one, on) for one in left if one.number}
    parsed = {uid: parse_identifier(n.scheme, n.value, on=on, context=n.context) for uid, n in numbers.items()}
    holders = people.holders_of_identifiers(numbers=parsed.values())
    found = {
        uid: holder
        for uid, n in parsed.items()
        if (holder := holders.get((n.scheme.value, n.context, n.value))) is not None
    }
    return {**linked, **found}


def _person(student: StudentView, on: date) -> NewPerson:
    return NewPerson(given=student.given, family=student.family, identifiers=(number_of(student, on),))


def _new(structure: Structure, path: str, scales: Mapping[int, RegistryScale]) -> NewCourse:
    modules = tuple(
        NewModule(p.code, p.name, p.credits, scale=_scale(scales, p.scale), name_en=p.name_en, titled=p.needs_title)
        for p in structure.parts
    )
    return NewCourse(
        code=structure.code,
        name=structure.name,
        name_en=structure.name_en,
        credits=sum((m.credits for m in modules), Decimal(0)),
        path=path,
        scale=_scale(scales, structure.scale),
        degree_project=structure.needs_title or any(m.titled for m in modules),
        modules=modules,
    )


def _scale(scales: Mapping[int, RegistryScale], key: int) -> str:
    return our_scale(scales[key]) if key in scales else ""


def _differences(course: CourseView, structure: Structure, scales: Mapping[int, RegistryScale]) -> list[str]:
    """Where the register and the registry disagree about a course that both have."""
    ours = {m.code: m for m in course.modules}
    notes = []
    for part in structure.parts:
        module = ours.pop(part.code, None)
        if module is None:
            notes.append(f"{course.code}: the registry has a module {part.code} that is not here.")
        elif (module.credits, module.scale) != (part.credits, _scale(scales, part.scale)):
            notes.append(f"{course.code}: module {part.code} has other credits or another scale in the registry.")
    notes += [f"{course.code}: the registry has no module {code}." for code in ours]
    if course.scale != _scale(scales, structure.scale):
        notes.append(f"{course.code}: the course has another scale in the registry.")
    return notes


def _term(starts: date) -> str:
    return f"{starts.year} {'HT' if starts.month >= AUTUMN else 'VT'}"


def _university(path: str) -> str:
    return "/" + path.split("/")[1] + "/"
