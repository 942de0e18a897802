"""From a linked room into a list: students, grades by thresholds, nothing overwritten."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from testamur.exchange.connectors.lms import actions, queries
from testamur.exchange.connectors.lms.rules import Launch
from testamur.register.people import queries as people
from testamur.schoolday.reporting.rules.states import Source
from tests.gateways.lms import User
from tests.gateways.lms_moodle import Moodle
from tests.schoolday.reporting.university import University
from tests.surfaces.web.results.conftest import module_list, rows, text

Enter = Callable[..., Client]


@pytest.fixture
def room(university: University, moodle: Moodle) -> str:
    """The id of the Moodle's room, linked to DV1574; five students of ours are in it, and one stranger."""
    u = university
    views = people.people(by=u.by, ids=u.students[:5])
    moodle.users = [
        User(str(100 + n), f"Moodleprov {n}", number=views[one].identifier.value)  # type: ignore[union-attr]
        for n, one in enumerate(u.students[:5])
    ]
    moodle.users.append(User("200", "Främmande Prov", number="guest"))
    moodle.items[0].results = {str(100 + n): (58.0 - 8 * n, 60.0, "") for n in range(4)}
    made = queries.platforms(by=u.by, path=u.path)[0]
    launch = Launch(moodle.context, moodle.title, moodle.members_url(), moodle.items_url())
    occasion = u.occasions["DV1574"]
    return str(actions.link_room(by=u.actor("teacher"), platform=made.id, launch=launch, occasion=occasion, now=u.now))


@pytest.mark.feature("B31", "B33")
def test_students_and_then_grades_come_from_the_course_room_and_leave_what_stands(
    university: University, moodle: Moodle, room: str, enter: Enter
) -> None:
    u, teacher = university, enter("teacher")
    made = module_list(u)
    address = reverse("results:fetch", args=[made])
    answer = teacher.post(address, {"way": "members", "room": room})
    assert "Främmande Prov" in text(answer)
    found = rows(u, made)
    assert set(found) == set(u.students[:5])
    assert {(row.value, row.source, row.examined_on) for row in found.values()} == {("", Source.LMS, None)}
    shown = text(teacher.get(address, {"room": room}))
    assert "Tentamen" in shown
    item = moodle.item_url(moodle.items[0])
    teacher.post(address, {"way": "grades", "room": room, "item": item, "thresholds": "A 90\nB 80\nC 70\nF 0"})
    found = rows(u, made)
    assert [found[one].value for one in u.students[:5]] == ["A", "B", "C", "F", ""]
    moodle.items[0].results["100"] = (0.0, 60.0, "")
    again = teacher.post(address, {"way": "grades", "room": room, "item": item, "thresholds": "A 90\nF 0"})
    assert "left alone" in text(again)
    assert rows(u, made)[u.students[0]].value == "A"


@pytest.mark.parametrize(("mood", "words"), [("html", "unexpected"), ("endless", "more than is read")])
def test_a_platform_that_fails_is_told_in_words_and_the_list_stays_as_it_was(
    university: University, moodle: Moodle, room: str, enter: Enter, mood: str, words: str
) -> None:
    teacher, made = enter("teacher"), module_list(university)
    moodle.mood = mood
    answer = teacher.post(reverse("results:fetch", args=[made]), {"way": "members", "room": room})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert words in text(answer)
    assert rows(university, made) == {}


def test_a_room_of_another_department_brings_nobody_into_ones_own_list(
    university: University, moodle: Moodle, room: str, enter: Enter
) -> None:
    made = module_list(university, "economy_teacher", course="IY1430", module="3001")
    browser = enter("economy_teacher")
    answer = browser.post(reverse("results:fetch", args=[made]), {"way": "members", "room": room})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert rows(university, made, "economy_teacher") == {}
