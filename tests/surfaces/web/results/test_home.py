"""Home of those who report: what needs them, any list by its number, news and the state of the service."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.schoolday.noticeboard import actions as board
from testamur.schoolday.noticeboard.rules import Audience, NewsText, Service
from testamur.schoolday.reporting import actions
from testamur.schoolday.reporting.queries import lists
from tests.schoolday.reporting.university import University
from tests.surfaces.web.results.conftest import Enter, grade, log_in, module_list, send, text

pytestmark = pytest.mark.django_db
HOME = "results:home"


@pytest.mark.feature("B46")
def test_who_reports_comes_from_the_start_page_to_the_lists(university: University, enter: Enter) -> None:
    teacher = enter("teacher")
    start = teacher.get(reverse("public:home"), follow=True)
    assert f'href="{reverse(HOME)}"' in text(start)
    page = teacher.get(reverse(HOME))
    assert page.status_code == HTTPStatus.OK
    assert reverse("results:new") in text(page)


@pytest.mark.feature("B30")
def test_a_number_opens_ones_own_list_and_a_colleagues(university: University, enter: Enter) -> None:
    made = module_list(university)
    number = lists.head(by=university.actor("teacher"), list=made).number
    for who in ("teacher", "colleague", "examiner"):
        answer = enter(who).get(reverse("results:open"), {"number": f" {number} "})
        assert answer.status_code == HTTPStatus.FOUND
        assert answer["Location"] == reverse("results:list", args=[made])


@pytest.mark.feature("B30")
@pytest.mark.parametrize("typed", ["", "twelve", "99999", "1" * 40, "٣", "-1"])
def test_a_number_of_no_list_is_told_in_its_field(typed: str, university: University, enter: Enter) -> None:
    answer = enter("teacher").get(reverse("results:open"), {"number": typed})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'aria-invalid="true"' in text(answer)


def test_a_list_of_another_department_is_not_opened(university: University, enter: Enter) -> None:
    made = module_list(university)
    number = lists.head(by=university.actor("teacher"), list=made).number
    answer = enter("economy_teacher").get(reverse("results:open"), {"number": number})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "belongs to a department" in text(answer)
    assert enter("economy_teacher").get(reverse("results:list", args=[made])).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.feature("B34", "B44")
def test_what_waits_for_my_signature_stands_first_and_what_came_back_says_why(
    university: University, enter: Enter
) -> None:
    made = module_list(university, exam=university.exams["DV1574"])
    grade(university, made)
    send(university, made)
    examiner = text(enter("examiner").get(reverse(HOME)))
    assert "One list waits for your signature" in examiner
    assert reverse("results:review", args=[made]) in examiner
    assert "Sent, not signed yet" in text(enter("teacher").get(reverse(HOME)))
    actions.return_list(by=university.actor("examiner"), list=made, why="Points are missing.", now=clock.now())
    back = text(enter("teacher").get(reverse(HOME)))
    assert "Returned to you" in back
    assert "Points are missing." in back
    assert "waits for your signature" not in text(enter("examiner").get(reverse(HOME)))


def test_lists_of_a_course_are_found_by_its_code(university: University, enter: Enter) -> None:
    made, other = module_list(university), module_list(university, module="1415")
    page = text(enter("colleague").get(reverse(HOME), {"course": "dv1574/1405"}))
    assert reverse("results:list", args=[made]) in page
    assert reverse("results:list", args=[other]) not in page
    assert "There is no list of that course" in text(enter("colleague").get(reverse(HOME), {"course": "XX0000"}))


@pytest.mark.feature("B1", "B3")
def test_news_stand_on_the_home_in_the_readers_language(university: University, enter: Enter) -> None:
    texts = {"en": NewsText("Reporting in a new way", "From today."), "sv": NewsText("Ny rapportering", "Från i dag.")}
    board.publish_news(by=university.by, path=university.path, audience=Audience.STAFF, texts=texts, now=clock.now())
    teacher = enter("teacher")
    assert "Reporting in a new way" in text(teacher.get(reverse(HOME), headers={"accept-language": "en"}))
    assert "Ny rapportering" in text(teacher.get(reverse(HOME), headers={"accept-language": "sv"}))


@pytest.mark.feature("B2", "B44")
def test_when_signing_is_down_the_home_says_that_drafts_and_sending_go_on(university: University, enter: Enter) -> None:
    board.announce_outage(
        by=university.by, path=university.path, service=Service.SIGNING, note="", now=clock.now(),
        until=clock.now() + timedelta(hours=1),
    )  # fmt: skip
    teacher = enter("teacher")
    assert "Drafts and sending to the examiner go on working" in text(teacher.get(reverse(HOME)))
    made = module_list(university, exam=university.exams["DV1574"])
    grade(university, made)
    revision = lists.head(by=university.actor("teacher"), list=made).revision
    form = {"examiner": str(university.persons["examiner"]), "revision": revision}
    assert teacher.post(reverse("results:send", args=[made]), form).status_code == HTTPStatus.FOUND
    assert lists.head(by=university.actor("teacher"), list=made).state == "sent"


def test_a_student_and_an_office_without_lists_are_turned_away(university: University, enter: Enter) -> None:
    assert log_in(university, "author", hat="self").get(reverse(HOME)).status_code == HTTPStatus.FORBIDDEN


def test_the_home_is_small(university: University, enter: Enter) -> None:
    for _ in range(20):
        module_list(university)
    assert len(enter("teacher").get(reverse(HOME)).content) <= 100_000
