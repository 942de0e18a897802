"""Correcting a signed result in the browser: rectification and re-examination (HF 6:23, 6:24)."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

import pytest
from django.urls import reverse

from testamur.schoolday.reporting.models import ListRow
from testamur.schoolday.reporting.queries import lists
from testamur.schoolday.reporting.rules.states import ListKind
from tests.schoolday.reporting.signing import Desk
from tests.schoolday.reporting.university import University
from tests.surfaces.web.results.conftest import log_in, text

pytestmark = pytest.mark.django_db
SLIP = {"grounds": ["slip"], "explanation": "Two scripts were mixed up.", "value": "C"}


@pytest.mark.feature("B35")
def test_a_lowered_grade_is_rectified_only_after_a_hearing_and_as_a_list_of_its_own(sealing: University) -> None:
    u, desk = sealing, Desk(sealing)
    made = desk.signed({u.students[0]: "B", u.students[1]: "E"})
    rows = {row.person: row for row in desk.view(made).rows}
    decision = rows[u.students[0]].decision
    assert decision is not None
    examiner, address = log_in(u, "examiner"), reverse("results:correct", args=[decision])
    assert reverse("results:corrections", args=[made]) in text(examiner.get(reverse("results:list", args=[made])))
    assert address in text(examiner.get(reverse("results:corrections", args=[made])))
    choose = text(examiner.get(address))
    assert "?reason=rectification" in choose
    assert "högskoleförordningen (1993:100) 6 kap. 24 §" in choose
    wrong = {
        "Let the student speak": SLIP,
        "Every ground of the law": {**SLIP, "grounds": [], "heard": "on"},
        "it stands in the list": {**SLIP, "explanation": " ", "heard": "on"},
        "Select a valid choice": {**SLIP, "value": "B", "heard": "on"},
    }
    for words, form in wrong.items():
        answer = examiner.post(f"{address}?reason=rectification", form)
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, words
        assert words in text(answer)
    again = text(examiner.post(f"{address}?reason=re-examination", {
        "value": "C", "explanation": "Why.", "grounds": ["obviously_wrong", "quick_and_simple"],
    }))  # fmt: skip
    assert "A re-examination never lowers a grade" in again
    answer = examiner.post(f"{address}?reason=rectification", {**SLIP, "heard": "on"})
    opened = UUID(answer["Location"].rstrip("/").rpartition("/")[2])
    head = lists.head(by=u.by, list=opened)
    assert (head.kind, head.reason) == (ListKind.CORRECTION, "rectification")
    row = ListRow.objects.get(list=opened)
    assert (row.value, row.corrects, row.person) == ("C", decision, u.students[0])
    assert row.amendment is not None
    assert row.amendment["heard"] == ["pupil"]
    assert "is open already" in text(examiner.post(f"{address}?reason=rectification", {**SLIP, "heard": "on"}))
    for who in ("teacher", "administrator", "economy_examiner"):
        assert log_in(u, who).get(address).status_code == HTTPStatus.FORBIDDEN
