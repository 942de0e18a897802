"""Menus: kept by the office, read from files, seen by families and everybody, in calendars and as data."""

from __future__ import annotations

import io
import json
import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.kernel.base.refused import Refused
from testamur.kernel.journal.models import Entry
from testamur.register.schools import queries as schools
from testamur.schoolday.noticeboard import actions
from testamur.schoolday.noticeboard import queries as board
from testamur.schoolday.noticeboard.rules.menus import ALLERGENS, Dish, Mark, MenuInvalid, check_dishes, copied
from tests.schoolday.diary.school import School
from tests.surfaces.web.diary.conftest import Enter
from tests.surfaces.web.rfc5545 import faults

MONDAY = date(2026, 6, 8)
MORNING = "2026-06-10 06:10:00+00:00"
TABLE = (
    "Datum;Rätt;Allergener;en;sv\n"
    "2026-06-08;Fisk med potatis;4, 7;Fish with potatoes;Fisk med potatis\n"
    "2026-06-08;Linsgryta;vegan;;\n"
    "2026-06-09;Soppa;okänt;;\n"
    "nonsens;Gröt;;;\n"
)


def text(answer: Any) -> str:
    """The main part of a page, as words."""
    body = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def begun(browser: Client, school: School, name: str = "School lunch", **more: Any) -> UUID:
    """A menu that was begun on the page."""
    answer = browser.post(reverse("menus:menus"), {"unit": str(school.school), "name": name, **more})
    assert answer.status_code == 303, text(answer)
    return UUID(answer["Location"].rstrip("/").rpartition("/")[2])


@pytest.mark.feature("C10")
@time_machine.travel(MORNING)
def test_a_menu_is_written_by_the_office_and_read_by_everybody(swedish: School, enter: Enter) -> None:
    office = enter(swedish, "administrator")
    menu = begun(office, swedish)
    day = reverse("menus:day", args=[menu, "2026-06-10"])
    form = {
        "name-0": "Köttbullar", "meal-0": "lunch", "marks-0": ["gluten", "milk"], "en-0": "Meatballs",
        "name-1": "Bönbiffar", "meal-1": "lunch", "marks-1": ["vegan"], "name-2": "", "meal-2": "lunch",
    }  # fmt: skip
    assert office.post(day, form).status_code == 303
    assert "Köttbullar" in office.get(day).content.decode()
    found = board.menu(id=menu)
    assert found is not None
    page = text(Client().get(reverse("menus:shown", args=[found.code])))
    assert "Meatballs" in page, "in the language of whoever looks"
    assert "Contains: Cereals with gluten, Milk" in page
    assert "Vegan" in page
    told = Client().get(reverse("menus:data", args=[found.code])).json()
    assert told["days"] == [
        {
            "date": "2026-06-10",
            "dishes": [
                {"names": {"": "Köttbullar", "en": "Meatballs"}, "meal": "lunch", "marks": ["gluten", "milk"]},
                {"names": {"": "Bönbiffar"}, "meal": "lunch", "marks": ["vegan"]},
            ],
        }
    ]
    calendar = Client().get(reverse("menus:calendar", args=[found.code]))
    assert faults(calendar.content) == []
    assert "Meatballs" in calendar.content.decode()
    family = enter(swedish, "guardian")
    assert "Today there is Meatballs, Bönbiffar" in family.get("/family/").content.decode()
    assert "Meatballs" in text(family.get(reverse("menus:child", args=[swedish.pupils[0]])))
    assert family.get(reverse("menus:child", args=[swedish.pupils[3]])).status_code == 404
    contradiction = office.post(day, {"name-0": "Fisk", "marks-0": ["fish", "vegan"]})
    assert contradiction.status_code == 422
    assert office.post(reverse("menus:end", args=[menu])).status_code == 303
    assert Client().get(reverse("menus:shown", args=[found.code])).status_code == 404


@pytest.mark.feature("C10")
@time_machine.travel(MORNING)
def test_a_school_sees_the_menu_that_is_kept_above_it_and_does_not_write_it(swedish: School, enter: Enter) -> None:
    office = enter(swedish, "administrator")
    assert "There is no menu yet" in text(office.get(reverse("menus:menus")))
    school = schools.unit(swedish.school)
    assert school is not None
    body = school.parent
    assert body is not None
    menu = actions.add_menu(by=operator(), unit=body, name="Lunch of all schools", now=clock.now())
    found = board.menu(id=menu)
    assert found is not None
    page = office.get(reverse("menus:menus"))
    assert "Kept for several schools" in text(page)
    assert "There is no menu yet" not in text(page)
    assert reverse("menus:shown", args=[found.code]) in page.content.decode()
    assert reverse("menus:week", args=[menu]) not in page.content.decode()
    actions.end_menu(by=operator(), menu=menu, now=clock.now())
    assert "There is no menu yet" in text(office.get(reverse("menus:menus")))


