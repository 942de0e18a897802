"""Plans, the shared library, and the matrix."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.schoolday.learning import actions, queries, rules
from testamur.schoolday.learning.models import Statement
from testamur.schoolday.learning.rules import Mark, NewGoal, PlanText
from tests.schoolday.diary.school import NOW, TODAY, School

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C7")]

FRACTIONS = PlanText(
    "Bråk", date(2026, 3, 2), date(2026, 4, 3), "MA", "Vi delar pizzor.", "Par och grupp", "Muntligt prov",
    (NewGoal("räknar med bråk", "MA-1"), NewGoal("förklarar sina lösningar")), ("inte ännu", "på väg", "nått"),
)  # fmt: skip


def written(school: School, said: PlanText = FRACTIONS, *, published: bool = True) -> rules.PlanView:
    by = school.actor("teacher")
    key = actions.write_plan(by=by, group=school.group, said=said, now=NOW)
    if published:
        actions.publish_plan(by=by, plan=key, now=NOW)
    return queries.plan(by=by, plan=key)


def test_goals_are_read_from_lines_and_written_back() -> None:
    goals = rules.goals_of("MA-1 | räknar med bråk\n\n förklarar \n")
    assert goals == (NewGoal("räknar med bråk", "MA-1"), NewGoal("förklarar"))
    assert rules.goals_of(rules.lines_of(goals)) == goals


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": " "}, "learning.text.missing"),
        ({"content": "x" * 6001}, "learning.text.too_long"),
        ({"ends": date(2026, 3, 1)}, "learning.plan.period"),
        ({"ends": date(2028, 3, 1)}, "learning.plan.period"),
        ({"goals": (NewGoal("a"), NewGoal("a"))}, "learning.goal.invalid"),
        ({"levels": ("alone",)}, "learning.level.invalid"),
        ({"levels": ("a", "a")}, "learning.level.invalid"),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(change: dict[str, object], code: str) -> None:
    from dataclasses import replace

    with pytest.raises(Refused) as refused:
        rules.checked(replace(FRACTIONS, **change))  # type: ignore[arg-type]
    assert refused.value.code == code


def test_families_see_a_plan_once_it_is_published(four: School) -> None:
    plan = written(four, published=False)
    guardian, far = four.actor("guardian"), four.actor("far_guardian")
    week = {"first": TODAY, "last": TODAY + timedelta(days=6)}
    child = four.pupils[0]
    assert queries.plans_for(by=guardian, children=[child], **week) == {child: ()}
    with pytest.raises(NotFound):
        queries.plan_for(by=guardian, child=child, plan=plan.id, on=TODAY)
    actions.publish_plan(by=four.actor("teacher"), plan=plan.id, now=NOW)
    (seen,) = queries.plans_for(by=guardian, children=[child], **week)[child]
    assert (seen.title, [goal.code for goal in seen.goals]) == ("Bråk", ["MA-1", ""])
    assert queries.plans_for(by=guardian, children=[child], first=date(2026, 5, 1), last=date(2026, 5, 7))[child] == ()
    with pytest.raises(NotAllowed):
        queries.plans_for(by=far, children=[child], **week)
    actions.withdraw_plan(by=four.actor("teacher"), plan=plan.id, now=NOW)
    assert queries.plans_for(by=guardian, children=[child], **week)[child] == ()


def test_only_who_teaches_the_subject_there_writes_its_plan(four: School) -> None:
    with pytest.raises(NotAllowed):
        actions.write_plan(by=four.actor("stranger"), group=four.group, said=FRACTIONS, now=NOW)
    with pytest.raises(rules.NotYourPupil):
        actions.write_plan(by=four.actor("class_teacher"), group=four.group, said=FRACTIONS, now=NOW)
    with pytest.raises(NotAllowed):
        actions.write_plan(by=four.actor("guardian"), group=four.group, said=FRACTIONS, now=NOW)
    actions.write_plan(by=four.actor("principal"), group=four.group, said=FRACTIONS, now=NOW)


def test_two_who_change_at_once_overwrite_nothing_and_goals_with_statements_stay(four: School) -> None:
    from dataclasses import replace

    plan, by = written(four), four.actor("teacher")
    actions.state(by=by, plan=plan.id, marks=[Mark(plan.goals[0].id, four.pupils[0], 1)], on=TODAY, now=NOW)
    more = replace(FRACTIONS, goals=(*FRACTIONS.goals, NewGoal("nytt mål")))
    actions.change_plan(by=by, plan=plan.id, said=more, seen=1, now=NOW)
    with pytest.raises(rules.Changed):
        actions.change_plan(by=by, plan=plan.id, said=FRACTIONS, seen=1, now=NOW)
    after = queries.plan(by=by, plan=plan.id)
    assert [goal.id for goal in after.goals[:2]] == [goal.id for goal in plan.goals]
    fewer = replace(FRACTIONS, goals=FRACTIONS.goals[1:])
    with pytest.raises(rules.GoalUsed):
        actions.change_plan(by=by, plan=plan.id, said=fewer, seen=2, now=NOW)
    other = replace(more, levels=("ja", "nej"))
    with pytest.raises(rules.GoalUsed):
        actions.change_plan(by=by, plan=plan.id, said=other, seen=2, now=NOW)


def test_a_shared_plan_can_be_copied_within_the_school(four: School) -> None:
    plan, by = written(four), four.actor("principal")
    assert queries.library(by=by, group=four.group) == ()
    actions.share_plan(by=by, plan=plan.id, shared=True, now=NOW)
    copied = actions.copy_plan(by=by, plan=plan.id, group=four.group, starts=date(2026, 9, 1), now=NOW)
    copy = queries.plan(by=by, plan=copied)
    assert (copy.title, copy.published_at, copy.ends) == ("Bråk", None, date(2026, 10, 3))
    assert [goal.text for goal in copy.goals] == [goal.text for goal in plan.goals]
    with pytest.raises(NotFound):
        actions.copy_plan(by=by, plan=uuid4(), group=four.group, starts=TODAY, now=NOW)


@pytest.mark.feature("C3", "C9")
def test_where_a_pupil_stands_is_told_as_of_a_day_and_to_its_own_family(four: School) -> None:
    plan, by, (ada, ben, *_rest) = written(four), four.actor("teacher"), four.pupils
    first, second = plan.goals
    early, late = TODAY - timedelta(days=5), TODAY
    marks = [Mark(first.id, ada, 0), Mark(first.id, ben, 2), Mark(second.id, ada, None, "Säg mer om hur du tänkte")]
    assert actions.state(by=by, plan=plan.id, marks=marks, on=early, now=NOW) == 3
    assert actions.state(by=by, plan=plan.id, marks=[Mark(first.id, ada, 2)], on=late, now=NOW) == 1
    assert actions.state(by=by, plan=plan.id, marks=[Mark(first.id, ada, 2)], on=late, now=NOW) == 0
    assert queries.matrix(by=by, plan=plan.id, on=early).standing[first.id, ada].level == 0
    assert queries.matrix(by=by, plan=plan.id, on=late).standing[first.id, ada].level == 2
    assert queries.matrix(by=by, plan=plan.id, on=early - timedelta(days=1)).standing == {}
    course = [one.level for one in queries.course(by=by, plan=plan.id, pupil=ada)]
    assert course[0] == 2
    assert set(course[1:]) == {None, 0}  # of one moment, in no order
    guardian = four.actor("guardian")
    assert queries.matrices_for(by=guardian, child=ada, on=late) == ()
    actions.show_matrix(by=by, plan=plan.id, shown=True, now=NOW)
    (shown,) = queries.matrices_for(by=guardian, child=ada, on=late)
    assert {pupil for _goal, pupil in shown.standing} == {ada}
    with pytest.raises(NotAllowed):
        queries.matrices_for(by=four.actor("far_guardian"), child=ada, on=late)
    with pytest.raises(NotAllowed):
        queries.matrix(by=guardian, plan=plan.id, on=late)


@pytest.mark.feature("C3")
def test_nobody_states_anything_about_pupils_of_others_or_off_the_matrix(four: School) -> None:
    plan, by, ada = written(four), four.actor("teacher"), four.pupils[0]
    goal = plan.goals[0].id
    for who, error in (("class_teacher", rules.NotYourPupil), ("stranger", NotAllowed)):
        with pytest.raises(error):
            actions.state(by=four.actor(who), plan=plan.id, marks=[Mark(goal, ada, 1)], on=TODAY, now=NOW)
    wrong: tuple[tuple[Mark, type[Refused]], ...] = (
        (Mark(goal, ada, 3), rules.LevelInvalid), (Mark(uuid4(), ada, 1), NotFound),
        (Mark(goal, uuid4(), 1), rules.NotInGroup),
    )  # fmt: skip
    for mark, code in wrong:
        with pytest.raises(code):
            actions.state(by=by, plan=plan.id, marks=[mark], on=TODAY, now=NOW)
    with pytest.raises(rules.DateInvalid):
        actions.state(by=by, plan=plan.id, marks=[Mark(goal, ada, 1)], on=TODAY + timedelta(days=1), now=NOW)


def test_the_database_keeps_every_statement(four: School) -> None:
    plan, by = written(four), four.actor("teacher")
    actions.state(by=by, plan=plan.id, marks=[Mark(plan.goals[0].id, four.pupils[0], 1)], on=TODAY, now=NOW)
    for harm in ("UPDATE learning_statement SET level = 2", "DELETE FROM learning_statement"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(harm)
    assert Statement.objects.count() == 1


def test_a_draft_has_no_matrix_to_show(four: School) -> None:
    plan: rules.PlanView = written(four, published=False)
    by: Actor = four.actor("teacher")
    with pytest.raises(rules.NotPublished):
        actions.show_matrix(by=by, plan=plan.id, shown=True, now=NOW)
