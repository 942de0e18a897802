"""A wrong identity number is put right on the pupil's page: the former one ends, and a new record names the new one."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.people import queries as people
from testamur.schoolday.results.steps import plan
from testamur.schoolday.transcripts import tasks
from testamur.trust.records.models import Work
from tests.surfaces.web import world as worlds
from tests.surfaces.web.conftest import enter_as
from tests.surfaces.web.handover.people import add
from tests.surfaces.web.world import World

pytestmark = [pytest.mark.django_db(databases=["default", "log"]), pytest.mark.feature("D13", "D14")]


def put_right(browser: Client, world: World, number: str) -> int:
    """Send the pupil's form as it stands, with that number."""
    address = f"/office/register/pupils/{world.persons['vn_pupil']}/"
    page = browser.get(address).content.decode()
    form = page[page.rfind("<form", 0, page.find('id="id_number"')) :]
    fields = dict(re.findall(r'name="([a-z_]+)"[^>]*?value="([^"]*)"', form[: form.find("</form>")]))
    fields |= {"scheme": "vn.cccd", "number": number, "sex": "female"}
    return browser.post(address, fields).status_code


def planned(world: World) -> list[str]:
    """Numbers on the records that would be made now."""
    assert world.vn_school is not None
    made = plan(
        by=operator(), school=world.vn_school, school_year="2025/2026", term="HK2", documents=["hoc_ba_year"],
        issued_on=worlds.ISSUED_ON, now=clock.now(),
    )  # fmt: skip
    return [new.subject.identifier for new in made.records]


def test_the_number_that_is_put_right_is_the_one_on_the_new_record() -> None:
    world = worlds.build(clock.now(), vietnamese=True, mark=False)
    worlds.equip(world, clock.now())
    assert world.vn_school is not None
    add(world, "vn_administrator", world.vn_school, world.vn_path)
    worlds.issue(world, world.vn_school, ["hoc_ba_year"], "HK2")
    browser = enter_as(Client(), world, "vn_administrator", "administrator")
    former, pupil = world.numbers["vn_pupil"], world.persons["vn_pupil"]
    right = former[:-2] + "77"
    assert put_right(browser, world, right) == 303
    assert planned(world) == [right]
    held = {one.value: one.ends for one in people.identifiers(by=operator(), persons=[pupil])[pupil]}
    assert held == {former: clock.now().date(), right: None}
    assert put_right(browser, world, former) == 303  # it was right after all
    held = {one.value: one.ends for one in people.identifiers(by=operator(), persons=[pupil])[pupil]}
    assert held == {former: None, right: clock.now().date()}
    assert put_right(browser, world, "12") == 422


def test_the_class_says_that_the_document_names_the_former_number_until_the_new_one_is_made() -> None:
    world = worlds.build(clock.now(), vietnamese=True, mark=False)
    worlds.equip(world, clock.now())
    assert world.vn_school is not None
    add(world, "vn_administrator", world.vn_school, world.vn_path)
    worlds.issue(world, world.vn_school, ["hoc_ba_year"], "HK2")
    teacher = enter_as(Client(), world, "vn_teacher")
    address = reverse("transcripts:class", args=[world.vn_group])
    said = "It names the former identity number."
    assert said not in teacher.get(address).content.decode()
    office = enter_as(Client(), world, "vn_administrator", "administrator")
    former = world.numbers["vn_pupil"]
    assert put_right(office, world, former[:-2] + "77") == 303
    page = teacher.get(address).content.decode()
    assert page.count(said) == 1, "at that pupil alone"
    assert "Make the documents above: the new record takes its place." in page
    assert "Next: make the documents" in page
    teacher.post(reverse("transcripts:class_act", args=[world.vn_group]), {"act": "make"})
    tasks.make.call(str(Work.objects.get(ended=None).id))
    page = teacher.get(address).content.decode()
    assert said not in page, "the new record names the new number"
    assert "Next: the class teacher signs" in page
    assert put_right(office, world, former) == 303  # it was right after all: the new record is the wrong one now
    assert said in teacher.get(address).content.decode()
