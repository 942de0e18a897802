"""Writing plans, and publishing, sharing and copying them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.schoolday.learning.models import EntryGoal, Goal, Plan, Statement
from testamur.schoolday.learning.queries import may_copy
from testamur.schoolday.learning.queries.reach import group_of, must_teach
from testamur.schoolday.learning.rules import Changed, GoalUsed, NewGoal, NotPublished, PlanText, checked

WRITE = "learning.plan.write"


@transaction.atomic
def write_plan(*, by: Actor, group: UUID, said: PlanText, now: datetime) -> UUID:
    """Begin a plan for a group, as a draft; returns its id. Journal: ``learning.plan.written/1``.

    Needs ``learning.plan.write`` in the group and to teach the subject there. Raises NotFound, NotYourPupil,
    TextMissing, TextTooLong, PeriodInvalid, GoalsInvalid, LevelInvalid.
    """
    one = group_of(group)
    said = checked(said)
    must_teach(by, WRITE, one, said.subject, now.date())
    row = Plan(id=new_id(), group_id=group, school_id=one.school, path=one.path, made_by=by.id, made_at=now)
    return _kept(by, row, said, now)


@transaction.atomic
def copy_plan(*, by: Actor, plan: UUID, group: UUID, starts: date, now: datetime) -> UUID:
    """Copy a plan to a group (of this year or another), as a draft that begins on `starts`; returns the new id.

    Journal: ``learning.plan.written/1``. Needs ``learning.plan.write`` in the group and to teach the subject there; the
    plan is one of one's own groups or shared in the school. Raises NotFound, NotYourPupil.
    """
    into = group_of(group)
    found = may_copy(by=by, plan=plan, into=into)
    must_teach(by, WRITE, into, found.subject, now.date())
    said = PlanText(
        found.title, starts, starts + (found.ends - found.starts), found.subject, found.content, found.methods,
        found.assessed, tuple(NewGoal(goal.text, goal.code) for goal in found.goals), found.levels,
    )  # fmt: skip
    row = Plan(
        id=new_id(), group_id=group, school_id=into.school, path=into.path, copied_from=plan, made_by=by.id, made_at=now
    )
    return _kept(by, row, said, now)


@transaction.atomic
def change_plan(*, by: Actor, plan: UUID, said: PlanText, seen: int, now: datetime) -> None:
    """Change a plan that was seen in that version. Journal: ``learning.plan.changed/1``.

    Goals that stay word for word keep what was stated at them. Needs what `write_plan` needs. Raises as it does, and
    Changed, GoalUsed (a goal that has statements or works is taken away), LevelInvalid (statements name a level that
    would be gone).
    """
    row = locked(by, plan)
    said = checked(said)
    must_teach(by, WRITE, group_of(row.group_id), said.subject, now.date())
    if row.version != seen:
        raise Changed("Somebody else has changed the plan meanwhile.", field="title", version=row.version)
    if list(said.levels) != row.levels and Statement.objects.filter(goal__plan=row).exists():
        raise GoalUsed("Statements stand at these levels.", field="levels")
    _fill(row, said, now)
    row.version += 1
    row.save()
    _set_goals(row, said)
    append(by=by, kind="learning.plan.changed/1", path=row.path, refs=_refs(row), now=now)


@transaction.atomic
def publish_plan(*, by: Actor, plan: UUID, now: datetime) -> None:
    """Show a plan to the families and pupils of its group, who are told. Journal: ``learning.plan.published/1``.

    Needs ``learning.plan.write`` in the group. Publishing twice changes nothing. Raises NotFound.
    """
    row = locked(by, plan)
    if row.published_at is not None:
        return
    row.published_at = now
    row.save(update_fields=["published_at"])
    append(by=by, kind="learning.plan.published/1", path=row.path, refs=_refs(row), now=now)


@transaction.atomic
def withdraw_plan(*, by: Actor, plan: UUID, now: datetime) -> None:
    """Make a plan a draft again, its matrix with it. Journal: ``learning.plan.withdrawn/1``.

    Needs ``learning.plan.write`` in the group. Raises NotFound.
    """
    row = locked(by, plan)
    if row.published_at is None:
        return
    row.published_at = row.matrix_at = None
    row.save(update_fields=["published_at", "matrix_at"])
    append(by=by, kind="learning.plan.withdrawn/1", path=row.path, refs=_refs(row), now=now)


@transaction.atomic
def share_plan(*, by: Actor, plan: UUID, shared: bool, now: datetime) -> None:
    """Let colleagues of the school copy a plan, or no longer. Journal: ``learning.plan.shared/1``.

    Needs ``learning.plan.write`` in the group. Raises NotFound.
    """
    row = locked(by, plan)
    if row.shared == shared:
        return
    row.shared = shared
    row.save(update_fields=["shared"])
    append(by=by, kind="learning.plan.shared/1", path=row.path, refs=_refs(row) | {"shared": shared}, now=now)


@transaction.atomic
def show_matrix(*, by: Actor, plan: UUID, shown: bool, now: datetime) -> None:
    """Show each family what is stated about its own child, or no longer. Journal: ``learning.matrix.shown/1``.

    Needs ``learning.matrix.write`` in the group. Raises NotFound, NotPublished (the plan is a draft).
    """
    row = locked(by, plan, "learning.matrix.write")
    if shown and row.published_at is None:
        raise NotPublished("Publish the plan first.", field="plan")
    if (row.matrix_at is not None) == shown:
        return
    row.matrix_at = now if shown else None
    row.save(update_fields=["matrix_at"])
    kind = "learning.matrix.shown/1" if shown else "learning.matrix.hidden/1"
    append(by=by, kind=kind, path=row.path, refs=_refs(row), now=now)


def locked(by: Actor, plan: UUID, verb: str = WRITE) -> Plan:
    """The plan's row, held until the transaction ends, for who has the verb in its group."""
    row = Plan.objects.select_for_update().filter(id=plan).first()
    if row is None:
        raise NotFound("There is no such plan.", plan=str(plan))
    by.must(verb, row.path, group=row.group_id)
    return row


