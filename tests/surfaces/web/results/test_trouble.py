"""What got stuck, what was signed and not decided, and what a correction leaves standing: said on the list's page."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.urls import reverse

from testamur.schoolday.reporting import actions, tasks
from testamur.schoolday.reporting.models import ListRow
from testamur.schoolday.reporting.rules.documents import Elsewhere
from testamur.schoolday.reporting.rules.views import Entry
from testamur.schoolday.results import queries as decided
from testamur.surfaces.cli import demo_university as demo
from testamur.surfaces.cli.demo_university import Outcome
from tests.schoolday.reporting.signing import Desk
from tests.schoolday.reporting.university import EXAM, University
from tests.surfaces.web.results.conftest import log_in, text

pytestmark = pytest.mark.django_db


def page(u: University, one: UUID, who: str = "examiner") -> str:
    """The list's own page, in one line."""
    return " ".join(text(log_in(u, who).get(reverse("results:list", args=[one]))).split())


@pytest.mark.feature("B20")
def test_a_list_that_got_stuck_and_a_row_that_was_not_decided_say_why(sealing: University) -> None:
    u, desk = sealing, Desk(sealing)
    one = desk.sent({u.students[0]: "C", u.students[1]: "B"})
    actions.documents.note_trouble(
        by=tasks.SETTLE_STEP, list=one, refusal=Elsewhere("Another list waits.", field="list"), now=desk.now()
    )
    assert "The list got stuck: Another list with the same student" in page(u, one)
    desk.prepare(one)
    assert "got stuck" not in page(u, one)
    other = Outcome(u.students[0], "DV1574", "1405", "A", EXAM)
    demo.decided(u.by, u.campus, [other], unit="data", examiner="examiner", now=u.now)
    desk.sign(desk.documents(one))
    assert desk.settle() == (one,)
    found = page(u, one)
    assert "1 result was signed, but not decided" in found
    assert "Signed, but not decided: Another list decided a result of the same student" in found


def test_who_corrects_a_module_reads_that_the_final_grade_stands(sealing: University) -> None:
    u, desk = sealing, Desk(sealing)
    student = u.persons["ready"]
    whole = desk.open("DV1574", "")
    desk.fill(whole, {}, who="examiner")
    leaving = [Entry(row.id, leaves=True) for row in desk.view(whole).rows if row.person != student]
    actions.save_rows(
        by=u.actor("examiner"), list=whole, entries=leaving, revision=desk.head(whole).revision, now=desk.now()
    )
    desk.send(whole, who="examiner")
    desk.finish(whole)
    module = decided.results_of(path=u.path, codes=["DV1574/1405"], pupils=[student])[student][0]
    form = {"grounds": ["slip"], "explanation": "Two scripts were mixed up.", "value": "A", "heard": "on"}
    address = reverse("results:correct", args=[module.id])
    answer = log_in(u, "examiner").post(f"{address}?reason=rectification", form)
    opened = ListRow.objects.get(corrects=module.id).list_id
    assert str(opened) in answer["Location"]
    assert "Has the final grade B of DV1574, which this correction does not change." in page(u, opened)
