"""Answers without names: of few, of the family that just answered, and of those whom another visitor does not see."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.register.schools import actions as schools
from testamur.register.schools.models import Enrolment
from testamur.register.schools.rules import GroupKind, NewEnrolment, NewGroup
from testamur.schoolday.forms import actions, queries
from testamur.schoolday.forms.queries import Results
from testamur.schoolday.forms.rules import Audience, Content, Draft, Kept, Kind, Question, Word, told
from tests.schoolday.diary.school import NOW, TODAY, School, build

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C5", "C19")]
OVER = TODAY + timedelta(days=8)


@pytest.fixture
def school(db: None) -> School:
    """A class of six."""
    return build("se.compulsory", pupils=6)


def published(school: School, *groups: UUID) -> UUID:
    """A form without names to the pupils of these classes, open for a week."""
    asks = (Question("well", Kind.YES_NO, True, {"sv": "Bra?"}, {}),)
    content = Content(("sv",), {"sv": "Trivsel"}, {"sv": ""}, asks)
    last = TODAY + timedelta(days=7)
    draft = Draft(school.school, content, last, groups, audience=Audience.PUPILS, named=False)
    form = actions.draft_form(by=operator(), form=draft, now=NOW)
    actions.publish_form(by=operator(), form=form, now=NOW)
    return form


def answer(form: UUID, *children: UUID, well: bool = True) -> None:
    """Each answers for oneself."""
    for child in children:
        by = Actor(child, "test", (Grant("pupil", "/", ("forms.answer.*",), wards=frozenset({child})),))
        actions.answer_form(
            by=by, form=form, child=child, word=Word.ANSWERED, values={"well": well}, language="sv", now=NOW
        )


def seen(form: UUID, by: Actor, on: date = OVER) -> Results:
    """What somebody of the school finds."""
    found = queries.form(form)
    assert found is not None
    return queries.results(by=by, form=found, on=on)


def test_an_answer_that_comes_in_cannot_be_told_from_those_before(school: School) -> None:
    form, by = published(school, school.group), school.actor("principal")
    answer(form, *school.pupils[:5])
    before = seen(form, by, TODAY)
    answer(form, school.pupils[5], well=False)
    after = seen(form, by, TODAY)
    assert (before.pupils - before.missing, after.pupils - after.missing) == (5, 6)
    assert before.values == after.values == ()
    assert after.kept is Kept.OPEN
    assert [one["well"] for one in seen(form, by).values] == [False, True, True, True, True, True]


def test_what_fewer_than_five_said_is_shown_to_nobody(school: School) -> None:
    form, by = published(school, school.group), school.actor("principal")
    answer(form, *school.pupils[:4])
    assert (seen(form, by).values, seen(form, by).kept) == ((), Kept.FEW)


def test_who_leaves_when_the_form_is_over_takes_no_answer_along(school: School) -> None:
    form, by = published(school, school.group), school.actor("principal")
    answer(form, *school.pupils)
    before = seen(form, by).values
    Enrolment.objects.filter(person=school.pupils[5]).update(ends=OVER - timedelta(days=1))
    assert seen(form, by, OVER + timedelta(days=3)).values == before


def test_what_one_sees_more_than_another_is_never_of_fewer_than_five(school: School) -> None:
    """The class teacher sees the own class, the head both: the rest must not be the three of the other class."""
    group = NewGroup(school.school, school.year, GroupKind.CLASS, "8Z", year_level=8)
    (other,) = schools.add_groups(by=operator(), groups=[group], now=NOW)
    more = build("vn.primary", pupils=3).pupils
    new = [NewEnrolment(one, school.school, TODAY, group=other) for one in more]
    Enrolment.objects.filter(person__in=more).update(ends=TODAY - timedelta(days=1))
    schools.add_enrolments(by=operator(), enrolments=new, now=NOW)
    form = published(school, school.group, other)
    answer(form, *school.pupils)
    answer(form, *more, well=False)
    head = seen(form, school.actor("principal"))
    assert head.values == seen(form, school.actor("class_teacher")).values
    assert head.kept is Kept.SOME


def test_small_classes_are_told_together_or_not_at_all() -> None:
    def of(first: int, n: int) -> list[tuple[UUID, UUID]]:
        return [(UUID(int=one), UUID(int=one + 100)) for one in range(first, first + n)]

    rooms = {"a": of(0, 6), "b": of(10, 3), "c": of(20, 2), "d": []}
    assert told(rooms, whole=True) == {"a", "b", "c"}
    assert told(rooms, whole=False) == {"a"}
    assert told({"a": of(0, 6), "b": of(10, 4)}, whole=True) == {"a"}
    siblings = [(UUID(int=one), UUID(int=99)) for one in range(6)]
    assert told({"a": siblings}, whole=True) == frozenset()
