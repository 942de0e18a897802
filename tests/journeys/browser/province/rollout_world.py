"""A body with one school, for the journey of the roll-out: `python -m …rollout_world FOLDER` makes FOLDER/rollout."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from testamur.surfaces.cli import runtime
from tests import schema


def main(folder: Path) -> None:
    """The practice province: an officer, a school with two classes, a plan in force."""
    work = folder / "rollout"
    runtime.start(data=schema.put(work), mode="demo")
    from django.conf import settings
    from django.db import connections

    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.surfaces.cli import practice_school

    by, now = operator(), clock.now()
    school = practice_school.build(by, data=work, public_url=settings.PUBLIC_URL, now=now)
    (folder / "world.json").write_text(json.dumps(_world(school), default=str))
    connections.close_all()


def _world(school: Any) -> dict[str, Any]:
    """Ids and numbers by plain words."""
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.register.people import queries as people
    from testamur.register.schools import queries as schools
    from testamur.register.schools.rules import Role

    on = clock.now().date()
    unit = schools.units([school])[school]
    body = schools.units_above(unit.path)[0]
    who = {
        "officer": schools.holder(role=Role.ADMINISTRATOR, unit=body.id, on=on),
        "principal": schools.holder(role=Role.PRINCIPAL, unit=school, on=on),
        "class_teacher": schools.holder(role=Role.CLASS_TEACHER, unit=school, on=on),
    }
    views = people.people(by=operator(), ids=[one for one in who.values() if one is not None])
    found = {name: views[one] for name, one in who.items() if one is not None}
    numbers = {name: one.identifier.value for name, one in found.items() if one.identifier is not None}
    return {"persons": who, "numbers": numbers, "school": school, "name": unit.name}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
