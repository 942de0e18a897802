"""Where pupils go to school, and what rules hold there: for several children in several schools at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.law.tables import PACKS
from testamur.register.schools import queries as schools
from testamur.schoolday.diary.rules.pupil import Schooling

SEE = "diary.family.see"


def schoolings(*, by: Actor, pupils: Collection[UUID], on: date) -> dict[UUID, Schooling]:
    """School, class, rules and school year of each pupil on that day; four queries, for one child or many.

    Raises NotAllowed without ``diary.family.see`` for every one of them.
    """
    placed = schools.placements(persons=pupils, on=on)
    for pupil in pupils:
        by.must(SEE, placed[pupil].school_path if pupil in placed else "/", person=pupil)
    ways = schools.ways({one.school_path for one in placed.values()})
    packs = schools.packs_at(ways, on=on)
    years = schools.years_on(authorities={way[0].id for way in ways.values() if way}, on=on)
    unknown = {one.class_group for one in placed.values() if one.year_level is None and one.class_group is not None}
    levels = {key: group.year_level for key, group in schools.groups_by_id(unknown).items()} if unknown else {}
    found: dict[UUID, Schooling] = {}
    for pupil in pupils:
        one = placed.get(pupil)
        way = ways.get(one.school_path, ()) if one is not None else ()
        if one is None or not way:
            found[pupil] = Schooling(pupil)
            continue
        level = one.year_level if one.year_level is not None else levels.get(one.class_group or pupil)
        found[pupil] = Schooling(
            pupil,
            school=way[-1],
            above=way,
            group=one.class_group,
            class_code=one.class_code,
            level=level or 0,
            pack=PACKS.get(packs.get(one.school_path, "")),
            year=years.get(way[0].id),
        )
    return found


def span(of: Collection[Schooling], on: date) -> tuple[date, date]:
    """From the first day of the earliest of their school years to the last day of the latest."""
    periods = [one.period(on) for one in of] or [(on, on)]
    return min(first for first, _ in periods), max(last for _, last in periods)
