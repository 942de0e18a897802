"""Who teaches what, teaching groups, the timetable, holidays: entered by hand."""

from __future__ import annotations

import re
from datetime import date, time

import pytest
from django.test import Client
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.people import queries as people
from testamur.register.schools import actions
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupKind, NewGroup, NewSlot, Role
from tests.surfaces.web.office.conftest import LogIn, text
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 10)


def plan_of(browser: Client, world: World) -> dict[str, str]:
    """The plan's form as the page has it: what was seen, and the day."""
    page = text(browser.get(reverse("office:register_plan", args=[world.group])))
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen is not None
    return {"seen": seen[1], "on": "2026-06-10", "more-subject": "-", "more-teacher": ""}


def teachers(world: World) -> set[tuple[str, str]]:
    found = schools.teachers_of(groups=[world.group], on=DAY)
    names = people.people(by=operator(), ids=[one.person for one in found])
    return {(one.subject or one.role.value, names[one.person].name) for one in found}


@pytest.mark.feature("E13")
def test_a_teacher_who_is_new_is_registered_with_the_post(world: World, log_in: LogIn) -> None:
    office, address = log_in("administrator"), reverse("office:register_staff")
    told = {
        "school": str(world.school), "scheme": "se.temporary", "number": "19800101TF09", "given": "Lage",
        "family": "Lärare", "email": "lage@example.org", "phone": "", "role": "teacher", "starts": "2026-06-10",
    }  # fmt: skip
    assert "no e-mail address" in text(office.post(address, {**told, "email": "lage"}))
    assert people.holder_of_identifier(scheme="se.temporary", value="19800101TF09", on=DAY) is None
    assert office.post(address, told).status_code == 303
    posts = schools.holders(role=Role.TEACHER, unit=world.school, on=DAY)
    names = {one.name for one in people.people(by=operator(), ids=[p.person for p in posts]).values()}
    assert "Lage Lärare" in names
    assert log_in("principal").get(address).status_code == 403


@pytest.mark.feature("E13", "E14")
def test_the_plan_of_a_class_says_who_teaches_what(world: World, log_in: LogIn) -> None:
    office, save = log_in("administrator"), reverse("office:register_plan_save", args=[world.group])
    teacher, principal = str(world.persons["teacher"]), str(world.persons["principal"])
    first = {**plan_of(office, world), "subject-class-teacher": teacher, "subject-MA": teacher, "subject-SV": principal}
    assert office.post(save, first).status_code == 303
    assert teachers(world) == {
        ("class_teacher", world.names["teacher"]), ("MA", world.names["teacher"]), ("SV", world.names["principal"]),
    }  # fmt: skip
    listed = text(office.get(reverse("office:register")))
    assert "In 1 class nobody teaches some subject." in listed  # the class teacher has mathematics alone
    assert "1 class has no class teacher." not in listed
    stale = office.post(save, {**first, "subject-EN": teacher}, follow=True)
    assert "Somebody else changed the plan" in text(stale)
    post = next(p for p in schools.posts_at(unit=world.school, on=DAY) if p.subject == "SV")
    second = {**plan_of(office, world), f"post-{post.id}": "", "more-subject": "MA", "more-teacher": principal}
    assert office.post(save, {**second, "on": "2026-06-11"}).status_code == 303
    later = {(one.subject, one.person) for one in schools.teachers_of(groups=[world.group], on=date(2026, 6, 11))}
    assert ("MA", world.persons["principal"]) in later
    assert ("SV", world.persons["principal"]) not in later
    outside = office.post(save, {**plan_of(office, world), "on": "2031-01-01"}, follow=True)
    assert "Choose a day of the school year." in text(outside)
    assert log_in("other_administrator").post(save, second).status_code == 404


@pytest.mark.feature("E13")
def test_the_class_teacher_is_replaced_the_day_after_at_the_earliest(world: World, log_in: LogIn) -> None:
    office, save = log_in("administrator"), reverse("office:register_plan_save", args=[world.group])
    teacher, principal = str(world.persons["teacher"]), str(world.persons["principal"])
    office.post(save, {**plan_of(office, world), "subject-class-teacher": teacher})
    assert "nobody teaches some subject" not in text(office.get(reverse("office:register")))  # has all of them
    post = next(p for p in schools.posts_at(unit=world.school, on=DAY) if p.role is Role.CLASS_TEACHER)
    assert office.post(save, {**plan_of(office, world), f"post-{post.id}": principal}).status_code == 303
    for day, person in ((DAY, "teacher"), (date(2026, 6, 11), "principal")):
        assert schools.holder(role=Role.CLASS_TEACHER, group=world.group, on=day) == world.persons[person]


@pytest.mark.feature("E13")
def test_a_teaching_group_takes_pupils_of_the_classes(world: World, log_in: LogIn) -> None:
    office = log_in("administrator")
    asked = {"school": str(world.school), "kind": "teaching", "code": "FR8", "year_level": "", "subject": ""}
    classes = reverse("office:register_classes")
    assert "Choose the subject of the group." in text(office.post(classes, asked))
    assert office.post(classes, {**asked, "subject": "MA"}).status_code == 303
    group = next(one.id for one in schools.groups(school=world.school) if one.code == "FR8")
    choose = reverse("office:register_choose", args=[group])
    assert world.names["third"] in text(office.get(choose))
    save = reverse("office:register_members", args=[group])
    chosen = {"act": "add", "on": "2026-06-01", "pupils": [str(world.persons[n]) for n in ("third", "other_pupil")]}
    assert "1 pupil added." in text(office.post(save, chosen, follow=True))
    assert {row.person for row in schools.members(group=group, on=DAY)} == {world.persons["third"]}
    assert world.names["third"] not in text(office.get(choose))
    assert "already" in text(office.post(save, chosen, follow=True))
    assert office.post(save, {"act": "end", "person": str(world.persons["third"])}).status_code == 303
    assert schools.members(group=group, on=DAY) == ()
    assert office.post(reverse("office:register_members", args=[world.group]), chosen).status_code == 404
    assert log_in("other_administrator").get(choose).status_code == 404


