"""Decisions: first ones, and corrections as the law allows them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.kernel.journal.models import Entry
from testamur.schoolday.results.actions import AlreadyDecided, NoSuchPost, NotACorrection, correct_decision
from testamur.schoolday.results.models import Decision
from testamur.schoolday.results.queries import history
from testamur.schoolday.results.rules import Amendment, Reason
from tests.schoolday.results.conftest import NOW, SLIP, Class

pytestmark = pytest.mark.django_db


def correct(school: Class, amendment: Amendment, code: str = "MA") -> None:
    correct_decision(by=school.by, decision=school.grade(code=code).id, amendment=amendment, now=NOW)


def test_the_same_decision_again_changes_nothing(school: Class) -> None:
    first, again = school.record(school.new()), school.record(school.new())
    assert (first.added, again.added, again.unchanged) == (1, 0, 1)
    assert Decision.objects.count() == 1


def test_a_second_value_for_what_is_decided_is_rejected_and_the_first_stands(school: Class) -> None:
    school.record(school.new(value="B"))
    outcome = school.record(school.new(value="A"), school.new(1, value="C"))
    assert [(r.index, r.code) for r in outcome.rejected] == [(0, AlreadyDecided.code)]
    assert outcome.added == 1
    assert school.grade().facts.value == "B"


def test_two_values_in_one_bulk_are_not_both_taken(school: Class) -> None:
    outcome = school.record(school.new(value="B"), school.new(value="A"))
    assert (outcome.added, len(outcome.rejected)) == (1, 1)


def test_what_the_law_refuses_is_reported_and_the_rest_is_recorded(school: Class) -> None:
    outcome = school.record(school.new(value="G"), school.new(code="XX"), school.new(1))
    assert [r.code for r in outcome.rejected] == ["se.compulsory.value.off_scale", "se.compulsory.subject.unknown"]
    assert outcome.added == 1


def test_svenska_and_svenska_som_andrasprak_are_not_recorded_together(school: Class) -> None:
    outcome = school.record(school.new(code="SV"), school.new(code="SVA"), school.new(1, "SVA"))
    assert {r.code for r in outcome.rejected} == {"se.compulsory.set.exclusive"}
    assert outcome.added == 1


def test_recording_needs_the_right_at_that_school(school: Class) -> None:
    stranger = Actor(new_id(), "simulated", (Grant("teacher", "/elsewhere/", ("results.*",)),))
    school.by = stranger
    with pytest.raises(NotAllowed):
        school.record(school.new())
    assert not Decision.objects.exists()


def test_a_bulk_leaves_one_entry_in_the_journal_with_counts_and_no_values(school: Class) -> None:
    before = Entry.objects.count()
    school.record(school.new(), school.new(1))
    (entry,) = Entry.objects.order_by("-id")[: Entry.objects.count() - before]
    assert entry.kind == "results.decisions.recorded/1"
    assert entry.refs["count"] == 2
    assert set(entry.refs) == {"count", "ids_sha256", "rejected"}


def test_the_principal_rectifies_a_slip_after_hearing_pupil_and_guardian(school: Class) -> None:
    school.record(school.new())
    former = school.grade()
    correct(school, school.slip())
    now = school.grade()
    assert (now.facts.value, now.facts.reason, now.replaces) == ("A", "rectification", former.id)
    assert (now.role, now.explanation, now.decided_by) == ("principal", SLIP, (school.principal,))
    assert [row.facts.value for row in history(by=school.by, path=school.path, decision=now.id)] == ["B", "A"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"grounds": frozenset()}, "se.compulsory.correction.ground_missing"),
        ({"explanation": " "}, "se.compulsory.correction.unexplained"),
        ({"heard": frozenset({"pupil"})}, "se.compulsory.correction.not_heard"),
        ({"value": "B"}, "se.compulsory.correction.same"),
        ({"value": "G"}, "se.compulsory.value.off_scale"),
        ({"role": "teacher"}, NoSuchPost.code),
        ({"decided_by": ()}, "se.compulsory.correction.wrong_decider"),
        ({"decided_on": date(2026, 6, 9)}, NotACorrection.code),
        ({"decided_on": NOW.date() + timedelta(days=1)}, NotACorrection.code),
        ({"reason": Reason.RE_EXAMINATION}, "se.compulsory.correction.unknown"),
        ({"reason": Reason.NEW}, "se.compulsory.correction.unknown"),
    ],
)
def test_what_the_law_does_not_allow_corrects_nothing(school: Class, changes: dict[str, object], code: str) -> None:
    school.record(school.new())
    with pytest.raises(Refused) as no:
        correct(school, school.slip(**changes))
    assert no.value.code == code
    assert school.grade().facts.value == "B"
    assert Decision.objects.count() == 1


def test_a_hearing_may_be_unnecessary_when_it_is_said_why(school: Class) -> None:
    school.record(school.new())
    correct(school, school.slip(heard=frozenset(), hearing_unneeded="Uppenbart skrivfel till elevens fördel."))
    assert school.grade().facts.value == "A"


def change(school: Class, value: str, *by: object) -> Amendment:
    return school.slip(
        value=value, reason=Reason.CHANGE, role="teacher", decided_by=by or (school.teacher,), heard=frozenset(),
        grounds=frozenset({"obviously_wrong", "quick_and_simple"}),
    )  # fmt: skip


def test_those_who_decided_change_a_grade_upwards(school: Class) -> None:
    school.record(school.new())
    correct(school, change(school, "A"))
    assert school.grade().facts.value == "A"


def test_a_change_never_lowers_a_grade(school: Class) -> None:
    school.record(school.new())
    with pytest.raises(Refused, match="may not lower"):
        correct(school, change(school, "C"))


def test_another_teacher_does_not_change_a_colleagues_grade(school: Class) -> None:
    school.record(school.new())
    with pytest.raises(Refused) as no:
        correct(school, change(school, "A", school.other))
    assert no.value.code == "se.compulsory.correction.wrong_decider"


def test_a_corrected_decision_is_corrected_again_only_through_its_successor(school: Class) -> None:
    school.record(school.new())
    first = school.grade().id
    correct(school, school.slip())
    with pytest.raises(NotACorrection):
        correct_decision(by=school.by, decision=first, amendment=school.slip(value="C"), now=NOW)
    correct(school, school.slip(value="C"))
    assert school.grade().facts.value == "C"


def test_an_unknown_decision_is_not_corrected(school: Class) -> None:
    with pytest.raises(NotFound):
        correct_decision(by=school.by, decision=new_id(), amendment=school.slip(), now=NOW)


def test_each_way_of_correction_is_a_right_of_its_own(school: Class) -> None:
    school.record(school.new())
    decision = school.grade().id
    teacher = Actor(school.teacher, "simulated", (Grant("teacher", school.path, ("results.decision.change",)),))
    with pytest.raises(NotAllowed):
        correct_decision(by=teacher, decision=decision, amendment=school.slip(), now=NOW)
    correct_decision(by=teacher, decision=decision, amendment=change(school, "A"), now=NOW)


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_the_database_itself_refuses_to_alter_a_decision(school: Class, verb: str) -> None:
    school.record(school.new())
    with pytest.raises(DatabaseError), transaction.atomic():
        Decision.objects.update(value="A") if verb == "update" else Decision.objects.all().delete()
    assert school.grade().facts.value == "B"


def test_the_database_refuses_a_correction_that_explains_nothing(school: Class) -> None:
    school.record(school.new())
    row = Decision.objects.get()
    row.id, row.replaces_id, row.reason = new_id(), row.id, "change"
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save(force_insert=True)
