"""The city that the portal is measured with: families with their documents, and many more people in the register."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from random import Random
from uuid import UUID

from testamur.access.accounts import actions as accounts
from testamur.access.accounts.rules import Level
from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor, operator
from testamur.register.people import actions as people
from testamur.register.people import queries as person_queries
from testamur.register.people.rules import NewGuardianship, NewIdentifier, NewPerson, Relation, Scheme
from testamur.register.schools import actions as schools
from testamur.register.schools import queries as school_queries
from testamur.register.schools.rules import NewEnrolment
from testamur.surfaces.cli import bench_portal_day, demo_build, demo_data, issuing
from testamur.surfaces.cli.demo_data import Invented, Size
from testamur.trust.records import queries as records
from testamur.trust.records import steps
from testamur.trust.sealing.rules import Algorithm

Start = Callable[[str, int], Callable[[int], None]]
CLASS = 25
CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Family:
    """A guardian who is logged in, and one document of a child."""

    cookie: str
    record: UUID


def build(folder: Path, public_url: str, pupils: int, filler: int, start: Start) -> list[Family]:
    """A school whose `pupils` have their documents and a school day, and `filler` further pupils."""
    by, now = operator(), clock.now()
    levels = max(1, round(pupils / CLASS / 4))
    size = Size(1, levels, CLASS, 0, 0, 0)
    advance = start("people and decisions", pupils)
    built = demo_build.build(
        by, size, data=folder, public_url=public_url, algorithm=Algorithm.P256, now=now, told=lambda _w, n: advance(n)
    )
    for school in built:
        plan = issuing.plan(by, school.school, school.school_year, school.term, (), school.issued_on)
        issuing.run(by, plan.records, issuing.How(folder, "demo", public_url, 2), start)
    steps.publish_all_status(by=by, clock=clock.now)
    _fill(by, built[0].school, filler, now, start)
    about = list(dict.fromkeys(view.subject for view in records.published(by=by)))
    nobody = person_queries.missing(about)  # a class has documents of its own
    bench_portal_day.fill(by, built[0].school, [one for one in about if one not in nobody], now)
    return list(_families(by, now))


def _families(by: Actor, now: datetime) -> Iterator[Family]:
    from django.contrib.sessions.backends.signed_cookies import SessionStore

    documents = {view.subject: view.record for view in records.published(by=by)}
    guardians = person_queries.guardians(by=by, children=list(documents), on=now.date())
    for child, record in documents.items():
        for view in guardians.get(child, ()):
            person = view.guardian.id
            login = accounts.sign_in(by=by, person=person, method="simulated", level=Level.HIGH, now=now)
            accounts.choose_hat(by=Actor(person, "simulated"), login=login, hat="guardian", now=now)
            session = SessionStore()
            session["login"] = str(login)
            session.save()
            yield Family(str(session.session_key), record)


def _fill(by: Actor, school: UUID, filler: int, now: datetime, start: Start) -> None:
    path = school_queries.units([school])[school].path
    advance = start("further families", filler)
    random = Random(3)  # noqa: S311 - invented people
    for first in range(0, filler, CHUNK):
        count = min(CHUNK, filler - first)
        pairs = [(_numbered(random, first + n, "1"), _numbered(random, first + n, "2")) for n in range(count)]
        children = people.register_persons(by=by, path=path, persons=[c for c, _g in pairs], now=now)
        guardians = people.register_persons(by=by, path=path, persons=[g for _c, g in pairs], now=now)
        people.add_guardianships(
            by=by,
            guardianships=[
                NewGuardianship(child, guardian, Relation.PARENT, date(2018, 1, 1))
                for child, guardian in zip(children, guardians, strict=True)
            ],
            now=now,
        )
        schools.add_enrolments(
            by=by, enrolments=[NewEnrolment(child, school, date(2025, 8, 18)) for child in children], now=now
        )
        advance(count)


def _numbered(random: Random, serial: int, kind: str) -> NewPerson:
    one = Invented(
        random.choice(demo_data.SE_GIVEN), "", random.choice(demo_data.SE_FAMILY), f"{kind}{serial:07d}",
        date(2012, 1, 1), female=False,
    )  # fmt: skip
    number = NewIdentifier(Scheme.LOCAL, one.number, context="bench")
    return NewPerson(given=one.given, family=one.family, birth_date=one.birth_date, identifiers=(number,))
