"""A class of thirty-five from the word to the seal, timed; a whole school with ``TESTAMUR_MANY=700``."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.people import actions as people
from testamur.schoolday.results.actions import record_decisions
from testamur.schoolday.transcripts import actions, queries, tasks
from testamur.surfaces.cli import demo_build
from testamur.trust.records.models import Record
from testamur.trust.records.rules import State
from tests.schoolday.transcripts import classes
from tests.surfaces.web.conftest import enter_as
from tests.surfaces.web.staff.test_five_hundred import sign_to_published
from tests.surfaces.web.staff.test_signing import form_of, shown
from tests.surfaces.web.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MANY = int(os.environ.get("TESTAMUR_MANY", "35"))


def crowd(world: World, count: int) -> None:
    """So many more pupils in class 3A, decided to the end."""
    assert world.vn_school is not None
    assert world.vn_group is not None
    by, now = operator(), clock.now()
    land = demo_build._Land(
        world.authority, world.vn_path, "vn.primary", classes.Scheme.CCCD, True, classes.SPRING, world.authority
    )
    source = classes.numbers(30, 2017)
    new = [replace(demo_build._person(land, next(source)), contacts=()) for _ in range(count)]
    pupils = people.register_persons(by=by, path=world.vn_path, persons=new, now=now)
    demo_build._enrol(by, world.vn_school, world.vn_group, pupils, 3, now)
    teacher = world.persons["vn_teacher"]
    school = classes.School(
        land, world.vn_school, world.vn_path, world.vn_group, 3, teacher, world.persons["vn_principal"], pupils
    )
    for seed, pupil in enumerate(pupils):
        record_decisions(by=by, decisions=school.year(pupil, seed), now=now)


@pytest.mark.feature("D9", "D11", "D18")
def test_many_pupils_come_from_the_word_to_the_seal(world: World) -> None:
    crowd(world, MANY - 2)
    assert world.vn_group is not None
    spent: dict[str, float] = {}
    begun = time.perf_counter()

    def note(what: str) -> None:
        nonlocal begun
        spent[what], begun = time.perf_counter() - begun, time.perf_counter()

    teacher, principal = enter_as(Client(), world, "vn_teacher"), enter_as(Client(), world, "vn_principal")
    teacher.get(reverse("transcripts:class", args=[world.vn_group]))
    note("page of the class")
    look = queries.look(by=operator(), group=world.vn_group, now=clock.now())
    assert look is not None
    actions.verify(by=operator(), group=world.vn_group, digest=look.digest, now=clock.now())
    note("verify")
    work = tasks.request(by=operator(), groups=[world.vn_group], now=clock.now())
    assert tasks.make.call(str(work)) == MANY
    note("make")
    fields = form_of(shown(teacher, "/sign/review/?all=1"), "/sign/start/")
    ceremony = teacher.post("/sign/start/", {**fields, "method": "simulated"})["Location"]
    teacher.post(ceremony + "answer/", {"answer": "sign"})
    note("class teacher signs")
    spent |= {f"principal: {what}": seconds for what, seconds in sign_to_published(principal).items()}
    assert Record.objects.filter(state=State.PUBLISHED).count() == MANY
    if MANY > 100:
        lines = (f"{what}: {seconds:.1f} s\n" for what, seconds in spent.items())
        Path(os.environ.get("TESTAMUR_TIMES", os.devnull)).write_text("".join(lines))
    assert sum(spent.values()) < MANY * 5, spent
