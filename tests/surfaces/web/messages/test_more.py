"""What is planned, who is away, news of a class, and who is told that there is a message."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from testamur.exchange.notifications.rules.families import tells, things
from testamur.exchange.notifications.steps.standing import standing
from testamur.kernel.base.actor import operator
from testamur.kernel.jobs.rules import step_actor
from testamur.kernel.journal.models import Entry
from testamur.register.people import actions as people
from testamur.register.people.rules import NewPerson
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import NewPost, Role
from testamur.schoolday.conversations import actions as conversations
from testamur.schoolday.conversations.models import Conversation, Post
from testamur.schoolday.conversations.queries import lists as queries
from testamur.schoolday.conversations.rules import Circle, NewConversation
from testamur.schoolday.diary.rules.states import Part
from testamur.surfaces.web.messages import lists
from tests.schoolday.diary import school as diary_schools
from tests.schoolday.diary.school import NOW, School
from tests.surfaces.web.family.diaries import browse
from tests.surfaces.web.messages.conftest import Browse
from tests.surfaces.web.messages.test_messages import sent, shown

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C5")]


def test_a_planned_letter_can_be_called_off(school: School, enter: Browse) -> None:
    teacher = enter("class_teacher")
    at = sent(
        teacher, "/messages/write/", to=f"guardians:{school.group}", subject="Senare", text="Hej",
        due_at="2026-03-20T09:00",
    )  # fmt: skip
    assert f"{at}off/" in shown(teacher, at)
    assert "Senare" in shown(teacher, "/messages/?show=planned")
    shown(enter("guardian"), at, 404)
    sent(teacher, f"{at}off/")
    assert f"{at}off/" not in shown(teacher, at)


def test_whoever_writes_to_somebody_who_is_away_is_told(school: School, enter: Browse) -> None:
    teacher, mother = enter("class_teacher"), enter("guardian")
    sent(
        teacher, "/messages/away/", first="2026-03-11", last="2026-03-13", note="Kurs i tre dagar",
        substitute=str(school.persons["stranger"]),
    )  # fmt: skip
    assert "Kurs i tre dagar" in shown(mother, f"/messages/write/?child={school.pupils[0]}")
    end = shown(teacher, "/messages/away/").split('action="/messages/away/')[1].split('"')[0]
    sent(teacher, f"/messages/away/{end}")
    assert "Kurs i tre dagar" not in shown(mother, f"/messages/write/?child={school.pupils[0]}")


def test_news_of_a_class_stand_with_its_families_until_they_are_taken_off(school: School, enter: Browse) -> None:
    teacher, mother = enter("class_teacher"), enter("guardian")
    sent(
        teacher, "/messages/news/", group=str(school.group), audience="family", title="Nytt tema", text="Rymden",
        language="sv",
    )  # fmt: skip
    assert "Nytt tema" in shown(mother, f"/messages/child/{school.pupils[0]}/")
    assert "Nytt tema" not in shown(mother, reverse("public:home"))  # it is not for everybody
    shown(enter("stranger"), "/messages/news/", 403)
    entry = Entry.objects.get(kind="noticeboard.news.told/1")
    assert things(entry.kind, entry.refs) is None
    key = entry.refs["news"]
    sent(teacher, f"/messages/news/{key}/withdraw/")
    assert "Nytt tema" not in shown(mother, f"/messages/child/{school.pupils[0]}/")


def test_a_message_says_that_there_is_one_and_not_what(school: School, enter: Browse) -> None:
    sent(
        enter("class_teacher"), "/messages/write/", to=f"child:{school.group}:{school.pupils[0]}", subject="Hemligt",
        text="Ord",
    )  # fmt: skip
    entry = Entry.objects.latest("id")
    ((ref, child),) = things(entry.kind, entry.refs) or ()
    assert child == school.pupils[0]
    (thing,) = standing([(Part.MESSAGES.value, ref, child)])[ref, child]
    assert (thing.subject, thing.value) == ("", "")


def test_an_entry_tells_those_whom_it_means_alone() -> None:
    one, other = uuid4(), uuid4()
    assert tells({}, child=one, reader=other)
    assert tells({"only": "self"}, child=one, reader=one)
    assert not tells({"only": "self"}, child=one, reader=other)
    assert not tells({"only": str(one)}, child=one, reader=other)
    assert not tells({"without": [str(other)]}, child=one, reader=other)


def test_one_of_the_staff_chooses_how_to_be_told_and_families_do_not(school: School, enter: Browse) -> None:
    teacher = enter("teacher")
    assert "/messages/telling/" in shown(teacher, "/messages/")
    page = shown(teacher, "/messages/telling/")
    assert "checked" in page.split('value="daily"')[1].split(">")[0]
    sent(teacher, "/messages/telling/", pace="now")
    assert "checked" in shown(teacher, "/messages/telling/").split('value="now"')[1].split(">")[0]
    assert teacher.post("/messages/telling/", {"pace": "hourly"}).status_code == 422
    shown(enter("guardian"), "/messages/telling/", 403)


def test_the_pages_of_a_pupil_a_lesson_and_a_class_lead_to_the_form_with_the_guardians_chosen(
    school: School, enter: Browse
) -> None:
    teacher, child = enter("class_teacher"), school.pupils[0]
    one = f"/messages/write/?group={school.group}"
    other = f"{one}&amp;pupil={child}"
    assert other in shown(teacher, reverse("diary:pupil", args=[school.group, child]))
    assert one in shown(teacher, reverse("diary:classes"))
    assert one in shown(teacher, reverse("diary:lesson", args=[school.slots[-1], "2026-03-11"]))
    assert f'value="child:{school.group}:{child}" selected' in shown(teacher, other.replace("&amp;", "&"))
    assert f'value="guardians:{school.group}" selected' in shown(teacher, one)
    assert "selected" not in shown(enter("stranger"), one).split('name="to"')[1].split("</select>")[0]


@pytest.fixture
def head(school: School) -> Client:
    """An administrator of the body responsible."""
    new = NewPerson(given="Huvudman", family="Påhittad", birth_date=date(1970, 1, 1))
    (one,) = people.register_persons(by=operator(), path=school.authority_path, persons=[new], now=NOW)
    post = NewPost(one, school.authority, Role.ADMINISTRATOR, date(2025, 7, 1))
    schools.add_posts(by=operator(), posts=[post], now=NOW)
    return browse(one, f"administrator@{school.authority_path}")


def test_an_administrator_of_the_body_chooses_a_school_and_writes_to_its_families_and_staff(
    school: School, enter: Browse, head: Client
) -> None:
    assert f"?school={school.school}" in shown(head, "/messages/write/")
    form = shown(head, f"/messages/write/?school={school.school}")
    assert f'name="school" value="{school.school}"' in form
    at = sent(
        head, "/messages/write/", school=str(school.school), to=f"guardians:{school.group}", subject="Från kommunen",
        text="Hej",
    )  # fmt: skip
    mother = enter("guardian")
    sent(mother, f"{at}answer/", text="Ett svar")
    assert "Ett svar" in shown(head, at)
    to = f"person:{school.persons['teacher']}"
    at = sent(head, "/messages/write/", school=str(school.school), to=to, subject="Till en lärare", text="Hej")
    assert "Till en lärare" in shown(enter("teacher"), at)
    shown(enter("class_teacher"), at, 404)


def test_the_body_reaches_no_school_of_another_and_reads_no_conversation_of_others(
    school: School, enter: Browse, head: Client
) -> None:
    foreign = diary_schools.build("bg.school")
    shown(head, f"/messages/write/?school={foreign.school}", 404)
    at = sent(enter("class_teacher"), "/messages/write/", to=f"guardians:{school.group}", subject="Ett", text="Hej")
    shown(head, at, 404)
    shown(head, "/messages/away/", 404)
    assert "/messages/away/" not in shown(head, "/messages/")
    sent(head, "/messages/telling/", pace="off")


def test_what_the_body_planned_goes_out(school: School, enter: Browse, head: Client) -> None:
    at = sent(
        head, "/messages/write/", school=str(school.school), to="guardians", subject="Senare", text="Hej",
        due_at="2026-03-20T09:00",
    )  # fmt: skip
    later = NOW + timedelta(days=10)
    (due,) = [one.id for one in Conversation.objects.all()]
    step = step_actor("test", "conversations.planned.send")
    assert conversations.send_planned(by=step, conversation=due, now=later)
    with time_machine.travel(later + timedelta(hours=1), tick=True):
        assert "Senare" in shown(enter("guardian"), at)


def test_the_same_words_go_out_twice_only_when_one_says_so(school: School, enter: Browse) -> None:
    teacher, mother = enter("class_teacher"), enter("guardian")
    letter = {"to": f"guardians:{school.group}", "subject": "Utflykt", "text": "Ta med matsäck."}
    asked = {"child": str(school.pupils[0]), "to": "desk:class_teacher", "subject": "Fråga", "text": "Hej!"}
    for browser, fields in ((teacher, letter), (mother, asked)):
        assert browser.post("/messages/write/", fields).status_code == 303
        again = browser.post("/messages/write/", fields)
        assert again.status_code == 422
        page = again.content.decode()
        assert "You sent the same message at" in page
        assert 'name="again"' in page
        assert browser.post("/messages/write/", fields | {"text": "Något annat."}).status_code == 303
        assert browser.post("/messages/write/", fields | {"again": "1"}).status_code == 303
    assert Conversation.objects.count() == 6


def test_a_long_list_is_read_page_by_page(school: School, enter: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PER_PAGE", 5)
    teacher, mother = enter("class_teacher"), enter("guardian")
    by = school.actor("class_teacher")
    ids = []
    for n in range(12):
        new = NewConversation(school.school, Circle.GUARDIANS, f"Brev {n:02}", "Ta med matsäck.", "sv", school.group)
        ids.append(conversations.start(by=by, new=new, now=NOW - timedelta(hours=20 - n)))
    shown(mother, f"/messages/{ids[11]}/")  # the newest is read
    asked: list[int] = []
    read = queries._posts

    def counted(some: Collection[UUID]) -> dict[UUID, list[Post]]:
        asked.append(len(some))
        return read(some)

    monkeypatch.setattr(queries, "_posts", counted)

    def subjects(browser: Client, address: str) -> list[str]:
        found: list[str] = re.findall(r"Brev \d\d", shown(browser, address))
        return list(dict.fromkeys(found))

    assert subjects(teacher, "/messages/") == [f"Brev {n:02}" for n in (11, 10, 9, 8, 7)]
    assert max(asked) <= 12
    assert asked[-1] == 5
    assert subjects(teacher, "/messages/?page=3") == ["Brev 01", "Brev 00"]
    assert subjects(teacher, "/messages/?page=99") == ["Brev 01", "Brev 00"]
    assert subjects(teacher, "/messages/?page=x") == [f"Brev {n:02}" for n in (11, 10, 9, 8, 7)]
    assert subjects(mother, "/messages/?show=unread&page=1")[0] == "Brev 10"
    assert len(subjects(mother, "/messages/?show=unread&page=3")) == 1
    assert subjects(teacher, "/messages/?show=closed") == []
    assert len(subjects(teacher, "/messages/?q=matsäck")) == 12
