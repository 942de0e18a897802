"""Builds the university of the journeys: `python -m tests.journeys.browser.university.build FOLDER MOODLE`.

Makes FOLDER/university (the data folder), FOLDER/registry (a simulated registry that knows the same people) and
FOLDER/world.json (who is who). It runs in a process of its own, as the product's commands do. MOODLE is the address of
a learning platform with a room of DV1574, which need not answer yet.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from testamur.surfaces.cli import runtime
from tests import schema

if TYPE_CHECKING:
    from tests.schoolday.reporting.university import University

MORE = 93
"""Students beside those of the small university, registered for DV1574 and examined in nothing yet."""
SHARED = ("ours", "theirs")
"""Two of them have the lab since October, so that the grade of the exam makes their final grade."""


def main(folder: Path, moodle: str) -> None:
    """The small university of the tests with a seal, a log, an office's address, a platform and many more students."""
    data = folder / "university"
    runtime.start(data=schema.put(data), mode="demo")
    from django.db import connections

    from testamur.exchange.connectors.ladok.simulator.demo import seed_university
    from testamur.exchange.connectors.ladok.simulator.server import Simulator
    from testamur.kernel.base import clock
    from tests.schoolday.reporting import university

    now = clock.now()
    u = university.build(now, equip=True)
    more = _more(u, now)
    _desks(u, now)
    room = _room(u, moodle, now)
    (folder / "registry").mkdir()
    registry = Simulator(folder / "registry", keep=True)
    seed_university(by=u.by, state=registry.state, path=u.path, on=now.date())
    registry.stop()
    (folder / "world.json").write_text(json.dumps(_world(u, more, room), default=str))
    connections.close_all()


def _more(u: University, now: datetime) -> Sequence[UUID]:
    """Students of whom nothing is special."""
    from testamur.register.people import actions as people
    from testamur.register.studies import actions as studies
    from testamur.register.studies.rules import NewRegistration
    from testamur.surfaces.cli import demo_university as demo
    from tests.schoolday.reporting.university import BEGAN, LAB, ORDINARY, SPECIAL

    source = demo.invented_students(1574)
    drawn = [next(source) for _ in range(ORDINARY + len(SPECIAL) + MORE)][ORDINARY + len(SPECIAL) :]
    ids = people.register_persons(by=u.by, path=u.path, persons=[demo.student(one) for one in drawn], now=now)
    rows = [NewRegistration(person, u.occasions["DV1574"], BEGAN) for person in ids]
    rows += [NewRegistration(person, u.occasions["PA2534"], BEGAN) for person in ids[:2]]
    studies.register_students(by=u.by, registrations=rows, now=now)
    done = [demo.Outcome(person, "DV1574", "1415", "G", LAB) for person in ids[: len(SHARED)]]
    demo.decided(u.by, u.campus, done, unit="data", examiner="examiner", now=now)
    return ids


def _desks(u: University, now: datetime) -> None:
    from testamur.schoolday.reporting import actions
    from testamur.schoolday.reporting.rules.states import Desk

    actions.set_desk(by=u.by, path=u.data, desk=Desk.OFFICE, email="kansli@prov.example.org", now=now)


def _room(u: University, moodle: str, now: datetime) -> UUID:
    """The room of DV1574 in a Moodle, entered by the administrator and linked by the teacher."""
    from testamur.exchange.connectors.lms import actions
    from testamur.exchange.connectors.lms.rules import Launch, NewPlatform, NumberFrom
    from tests.gateways.lms_moodle import Moodle

    platform = Moodle(url=moodle)
    new = NewPlatform(u.path, "Lärplattform", number_from=NumberFrom.SOURCEDID, **platform.told)
    made = actions.add_platform(by=u.actor("university_administrator", admin_mode=True), new=new, now=now)
    launch = Launch(platform.context, platform.title, platform.members_url(), platform.items_url())
    return actions.link_room(
        by=u.actor("teacher"), platform=made, launch=launch, occasion=u.occasions["DV1574"], now=now
    )


def _world(u: University, more: Sequence[UUID], room: UUID) -> dict[str, Any]:
    """Ids, numbers, names and addresses by plain words: those of the small university, ``s0``…, ``more0``…."""
    from testamur.register.people import queries as people
    from testamur.register.people.rules import ContactKind

    who = {**u.persons, **{f"s{n}": one for n, one in enumerate(u.students)}}
    who |= {f"more{n}": one for n, one in enumerate(more)}
    numbers = people.identifiers(by=u.by, persons=list(who.values()))
    views = people.people(by=u.by, ids=list(who.values()))
    contacts = people.contacts(by=u.by, persons=list(who.values()))

    def reached(person: UUID, kind: ContactKind) -> str:
        return next((one.value for one in contacts.get(person, ()) if one.kind is kind), "")

    return {
        "persons": who,
        "numbers": {name: numbers[one][0].value for name, one in who.items()},
        "names": {name: views[one].name for name, one in who.items()},
        "mails": {name: reached(one, ContactKind.EMAIL) for name, one in who.items()},
        "phones": {name: reached(one, ContactKind.PHONE) for name, one in who.items()},
        "courses": {code: course.id for code, course in u.courses.items()},
        "modules": {f"{c.code}/{m.code}": m.id for c in u.courses.values() for m in c.modules},
        "occasions": u.occasions,
        "exams": u.exams,
        "room": room,
        "today": date.today().isoformat(),  # noqa: DTZ011 - the day of this machine, as the product's pages have it
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