@pytest.mark.feature("E13")
def test_a_week_is_entered_and_what_is_wanted_twice_is_shown(world: World, log_in: LogIn) -> None:
    office, address = log_in("administrator"), reverse("office:register_timetable", args=[world.group])
    teacher = world.persons["teacher"]
    told = {
        "days": ["1", "3"], "number": "1", "starts": "08:00", "ends": "08:45", "subject": "MA", "teacher": str(teacher),
        "room": "12", "week": "", "since": "",
    }  # fmt: skip
    assert "ends after it begins" in text(office.post(address, {**told, "ends": "07:00"}))
    assert "2 lessons added." in text(office.post(address, told, follow=True))
    year = schools.school_years(world.authority)[0]
    new = NewGroup(world.school, year.id, GroupKind.CLASS, "8B", year_level=8)
    other = actions.add_groups(by=operator(), groups=[new], now=clock.now())[0]
    slot = NewSlot(other, 1, time(8, 30), time(9, 15), subject="SV", teacher=teacher, room="12")
    actions.add_slots(by=operator(), slots=[slot], now=clock.now())
    page = text(office.get(address))
    assert page.count("The teacher is in 8B too") == 1
    assert page.count("The room is wanted by 8B too") == 1
    (monday, wednesday) = schools.slots(on=(DAY, date(2026, 6, 16)), group=world.group)
    end = reverse("office:register_slot_end", args=[world.group])
    assert office.post(end, {"slot": str(monday.id), "ends": "2020-01-01"}).status_code == 303
    assert schools.slots(on=(DAY, date(2026, 6, 16)), group=world.group) == (wednesday,)
    foreign = schools.slots(on=(DAY, date(2026, 6, 16)), group=other)[0]
    assert office.post(end, {"slot": str(foreign.id), "ends": "2020-01-01"}).status_code == 404
    assert log_in("other_principal").post(end, {"slot": str(wednesday.id), "ends": "2026-06-01"}).status_code == 404


@pytest.mark.feature("C6", "E13")
def test_what_would_be_wanted_twice_is_said_first_and_lessons_move_from_a_day_on(world: World, log_in: LogIn) -> None:
    office, address = log_in("administrator"), reverse("office:register_timetable", args=[world.group])
    told = {
        "days": ["1"], "number": "1", "starts": "08:00", "ends": "08:45", "subject": "MA",
        "teacher": str(world.persons["teacher"]), "room": "12", "week": "", "since": "",
    }  # fmt: skip
    office.post(address, told)
    warned = office.post(address, {**told, "starts": "08:30", "ends": "09:15", "subject": "SV"})
    assert warned.status_code == 422
    assert "The class has another lesson at that hour" in text(warned)
    assert len(schools.slots(on=(DAY, date(2026, 6, 16)), group=world.group)) == 1
    sure = {**told, "starts": "08:30", "ends": "09:15", "subject": "SV", "sure": "1"}
    assert office.post(address, sure).status_code == 303
    first, second = schools.slots(on=(DAY, date(2026, 6, 16)), group=world.group)
    move = reverse("office:register_slot_move", args=[world.group])
    since = {"slot": str(second.id), "day": "1", "starts": "08:15", "ends": "09:00", "room": "", "since": str(DAY)}
    assert "Not moved" in text(office.post(move, since, follow=True))
    assert "Kept" in text(office.post(move, {**since, "day": "2"}, follow=True))
    later = schools.slots(on=(DAY, date(2026, 6, 16)), group=world.group)
    assert [(one.weekday, one.subject, one.valid_from) for one in later] == [
        (1, "MA", first.valid_from),
        (2, "SV", DAY),
    ]
    assert schools.slots_by_id([second.id])[second.id].valid_to < DAY, "what was stays told"
    assert "outside the school year" in text(office.post(move, {**since, "sure": "1"}, follow=True)), "it has ended"
    assert log_in("other_principal").post(move, since).status_code == 404


@pytest.mark.feature("E13")
def test_a_school_adds_a_holiday_of_its_own(world: World, log_in: LogIn) -> None:
    office, address = log_in("principal"), reverse("office:register_holidays")
    told = {"school": str(world.school), "act": "add", "name": "Studiedag", "starts": "2026-06-11", "ends": ""}
    assert office.post(address, told).status_code == 303
    assert "A holiday begins on that day already." in text(office.post(address, told))
    assert "Studiedag" in text(office.get(address))
    assert "Studiedag" not in text(log_in("other_principal").get(address))
    (one,) = schools.holidays(path=world.school_path, first=DAY, last=date(2026, 6, 12))
    taken = {"act": "remove", "holiday": str(one.id)}
    assert log_in("other_principal").post(address, taken).status_code == 403
    assert office.post(address, {**taken, "school": str(world.school)}).status_code == 303
    assert schools.holidays(path=world.school_path, first=DAY, last=date(2026, 6, 12)) == ()
