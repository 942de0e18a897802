"""Subscriptions to “final grade can be set”, in the browser."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.urls import reverse

from testamur.schoolday.reporting.models import Subscription
from tests.schoolday.reporting.university import University
from tests.surfaces.web.results.conftest import Enter, text

pytestmark = pytest.mark.django_db
PAGE = "results:subscriptions"


@pytest.mark.feature("B14", "B15")
def test_a_teacher_follows_a_course_sees_how_many_others_do_and_ends_it(university: University, enter: Enter) -> None:
    u, form = university, {"course_code": " dv1574 ", "ends": "2027-06-30", "how": "at_once"}
    for who in ("colleague", "examiner"):
        enter(who).post(reverse(PAGE), form)
    teacher = enter("teacher")
    page = text(teacher.post(reverse(PAGE), form, follow=True))
    assert "DV1574" in page
    assert "at once" in page
    assert 'data-label="Others who follow it"><span>2</span>' in page
    assert not any(u.names[who] in page for who in ("colleague", "examiner"))
    again = teacher.post(reverse(PAGE), form)
    assert again.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    mine = Subscription.objects.get(person=u.persons["teacher"])
    assert enter("colleague").post(reverse("results:unsubscribe", args=[mine.id])).status_code == HTTPStatus.NOT_FOUND
    page = text(teacher.post(reverse("results:unsubscribe", args=[mine.id]), follow=True))
    assert "You follow no course" in page
    mine.refresh_from_db()
    assert mine.ended_at is not None


@pytest.mark.feature("B16")
def test_the_last_day_lies_at_most_three_years_ahead(university: University, enter: Enter) -> None:
    teacher = enter("teacher")
    assert 'max="2029-11-30"' in text(teacher.get(reverse(PAGE)))
    for day, status in (("2029-12-01", 422), ("2026-11-29", 422), ("nonsense", 422), ("2029-11-30", 302)):
        answer = teacher.post(reverse(PAGE), {"course_code": "DV1574", "ends": day, "how": "daily"})
        assert answer.status_code == status, day


def test_an_unknown_course_is_told_at_its_field(university: University, enter: Enter) -> None:
    answer = enter("teacher").post(reverse(PAGE), {"course_code": "XX0000", "ends": "2027-01-01", "how": "daily"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "There is no course with that code here" in text(answer)
