"""Which way results are signed: a decision of the head, in the browser (rows B24, B45)."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.urls import reverse

from testamur.schoolday.reporting import steps, tasks
from testamur.schoolday.reporting.models import ProcessRule
from tests.schoolday.reporting.signing import URL, Desk
from tests.schoolday.reporting.university import University
from tests.surfaces.web.results.conftest import log_in, text
from tests.surfaces.web.results.office_desk import administrator

pytestmark = pytest.mark.django_db
PAGE, NEW = "results:process", "results:propose"
FORM = {"way": "paper", "grade_from": "2026-12-01", "reference": "2026/17"}


@pytest.mark.feature("B24", "B45")
def test_a_change_is_drawn_up_by_the_office_signed_by_the_rector_and_holds_from_its_day(sealing: University) -> None:
    u, desk = sealing, Desk(sealing)
    assert log_in(u, "university_administrator").post(reverse(NEW), FORM).status_code == HTTPStatus.FORBIDDEN
    office = administrator(u, "university_administrator")
    for wrong in ({"way": "pigeon"}, {"grade_from": "soon"}, {"reference": "x" * 81}):
        assert office.post(reverse(NEW), {**FORM, **wrong}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    page = text(office.post(reverse(NEW), FORM, follow=True))
    assert "Wait for the head's signature" in page
    assert "2026/17" in page
    assert office.post(reverse(NEW), FORM).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    rule = ProcessRule.objects.get()
    made = steps.Press(desk.press(), URL, True, desk.now)
    record = steps.prepare_process(by=tasks._step(u.persons["rector"]), rule=rule.id, made=made)
    assert str(record) in text(log_in(u, "rector").get(reverse("staff:home")))
    desk.sign([record], who="rector", role="principal", path=u.path)
    desk.issue()
    steps.put_in_force(by=tasks.FORCE_STEP, now=desk.now())
    page = text(log_in(u, "administrator").get(reverse(PAGE)))
    assert "Wait for the head's signature" not in page
    assert "The archive list is signed by hand" in page
    assert "Results that are examined today: <strong>The electronic signature alone is valid" in page
    assert u.names["rector"] in page
