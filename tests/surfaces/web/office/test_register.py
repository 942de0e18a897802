"""A school's own data by hand: years, classes, pupils, guardians."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.people import queries as people
from testamur.register.people.rules import NewPerson, Protection
from testamur.register.schools import actions
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupKind, NewGroup
from testamur.trust.records import queries as records
from tests.surfaces.web.office.conftest import LogIn, text
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 10)
NEW = {
    "given": "Ture", "middle": "", "family": "Påhittad", "scheme": "se.temporary", "number": "20120101TF01",
    "starts": "2026-06-08",
}  # fmt: skip


def inside(group: UUID, on: date = DAY) -> set[UUID]:
    return {row.person for row in schools.members(group=group, on=on)}


def class_of(world: World, code: str, on: str = "2025/2026") -> UUID:
    groups = schools.groups(school=world.school)
    return next(one.id for one in groups if one.code == code and one.school_year_code == on)


@pytest.mark.feature("E13")
def test_the_body_enters_years_and_terms_and_a_school_reads_them(world: World, log_in: LogIn) -> None:
    address = reverse("office:register_years")
    body = log_in("authority_administrator")
    asked = {
        "school": str(world.school),
        "of": "year",
        "code": "2026/2027",
        "starts": "2026-08-17",
        "ends": "2027-06-11",
    }
    assert body.post(address, asked).status_code == 303
    assert "There is one of that name already." in text(body.post(address, asked))
    year = schools.school_years(world.authority)[-1]
    assert year.code == "2026/2027"
    term = {**asked, "of": str(year.id), "code": "HT", "ends": "2026-12-18"}
    assert body.post(address, term).status_code == 303
    assert "lies before" in text(body.post(address, {**term, "code": "VT", "ends": "2026-08-01"}))
    assert "outside the school year" in text(body.post(address, {**term, "code": "VT", "ends": "2028-08-01"}))
    school = log_in("administrator")
    page = text(school.get(address))
    assert "2026-12-18" in page
    assert "Add a year or a term" not in page
    assert school.post(address, {**asked, "code": "X"}).status_code == 403
    assert log_in("principal").get(address).status_code == 200


@pytest.mark.feature("E13")
def test_a_class_and_its_pupils_are_entered_by_hand(world: World, log_in: LogIn) -> None:
    office = log_in("administrator")
    classes = reverse("office:register_classes")
    asked = {"school": str(world.school), "kind": "class", "code": "7C", "year_level": "", "subject": ""}
    assert "Say which year level the class has." in text(office.post(classes, asked))
    assert office.post(classes, {**asked, "year_level": "7"}).status_code == 303
    assert "There is a class or group of that name already" in text(office.post(classes, {**asked, "year_level": "7"}))
    group = class_of(world, "7C")
    new = reverse("office:register_new", args=[group])
    assert "Look at each digit." in text(office.post(new, {**NEW, "number": "20120101TF"}))
    taken = text(office.post(new, {**NEW, "scheme": "se.personnummer", "number": world.numbers["pupil"]}))
    assert "Somebody else has that number." in taken
    assert world.names["pupil"] not in taken
    assert office.post(new, NEW).status_code == 303
    (pupil,) = inside(group)
    view = people.person(by=operator(), id=pupil)
    assert view is not None
    assert (view.name, view.birth_date, view.path) == ("Ture Påhittad", date(2012, 1, 1), world.school_path)
    rename = reverse("office:register_group", args=[group])
    assert office.post(rename, {"name": "Klass 7 C", "year_level": "7"}).status_code == 303
    page = text(office.get(rename))
    assert "Klass 7 C" in page
    assert "Ture Påhittad" in page
    assert "No guardian" in page
    assert log_in("principal").post(new, NEW).status_code == 403
    assert log_in("other_administrator").get(new).status_code == 404


@pytest.mark.feature("E13")
def test_a_pupil_is_changed_moved_and_leaves_and_comes_back(world: World, log_in: LogIn) -> None:
    office, pupil = log_in("administrator"), world.persons["third"]
    year = schools.school_years(world.authority)[0]
    new = NewGroup(world.school, year.id, GroupKind.CLASS, "8B", year_level=8)
    other = actions.add_groups(by=operator(), groups=[new], now=clock.now())[0]
    page = reverse("office:register_pupil", args=[pupil])
    view = people.person(by=operator(), id=pupil)
    assert view is not None
    told = {"given": view.given, "middle": view.middle, "family": view.family, "preferred": "Lillan", "number": "",
            "birth_date": str(view.birth_date or ""), "sex": view.sex.value}  # fmt: skip
    assert office.post(page, told).status_code == 303
    assert "Lillan" in text(office.get(page))
    move = reverse("office:register_move", args=[pupil])
    assert "outside the school year" in text(office.post(move, {"group": str(other), "starts": "2020-01-01"}))
    assert office.post(move, {"group": str(other), "starts": "2026-06-08"}).status_code == 303
    assert pupil in inside(other)
    assert pupil not in inside(world.group)
    assert pupil in inside(world.group, date(2026, 6, 5))
    assert "The pupil is in that class" in text(office.post(move, {"group": str(other), "starts": "2026-06-09"}))
    leave = reverse("office:register_leave", args=[pupil])
    assert office.post(leave, {"ends": "2026-06-09"}).status_code == 303
    assert pupil not in inside(other)
    assert "has left already" in text(office.post(leave, {"ends": "2026-06-09"}))
    again = {**NEW, "given": view.given, "family": view.family, "scheme": "", "number": world.numbers["third"]}
    back = reverse("office:register_new", args=[world.group])
    assert "Somebody else has that number." in text(office.post(back, {**again, "family": "Annan"}))
    assert office.post(back, {**again, "starts": "2026-06-10"}).status_code == 303
    assert pupil in inside(world.group)
    assert "Move the pupil instead." in text(office.post(back, {**again, "starts": "2026-06-10"}))
    assert log_in("other_administrator").post(leave, {"ends": "2026-06-10"}).status_code == 404


@pytest.mark.feature("E13")
def test_only_the_body_moves_a_pupil_to_another_school(world: World, log_in: LogIn) -> None:
    pupil, there = world.persons["third"], schools.groups(school=world.other_school)[0].id
    move, asked = reverse("office:register_move", args=[pupil]), {"group": str(there), "starts": "2026-06-08"}
    assert "Select a valid choice" in text(log_in("administrator").post(move, asked))
    other = log_in("other_administrator")
    new = {**NEW, "family": world.names["third"].split()[-1], "scheme": "", "number": world.numbers["third"]}
    answer = other.post(reverse("office:register_new", args=[there]), new)
    assert "class on that day already" in text(answer)
    assert log_in("authority_administrator").post(move, asked).status_code == 303
    assert pupil in inside(there)
    assert people.paths([pupil]) == {pupil: world.other_path}
    assert other.get(reverse("office:register_pupil", args=[pupil])).status_code == 200
    assert log_in("administrator").get(reverse("office:register_pupil", args=[pupil])).status_code == 403


@pytest.mark.feature("E13", "C16")
def test_protection_is_set_and_each_sight_is_written_down(world: World, log_in: LogIn) -> None:
    office, pupil = log_in("administrator"), world.persons["third"]
    address = reverse("office:register_protection", args=[pupil])
    assert office.post(address, {"level": "confidentiality_mark"}).status_code == 303
    view = people.person(by=operator(), id=pupil)
    assert view is not None
    assert view.protection is Protection.CONFIDENTIALITY_MARK
    before = len(records.sights(by=operator(), path="/", since=clock.now().replace(year=2020)))
    assert world.names["third"] in text(office.get(reverse("office:register_pupil", args=[pupil])))
    assert len(records.sights(by=operator(), path="/", since=clock.now().replace(year=2020))) > before
    search = reverse("office:register_classes")
    name = world.names["third"].split()[-1]
    assert world.names["third"] not in text(office.get(search, {"q": name}))
    assert world.names["third"] in text(office.get(search, {"q": world.numbers["third"]}))
    assert world.names["fourth"] in text(office.get(search, {"q": world.names["fourth"].split()[-1][:4]}))
    assert world.names["other_pupil"] not in text(office.get(search, {"q": world.numbers["other_pupil"]}))
    assert log_in("principal").get(address).status_code == 403


@pytest.mark.feature("E13", "C20")
def test_a_guardian_is_added_reached_and_ended(world: World, log_in: LogIn) -> None:
    office, pupil = log_in("administrator"), world.persons["third"]
    add = reverse("office:register_guardian", args=[pupil])
    told = {
        "number": "", "given": "Vera", "family": "Påhittad", "relation": "mother", "custody": "on",
        "email": "vera@example.org", "phone": "12", "starts": "2026-06-01",
    }  # fmt: skip
    wrong = text(office.post(add, told))
    assert 'id="id_phone_error"' in wrong
    assert people.guardians(by=operator(), children=[pupil], on=DAY)[pupil] == ()
    assert office.post(add, {**told, "phone": "070-174 06 05"}).status_code == 303
    (one,) = people.guardians(by=operator(), children=[pupil], on=DAY)[pupil]
    assert (one.guardian.name, one.custody) == ("Vera Påhittad", True)
    page = reverse("office:register_guardianship", args=[pupil, one.id])
    answer = office.post(page, {"act": "reach", "phone": "08-465 004 01", "email": ""}, follow=True)
    assert "takes no text messages" in text(answer)
    ways = people.contacts(by=operator(), persons=[one.guardian.id])[one.guardian.id]
    assert {way.value: way.sms for way in ways} == {
        "vera@example.org": False, "+46701740605": True, "+46846500401": False,
    }  # fmt: skip
    gone = next(way for way in ways if way.value == "+46846500401")
    assert office.post(page, {"act": "remove", "contact": str(gone.id)}).status_code == 303
    foreign = people.contacts(by=operator(), persons=[world.persons["guardian"]])[world.persons["guardian"]][0]
    assert office.post(page, {"act": "remove", "contact": str(foreign.id)}).status_code == 404
    known = {**told, "given": "x", "number": world.numbers["guardian"], "scheme": "", "phone": ""}
    assert "Somebody else has that number." in text(office.post(add, known))
    assert office.post(add, {**known, "family": world.names["guardian"].split()[-1]}).status_code == 303
    found = people.guardians(by=operator(), children=[pupil], on=DAY)[pupil]
    assert world.persons["guardian"] in {g.guardian.id for g in found}
    assert "pupil&#x27;s already" in text(office.post(add, {**known, "family": world.names["guardian"].split()[-1]}))
    assert office.post(page, {"act": "end", "ends": "2026-06-09"}).status_code == 303
    assert office.get(page).status_code == 404


@pytest.mark.feature("E18")
def test_a_new_code_is_given_to_one_pupil(world: World, log_in: LogIn) -> None:
    pupil, codes = world.persons["third"], []
    for _time in range(2):
        answer = log_in("administrator").post(reverse("office:register_code", args=[pupil]))
        assert answer.status_code == 303
        codes.append(people.pupil_codes(by=operator(), persons=[pupil])[pupil])
    assert codes[0] != codes[1]


@pytest.mark.feature("E13", "E15")
def test_the_list_before_the_first_day_says_what_is_missing(world: World, log_in: LogIn) -> None:
    office, address = log_in("administrator"), reverse("office:register")
    page = text(office.get(address))
    assert "2 pupils have no guardian." in page
    assert "1 class has no class teacher." in page
    assert "In 1 class nobody teaches some subject." in page
    assert "1 class has no lesson." in page
    assert "4 pupils have none." in page
    assert world.names["pupil"] not in page
    with CaptureQueriesContext(
        connection,
    ) as before:
        office.get(address)
    people_ = [NewPerson("A", f"Påhittad {n}") for n in range(30)]
    for new in people_:
        actions.enrol_person(by=operator(), person=new, group=world.group, starts=DAY, now=clock.now())
    with CaptureQueriesContext(connection) as after:
        page = text(office.get(address))
    assert "30 pupils have no number." in page
    assert len(after) <= len(before)


@pytest.mark.feature("E1", "E12")
def test_a_school_asks_for_access_and_finds_help_without_paying_or_installing(client: Client) -> None:
    """What the operator carries is shown in its part that a school sees: help, state of the service, whom to ask."""
    for name in ("help", "status", "contact", "join"):
        assert client.get(reverse(f"public:{name}")).status_code == 200, name
    page = text(client.get(reverse("public:join")))
    assert 'name="organisation"' in page