def _kept(by: Actor, row: Plan, said: PlanText, now: datetime) -> UUID:
    _fill(row, said, now)
    row.save(force_insert=True)
    _set_goals(row, said)
    append(by=by, kind="learning.plan.written/1", path=row.path, refs=_refs(row), now=now)
    return row.id


def _fill(row: Plan, said: PlanText, now: datetime) -> None:
    row.title, row.subject, row.starts, row.ends = said.title, said.subject, said.starts, said.ends
    row.content, row.methods, row.assessed, row.levels = said.content, said.methods, said.assessed, list(said.levels)
    row.changed_at = now


def _set_goals(row: Plan, said: PlanText) -> None:
    """The goals as said; those that stay word for word keep their ids."""
    kept = {(goal.code, goal.text): goal for goal in Goal.objects.filter(plan=row)}
    wanted = {(goal.code, goal.text) for goal in said.goals}
    gone = [goal.id for key, goal in kept.items() if key not in wanted]
    if Statement.objects.filter(goal__in=gone).exists() or EntryGoal.objects.filter(goal__in=gone).exists():
        raise GoalUsed("Something is stated at a goal that would be gone.", field="goals")
    Goal.objects.filter(id__in=gone).delete()
    for number, goal in enumerate(said.goals, start=1):
        known = kept.get((goal.code, goal.text))
        if known is None:
            Goal.objects.create(id=new_id(), plan=row, number=number, code=goal.code, text=goal.text)
        elif known.number != number:
            known.number = number
            known.save(update_fields=["number"])


def _refs(row: Plan) -> dict[str, str]:
    return {"plan": str(row.id), "unit": str(row.school_id), "group": str(row.group_id)}
