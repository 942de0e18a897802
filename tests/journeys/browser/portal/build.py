"""Schools of the portal's journeys: `python -m tests.journeys.browser.portal.build FOLDER` makes FOLDER/portal.

It runs in a process of its own, as the product's commands do, and writes who is who to FOLDER/world.json: the schools
of the diary's journeys, smaller, and everything that the demo's portal makes around them.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from testamur.surfaces.cli import runtime
from tests import schema


def main(folder: Path) -> None:
    """A Bulgarian class of 10 and a Swedish one of 12; the family has a child in each, and what the portal adds."""
    work = folder / "portal"
    runtime.start(data=schema.put(work), mode="demo")
    from django.conf import settings
    from django.db import connections

    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.surfaces.cli import demo_diary, demo_people, demo_portal, demo_schools

    by, now = operator(), clock.now()
    bulgaria, sweden = demo_schools.LANDS[0], demo_schools.LANDS[1]
    lands = (
        replace(bulgaria, classes={"8А": 8}, size=10, subjects=("BEL", "MAT", "ENG", "IST")),
        replace(sweden, classes={"4A": 4}, size=12, subjects=("SV", "MA", "EN")),
    )
    made = []
    for land in lands:
        kept = demo_schools.build(by, land, data=work, public_url=settings.PUBLIC_URL, now=now)
        demo_diary.fill(by, kept, now)
        made.append(kept)
    pupils, swedish = (next(iter(kept.classes.values())) for kept in made)
    family = made[0].guardians[pupils[0]]
    demo_people.guard(by, [(swedish[0], family)], now)
    demo_people.guard(by, [(pupils[0], made[0].guardians[pupils[9]])], now)  # a second guardian, of another child too
    demo_portal.build(by, made, family, now)
    (folder / "world.json").write_text(json.dumps(_world(made, family), default=str))
    connections.close_all()


def _world(made: list[Any], family: UUID) -> dict[str, Any]:
    """Ids, numbers and names by plain words."""
    from testamur.kernel.base.actor import operator
    from testamur.register.people import queries as people

    bg, se = made
    who: dict[str, UUID] = {"family": family}
    for prefix, kept in (("bg", bg), ("se", se)):
        who |= {f"{prefix}_principal": kept.principal, f"{prefix}_administrator": kept.administrator}
        who |= {f"{prefix}_teacher_{code}": person for code, person in kept.teachers.items()}
        pupils = next(iter(kept.classes.values()))
        who |= {f"{prefix}_pupil{n}": pupil for n, pupil in enumerate(pupils)}
        who |= {f"{prefix}_guardian{n}": kept.guardians[pupil] for n, pupil in enumerate(pupils)}
    places = _care(se, who)
    views = people.people(by=operator(), ids=list(who.values()))
    known = {name: views[person] for name, person in who.items()}
    return {
        "persons": who,
        "numbers": {name: one.identifier.value for name, one in known.items() if one.identifier is not None},
        "names": {name: one.name for name, one in known.items()},
        "bg_group": next(iter(bg.classes)),
        "se_group": next(iter(se.classes)),
        "bg_school": bg.school,
        "se_school": se.school,
    } | places


def _care(se: Any, who: dict[str, UUID]) -> dict[str, UUID]:
    """The preschool and the after-school care: who is there, into `who`, and the units and groups by plain words."""
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.register.people import queries as people
    from testamur.register.schools import queries as schools
    from testamur.register.schools.rules import Role
    from testamur.surfaces.cli import demo_care

    by, today, found = operator(), clock.now().date(), {}
    for name, (code, _called) in (("preschool", demo_care.PRESCHOOL), ("after_school", demo_care.AFTER_SCHOOL)):
        unit = schools.unit_by_code(code=code, parent=se.authority)
        assert unit is not None
        found[name] = unit.id
        for post in schools.posts_at(unit=unit.id, on=today):
            teaches = post.role in {Role.CLASS_TEACHER, Role.TEACHER}
            who.setdefault(f"{name}_teacher" if teaches else f"{name}_{post.role.value}", post.person)
        group = min(schools.groups(school=unit.id), key=lambda one: one.code)
        found[f"{name}_group"] = group.id
        children = [one.person for one in schools.members(group=group.id, on=today)]
        who |= {f"{name}_child{n}": child for n, child in enumerate(children)}
        for n, views in enumerate(people.guardians(by=by, children=children, on=today).values()):
            who[f"{name}_guardian{n}"] = views[-1].guardian.id
            if name == "preschool" and len(views) > 1:
                who["preschool_family_child"] = children[n]
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
