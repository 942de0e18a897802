"""The chain of help: a question goes from the teacher to the office and the body, and its answer comes back."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from testamur.schoolday.support.models import Question
from testamur.surfaces.web import urls as web
from testamur.surfaces.web.support import guide
from tests.surfaces.web.family.diaries import Families
from tests.surfaces.web.support.conftest import Enter

pytestmark = pytest.mark.django_db


def _ask(browser: Client, families: Families, title: str = "How do I see the marks?") -> Question:
    told = {"child": str(families.bg.pupils[0]), "title": title, "text": "I find them nowhere."}
    answer = browser.post(reverse("support:ask"), told)
    assert answer.status_code == 303, answer.content.decode()
    return Question.objects.get(title=title)


def _act(browser: Client, question: Question, what: str, text: str = "") -> int:
    return browser.post(reverse("support:act", args=[question.id]), {"act": what, "text": text}).status_code


def _read(browser: Client, question: Question) -> str:
    return browser.get(reverse("support:question", args=[question.id])).content.decode()


@pytest.mark.feature("C25", "C2")
def test_a_question_goes_up_the_chain_and_its_answer_comes_back_through_the_teacher(
    families: Families, enter: Enter, body: Client
) -> None:
    guardian, teacher, office = enter("guardian"), enter("class_teacher"), enter("administrator")
    question = _ask(guardian, families)
    assert question.teacher == families.bg.persons["class_teacher"]
    assert "How do I see the marks?" in teacher.get(reverse("support:home")).content.decode()
    assert _act(teacher, question, "hand_on", "Can you help?") == 303
    assert "How do I see the marks?" in office.get(reverse("support:home")).content.decode()
    assert _act(office, question, "note", "Asked last week too") == 303
    assert _act(office, question, "hand_on") == 303
    assert "How do I see the marks?" in body.get(reverse("support:home")).content.decode()
    assert _act(body, question, "reply", "Open the page Marks.") == 303
    assert _act(office, question, "reply", "They are under Marks.") == 303
    page = _read(teacher, question)
    assert "Send to whoever asked" in page
    assert "They are under Marks." in page
    assert _act(teacher, question, "answer", "You find them under Marks.") == 303
    told = _read(guardian, question)
    assert "You find them under Marks." in told
    for inner in ("Can you help?", "Asked last week too", "Open the page Marks.", "They are under Marks."):
        assert inner not in told
    question.refresh_from_db()
    assert (question.state, question.way) == ("answered", ["teacher"])


@pytest.mark.feature("C25")
def test_whoever_asked_can_ask_further_and_it_waits_for_the_teacher_again(families: Families, enter: Enter) -> None:
    guardian, teacher = enter("guardian"), enter("class_teacher")
    question = _ask(guardian, families)
    assert _act(teacher, question, "answer", "Look there.") == 303
    assert _act(guardian, question, "more", "Where is there?") == 303
    question.refresh_from_db()
    assert question.state == "open"
    assert "Where is there?" in _read(teacher, question)


@pytest.mark.feature("C25")
def test_a_question_is_there_for_nobody_outside_its_way(families: Families, enter: Enter, body: Client) -> None:
    question = _ask(enter("guardian"), families)
    address = reverse("support:question", args=[question.id])
    for browser in (enter("other_guardian"), enter("far_guardian"), body):
        assert browser.get(address).status_code == 404
        assert _act(browser, question, "answer", "x") == 404
    assert enter("stranger", f"teacher@{families.bg.path}").get(address).status_code == 404


@pytest.mark.feature("C25")
def test_the_office_answers_where_the_teacher_does_not(families: Families, enter: Enter) -> None:
    guardian, office = enter("guardian"), enter("administrator")
    question = _ask(guardian, families)
    assert _act(office, question, "answer", "The teacher is ill.") == 303
    assert "The teacher is ill." in _read(guardian, question)
    assert _act(enter("class_teacher"), question, "answer", "And again") == 422  # it is answered already


@pytest.mark.feature("C25")
def test_a_teacher_asks_the_office_and_the_office_the_body(families: Families, enter: Enter, body: Client) -> None:
    teacher, office = enter("class_teacher"), enter("administrator")
    assert teacher.post(reverse("support:ask"), {"title": "A laptop", "text": "It is broken."}).status_code == 303
    first = Question.objects.get(title="A laptop")
    assert (first.level, first.child) == ("office", None)
    assert office.post(reverse("support:ask"), {"title": "A licence", "text": "It ends."}).status_code == 303
    second = Question.objects.get(title="A licence")
    assert (second.level, second.at_path) == ("body", families.bg.authority_path)
    assert _act(office, first, "answer", "A new one comes.") == 303
    assert "A new one comes." in _read(teacher, first)
    assert _act(body, second, "answer", "It is renewed.") == 303
    assert "It is renewed." in _read(office, second)


@pytest.mark.feature("C25")
def test_nothing_is_asked_about_somebody_elses_child(families: Families, enter: Enter) -> None:
    told = {"child": str(families.bg.pupils[0]), "title": "Who", "text": "is it?"}
    assert enter("far_guardian").post(reverse("support:ask"), told).status_code == 422
    assert not Question.objects.exists()


WITHOUT = {"app", "lti", "public", "shared", "shell"}
"""Parts without work of anybody's: what machines fetch, what strangers read, the switch of languages."""


@pytest.mark.feature("C25")
def test_every_page_has_a_way_to_help_about_it(families: Families, enter: Enter) -> None:
    page = enter("guardian").get(reverse("family:home")).content.decode()
    address = reverse("support:page_help") + "?of=family"
    assert address in page
    told = Client().get(address).content.decode()
    assert "Your children&#x27;s pages" in told or "Your children’s pages" in told


@pytest.mark.feature("C25")
def test_every_part_of_the_web_that_has_work_in_it_has_help_of_its_own() -> None:
    parts = {str(one.app_name) for one in web.urlpatterns}
    assert len(parts) > 20
    assert parts - set(guide.SECTIONS) == WITHOUT
