"""A student's own results in the browser (row B37)."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.urls import reverse

from testamur.schoolday.reporting import actions
from testamur.schoolday.reporting.models import ListRow
from tests.schoolday.reporting.signing import Desk
from tests.schoolday.reporting.university import TODAY, University
from tests.surfaces.web.results.conftest import log_in, text

pytestmark = pytest.mark.django_db
PAGE = "family:results"


@pytest.mark.feature("B3", "B37")
def test_a_student_finds_grades_with_certificates_and_what_a_correction_replaced_in_both_languages(
    sealing: University,
) -> None:
    u, desk = sealing, Desk(sealing)
    made = desk.signed({u.persons["late"]: "B"}, on="2026-11-20")
    row = ListRow.objects.get(list=made)
    assert row.decision is not None
    with time_machine.travel(TODAY + timedelta(hours=1), tick=True):
        browser = log_in(u, "late", hat="self")
        assert reverse(PAGE) in text(browser.get(reverse("family:home")))
        page = text(browser.get(reverse(PAGE)))
        assert "Database Technology" in page
        assert "1405" in page
        assert ">B<" in page
        assert "2026-11-20" in page
        assert "Replaced by a correction" not in page
        assert row.certificate is not None
        original = reverse("family:original", args=[row.certificate])
        assert original in page
        assert browser.get(original)["Content-Type"] == "application/pdf"
        assert reverse("family:badge", args=[row.certificate]) not in page  # a badge is for the whole course
        swedish = text(browser.get(reverse(PAGE), headers={"Accept-Language": "sv"}))
        assert "Databasteknik" in swedish
        again = actions.open_correction(
            by=u.actor("examiner"), decision=row.decision, reason="rectification", value="A",
            explanation="A page was overlooked.", grounds=["slip"], now=desk.now(),
        )  # fmt: skip
        desk.send(again, who="examiner")
        desk.finish(again)
        page = text(browser.get(reverse(PAGE)))
        assert ">A<" in page
        assert "<s>B</s>" in page
        assert "Replaced by a correction" in page


def test_nobody_sees_anothers_results_and_staff_have_none(university: University) -> None:
    u = university
    page = text(log_in(u, "ready", hat="self").get(reverse(PAGE)))
    assert "DV1574" in page
    assert "No results yet" in text(log_in(u, "author", hat="self").get(reverse(PAGE)))
    assert log_in(u, "examiner").get(reverse(PAGE)).status_code == HTTPStatus.FORBIDDEN
    assert "My results at the university" not in text(log_in(u, "rector", hat="self").get(reverse("family:home")))