@pytest.mark.feature("C10")
@time_machine.travel(MORNING)
def test_a_week_is_copied_to_later_weeks(swedish: School, enter: Enter) -> None:
    office = enter(swedish, "principal")
    menu = begun(office, swedish)
    actions.write_days(by=operator(), menu=menu, days={MONDAY: [Dish({"": "Soppa"})]}, now=clock.now())
    copy = reverse("menus:copy", args=[menu])
    sent = {"monday": str(MONDAY), "day": str(MONDAY + timedelta(days=9)), "weeks": "2"}
    assert "2 dishes are copied" in office.post(copy, sent, follow=True).content.decode()
    found = board.dishes_of(menus=[menu], first=MONDAY, last=MONDAY + timedelta(days=60))[menu]
    assert sorted(found) == [MONDAY + timedelta(weeks=n) for n in range(3)]
    onto_itself = office.post(copy, {**sent, "day": str(MONDAY)}, follow=True)
    assert "Check the menu" in onto_itself.content.decode()


@pytest.mark.feature("C10")
@time_machine.travel(MORNING)
def test_a_file_is_looked_at_then_loaded_and_stops_where_much_would_vanish(swedish: School, enter: Enter) -> None:
    office = enter(swedish, "administrator")
    menu = begun(office, swedish)
    address = reverse("menus:load", args=[menu])

    def look(content: bytes, name: str = "meny.csv") -> Any:
        return office.post(address, {"file": SimpleUploadedFile(name, content)})

    looked = look(TABLE.encode("cp1252"))
    page = text(looked)
    assert "New days 2" in page
    assert "Row 5, nonsens" in page.replace("“", "").replace("”", "")
    assert board.dishes_of(menus=[menu], first=date.min, last=date.max)[menu] == {}, "looking changes nothing"
    token = re.search(r'name="token" value="([^"]+)"', looked.content.decode())
    assert token is not None
    assert office.post(address, {"act": "load", "token": token[1]}).status_code == 303
    found = board.dishes_of(menus=[menu], first=date.min, last=date.max)[menu]
    assert found[MONDAY][0].marks == {Mark.FISH, Mark.MILK}
    assert found[MONDAY][0].name("en") == "Fish with potatoes"
    assert found[MONDAY + timedelta(days=1)][0].name("") == "Soppa (okänt)", "what nobody knows stays readable"
    many = {MONDAY + timedelta(days=n): [Dish({"": "Soppa"})] for n in range(10)}
    actions.write_days(by=operator(), menu=menu, days=many, now=clock.now())
    few = look(b"date;dish\n2026-06-08;Soup\n2026-06-17;Soup\n")
    assert "Many days would lose their dishes" in text(few)
    token = re.search(r'name="token" value="([^"]+)"', few.content.decode())
    assert token is not None
    stopped = office.post(address, {"act": "load", "token": token[1]}, follow=True)
    assert "Nothing was changed" in stopped.content.decode()
    assert len(board.dishes_of(menus=[menu], first=date.min, last=date.max)[menu]) == 10
    office.post(address, {"act": "load", "token": token[1], "sure": "1"})
    assert len(board.dishes_of(menus=[menu], first=date.min, last=date.max)[menu]) == 2
    for wrong in (b"%PDF-1.4 nothing", b"{not json", b"PK\x03\x04broken", b"date;what\n1;2\n", b"BEGIN:VCALENDAR\r\nX"):
        assert look(wrong).status_code == 422, wrong
    forged = office.post(address, {"act": "load", "token": token[1] + "x"}, follow=True)
    assert "waited too long" in forged.content.decode()


@pytest.mark.feature("C10")
def test_the_same_menu_is_read_from_table_workbook_calendar_and_json() -> None:
    from testamur.exchange.connectors.calendars.menus import read_menu

    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        for n, row in enumerate(
            [("date", "dish", "allergens"), ("2026-06-08", "Fisk", "4"), ("2026-06-09", "Soppa", "")]
        ):
            for m, cell in enumerate(row):
                sheet.write_string(n, m, cell)
    calendar = (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20260608\r\n"
        b"SUMMARY:Fisk (4)\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\nDTSTART;VALUE=DATE:20260609\r\nSUMMARY:Soppa\r\n"
        b"END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    weeks = {"weeks": [{"weekOfYear": 24, "days": [
        {"year": 2026, "month": 6, "day": 8, "meals": [{"value": "Fisk (4)"}]},
        {"year": 2026, "month": 6, "day": 9, "meals": [{"value": "Soppa"}]},
    ]}]}  # fmt: skip
    feed = {"items": [
        {"title": "Måndag", "date_published": "2026-06-08T00:00:00Z", "content_html": "<p>Fisk (fisk)</p>"},
        {"title": "Tisdag", "date_published": "2026-06-09T00:00:00Z", "content_html": "Soppa"},
    ]}  # fmt: skip
    wanted = {
        MONDAY: [Dish({"": "Fisk"}, frozenset({Mark.FISH}))], MONDAY + timedelta(days=1): [Dish({"": "Soppa"})],
    }  # fmt: skip
    for name, data in (
        ("a.xlsx", book.getvalue()),
        ("a.ics", calendar),
        ("a.json", json.dumps(weeks).encode()),
        ("feed.json", json.dumps(feed).encode()),
    ):
        read = read_menu(name=name, data=data)
        found = {on: [Dish({"": dish.name("")}, dish.marks) for dish in some] for on, some in read.days.items()}
        assert (found, read.faults) == (wanted, []), name


