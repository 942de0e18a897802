"""What is planned, who is away, news of a class, and who is told that there is a message."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse

from testamur.exchange.notifications.rules.families import tells, things
from testamur.exchange.notifications.steps.standing import standing
from testamur.kernel.journal.models import Entry
from testamur.schoolday.diary.rules.states import Part
from tests.schoolday.diary.school import School
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
