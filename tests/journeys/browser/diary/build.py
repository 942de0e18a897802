"""Builds the schools of the diary's journeys: `python -m tests.journeys.browser.diary.build FOLDER` makes FOLDER/diary.

It runs in a process of its own, as the product's commands do, and writes who is who to FOLDER/world.json. The schools
are those of the demo, made smaller; they keep a diary up to the day on which they are built, whichever that is.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID

from testamur.surfaces.cli import runtime
from tests import schema

NEVER_QUIET = time(3, 0)
"""Quiet hours from three until three are none."""
LAST = ((time(20, 0), time(20, 40)), (time(20, 50), time(21, 30)))
"""Two lessons that the first class has every day of the week, Sunday too: journeys are made on any day."""


def main(folder: Path) -> None:
    """A Bulgarian class of 25 and a Swedish one of 8; the family has two children in the first, one in the second."""
    work = folder / "diary"
    runtime.start(data=schema.put(work), mode="demo")
    from django.conf import settings
    from django.db import connections

    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.surfaces.cli import demo_diary, demo_people, demo_schools

    by, now = operator(), clock.now()
    bulgaria, sweden = demo_schools.LANDS[0], demo_schools.LANDS[1]
    lands = (
        replace(bulgaria, classes={"8А": 8}, size=25, subjects=("BEL", "MAT", "ENG", "IST")),
        replace(sweden, classes={"4A": 4}, size=8, subjects=("SV", "MA", "EN")),
    )
    made = []
    for land in lands:
        kept = demo_schools.build(by, land, data=work, public_url=settings.PUBLIC_URL, now=now)
        made.append(kept)
        if land.country == "BG":
            _every_day(kept, now)
        demo_diary.fill(by, kept, now)
    pupils, swedish = (next(iter(kept.classes.values())) for kept in made)
    family = made[0].guardians[pupils[0]]
    demo_people.guard(by, [(pupils[1], family), (swedish[0], family)], now)
    for guardian in {family, *(made[0].guardians[pupil] for pupil in (pupils[4], pupils[5], pupils[12]))}:
        _at_any_hour(guardian, now)
    world = _world(made, family)
    (folder / "world.json").write_text(json.dumps(world, default=str))
    connections.close_all()


def _every_day(kept: Any, now: datetime) -> None:
    """Two lessons of mathematics on every day, and a colleague who teaches it too."""
    from testamur.kernel.base.actor import operator
    from testamur.register.schools import actions as schools
    from testamur.register.schools.rules import NewPost, NewSlot, Role

    group = next(iter(kept.classes))
    slots = [
        NewSlot(group, weekday, starts, ends, "MAT", kept.teachers["MAT"], number=6 + place)
        for weekday in range(1, 8)
        for place, (starts, ends) in enumerate(LAST)
    ]
    schools.add_slots(by=operator(), slots=slots, now=now)
    colleague = NewPost(kept.teachers["ENG"], kept.school, Role.TEACHER, kept.starts, group=group, subject="MAT")
    schools.add_posts(by=operator(), posts=[colleague], now=now)


def _at_any_hour(guardian: UUID, now: datetime) -> None:
    """No quiet hours: journeys are made at night too."""
    from testamur.access.accounts import queries as accounts
    from testamur.exchange.notifications import actions as notices
    from testamur.exchange.notifications.rules.families import Settings

    hat = next(hat for hat in accounts.hats(person=guardian, on=now.date()) if hat.role == "guardian")
    own = accounts.actor(hat, person=guardian, identified_by="simulated")
    quiet = Settings(quiet_from=NEVER_QUIET, quiet_to=NEVER_QUIET)
    notices.set_settings(by=own, settings=quiet, now=now)


def _world(made: Sequence[Any], family: UUID) -> dict[str, Any]:
    """Ids, numbers and names by plain words."""
    from testamur.kernel.base.actor import operator
    from testamur.register.people import queries as people

    bg, se = made
    pupils = next(iter(bg.classes.values()))
    who: dict[str, UUID] = {
        "principal": bg.principal, "administrator": bg.administrator, "teacher": bg.teachers["MAT"],
        "colleague": bg.teachers["ENG"], "class_teacher": bg.teachers["BEL"], "family": family,
        "swedish_teacher": se.teachers["SV"],
    }  # fmt: skip
    who |= {f"pupil{n}": pupil for n, pupil in enumerate(pupils)}
    who |= {f"guardian{n}": bg.guardians[pupil] for n, pupil in enumerate(pupils)}
    who["swedish_pupil"] = next(iter(se.classes.values()))[0]
    codes = people.pupil_codes(by=operator(), persons=list(who.values()))
    views = people.people(by=operator(), ids=list(who.values()))
    known = {name: views[person] for name, person in who.items()}
    return {
        "persons": who,
        "numbers": {name: one.identifier.value for name, one in known.items() if one.identifier is not None},
        "names": {name: one.name for name, one in known.items()},
        "codes": {name: codes[person] for name, person in who.items() if person in codes},
        "group": next(iter(bg.classes)),
        "swedish_group": next(iter(se.classes)),
        "school": bg.school,
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
