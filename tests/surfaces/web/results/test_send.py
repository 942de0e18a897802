"""A draft goes to its examiner, and may be taken back."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

import pytest
from django.urls import reverse

from testamur.schoolday.reporting.queries import lists
from testamur.schoolday.reporting.rules.states import ListState
from tests.schoolday.reporting.university import University
from tests.surfaces.web.results.conftest import Enter, grade, module_list, send, text

pytestmark = pytest.mark.django_db


def ready(u: University) -> UUID:
    """A list that nothing stops."""
    made = module_list(u, exam=u.exams["DV1574"])
    grade(u, made)
    return made


def form(u: University, made: UUID, examiner: str = "examiner") -> dict[str, object]:
    """What the button sends."""
    return {"examiner": str(u.persons[examiner]), "revision": lists.head(by=u.by, list=made).revision}


def state(u: University, made: UUID) -> ListState:
    return lists.head(by=u.by, list=made).state


@pytest.mark.feature("B34", "B44")
def test_who_is_not_the_examiner_saves_and_sends(university: University, enter: Enter) -> None:
    made, teacher = ready(university), enter("teacher")
    page = text(teacher.get(reverse("results:list", args=[made])))
    assert "Save and send to the examiner" in page
    assert university.names["examiner"] in page
    assert "Review and sign" not in page
    answer = teacher.post(reverse("results:send", args=[made]), form(university, made), follow=True)
    assert "The list was sent" in text(answer)
    assert state(university, made) is ListState.SENT
    assert "Take it back" in text(answer)


def test_what_stops_a_list_is_said_and_nothing_is_sent(university: University, enter: Enter) -> None:
    made = module_list(university, exam=university.exams["DV1574"])
    answer = enter("teacher").post(reverse("results:send", args=[made]), form(university, made))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "The list was not sent" in text(answer)
    assert state(university, made) is ListState.DRAFT


@pytest.mark.parametrize("sent", [{}, {"examiner": "x"}, {"examiner": "", "revision": "y"}])
def test_without_an_examiner_nothing_is_sent(sent: dict[str, str], university: University, enter: Enter) -> None:
    made = ready(university)
    answer = enter("teacher").post(reverse("results:send", args=[made]), sent)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert state(university, made) is ListState.DRAFT


def test_an_examiner_of_another_course_is_no_examiner(university: University, enter: Enter) -> None:
    made = ready(university)
    answer = enter("teacher").post(reverse("results:send", args=[made]), form(university, made, "other_examiner"))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert state(university, made) is ListState.DRAFT


def test_a_list_that_changed_meanwhile_is_not_sent_unseen(university: University, enter: Enter) -> None:
    made = ready(university)
    seen = form(university, made)
    grade(university, made, "colleague", value="C")
    answer = enter("teacher").post(reverse("results:send", args=[made]), seen)
    assert "Somebody changed the list since you looked at it" in text(answer)
    assert state(university, made) is ListState.DRAFT


@pytest.mark.feature("B44")
def test_a_sent_list_is_taken_back_by_its_sender_alone(university: University, enter: Enter) -> None:
    made = ready(university)
    send(university, made)
    other = enter("colleague").post(reverse("results:recall", args=[made]))
    assert other.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    answer = enter("teacher").post(reverse("results:recall", args=[made]), follow=True)
    assert "The list is a draft again" in text(answer)
    assert state(university, made) is ListState.DRAFT


def test_the_history_tells_every_step_with_the_grades_that_were_written(university: University, enter: Enter) -> None:
    made = ready(university)
    send(university, made)
    page = text(enter("colleague").get(reverse("results:history", args=[made])))
    for words in ("The list was opened.", "The draft was saved.", "The list was sent to the examiner."):
        assert words in page
    assert ": B 2026-10-28" in page
    assert lists.head(by=university.by, list=made).sent_sha256 in page
    assert "reporting.list" not in page
