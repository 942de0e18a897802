"""Pages of retention: the plan, lists from their proposal to their end, good and bad input, two people at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from uuid import UUID, uuid4

import pytest
import time_machine
from django.test import Client

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.kernel.journal.models import Entry
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import NewPost, Role
from testamur.schoolday.conversations.models import Conversation
from testamur.schoolday.diary.models import Remark
from testamur.schoolday.keeping import steps, tasks
from testamur.schoolday.keeping.models import DeletionList
from testamur.schoolday.keeping.rules import Category
from tests.schoolday.diary import pages
from tests.schoolday.diary.school import NOW, School, build
from tests.schoolday.keeping import shelves
from tests.schoolday.keeping.shelves import OLD
from tests.surfaces.web.family.diaries import browse

pytestmark = [pytest.mark.django_db(databases=["default", "log"]), pytest.mark.feature("A20")]


@pytest.fixture(autouse=True)
def _in_march() -> Iterator[None]:
    """The Wednesday of the class."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def school() -> School:
    """A Bulgarian class whose school has two archivists."""
    made = build("bg.school", now=clock.now())
    posts = [
        NewPost(made.persons[one], made.school, Role.ARCHIVIST, date(2025, 7, 1)) for one in ("stranger", "teacher")
    ]
    schools.add_posts(by=operator(), posts=posts, now=clock.now())
    return made


def archivist(school: School, who: str = "stranger") -> Client:
    """The browser of one of the two."""
    return browse(school.persons[who], hat=f"archivist@{school.path}")


def remark(school: School, text: str = "Стара") -> UUID:
    """A remark of long ago."""
    made: UUID = pages.remark(school, school.pupils[0], text, at=OLD, on=OLD.date()).id
    return made


def proposed(school: School, category: str = "remarks") -> DeletionList:
    """A list that the first archivist proposed."""
    answer = archivist(school).post("/keeping/lists/propose/", {"school": school.school, "category": category})
    assert answer.status_code == 303
    one = DeletionList.objects.latest("proposed_at")
    assert answer.headers["Location"].endswith(f"/{one.id}/")
    return one


def press(browser: Client, one: DeletionList, act: str, **more: str) -> str:
    """A button of a list; returns what the page says then."""
    sent = {"act": act, "digest": one.digest} | more
    answer = browser.post(f"/keeping/lists/{one.id}/act/", sent)
    assert answer.status_code == 303
    shown: str = browser.get(answer.headers["Location"]).content.decode()
    one.refresh_from_db()
    return shown


def test_the_plan_names_every_kind_and_offers_what_may_go(school: School) -> None:
    shown = archivist(school).get("/keeping/lists/").content.decode()
    for category in Category:
        offered = f'name="category" value="{category.value}"' in shown
        assert offered == (category not in {Category.GRADES, Category.DOCUMENTS, Category.VIEWS})
    assert shown.count("never deleted") == 3


def test_two_persons_take_a_list_through_all_its_steps(school: School) -> None:
    remark(school)
    one, first, second = proposed(school), archivist(school), archivist(school, "teacher")
    assert "Approve" in first.get(f"/keeping/lists/{one.id}/").content.decode()
    assert "Somebody else has to carry it out" in press(first, one, "approve")
    shown = first.get(f"/keeping/lists/{one.id}/").content.decode()
    assert "Delete these rows for ever" not in shown
    press(first, one, "carry")
    assert one.state == "approved"
    assert "Delete these rows for ever" in second.get(f"/keeping/lists/{one.id}/").content.decode()
    press(second, one, "carry")
    assert one.state == "running"
    assert tasks.erase_listed.func(str(one.id)) == 1
    one.refresh_from_db()
    assert (one.state, one.gone, one.kept) == ("done", 1, 0)
    assert not Remark.objects.exists()
    shown = first.get(f"/keeping/lists/{one.id}/").content.decode()
    assert "1 deleted" in shown
    assert "Стара" not in shown
    assert "Ученик" not in shown


