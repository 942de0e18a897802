"""The simulated registry filled from the register of a demonstration: the same courses, students and examiners."""

from __future__ import annotations

from datetime import date

from testamur.exchange.connectors.ladok import links
from testamur.exchange.connectors.ladok.importing import our_scale
from testamur.exchange.connectors.ladok.messages import Grade, RegistryScale
from testamur.exchange.connectors.ladok.simulator.state import SCALES, Course, State
from testamur.kernel.base.actor import Actor
from testamur.register.curriculum import queries as curriculum
from testamur.register.curriculum.rules import CourseView
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Role
from testamur.register.studies import queries as studies
from testamur.register.studies.rules import Ended


def seed_from_register(*, by: Actor, state: State, path: str, on: date) -> int:
    """Fill `state` with the university at `path`; returns its students. Said again, it adds what is new.

    Needs ``people.details.see`` and ``people.contact.see`` there. Who examines is a user under the work e-mail.
    Students without a national number are known under the one they have here. Results that were decided before are not
    put there: the registry of a demonstration begins empty.
    """
    with state.lock:
        for course in curriculum.courses_at(path):
            _course(by, state, course)
        for unit in schools.units_under(path):
            for post in schools.holders(role=Role.EXAMINER, on=on, unit=unit.id):
                name = links.user_name(by, post.person)
                if name:
                    state.add_user(name)
        state.save()
        return len(state.students)


def seed_university(*, by: Actor, state: State, path: str, on: date) -> int:
    """The university at `path` with all its departments; see `seed_from_register`."""
    for unit in schools.units_under(path):
        seed_from_register(by=by, state=state, path=unit.path, on=on)
    return seed_from_register(by=by, state=state, path=path, on=on)


def _course(by: Actor, state: State, course: CourseView) -> None:
    ids = _scales()
    modules = [(m.code, m.name, str(m.credits), ids.get(m.scale, 131001), m.titled) for m in course.modules]
    made = state.add_course(
        course.code, course.name, ids.get(course.scale, 131657), modules, titled=course.degree_project and not modules
    )
    made.name_en = course.name_en
    for held in studies.occasions_of(course=course.id):
        occasion = state.add_occasion(made, held.code, held.starts.isoformat(), held.ends.isoformat())
        links.remember("occasion", {str(held.id): occasion.uid})
    _students(by, state, course, made)


def _students(by: Actor, state: State, course: CourseView, made: Course) -> None:
    occasions = {o.id: o for o in studies.occasions_of(course=course.id)}
    registered = studies.registrations(course=course.id)
    shown = people.people(by=by, ids=registered)
    numbers = people.identifiers(by=by, persons=list(registered))
    credited = studies.credited(course=course.id)
    for person, registrations in registered.items():
        held = numbers.get(person, ())
        if person not in shown or not held:
            continue
        one = state.add_student(held[0].value, shown[person].given, shown[person].family)
        for registration in registrations:
            if registration.ended is Ended.WITHDRAWN:
                continue
            there = occasions[registration.occasion]
            occasion = state.add_occasion(made, there.code, there.starts.isoformat(), there.ends.isoformat())
            result = state.register(one, occasion, credited=person in credited)
            if registration.ended_on is not None:
                result.interrupted_on = registration.ended_on.isoformat()


def _scales() -> dict[str, int]:
    """The simulated registry's scale for each of ours."""
    found = {}
    for key, (code, grades) in SCALES.items():
        theirs = RegistryScale(key, code, tuple(Grade(g, kod, ok) for g, (kod, ok) in grades.items()))
        found[our_scale(theirs)] = key
    return found
