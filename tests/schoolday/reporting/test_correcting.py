"""Corrections: as new signed decisions, and what becomes of certificates."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from testamur.kernel.base.refused import NotAllowed, Refused
from testamur.schoolday.reporting import actions
from testamur.schoolday.reporting.actions.correcting import CorrectedAlready, CorrectionUnderWay, NoSuchReason
from testamur.schoolday.reporting.models import ListRow, ResultList
from testamur.schoolday.reporting.queries import corrections, own
from testamur.schoolday.reporting.rules.documents import FormerNotPublished
from testamur.schoolday.reporting.rules.states import ListKind, ListState
from testamur.schoolday.reporting.rules.views import Entry
from testamur.schoolday.results import queries as decided
from testamur.trust.records import queries as kept
from testamur.trust.records.rules import State
from tests.schoolday.reporting.signing import Desk
from tests.schoolday.reporting.university import University

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(sealing_university: University) -> Desk:
    return Desk(sealing_university)


def correct(desk: Desk, decision: UUID, value: str = "A", who: str = "examiner", **more: Any) -> UUID:
    """A slip of the pen."""
    told: dict[str, Any] = {
        "reason": "rectification", "explanation": "Skrivfel i listan.", "grounds": ["slip"], "heard": ["pupil"],
    }  # fmt: skip
    return actions.open_correction(
        by=desk.u.actor(who), decision=decision, value=value, now=desk.now(), **{**told, **more}
    )


def decision_of(one: UUID) -> UUID:
    found = ListRow.objects.get(list=one).decision
    assert found is not None
    return found


def certificate_of(one: UUID) -> UUID:
    found = ListRow.objects.get(list=one).certificate
    assert found is not None
    return found


def test_a_rectification_is_a_signed_list_whose_certificate_takes_the_place_of_the_former(desk: Desk):
    student = desk.u.students[0]
    first = desk.signed({student: "C"})
    one = correct(desk, decision_of(first), "a")
    assert desk.head(one).kind is ListKind.CORRECTION
    desk.send(one, who="examiner")
    desk.finish(one)
    standing = decided.results_of(path=desk.u.path, codes=["DV1574/1405"], pupils=[student])[student]
    assert [(result.value, result.reason, result.replaces) for result in standing] == [
        ("A", "rectification", decision_of(first))
    ]
    former, new = kept.by_ids(by=desk.u.by, records=[certificate_of(first), certificate_of(one)])
    assert (former.state, new.state) == (State.RECTIFIED, State.PUBLISHED)
    assert (new.replaces, new.version, new.period) == (former.id, 2, former.period)
    snapshot = kept.frozen(records=desk.documents(one)[:1])[desk.documents(one)[0]]
    row = snapshot["content"]["rows"][0]
    assert (row["before"], row["grade"], row["explanation"]) == ("C", "A", "Skrivfel i listan.")
    told = decided.one(decision_of(one))
    assert told is not None
    assert (told.role, told.explanation) == ("examiner", "Skrivfel i listan.")


def test_a_re_examination_never_lowers_and_supersedes(desk: Desk):
    first = desk.signed({desk.u.students[0]: "C"})
    grounds: dict[str, Any] = {"reason": "re-examination", "grounds": ["obviously_wrong", "quick_and_simple"]}
    with pytest.raises(Refused) as refusal:
        correct(desk, decision_of(first), "D", **grounds)
    assert refusal.value.code == "se.university.correction.lower"
    one = correct(desk, decision_of(first), "B", **grounds)
    desk.send(one, who="examiner")
    desk.finish(one)
    assert kept.by_ids(by=desk.u.by, records=[certificate_of(first)])[0].state is State.SUPERSEDED


def test_a_correction_that_takes_the_pass_away_declares_the_certificate_void(desk: Desk):
    first = desk.signed({desk.u.students[0]: "E"})
    with pytest.raises(Refused) as refusal:
        correct(desk, decision_of(first), "F", heard=[])
    assert refusal.value.code == "se.university.correction.not_heard"
    one = correct(desk, decision_of(first), "F")
    desk.send(one, who="examiner")
    desk.finish(one)
    assert ListRow.objects.get(list=one).certificate is None
    assert kept.by_ids(by=desk.u.by, records=[certificate_of(first)])[0].state is State.ANNULLED


def test_a_correction_waits_for_the_certificate_that_it_replaces(desk: Desk):
    first = desk.sent({desk.u.students[0]: "C"})
    desk.prepare(first)
    desk.sign(desk.documents(first))
    desk.settle()
    one = correct(desk, decision_of(first))
    desk.send(one, who="examiner")
    with pytest.raises(FormerNotPublished):
        desk.prepare(one)
    assert ResultList.objects.get(id=one).trouble == FormerNotPublished.code
    desk.issue()
    assert desk.prepare(one) == 2
    assert ResultList.objects.get(id=one).trouble is None


def test_one_decision_is_corrected_once_at_a_time_and_never_twice(desk: Desk):
    first = desk.signed({desk.u.students[0]: "C"})
    one = correct(desk, decision_of(first))
    with pytest.raises(CorrectionUnderWay):
        correct(desk, decision_of(first), "B")
    desk.send(one, who="examiner")
    desk.finish(one)
    with pytest.raises(CorrectedAlready):
        correct(desk, decision_of(first), "B")
    again = correct(desk, decision_of(one), "B")
    desk.send(again, who="examiner")
    desk.finish(again)
    assert [row.version for row in kept.by_ids(by=desk.u.by, records=[certificate_of(again)])] == [3]


def test_only_who_may_correct_opens_a_correction_and_only_as_the_law_knows(desk: Desk):
    first = desk.signed({desk.u.students[0]: "C"})
    with pytest.raises(NotAllowed):
        correct(desk, decision_of(first), who="teacher")
    with pytest.raises(NoSuchReason):
        correct(desk, decision_of(first), reason="change")
    with pytest.raises(Refused) as refusal:
        correct(desk, decision_of(first), grounds=[])
    assert refusal.value.code == "se.university.correction.ground_missing"
    assert ResultList.objects.filter(kind=ListKind.CORRECTION).count() == 0


def test_who_corrects_a_module_is_told_that_the_final_grade_stands(desk: Desk):
    u = desk.u
    student = u.persons["ready"]
    whole = desk.open("DV1574", "")
    desk.fill(whole, {}, who="examiner")
    keep = {row.id for row in desk.view(whole).rows if row.person != student}

    leaving = [Entry(row, leaves=True) for row in keep]
    actions.save_rows(
        by=u.actor("examiner"), list=whole, entries=leaving, revision=desk.head(whole).revision, now=desk.now()
    )
    desk.send(whole, who="examiner")
    desk.finish(whole)
    module = decided.results_of(path=u.path, codes=["DV1574/1405"], pupils=[student])[student][0]
    one = correct(desk, module.id, "A")
    remarks = corrections.remarks(by=u.by, list=one)
    assert [(check.code, dict(check.found)["value"]) for check in remarks] == [("course_grade_stands", "B")]
    desk.send(one, who="examiner")  # a warning, no obstacle
    assert desk.head(one).state is ListState.SENT


def test_the_student_sees_both_the_former_and_the_new_result(desk: Desk):
    student = desk.u.students[0]
    first = desk.signed({student: "C"})
    one = correct(desk, decision_of(first))
    desk.send(one, who="examiner")
    desk.finish(one)
    seen = [result for result in own.results(by=desk.u.by, person=student) if result.module_code == "1405"]
    assert [(result.value, result.replaced) for result in seen if result.course_code == "DV1574"] == [
        ("A", False),
        ("C", True),
    ]