def test_rules_of_menus() -> None:
    assert len(ALLERGENS) == 14, "annex II of Regulation (EU) 1169/2011"
    assert check_dishes([Dish({"": "  Gröt  "}), Dish({"": " "})]) == (Dish({"": "Gröt"}),)
    with pytest.raises(MenuInvalid):
        check_dishes([Dish({"": "x" * 201})])
    with pytest.raises(MenuInvalid):
        check_dishes([Dish({"": "x"})] * 13)
    with pytest.raises(MenuInvalid):
        copied({}, MONDAY, MONDAY + timedelta(weeks=1), 27)


@pytest.mark.feature("C10", "C1")
@time_machine.travel(MORNING)
def test_a_menu_for_preschools_is_not_shown_to_a_school(swedish: School, enter: Enter) -> None:
    now = clock.now()
    for name, forms in (("Förskola", ["preschool"]), ("Skola", ["compulsory"])):
        menu = actions.add_menu(by=operator(), unit=swedish.authority, name=name, forms=forms, now=now)
        actions.write_days(by=operator(), menu=menu, days={now.date(): [Dish({"": f"Mat i {name}"})]}, now=now)
    page = text(enter(swedish, "guardian").get(reverse("menus:child", args=[swedish.pupils[0]])))
    assert "Mat i Skola" in page
    assert "Förskola" not in page
    with pytest.raises(Refused) as twice:
        actions.add_menu(by=operator(), unit=swedish.authority, name="Skola", now=now)
    assert twice.value.code == "noticeboard.menu.taken"


@pytest.mark.feature("C10")
@time_machine.travel(MORNING)
def test_what_a_guardian_chose_stands_out_in_words_on_the_menu_and_at_home_for_nobody_else(
    swedish: School, enter: Enter
) -> None:
    office, child = enter(swedish, "administrator"), swedish.pupils[0]
    menu = begun(office, swedish)
    day = reverse("menus:day", args=[menu, "2026-06-10"])
    form = {"name-0": "Köttbullar", "meal-0": "lunch", "marks-0": ["gluten", "milk"], "name-1": "", "meal-1": "lunch"}
    assert office.post(day, form).status_code == 303
    mother, father = enter(swedish, "guardian"), enter(swedish, "other_guardian")
    page = reverse("menus:child", args=[child])
    assert "menu-concerns" not in mother.get(page).content.decode()
    assert mother.post(page, {"allergens": ["milk", "nuts"]}).status_code == 303
    told = mother.get(page).content.decode()
    assert "Milk" in told.partition('class="menu-concerns"')[2].partition("</span></span>")[0]
    assert "Attention, contains: Milk" in text(mother.get(reverse("family:home")))
    for browser in (father, enter(swedish, "0")):
        assert "menu-concerns" not in browser.get(page).content.decode()
    assert "Attention" not in text(father.get(reverse("family:home")))
    assert mother.post(page, {"allergens": ["vegan"]}).status_code == 303
    assert "menu-concerns" in mother.get(page).content.decode(), "what is no allergen changes nothing"
    assert mother.post(page, {}).status_code == 303
    assert "menu-concerns" not in mother.get(page).content.decode()
    assert enter(swedish, "far_guardian").post(page, {"allergens": ["milk"]}).status_code in {403, 404}
    entry = Entry.objects.filter(kind="noticeboard.highlight.chosen/1").latest("id")
    assert entry.refs == {"child": str(child)}


@pytest.mark.feature("C10")
@time_machine.travel(MORNING)
def test_one_child_is_pointed_at_for_itself(swedish: School, enter: Enter) -> None:
    by, now = swedish.actor("guardian", "guardian", on=clock.now().date()), clock.now()
    first, second = swedish.pupils[0], swedish.pupils[1]
    actions.highlight(by=by, child=first, marks=["milk"], now=now)
    actions.highlight(by=by, child=second, marks=["fish", "eggs"], now=now)
    actions.highlight(by=by, child=first, marks=[], now=now)
    assert board.highlights(person=by.id, child=first) == frozenset()
    assert board.highlights(person=by.id, child=second) == {Mark.FISH, Mark.EGGS}
    with pytest.raises(MenuInvalid):
        actions.highlight(by=by, child=first, marks=["vegan"], now=now)
    with pytest.raises(Refused):
        actions.highlight(by=by, child=swedish.pupils[3], marks=["milk"], now=now)
