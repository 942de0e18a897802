"""Tables of the year's transcripts: how far each class is, who verified it, what was handed over."""

from __future__ import annotations

from django.db import models

from testamur.kernel.base.ids import new_id
from testamur.schoolday.transcripts.rules import HandoverState


class ClassYear(models.Model):
    """The standing of one class in one school year, as it was counted last; counted anew whenever something moved.

    Each number counts pupils that have reached the step of that name (`rules.Step`). `missing`: reason code → pupils.
    """

    group = models.UUIDField(primary_key=True)
    unit = models.UUIDField(db_index=True)
    path = models.CharField(max_length=400)
    school_year = models.CharField(max_length=20)
    code = models.CharField(max_length=80)
    year_level = models.PositiveSmallIntegerField(default=0)
    class_teacher = models.UUIDField(null=True)
    pupils = models.PositiveIntegerField(default=0)
    complete = models.PositiveIntegerField(default=0)
    verified = models.PositiveIntegerField(default=0)
    made = models.PositiveIntegerField(default=0)
    teacher = models.PositiveIntegerField(default=0)
    principal = models.PositiveIntegerField(default=0)
    sealed = models.PositiveIntegerField(default=0)
    delivered = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    missing = models.JSONField(default=dict)
    verified_at = models.DateTimeField(null=True)
    refreshed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["school_year", "path"], name="transcripts_year_place")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(complete__lte=models.F("pupils"), delivered__lte=models.F("pupils")),
                name="transcripts_counts_fit",
            ),
        ]


class Verification(models.Model):
    """A named person's word that a class's data are complete and exact; withdrawn, never changed.

    `digest` is that of what was verified: when the data change afterwards, the word no longer covers them.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    group = models.UUIDField(db_index=True)
    unit = models.UUIDField()
    path = models.CharField(max_length=400)
    school_year = models.CharField(max_length=20)
    verified_by = models.UUIDField()
    verified_at = models.DateTimeField()
    pupils = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.UUIDField(null=True)
    why = models.CharField(max_length=400, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group"], condition=models.Q(withdrawn_at__isnull=True), name="transcripts_verified_once"
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="transcripts_withdrawn_paired",
            ),
        ]


class Handover(models.Model):
    """One record on its way to the ministry's store; one row for each record, so none is delivered twice."""

    record = models.UUIDField(primary_key=True)
    pupil = models.UUIDField(db_index=True)
    group = models.UUIDField(db_index=True)
    unit = models.UUIDField()
    path = models.CharField(max_length=400)
    school_year = models.CharField(max_length=20)
    state = models.CharField(max_length=10, default=HandoverState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    receipt = models.CharField(max_length=120, default="")
    code = models.CharField(max_length=80, default="")
    message = models.CharField(max_length=400, default="")
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in HandoverState]), name="transcripts_handover_state"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=HandoverState.ACCEPTED) | ~models.Q(receipt=""),
                name="transcripts_accepted_by_receipt",
            ),
        ]
        indexes = [
            models.Index(fields=["path", "state"], name="transcripts_handover_place"),
        ]


class Follower(models.Model):
    """How far the journal was read for what moves class years."""

    name = models.CharField(primary_key=True, max_length=20)
    transaction = models.BigIntegerField(default=0)
    entry = models.BigIntegerField(default=0)