def test_bad_input_changes_nothing_and_says_why(school: School) -> None:
    browser = archivist(school)
    for sent, status in (
        ({"school": school.school, "category": "everything"}, 404),
        ({"school": school.school, "category": ""}, 404),
        ({"school": uuid4(), "category": "remarks"}, 404),
        ({"school": "no id", "category": "remarks"}, 404),
        ({"school": school.school, "category": "grades"}, 303),
        ({"school": school.school, "category": "remarks"}, 303),
    ):
        assert browser.post("/keeping/lists/propose/", sent).status_code == status
    shown = browser.get("/keeping/lists/").content.decode()
    assert "younger than the plan" in shown
    assert not DeletionList.objects.exists()
    assert browser.get(f"/keeping/lists/{uuid4()}/").status_code == 404
    assert browser.post(f"/keeping/lists/{uuid4()}/act/", {"act": "approve"}).status_code == 404
    assert browser.get("/keeping/lists/propose/").status_code == 405
    remark(school)
    one = proposed(school)
    for act, more in (("approve", {"digest": "0" * 64}), ("approve", {"digest": ""}), ("burn", {}), ("carry", {})):
        press(browser, one, act, **more)
        assert one.state == "proposed"
    answer = browser.post("/keeping/lists/propose/", {"school": school.school, "category": "remarks"})
    assert "school=" in answer.headers["Location"]
    assert DeletionList.objects.count() == 1


def test_others_see_no_list_and_press_nothing(school: School) -> None:
    remark(school)
    one = proposed(school)
    principal = browse(school.persons["principal"], hat=f"principal@{school.path}")
    other = build("se.compulsory", now=clock.now())
    schools.add_posts(
        by=operator(), now=clock.now(),
        posts=[NewPost(other.persons["stranger"], other.school, Role.ARCHIVIST, date(2025, 7, 1))],
    )  # fmt: skip
    for browser in (principal, archivist(other)):
        assert browser.get(f"/keeping/lists/{one.id}/").status_code in {403, 404}
        sent = {"act": "approve", "digest": one.digest}
        assert browser.post(f"/keeping/lists/{one.id}/act/", sent).status_code in {403, 404}
    one.refresh_from_db()
    assert one.state == "proposed"


def test_of_two_who_press_the_second_is_told_that_the_list_moved_on(school: School) -> None:
    remark(school)
    one, first, second = proposed(school), archivist(school), archivist(school, "teacher")
    press(first, one, "drop")
    assert "another step" in press(second, one, "approve")
    assert one.state == "dropped"
    assert Remark.objects.exists()
    again = proposed(school)
    press(first, again, "approve")
    assert "another step" in press(second, again, "approve")
    press(second, again, "carry")
    assert "another step" in press(second, again, "carry")
    assert "another step" in press(first, again, "drop")
    assert again.state == "running"
    assert Entry.objects.filter(kind="keeping.list.started/1").count() == 1


def test_a_list_that_grew_stale_says_what_stays(school: School) -> None:
    kept, _gone = shelves.conversation(school), shelves.conversation(school)
    one, first, second = proposed(school, "messages"), archivist(school), archivist(school, "teacher")
    press(first, one, "approve")
    press(second, one, "carry")
    Conversation.objects.filter(id=kept.id).update(last_at=clock.now())
    tasks.erase_listed.func(str(one.id))
    shown = first.get(f"/keeping/lists/{one.id}/").content.decode()
    assert re.search(r"1 deleted.*1 kept: changed after the list was proposed", shown)
    assert Conversation.objects.get().id == kept.id


def test_a_list_that_was_interrupted_goes_on_by_itself(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "BATCH", 2)
    for n in range(5):
        remark(school, f"Забележка {n}")
    one = proposed(school)
    press(archivist(school), one, "approve")
    press(archivist(school, "teacher"), one, "carry")
    assert steps.erase_listed(list=one.id, now=clock.now()) == 3  # and here the worker dies
    assert "2 deleted" in archivist(school).get(f"/keeping/lists/{one.id}/").content.decode()
    asked: list[str] = []
    monkeypatch.setattr(tasks.erase_listed.__class__, "enqueue", lambda _task, key: asked.append(key))
    tasks.tidy.func()
    assert asked == [str(one.id)]
    tasks.erase_listed.func(asked[0])
    one.refresh_from_db()
    assert (one.state, one.gone) == ("done", 5)
    assert not Remark.objects.exists()
    assert Entry.objects.filter(kind="keeping.list.carried/1").count() == 1
    tasks.tidy.func()
    assert asked == [str(one.id)]
