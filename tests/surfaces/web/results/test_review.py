"""The examiner's page: what changed, return with a reason, sign with a ceremony over all documents of the list."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

import pytest
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.schoolday.reporting import steps, tasks
from testamur.schoolday.reporting.queries import lists
from testamur.schoolday.reporting.rules.states import ListState
from testamur.trust.signing import queries as ceremonies
from tests.schoolday.reporting.signing import Desk
from tests.schoolday.reporting.university import University
from tests.surfaces.web.results.conftest import Enter, grade, log_in, module_list, rows, send, text

pytestmark = pytest.mark.django_db


def sent(u: University) -> UUID:
    """A list that waits for its examiner."""
    made = module_list(u, exam=u.exams["DV1574"])
    grade(u, made)
    send(u, made)
    return made


@pytest.mark.feature("B35")
def test_the_examiner_sees_the_list_the_checks_and_that_documents_are_being_made(
    university: University, enter: Enter
) -> None:
    made, examiner = sent(university), enter("examiner")
    address = reverse("results:review", args=[made])
    page = text(examiner.get(address))
    assert university.names["teacher"] in page
    assert "students without a grade are no part of it" in page
    assert university.names["unregistered"].split()[-1] + "</th>" not in page or "Not registered" not in page
    assert "The documents are being made" in page
    assert 'name="method"' not in page
    part = text(examiner.get(address, headers={"HX-Request": "true", "HX-Target": "making"}))
    assert part.lstrip().startswith('<div id="making"')
    assert 'hx-trigger="every 2s"' in part


def test_nobody_else_reviews_signs_or_returns(university: University, enter: Enter) -> None:
    made = sent(university)
    for who in ("teacher", "other_examiner"):
        browser = enter(who)
        for name in ("review", "sign"):
            assert browser.get(reverse(f"results:{name}", args=[made])).status_code == HTTPStatus.NOT_FOUND
        for name in ("return", "sign"):
            answer = browser.post(reverse(f"results:{name}", args=[made]), {"why": "No.", "method": "simulated"})
            assert answer.status_code == HTTPStatus.NOT_FOUND
    assert lists.head(by=university.by, list=made).state is ListState.SENT


def test_a_list_goes_back_with_a_reason_and_shows_it_above_the_draft(university: University, enter: Enter) -> None:
    made, examiner = sent(university), enter("examiner")
    address = reverse("results:return", args=[made])
    empty = examiner.post(address, {"why": "  "})
    assert empty.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert lists.head(by=university.by, list=made).state is ListState.SENT
    answer = examiner.post(address, {"why": "The points of the first question are missing."}, follow=True)
    assert "The list went back with your reason" in text(answer)
    page = text(enter("teacher").get(reverse("results:list", args=[made])))
    assert "The points of the first question are missing." in page
    assert 'id="list-form"' in page


def test_what_changed_since_the_examiner_looked_is_shown_until_it_is_seen(university: University, enter: Enter) -> None:
    made, examiner = sent(university), enter("examiner")
    examiner.post(reverse("results:return", args=[made]), {"why": "Look at the first one."})
    grade(university, made, value="C")
    send(university, made)
    address = reverse("results:review", args=[made])
    page = text(examiner.get(address))
    assert "rows changed since you last looked" in page
    assert "B 2026-10-28" in page
    assert "C 2026-10-28" in page
    assert "rows changed" in text(examiner.get(address))
    page = text(examiner.post(reverse("results:seen", args=[made]), follow=True))
    assert "changed since you last looked" not in page


@pytest.mark.feature("B10", "B12", "B35", "B44")
def test_one_signature_over_the_list_and_its_certificates_decides_the_grades(sealing: University) -> None:
    u = sealing
    made, desk = sent(u), Desk(u)
    desk.prepare(made)
    examiner = log_in(u, "examiner")
    page = text(examiner.get(reverse("results:review", args=[made])))
    assert 'value="simulated"' in page
    assert "documents in one signature" in page
    assert lists.head(by=u.by, list=made).sent_sha256 in page
    address = reverse("results:sign", args=[made])
    assert examiner.post(address, {"method": "carrier pigeon"}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    answer = examiner.post(address, {"method": "simulated", "where": "here"})
    assert answer.status_code == HTTPStatus.SEE_OTHER
    ceremony = UUID(answer["Location"].rstrip("/").rpartition("/")[2])
    asked = ceremonies.ceremony(ceremony, by=u.by)
    assert asked.count == len(desk.documents(made))
    named = [line for line in asked.visible.splitlines() if line.startswith("• ")]
    assert named[0].startswith("• Resultatlista"), named  # the list stands before its certificates
    under_way = text(examiner.get(reverse("results:review", args=[made])))
    assert "A signature of this list is under way" in under_way
    examiner.get(reverse("staff:ceremony", args=[ceremony]))
    examiner.post(reverse("staff:answer", args=[ceremony]), {"answer": "sign"})
    steps.settle(by=tasks.SETTLE_STEP, now=clock.now())
    head = lists.head(by=u.by, list=made)
    assert head.state is ListState.SIGNED
    assert all(row.decision for row in rows(u, made).values() if row.value)
    page = text(examiner.get(reverse("results:list", args=[made])))
    assert "Signed" in page
    assert 'id="list-form"' not in page
    assert examiner.get(reverse("results:review", args=[made])).status_code == HTTPStatus.FOUND


def test_before_the_documents_are_made_nothing_is_signed(sealing: University) -> None:
    made = sent(sealing)
    answer = log_in(sealing, "examiner").post(reverse("results:sign", args=[made]), {"method": "simulated"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Nothing was signed" in text(answer)


@pytest.mark.feature("B34", "B44")
def test_an_examiner_who_grades_goes_from_the_draft_straight_to_the_review(
    university: University, enter: Enter
) -> None:
    made = module_list(university, "examiner", exam=university.exams["DV1574"])
    grade(university, made, "examiner")
    examiner = enter("examiner")
    page = text(examiner.get(reverse("results:list", args=[made])))
    assert "Review and sign" in page
    revision = lists.head(by=university.by, list=made).revision
    form = {"examiner": str(university.persons["examiner"]), "revision": revision}
    answer = examiner.post(reverse("results:send", args=[made]), form)
    assert answer["Location"] == reverse("results:review", args=[made])
