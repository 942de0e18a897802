"""Pages of care: a family's week, the board at the door, the list for a fire, staffing, and what nobody else sees."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from testamur.schoolday.care import actions, queries
from testamur.schoolday.care.models import Closing, Collector, Presence
from testamur.schoolday.care.rules import NewDay, State
from tests.schoolday.care.nursery import DAY, NEXT, NOW, TODAY, ZONE, Nursery

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C4")]
Enter = Callable[..., Client]
FAMILY = ("marks", "absences", "leave", "week", "events", "remarks", "assessments", "health")


def shown(browser: Client, address: str, status: int = 200) -> str:
    """The page."""
    answer = browser.get(address)
    assert answer.status_code == status, (answer.status_code, answer.headers)
    return answer.content.decode()


def sent(browser: Client, address: str, data: dict[str, Any], status: int = 303, **more: Any) -> str:
    """What comes back for a form."""
    answer = browser.post(address, data, **more)
    assert answer.status_code == status, (answer.status_code, answer.content.decode()[-3000:])
    return answer.content.decode()


def board(nursery: Nursery, child: int = 0) -> State:
    """Where a child is."""
    found = queries.board(by=nursery.actor("teacher"), group=nursery.group, on=TODAY, now=NOW, zone=ZONE)
    return next(line.state for line in found.lines if line.child == nursery.children[child])


@pytest.mark.feature("C1")
@pytest.mark.parametrize("name", FAMILY)
def test_every_page_of_a_family_works_for_a_child_whose_place_has_no_rules_of_marks(
    nursery: Nursery, enter: Enter, name: str
) -> None:
    text = shown(enter("guardian"), f"/family/{name}/{nursery.children[0]}/")
    assert "Barn0" in text


@pytest.mark.feature("C1")
def test_the_pages_of_a_preschool_child_are_those_it_has_a_use_for(nursery: Nursery, enter: Enter) -> None:
    text = shown(enter("guardian"), f"/family/week/{nursery.children[0]}/")
    tabs = re.findall(r'<li><a href="([^"]+)"', text.partition("family-tabs")[2].partition("</ul>")[0])
    assert f"/care/family/{nursery.children[0]}/" in tabs
    assert not any(part in tab for tab in tabs for part in ("/marks/", "/compare/", "/remarks/"))
    text = shown(enter("other_guardian"), f"/care/family/{nursery.children[0]}/", 404)
    assert "Barn0" not in text


def test_a_guardian_writes_the_week_and_says_who_fetches(nursery: Nursery, enter: Enter) -> None:
    browser, child = enter("guardian"), nursery.children[0]
    address = f"/care/family/{child}/"
    text = shown(browser, f"{address}?monday={NEXT}")
    assert "You can change this week until" in text
    week = {"monday": str(NEXT), "care_1": "", "starts_1": "07:30", "ends_1": "16:15", "care_2": "free"}
    week["who_1"] = f"p{nursery.persons['second_guardian']}"
    sent(browser, f"{address}save/", week)
    text = shown(browser, f"{address}?monday={NEXT}")
    assert "07:30–16:15" in text
    assert "fetched by SecondGuardian" in text
    assert "No care: free" in text
    assert "written by Guardian" in shown(enter("second_guardian"), f"{address}?monday={NEXT}")
    text = sent(browser, f"{address}save/", {"monday": str(NEXT), "starts_3": "07:30"}, 422)
    assert "Write both hours, or none." in text
    text = sent(browser, f"{address}save/", {"monday": str(NEXT), "starts_3": "04:30", "ends_3": "10:00"}, 422)
    assert "outside the opening hours" in text


def test_a_locked_week_takes_an_illness_and_no_hours(nursery: Nursery, enter: Enter) -> None:
    browser, child = enter("guardian"), nursery.children[0]
    address = f"/care/family/{child}/"
    text = shown(browser, address)
    assert "This week is locked" in text
    assert 'name="starts_3"' not in text
    sent(browser, f"{address}save/", {"care_3": "ill", "starts_4": "08:00", "ends_4": "12:00"})
    text = shown(browser, address)
    assert text.count("No care: ill</span>") == 1
    assert "08:00–12:00" not in text


def test_a_regular_week_is_written_and_copied_to_a_sibling(nursery: Nursery, enter: Enter) -> None:
    browser, (child, sibling) = enter("guardian"), nursery.children[:2]
    hours = {f"{kind}_{n}": at for n in range(1, 6) for kind, at in (("starts", "08:00"), ("ends", "15:00"))}
    sent(browser, f"/care/family/{child}/regular/", {"valid_from": str(NEXT), **hours})
    assert "08:00–15:00" in shown(browser, f"/care/family/{child}/?monday={NEXT}")
    text = shown(browser, f"/care/family/{child}/")
    assert str(sibling) in text
    assert str(nursery.persons["pupil"]) not in text.partition("Copy this week")[2]
    sent(browser, f"/care/family/{child}/copy/", {"monday": str(NEXT), "weeks": "1", "siblings": [str(sibling)]})
    assert "08:00–15:00" in shown(browser, f"/care/family/{sibling}/?monday={NEXT + timedelta(weeks=1)}")
    sent(
        browser, f"/care/family/{child}/regular/", {"valid_from": str(TODAY), "starts_1": "08:00", "ends_1": "9:00"},
        422,
    )  # fmt: skip


def test_a_pupil_of_after_school_care_has_the_page_and_reads_it_alone(nursery: Nursery, enter: Enter) -> None:
    pupil = nursery.persons["pupil"]
    assert "Kometen" in shown(enter("guardian"), f"/care/family/{pupil}/")
    browser = enter("pupil")
    text = shown(browser, f"/care/family/{pupil}/")
    assert "Save the week" not in text
    sent(browser, f"/care/family/{pupil}/save/", {"monday": str(NEXT), "starts_1": "13:00", "ends_1": "16:00"}, 403)
    shown(browser, f"/care/family/{pupil}/collectors/", 403)


def test_a_collector_is_named_with_a_picture_that_the_group_alone_sees(nursery: Nursery, enter: Enter) -> None:
    browser, child = enter("guardian"), nursery.children[0]
    out = BytesIO()
    Image.new("RGB", (20, 20), "blue").save(out, "PNG")
    data = {
        "name": "Granne Påhittad", "phone": "040-628 04 50", "relation": "friend", "starts": str(TODAY), "ends": "",
        "picture": SimpleUploadedFile("x.exe", out.getvalue()),
    }  # fmt: skip
    address = f"/care/family/{child}/collectors/"
    sent(browser, address, data)
    one = Collector.objects.get()
    picture = f"/care/picture/{one.id}/"
    for who in ("guardian", "second_guardian", "teacher", "principal"):
        answer = enter(who).get(picture)
        assert answer.status_code == 200
        assert answer.content.startswith(b"\xff\xd8")
    for who in ("other_guardian", "other_teacher", "school_teacher"):
        assert enter(who).get(picture).status_code in {403, 404}
    bad = data | {"picture": SimpleUploadedFile("x.png", b"<html>")}
    assert "no picture" in sent(browser, address, bad, 422)
    sent(browser, f"{address}{one.id}/end/", {})
    assert "Granne" not in shown(browser, address)
    assert "Granne" not in shown(enter("teacher"), f"/care/child/{child}/")


def test_staff_note_arrivals_without_a_program_and_take_one_back(nursery: Nursery, enter: Enter) -> None:
    browser, child = enter("teacher"), nursery.children[0]
    address = f"/care/group/{nursery.group}/"
    text = shown(browser, address)
    assert text.count('class="ds-card care-child"') == 4
    key = re.search(r'name="key" value="([^"]+)"', text)
    assert key is not None
    sent(browser, f"{address}note/", {"key": key[1], "child": child, "act": "in"})
    assert board(nursery) is State.HERE
    text = shown(browser, address)
    assert "Goes home" in text
    presence = re.search(r'name="presence" value="([^"]+)"', text)
    assert presence is not None
    sent(browser, f"{address}undo/", {"presence": presence[1]})
    assert board(nursery) is State.AWAY
    text = sent(browser, f"{address}note/", {"key": uuid4(), "child": child, "act": "out"}, 422)
    assert "noted already" in text


def test_a_program_sends_a_note_twice_and_it_is_one(nursery: Nursery, enter: Enter) -> None:
    browser, child = enter("teacher"), nursery.children[0]
    address, key = f"/care/group/{nursery.group}/note/", str(uuid4())
    data = {"key": key, "child": child, "act": "in", "at": (NOW - timedelta(minutes=30)).isoformat()}
    for _ in range(2):
        answer = browser.post(address, data, headers={"accept": "application/json"})
        assert (answer.status_code, answer.json()) == (200, {"noted": key})
    assert Presence.objects.get().at == NOW - timedelta(minutes=30)
    again = data | {"key": str(uuid4())}
    answer = browser.post(address, again, headers={"accept": "application/json"})
    assert answer.status_code == 409
    assert json.loads(answer.content)["refused"] == "care.presence.already"
    for bad in ({"act": "in"}, {**data, "key": "x"}, {**data, "act": "fly", "key": str(uuid4())}):
        assert browser.post(address, bad).status_code == 404


def test_the_board_shows_no_protected_name_and_no_guardian_of_that_child(nursery: Nursery, enter: Enter) -> None:
    for group in (nursery.group,):
        text = shown(enter("teacher"), f"/care/group/{group}/")
        assert "Barn2" not in text
        assert "HiddenGuardian" not in text
        assert "Person " in text
    text = shown(enter("teacher"), f"/care/child/{nursery.children[2]}/")
    assert "Barn2" not in text
    assert "HiddenGuardian" not in text
    assert "Barn2" in shown(enter("principal"), f"/care/group/{nursery.group}/")


def test_the_list_for_a_fire_is_for_the_staff_of_the_unit(nursery: Nursery, enter: Enter) -> None:
    for number in range(3):
        data = {"key": uuid4(), "child": nursery.children[number], "act": "in"}
        sent(enter("teacher"), f"/care/group/{nursery.group}/note/", data)
    address = f"/care/unit/{nursery.unit}/fire/"
    text = shown(enter("other_teacher"), address)
    assert "3 children in the house" in text
    assert text.count("data-care-tick>") == 3
    assert "+4640628040" in text.replace(" ", "")
    assert "Barn2" not in text
    assert "HiddenGuardian" not in text
    for who, status in (("school_teacher", 403), ("guardian", 403)):
        assert "Barn" not in shown(enter(who), address, status)


def test_staffing_is_a_page_a_spreadsheet_and_a_csv(nursery: Nursery, enter: Enter) -> None:
    for child in nursery.children:
        actions.write_days(by=nursery.actor("principal"), child=child, days=[NewDay(NEXT, DAY)], now=NOW, zone=ZONE)
    browser = enter("principal")
    address = f"/care/unit/{nursery.unit}/planning/?monday={NEXT}"
    text = shown(browser, address)
    assert '<svg class="chart-picture"' in text
    assert "Barn" not in text
    lines = browser.get(f"{address}&as=csv").content.decode().splitlines()
    assert lines[0].startswith("date,from,")
    assert f"{NEXT},08:00,2,3,1," in lines
    with ZipFile(BytesIO(browser.get(f"{address}&as=xlsx").content)) as book:
        assert sum(name.startswith("xl/worksheets/sheet") for name in book.namelist()) >= 5
    shown(enter("guardian"), address, 403)


def test_the_principal_arranges_and_closes_and_families_answer(nursery: Nursery, enter: Enter) -> None:
    browser, address = enter("principal"), f"/care/unit/{nursery.unit}/"
    form = {"deadline_days": "2", "deadline_at": "18:00", "small_per_adult": "3", "big_per_adult": "5"}
    sent(browser, f"{address}arrange/", {**form, "starts_1": "06:00", "ends_1": "18:30"})
    text = sent(browser, f"{address}arrange/", {**form, "starts_1": "06:00"}, 422)
    assert "Write both hours" in text
    day = NEXT + timedelta(weeks=2)
    sent(browser, f"{address}close/", {"on": str(day), "name": "Planering", "answer_by": str(NEXT)})
    sent(browser, f"{address}close/", {"on": str(day), "name": "Igen"}, 422)
    closing = Closing.objects.get()
    family = enter("guardian")
    assert "do you need care?" in shown(family, "/family/")
    need = f"/care/family/{nursery.children[0]}/closing/{closing.id}/"
    sent(family, need, {"starts": "08:00"}, 422)
    sent(family, need, {"starts": "08:00", "ends": "14:00"})
    text = shown(browser, f"{address}arrange/")
    assert "Barn0 Påhittad 08:00–14:00" in text
    sent(browser, f"{address}open/", {"closing": str(closing.id)})
    for who in ("teacher", "guardian"):
        shown(enter(who), f"{address}arrange/", 403)


def test_the_home_of_a_family_tells_of_today_and_of_what_is_missing(nursery: Nursery, enter: Enter) -> None:
    child = nursery.children[0]
    actions.write_days(by=nursery.actor("principal"), child=child, days=[NewDay(TODAY, DAY)], now=NOW, zone=ZONE)
    actions.choose_fetcher(
        by=nursery.actor("guardian"), child=child, on=TODAY, person=nursery.persons["second_guardian"], now=NOW,
        zone=ZONE,
    )  # fmt: skip
    text = shown(enter("guardian"), f"/family/?child={child}")
    assert "Care 08:00–16:00, fetched by SecondGuardian" in text
    assert f"/care/family/{child}/?monday={NEXT}" in text


def test_what_must_be_known_is_on_the_page_of_staff_and_on_no_familys(nursery: Nursery, enter: Enter) -> None:
    child = nursery.children[0]
    sent(enter("principal"), f"/care/child/{child}/caution/", {"text": "Not the uncle in the red car."})
    assert "red car" in shown(enter("teacher"), f"/care/child/{child}/")
    assert "There is something to know at the door" in shown(enter("teacher"), f"/care/group/{nursery.group}/")
    assert "red car" not in shown(enter("guardian"), f"/care/family/{child}/")
    sent(enter("teacher"), f"/care/child/{child}/caution/", {"text": "Mine"}, 403)
    for who, status in (("other_teacher", 403), ("guardian", 403)):
        assert "red car" not in shown(enter(who), f"/care/child/{child}/", status)


def test_staff_change_a_locked_week(nursery: Nursery, enter: Enter) -> None:
    child = nursery.children[0]
    sent(enter("teacher"), f"/care/child/{child}/", {"starts_4": "09:00", "ends_4": "12:00"})
    assert "written by the staff" in shown(enter("guardian"), f"/care/family/{child}/")


def test_the_way_to_care_stands_where_there_is_some(nursery: Nursery, enter: Enter) -> None:
    assert 'href="/care/"' in shown(enter("teacher"), "/care/")
    assert 'href="/care/"' not in shown(enter("school_teacher"), "/diary/")


def test_a_guardian_chooses_to_be_told(nursery: Nursery, enter: Enter) -> None:
    browser, child = enter("guardian"), nursery.children[0]
    sent(browser, f"/care/family/{child}/tell/", {"act": "on"})
    assert queries.wishes(person=nursery.persons["guardian"], children=[child]) == {child}
    sent(browser, f"/care/family/{child}/tell/", {"act": "off"})
    assert isinstance(child, UUID)
    assert not queries.wishes(person=nursery.persons["guardian"], children=[child])


def test_a_guardian_writes_odd_and_even_weeks_and_copies_a_week_to_weeks_alike(nursery: Nursery, enter: Enter) -> None:
    browser, child = enter("guardian"), nursery.children[0]
    address = f"/care/family/{child}/regular/"
    week = {"valid_from": "2026-03-16", "starts_1": "08:00", "ends_1": "15:00"}
    sent(browser, address, week | {"parity": "odd"})
    sent(browser, address, week | {"parity": "even", "starts_1": "07:00"})
    text = shown(browser, address)
    assert text.count('<span class="ds-tag">Odd weeks</span>') == 1
    assert text.count(">Now</span>") == 1  # of this week and the next: the even one
    assert 'value="08:00"' in shown(browser, f"{address}?weeks=odd")
    assert browser.post(address, week | {"parity": "third"}).status_code == 422
    text = shown(browser, f"/care/family/{child}/?monday={NEXT}")
    assert "07:00–15:00" in text  # week 12
    sent(browser, f"/care/family/{child}/copy/", {"monday": str(NEXT), "weeks": "2", "alike": "on"})


def test_where_the_unit_says_so_the_other_guardians_weeks_are_refused(nursery: Nursery, enter: Enter) -> None:
    setting = replace(queries.care_unit(nursery.unit)[1], own_weeks=True)
    actions.arrange(by=nursery.actor("principal"), setting=setting, now=NOW)
    address = f"/care/family/{nursery.children[0]}/regular/"
    week = {"valid_from": "2026-03-16", "parity": "odd", "starts_1": "08:00", "ends_1": "15:00"}
    sent(enter("guardian"), address, week)
    answer = enter("second_guardian").post(address, week)
    assert answer.status_code == 422
    assert "The other guardian writes these weeks" in answer.content.decode()
