"""Written assessments: drafts, conflicts, publication, and what takes the place of what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.journal.models import Entry
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.queries import assessments as queries
from testamur.schoolday.diary.queries.rooms import room
from testamur.schoolday.diary.rules.assessments import (
    AssessmentConflict,
    AssessmentOffScale,
    NoAssessment,
    NothingToPublish,
    Saved,
    SheetRow,
    Written,
)
from testamur.schoolday.diary.rules.rooms import NoTerm, NotYourSubject
from tests.schoolday.diary import school as schools
from tests.schoolday.diary.school import NOW, TODAY, School


@pytest.fixture
def young(db: None) -> School:
    """Class 4 of a Swedish school: a level, a text and a plan, once a year."""
    return schools.build("se.compulsory", level=4)


def save(school: School, said: Written, seen: int = 0, who: str = "teacher", pupil: int = 0, **more: Any) -> Saved:
    """A text about a pupil."""
    values: dict[str, Any] = {"subject": school.subjects[0], "now": NOW, "on": TODAY, **more}
    return actions.save_assessment(
        by=school.actor(who), group=school.group, pupil=school.pupils[pupil], said=said, seen=seen, **values
    )


def publish(school: School, who: str = "teacher", seen: dict[UUID, int] | None = None) -> int:
    """Let families read."""
    return actions.publish_assessments(
        by=school.actor(who), group=school.group, subject=school.subjects[0], now=NOW, on=TODAY, seen=seen
    )


def row(school: School, pupil: int = 0, **more: Any) -> SheetRow:
    """One pupil in the sheet."""
    values: dict[str, Any] = {"subject": school.subjects[0], "on": TODAY, **more}
    sheet = queries.sheet(by=school.actor("teacher"), group=school.group, **values)
    return next(one for one in sheet.rows if one.person.id == school.pupils[pupil])


@pytest.mark.feature("C8")
def test_a_draft_changes_until_it_is_published_and_then_a_new_one_takes_its_place(swedish: School) -> None:
    assert save(swedish, Written(text="Räknar säkert.")) == Saved(1, changed=True)
    assert save(swedish, Written(text="Räknar säkert. "), 1) == Saved(1, changed=False)
    assert save(swedish, Written(text="Räknar mycket säkert."), 1) == Saved(2, changed=True)
    assert row(swedish).standing is None
    assert publish(swedish) == 1
    assert save(swedish, Written(text="Räknar och förklarar."), 2) == Saved(3, changed=True)
    now = row(swedish)
    assert now.draft
    assert now.standing is not None
    assert now.standing.written.text == "Räknar mycket säkert."
    place = room(group=swedish.group, on=TODAY)
    seen = queries.published(by=swedish.actor("class_teacher"), room=place, pupils=swedish.pupils)
    assert [one.written.text for one in seen] == ["Räknar mycket säkert."]
    assert publish(swedish) == 1
    seen = queries.published(by=swedish.actor("class_teacher"), room=place, pupils=swedish.pupils)
    assert [one.written.text for one in seen] == ["Räknar och förklarar."]
    assert Entry.objects.filter(kind="diary.assessment.saved/1").count() == 3
    assert "Räknar" not in str(list(Entry.objects.values_list("refs", flat=True)))


@pytest.mark.feature("C8")
def test_a_stale_page_overwrites_nobody(swedish: School) -> None:
    save(swedish, Written(text="Lärarens ord."))
    for seen in (0, 7):
        with pytest.raises(AssessmentConflict) as conflict:
            save(swedish, Written(text="Rektorns ord."), seen, "principal")
        found = conflict.value.found
        assert (found["text"], found["version"]) == ("Lärarens ord.", 1)
    assert save(swedish, Written(text="Lärarens ord."), 0, "principal") == Saved(1, changed=False), "the same words"
    publish(swedish)
    save(swedish, Written(text="Två."), 1)
    with pytest.raises(AssessmentConflict):
        save(swedish, Written(text="Tre."), 1)
    kept = row(swedish).current
    assert kept is not None
    assert kept.written.text == "Två."


@pytest.mark.feature("C3")
def test_years_one_to_five_have_a_level_and_a_plan_for_the_whole_year(young: School) -> None:
    place, form = queries.assessed_room(group=young.group, on=TODAY)
    assert form.plan
    assert form.scale is not None
    value = form.scale.values[-1].value
    with pytest.raises(AssessmentOffScale) as off:
        save(young, Written(value="A", text="x"))
    assert value in str(off.value.found["accepted"])
    save(young, Written(value, "Läser gärna.", "Läser högt varje dag."), term=young.terms[0])
    found = row(young).current
    assert found is not None
    assert found.term == place.year.terms[-1].id == young.terms[1]
    assert found.written == Written(value, "Läser gärna.", "Läser högt varje dag.")


def test_what_an_earlier_term_said_stands_beside(swedish: School) -> None:
    save(swedish, Written(text="Höstens ord."), term=swedish.terms[0])
    actions.publish_assessments(
        by=swedish.actor("teacher"), group=swedish.group, subject="MA", now=NOW, on=TODAY, term=swedish.terms[0]
    )
    save(swedish, Written(text="Bara ett utkast."), term=swedish.terms[0], pupil=1)
    before = row(swedish).before
    assert before is not None
    assert before.written.text == "Höstens ord."
    assert row(swedish, 1).before is None
    assert row(swedish, term=swedish.terms[0]).before is None


@pytest.mark.feature("C8")
def test_only_what_was_looked_through_is_published(swedish: School) -> None:
    for pupil in (0, 1, 3):
        save(swedish, Written(text="Bra."), pupil=pupil)
    save(swedish, Written(text="Nytt."), 1, pupil=1)
    assert publish(swedish, seen={swedish.pupils[0]: 1, swedish.pupils[1]: 1}) == 1
    assert not row(swedish).draft
    assert row(swedish, 1).draft
    assert row(swedish, 3).draft
    told = Entry.objects.get(kind="diary.assessments.published/1")
    assert told.refs["pupils"] == [str(swedish.pupils[0])]
    save(swedish, Written(), 2, pupil=1)
    assert publish(swedish) == 1, "an emptied draft is none"
    with pytest.raises(NothingToPublish):
        publish(swedish)


def test_who_does_not_teach_the_subject_writes_and_publishes_nothing(swedish: School, bulgarian: School) -> None:
    save(swedish, Written(text="Bra."))
    with pytest.raises(NotYourSubject):
        save(swedish, Written(text="x"), subject="SV")
    for who in ("administrator", "stranger", "guardian"):
        with pytest.raises(NotAllowed):
            save(swedish, Written(text="x"), 1, who)
        with pytest.raises(NotAllowed):
            publish(swedish, who)
        with pytest.raises(NotAllowed):
            queries.sheet(by=swedish.actor(who), group=swedish.group, subject="MA", on=TODAY)
    with pytest.raises(NoAssessment):
        save(bulgarian, Written(text="x"))
    with pytest.raises(NoTerm):
        save(swedish, Written(text="x"), term=bulgarian.terms[0])


def test_a_protected_pupil_stands_in_the_sheet_under_the_alias(swedish: School) -> None:
    assert row(swedish, 2).person.masked


def test_the_sheet_of_thirty_asks_no_more_than_that_of_five(db: None, django_assert_max_num_queries: Any) -> None:
    large = schools.build("se.compulsory", pupils=30)
    teacher = large.actor("teacher")
    with django_assert_max_num_queries(11):
        found = queries.sheet(by=teacher, group=large.group, subject="MA", on=TODAY)
    assert len(found.rows) == 30
