"""Reading plans and matrices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupView
from testamur.schoolday.learning.models import Goal, Plan, Statement
from testamur.schoolday.learning.queries.reach import group_of, must_reach
from testamur.schoolday.learning.rules import GoalView, Matrix, PlanView, StatementView, latest

SEE = "learning.plan.see"


def plans(*, by: Actor, group: UUID) -> tuple[PlanView, ...]:
    """The plans of a group, drafts too, the latest period first; two queries.

    Raises NotFound, NotAllowed without ``learning.plan.see`` in the group.
    """
    one = group_of(group)
    by.must(SEE, one.path, group=group)
    return _views(Plan.objects.filter(group=group).order_by("-starts", "title", "id"))


def plans_in(*, by: Actor, groups: Iterable[GroupView]) -> tuple[PlanView, ...]:
    """The plans of those of the groups in which `by` may see them, drafts too, the latest period first; two queries."""
    seen = [one.id for one in groups if by.may(SEE, one.path, group=one.id)]
    return _views(Plan.objects.filter(group__in=seen).order_by("-starts", "title", "id")) if seen else ()


def plan(*, by: Actor, plan: UUID) -> PlanView:
    """One plan, a draft too. Raises NotFound, NotAllowed without ``learning.plan.see`` in its group."""
    found = _one(plan)
    by.must(SEE, found.path, group=found.group)
    return found


def library(*, by: Actor, group: UUID) -> tuple[PlanView, ...]:
    """The plans that colleagues of the group's school share, for copying, the newest first.

    Raises NotFound, NotAllowed without ``learning.plan.see`` in the group.
    """
    one = group_of(group)
    by.must(SEE, one.path, group=group)
    rows = Plan.objects.filter(school=one.school, shared=True).exclude(group=group)
    return _views(rows.order_by("-changed_at", "id")[:200])


def may_copy(*, by: Actor, plan: UUID, into: GroupView) -> PlanView:
    """A plan that may be copied into the group: one's own groups', or shared in that school. Raises NotFound."""
    found = _one(plan)
    if not (by.may(SEE, found.path, group=found.group) or (found.shared and found.school == into.school)):
        raise NotFound("There is no such plan.", plan=str(plan))
    return found


def plans_for(*, by: Actor, children: Collection[UUID], first: date, last: date) -> dict[UUID, tuple[PlanView, ...]]:
    """The published plans of each child's groups that share a day with the time between two days, in order of time.

    The groups are those of the first day; three queries. Raises NotAllowed without ``learning.family.see`` for each.
    """
    groups = _groups(by, children, first)
    wanted = {one for some in groups.values() for one in some}
    rows = Plan.objects.filter(group__in=wanted, published_at__isnull=False, starts__lte=last, ends__gte=first)
    found = _views(rows.order_by("starts", "title", "id"))
    return {child: tuple(one for one in found if one.group in groups[child]) for child in children}


def plan_for(*, by: Actor, child: UUID, plan: UUID, on: date) -> PlanView:
    """One published plan of a child's group on that day. Raises NotFound, NotAllowed as `plans_for`."""
    groups = _groups(by, [child], on)[child]
    found = _one(plan)
    if found.published_at is None or found.group not in groups:
        raise NotFound("There is no such plan.", plan=str(plan))
    return found


def matrix(*, by: Actor, plan: UUID, on: date) -> Matrix:
    """What stands about all pupils at the goals of a plan as of a day: for teachers alone; three queries.

    Raises NotFound, NotAllowed without ``learning.matrix.see`` in the group.
    """
    found = _one(plan)
    by.must("learning.matrix.see", found.path, group=found.group)
    rows = Statement.objects.filter(goal__plan=plan, on__lte=on)
    return Matrix(found, on, latest([_statement(row) for row in rows]))


def course(*, by: Actor, plan: UUID, pupil: UUID) -> tuple[StatementView, ...]:
    """Every statement about one pupil at a plan's goals, the latest first; for staff. Raises as `matrix`."""
    found = _one(plan)
    by.must("learning.matrix.see", found.path, group=found.group)
    rows = Statement.objects.filter(goal__plan=plan, pupil=pupil).order_by("-on", "-made_at", "-id")
    return tuple(map(_statement, rows))


def matrices_for(*, by: Actor, child: UUID, on: date) -> tuple[Matrix, ...]:
    """The child's own statements at the goals of plans whose matrix is shown to families, as of a day.

    Those of plans of former groups too. Three queries. Raises NotAllowed without ``learning.family.see``.
    """
    must_reach(by, "learning.family.see", child)
    groups = _groups(by, [child], on)[child]
    stated = Statement.objects.filter(pupil=child, on__lte=on, goal__plan__matrix_at__isnull=False)
    by_plan: dict[UUID, list[StatementView]] = defaultdict(list)
    for row in stated.select_related("goal"):
        by_plan[row.goal.plan_id].append(_statement(row))
    rows = Plan.objects.filter(Q(id__in=by_plan) | Q(group__in=groups, starts__lte=on), matrix_at__isnull=False)
    return tuple(
        Matrix(one, on, latest(by_plan.get(one.id, [])))
        for one in _views(rows.order_by("-starts", "title", "id"))
        if one.levels
    )


def plans_by_id(ids: Iterable[UUID]) -> dict[UUID, PlanView]:
    """Plans by id, whatever their state; for telling of them. An unknown id is left out."""
    return {one.id: one for one in _views(Plan.objects.filter(id__in=list(ids)))}


def goals_by_id(ids: Iterable[UUID]) -> dict[UUID, GoalView]:
    """Goals by id; an unknown id is left out."""
    return {row.id: _goal(row) for row in Goal.objects.filter(id__in=list(ids))}


def goals_in(*, by: Actor, group: UUID) -> tuple[GoalView, ...]:
    """The goals of a group's plans, for linking entries to them. Raises as `plans`."""
    return tuple(goal for one in plans(by=by, group=group) for goal in one.goals)


def _groups(by: Actor, children: Collection[UUID], on: date) -> dict[UUID, set[UUID]]:
    for child in children:
        must_reach(by, "learning.family.see", child)
    return {child: {one.id for one in some} for child, some in schools.groups_of(persons=children, on=on).items()}


def _one(plan: UUID) -> PlanView:
    found = _views(Plan.objects.filter(id=plan))
    if not found:
        raise NotFound("There is no such plan.", plan=str(plan))
    return found[0]


def _views(rows: QuerySet[Plan]) -> tuple[PlanView, ...]:
    found = [_plan(row) for row in rows]
    goals: dict[UUID, list[GoalView]] = defaultdict(list)
    if found:
        for row in Goal.objects.filter(plan__in=[one.id for one in found]).order_by("number", "id"):
            goals[row.plan_id].append(_goal(row))
    return tuple(replace(one, goals=tuple(goals[one.id])) for one in found)


def _plan(row: Plan) -> PlanView:
    return PlanView(
        row.id, row.group_id, row.school_id, row.path, row.subject, row.title, row.starts, row.ends, row.content,
        row.methods, row.assessed, tuple(row.levels), (), row.shared, row.made_by, row.changed_at, row.published_at,
        row.matrix_at, row.version,
    )  # fmt: skip


def _goal(row: Goal) -> GoalView:
    return GoalView(row.id, row.plan_id, row.number, row.code, row.text)


def _statement(row: Statement) -> StatementView:
    return StatementView(row.id, row.goal_id, row.pupil_id, row.level, row.comment, row.on, row.made_by, row.made_at)
