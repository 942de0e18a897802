"""A class that is signed and sealed: `python -m tests.journeys.browser.province.delivery_world FOLDER` makes it there.

It runs in a process of its own, as the product's commands do, and writes who is who to FOLDER/world.json.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from testamur.surfaces.cli import runtime
from tests import schema


def main(folder: Path) -> None:
    """The Vietnamese school of the invented world, an officer of its province, and two sealed records."""
    work = folder / "delivery"
    runtime.start(data=schema.put(work), mode="demo")
    from django.db import connections

    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.register.schools import queries as schools
    from testamur.schoolday.transcripts import queries as transcripts
    from testamur.schoolday.transcripts.actions import verify
    from testamur.trust.sealing.queries import active_seal
    from tests.surfaces.web import world as worlds
    from tests.surfaces.web.handover.people import add

    world = worlds.build(clock.now(), vietnamese=True, mark=False)
    worlds.equip(world, clock.now())
    assert world.vn_school is not None
    body = next(unit for unit in schools.units_above(world.vn_path) if unit.parent is None)
    add(world, "vn_officer", body.id, body.path)
    add(world, "vn_administrator", world.vn_school, world.vn_path)
    assert world.vn_group is not None
    look = transcripts.look(by=operator(), group=world.vn_group, now=clock.now())
    assert look is not None
    verify(by=operator(), group=world.vn_group, digest=look.digest, now=clock.now())
    worlds.issue(world, world.vn_school, ["hoc_ba_year"], "HK2")
    told = {
        "numbers": world.numbers, "names": world.names, "code": body.code, "group": world.vn_group,
        "school": world.vn_school, "seal": active_seal(body.id, clock.now()).certificates[0].hex(),
        "pupil": world.persons["vn_pupil"],
    }  # fmt: skip
    (folder / "world.json").write_text(json.dumps(told, default=str))
    connections.close_all()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
