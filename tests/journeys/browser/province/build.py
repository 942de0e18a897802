"""A school of the province's journeys: `python -m tests.journeys.browser.province.build FOLDER` makes FOLDER/province.

It runs in a process of its own, as the product's commands do, and writes who is who to FOLDER/world.json: class 3A with
five pupils and an empty diary; Toán is another teacher's, everything else the class teacher's.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from testamur.surfaces.cli import runtime
from tests import schema

PUPILS = 5


def main(folder: Path) -> None:
    """The school with its principal, administrator, teachers, pupils, guardians and seal."""
    work = folder / "province"
    runtime.start(data=schema.put(work), mode="demo")
    from django.conf import settings
    from django.db import connections

    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.surfaces.cli import demo_schools

    by, now = operator(), clock.now()
    land = replace(demo_schools.LANDS[2], classes={"3A": 3}, size=PUPILS, subjects=("TV", "TOAN"))
    kept = demo_schools.build(by, land, data=work, public_url=settings.PUBLIC_URL, now=now)
    (folder / "world.json").write_text(json.dumps(_world(kept), default=str))
    connections.close_all()


def _world(kept: Any) -> dict[str, Any]:
    """Ids, numbers and names by plain words."""
    from testamur.kernel.base.actor import operator
    from testamur.register.people import queries as people

    group, pupils = next(iter(kept.classes.items()))
    who = {
        "principal": kept.principal, "administrator": kept.administrator, "class_teacher": kept.heads[group],
        "teacher": kept.teachers["TOAN"],
    }  # fmt: skip
    who |= {f"pupil{n}": pupil for n, pupil in enumerate(pupils)}
    who |= {f"guardian{n}": kept.guardians[pupil] for n, pupil in enumerate(pupils)}
    views = people.people(by=operator(), ids=list(who.values()))
    known = {name: views[person] for name, person in who.items()}
    return {
        "persons": who,
        "numbers": {name: one.identifier.value for name, one in known.items() if one.identifier is not None},
        "names": {name: one.name for name, one in known.items()},
        "group": group,
        "school": kept.school,
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
