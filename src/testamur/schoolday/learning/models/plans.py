"""Plans, their goals, and what teachers state about pupils at each goal."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from testamur.kernel.base.ids import new_id


class Plan(models.Model):
    """A teacher's plan for a group. `levels` are the columns of its matrix; `path` is the group's."""

    id = models.UUIDField(primary_key=True, default=new_id)
    group = models.ForeignKey("schools.Group", on_delete=models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey("schools.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    path = models.CharField(max_length=400)
    subject = models.CharField(max_length=40, default="")
    title = models.CharField(max_length=200)
    starts = models.DateField()
    ends = models.DateField()
    content = models.TextField(default="")
    methods = models.TextField(default="")
    assessed = models.TextField(default="")
    levels = models.JSONField(default=list)
    shared = models.BooleanField(default=False)
    copied_from = models.UUIDField(null=True)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    matrix_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["group", "starts"], name="learning_plan_group"),
            models.Index(fields=["school", "shared"], name="learning_plan_school"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="learning_plan_period"),
            models.CheckConstraint(condition=~Q(title=""), name="learning_plan_titled"),
            models.CheckConstraint(
                condition=Q(matrix_at__isnull=True) | Q(published_at__isnull=False), name="learning_matrix_of_published"
            ),
        ]


class Goal(models.Model):
    """One goal of a plan, in its place; with the curriculum's code where there is one."""

    id = models.UUIDField(primary_key=True, default=new_id)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="goals", db_index=False)
    number = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=20, default="")
    text = models.CharField(max_length=500)

    class Meta:
        indexes = [models.Index(fields=["plan", "number"], name="learning_goal_plan")]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="learning_goal_text")]


class Statement(models.Model):
    """Where a pupil stands at a goal, as a teacher stated it on a day. Append-only: a later one takes its place."""

    id = models.UUIDField(primary_key=True, default=new_id)
    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="statements", db_index=False)
    pupil = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    level = models.PositiveSmallIntegerField(null=True)
    comment = models.TextField(default="")
    on = models.DateField()
    made_by = models.UUIDField()
    made_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["goal", "pupil", "on"], name="learning_statement_goal"),
            models.Index(fields=["pupil", "made_at"], name="learning_statement_pupil"),
        ]
