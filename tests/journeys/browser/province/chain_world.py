"""A class that lacks its year results: `python -m tests.journeys.browser.province.chain_world FOLDER` makes it there.

It runs in a process of its own, as the product's commands do, and writes who is who to FOLDER/world.json.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from testamur.surfaces.cli import runtime
from tests import schema


def main(folder: Path) -> None:
    """Class 3A of three pupils: everything is assessed, nobody has confirmed a result."""
    work = folder / "chain"
    runtime.start(data=schema.put(work), mode="demo")
    from django.conf import settings
    from django.db import connections

    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.register.people import queries as people
    from testamur.register.schools import queries as schools
    from testamur.schoolday.results.actions import record_decisions
    from testamur.surfaces.cli import trial
    from testamur.trust.sealing.rules import Algorithm
    from tests.schoolday.transcripts import classes

    by, now = operator(), clock.now()
    school = classes.build(now, decided=False)
    for seed, child in enumerate(school.pupils):
        rows = [one for one in school.year(child, seed) if one.kind not in {"year_result", "award"}]
        record_decisions(by=by, decisions=rows, now=now)
    unit = schools.units([school.land.authority])[school.land.authority]
    trial.equip(by, unit, data=work, public_url=settings.PUBLIC_URL, now=now, algorithm=Algorithm.P256)
    who = {"teacher": school.teacher, "principal": school.principal, "pupil": school.pupils[0]}
    views = people.people(by=by, ids=list(who.values()))
    told = {
        "persons": who,
        "numbers": {name: views[key].identifier.value for name, key in who.items()},  # type: ignore[union-attr]
        "names": {name: views[key].name for name, key in who.items()},
        "group": school.group,
        "school": school.school,
    }
    (folder / "world.json").write_text(json.dumps(told, default=str))
    connections.close_all()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
