"""Tables of the roll-out: plans with their stages, schools that joined, first steps put away, practice schools."""

from __future__ import annotations

from django.db import models

from testamur.kernel.base.ids import new_id
from testamur.schoolday.rollout.rules import PlanState, Reach


class Plan(models.Model):
    """What a body responsible asks of its schools in one school year; at most one is in force at a time."""

    id = models.UUIDField(primary_key=True, default=new_id)
    authority = models.UUIDField(db_index=True)
    path = models.CharField(max_length=400)
    name = models.CharField(max_length=400)
    reason = models.CharField(max_length=400)
    school_year = models.CharField(max_length=20)
    state = models.CharField(max_length=10, default=PlanState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    remind_before = models.PositiveSmallIntegerField(null=True)
    remind_after = models.PositiveSmallIntegerField(null=True)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    in_force_by = models.UUIDField(null=True)
    in_force_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["path", "school_year"],
                condition=models.Q(state=PlanState.IN_FORCE),
                name="rollout_one_in_force",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in PlanState]), name="rollout_plan_state"
            ),
        ]
        indexes = [models.Index(fields=["path", "state"], name="rollout_plan_place")]


class Stage(models.Model):
    """One stage of a plan. `dates`: name of a date (`rules.Mark`) → ISO day; `places`: paths of offices or schools."""

    id = models.UUIDField(primary_key=True, default=new_id)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="stages")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=400)
    grades = models.JSONField()
    reach = models.CharField(max_length=10)
    places = models.JSONField(default=list)
    dates = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="rollout_stage_number"),
            models.CheckConstraint(
                condition=models.Q(reach__in=[reach.value for reach in Reach]), name="rollout_stage_reach"
            ),
        ]


class Joining(models.Model):
    """A school's own word that it takes part in a plan; given once."""

    id = models.UUIDField(primary_key=True, default=new_id)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="joinings")
    unit = models.UUIDField()
    path = models.CharField(max_length=400)
    joined_by = models.UUIDField()
    joined_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "unit"], name="rollout_joined_once")]


class Beginning(models.Model):
    """Somebody who practises asked for a fresh school; `id` is the form's own, so that it is asked for once.

    There are rows only in a practice installation.
    """

    id = models.UUIDField(primary_key=True)
    asked_at = models.DateTimeField()
    school = models.UUIDField(null=True)
    failed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(school=None) | models.Q(failed=False), name="rollout_beginning_ends_once"
            ),
        ]


class PutAway(models.Model):
    """Somebody has put away the list of first steps of one role; it can be had back."""

    person = models.UUIDField()
    role = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "role"], name="rollout_put_away_once")]
