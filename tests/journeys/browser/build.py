"""Builds the worlds of the journeys: `python -m tests.journeys.browser.build FOLDER` makes FOLDER/{fresh,ready,issued}.

It runs in a process of its own, as the product's commands do, and writes who is who to FOLDER/world.json.
"""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from testamur.surfaces.cli import runtime
from tests import schema


def main(folder: Path) -> None:
    """Two Swedish schools and a Vietnamese one, with seals and logs.

    fresh: nothing is made. ready: every document waits for its signers. issued: all of it is published.
    """
    work = folder / "work"
    runtime.start(data=schema.put(work), mode="demo")
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.register.people import queries as people
    from testamur.register.schools import actions as schools
    from testamur.register.schools.rules import NewPost, Role
    from tests.surfaces.web import world as worlds
    from tests.surfaces.web.staff import ready

    now = clock.now()
    world = worlds.build(now, vietnamese=True)
    assert world.vn_school is not None
    both = NewPost(world.persons["vn_principal"], world.vn_school, Role.ADMINISTRATOR, date(2025, 7, 1))
    archivist = NewPost(world.persons["adult"], world.school, Role.ARCHIVIST, date(2025, 7, 1))
    schools.add_posts(by=operator(), posts=[both, archivist], now=now)
    worlds.equip(world, now)
    _another_school(world)
    views = people.people(by=operator(), ids=list(world.persons.values()))
    born = {name: views[key].birth_date for name, key in world.persons.items()}
    (folder / "world.json").write_text(json.dumps({**asdict(world), "born": born}, default=str))
    _keep(work, folder / "fresh")
    places = [(world.school, worlds.TERM), (world.other_school, worlds.TERM), (world.vn_school, "HK2")]
    for school, term in places:
        ready.make_ready(ready.planned(world, school, (), term))
    _keep(work, folder / "ready")
    for school, term in places:
        worlds.issue(world, school, term=term)
    _keep(work, folder / "issued")


def _another_school(world: Any) -> None:
    """A second school of the province, with a class and a principal: pupils move there."""
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.register.schools import actions as schools
    from testamur.register.schools import queries
    from testamur.register.schools.rules import Form, GroupKind, NewGroup, NewPost, NewUnit, Role, UnitKind

    by, now = operator(), clock.now()
    province = queries.units_above(world.vn_path)[0]
    name = "Trường Tiểu học Ví Dụ 2"
    new = NewUnit(UnitKind.SCHOOL, "099002", name, province.id, form=Form.PRIMARY, pack="vn.primary")
    school = schools.add_units(by=by, units=[new], now=now)[0]
    year = queries.school_years(province.id)[0].id
    schools.add_groups(by=by, groups=[NewGroup(school, year, GroupKind.CLASS, "3B", year_level=3)], now=now)
    post = NewPost(world.persons["adult"], school, Role.PRINCIPAL, date(2025, 7, 1))
    schools.add_posts(by=by, posts=[post], now=now)


def _keep(work: Path, name: Path) -> None:
    from django.db import connections

    connections.close_all()  # the last one to leave brings the write-ahead log home
    shutil.copytree(work, name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
