"""The word about a class: given for complete data alone, broken by any change, taken back, and what it lets be made."""

from __future__ import annotations

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.journal.models import Entry
from testamur.schoolday.results import queries as results
from testamur.schoolday.results.actions import correct_decision, record_decisions
from testamur.schoolday.results.rules import Amendment, Reason
from testamur.schoolday.transcripts import actions, queries, steps, tasks
from testamur.schoolday.transcripts.models import ClassYear, Verification
from testamur.schoolday.transcripts.rules import DataMoved, Incomplete, Look, NotVerified, Step, UnderWay
from testamur.trust.records.models import Record
from testamur.trust.records.rules import State
from tests.schoolday.transcripts import classes
from tests.schoolday.transcripts.classes import School
from tests.shipping import own_acts_are_seen

pytestmark = pytest.mark.django_db


def looked(school: School) -> Look:
    found = queries.look(by=school.class_teacher, group=school.group, now=clock.now())
    assert found is not None
    return found


def verify(school: School) -> None:
    actions.verify(by=school.class_teacher, group=school.group, digest=looked(school).digest, now=clock.now())


@pytest.mark.feature("D13")
def test_a_class_with_missing_data_is_not_verified_and_what_is_missing_is_told(db: None) -> None:
    school = classes.build(clock.now(), decided=False)
    child = school.pupils[0]
    record_decisions(by=operator(), decisions=school.year(child)[3:-2], now=clock.now())
    with pytest.raises(Incomplete) as refused:
        verify(school)
    missing = refused.value.found["missing"]
    assert isinstance(missing, dict)
    assert missing["missing.year_result"] == 3
    assert missing["missing.level"] == 3
    standing = steps.refresh(school.group, now=clock.now())
    assert standing is not None
    assert (standing.step, standing.next, standing.pupils) == (None, Step.COMPLETE, 3)


@pytest.mark.feature("D13")
def test_a_class_is_verified_by_its_teacher_for_the_very_data_looked_at(school: School) -> None:
    seen = looked(school)
    assert seen.standing.step is Step.COMPLETE
    verify(school)
    row = ClassYear.objects.get(group=school.group)
    assert (row.complete, row.verified, row.made, row.pupils) == (3, 3, 0, 3)
    assert row.verified_at is not None
    entry = Entry.objects.filter(kind="transcripts.class.verified/1").get()
    assert entry.refs["digest"] == seen.digest
    verify(school)
    assert Verification.objects.count() == 1


def test_a_change_after_looking_is_not_covered(school: School) -> None:
    seen = looked(school)
    _correct(school)
    with pytest.raises(DataMoved):
        actions.verify(by=school.class_teacher, group=school.group, digest=seen.digest, now=clock.now())


@pytest.mark.feature("D13")
def test_a_correction_breaks_the_word_and_a_new_one_mends_it(school: School) -> None:
    verify(school)
    _correct(school)
    seen = looked(school)
    assert seen.verified is not None
    assert not seen.is_verified
    assert seen.standing.reached[Step.VERIFIED] == 0
    assert sum(one.rectified for one in seen.pupils) == 1
    verify(school)
    assert looked(school).is_verified
    assert Verification.objects.filter(withdrawn_at__isnull=True).count() == 1


def test_who_has_another_class_may_neither_look_nor_verify(school: School) -> None:
    stranger = school.actor(school.teacher, "transcripts.*", groups=[school.school])
    with pytest.raises(NotAllowed):
        queries.look(by=stranger, group=school.group, now=clock.now())
    with pytest.raises(NotAllowed):
        actions.verify(by=stranger, group=school.group, digest="", now=clock.now())


@pytest.mark.feature("D11")
def test_documents_are_made_and_ready_for_a_verified_class_alone(school: School) -> None:
    with pytest.raises(NotVerified):
        tasks.request(by=school.class_teacher, groups=[school.group], now=clock.now())
    verify(school)
    work = tasks.request(by=school.class_teacher, groups=[school.group], now=clock.now())
    assert tasks.make.call(str(work)) == 3
    assert set(Record.objects.values_list("state", flat=True)) == {State.READY}
    assert looked(school).standing.step is Step.MADE
    with pytest.raises(UnderWay):
        actions.withdraw(by=school.class_teacher, group=school.group, now=clock.now())


def test_drafts_stay_drafts_when_the_word_breaks_meanwhile(school: School) -> None:
    verify(school)
    work = tasks.request(by=school.class_teacher, groups=[school.group], now=clock.now())
    _correct(school)
    assert tasks.make.call(str(work)) == 0
    assert set(Record.objects.values_list("state", flat=True)) == {State.DRAFTED}
    assert looked(school).standing.step is Step.COMPLETE


def test_the_word_is_taken_back(school: School) -> None:
    verify(school)
    actions.withdraw(by=school.class_teacher, group=school.group, why="Kiểm tra lại", now=clock.now())
    assert looked(school).standing.step is Step.COMPLETE
    assert ClassYear.objects.get(group=school.group).verified == 0
    actions.withdraw(by=school.class_teacher, group=school.group, now=clock.now())


def test_counting_reads_nobody_s_name_and_follows_the_journal(school: School) -> None:
    with own_acts_are_seen():
        _followed(school)


def _followed(school: School) -> None:
    before = Entry.objects.count()
    assert steps.follow(now=clock.now()) > 0
    assert Entry.objects.count() == before
    assert ClassYear.objects.get(group=school.group).complete == 3
    assert steps.follow(now=clock.now()) == 0
    _correct(school)
    ClassYear.objects.update(complete=0)
    assert steps.follow(now=clock.now()) == 1
    assert ClassYear.objects.get(group=school.group).complete == 3
    ClassYear.objects.all().delete()
    assert steps.refresh_all("/", now=clock.now()) == 1


@pytest.mark.feature("D9")
def test_a_class_of_thirty_five_is_counted_quickly_in_a_few_queries(db: None) -> None:
    school = classes.build(clock.now(), pupils=35, level=5)
    steps.refresh(school.group, now=clock.now())
    with CaptureQueriesContext(connection) as asked:
        steps.refresh(school.group, now=clock.now())
    assert len(asked) <= 14, [one["sql"][:80] for one in asked]
    best = min(_timed(school) for _ in range(9))
    assert best < 0.15  # some 20 ms on a quiet machine


def _timed(school: School) -> float:
    began = time.thread_time()
    steps.refresh(school.group, now=clock.now())
    return time.thread_time() - began


def _correct(school: School) -> None:
    """A slip in a fact-free level of the first pupil is put right by its teacher."""
    rows = results.standing(
        by=operator(), path=school.path, unit=school.school, school_year=school.land.term.school_year,
        pupils=[school.pupils[0]],
    )[school.pupils[0]]  # fmt: skip
    row = next(one for one in rows if (one.facts.kind, one.facts.code) == ("test", "TV"))
    value = "9" if row.facts.value != "9" else "10"
    correct_decision(
        by=operator(), decision=row.id, now=clock.now(),
        amendment=Amendment(
            value=value, reason=Reason.RECTIFICATION, role="class_teacher", decided_by=(school.teacher,),
            decided_on=clock.now().date(), grounds=frozenset({"slip"}), explanation="Ghi nhầm cột.",
        ),
    )  # fmt: skip
