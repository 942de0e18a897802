"""Tables of supervision: how far places were day by day, who was reminded, closing reports."""

from __future__ import annotations

from django.db import models

from testamur.kernel.base.ids import new_id
from testamur.schoolday.supervision.rules import ReportState


class DayCount(models.Model):
    """How far a place was on a day: one row a day for each body, office and school. Each number counts pupils."""

    unit = models.UUIDField()
    school_year = models.CharField(max_length=20)
    on = models.DateField()
    classes = models.PositiveIntegerField()
    pupils = models.PositiveIntegerField()
    complete = models.PositiveIntegerField()
    verified = models.PositiveIntegerField()
    made = models.PositiveIntegerField()
    teacher = models.PositiveIntegerField()
    principal = models.PositiveIntegerField()
    sealed = models.PositiveIntegerField()
    delivered = models.PositiveIntegerField()
    rejected = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "school_year", "on"], name="supervision_day_once"),
        ]
        indexes = [models.Index(fields=["on"], name="supervision_day_on")]


class Stand(models.Model):
    """Since when a class has stood where it stands: `reached` is the sum over its steps on the day `since`."""

    group = models.UUIDField(primary_key=True)
    reached = models.PositiveIntegerField()
    since = models.DateField()


class Reminder(models.Model):
    """One sending of reminders of a step at a place and below. `automatic`: by its date, not by a person."""

    id = models.UUIDField(primary_key=True, default=new_id)
    unit = models.UUIDField()
    path = models.CharField(max_length=400)
    school_year = models.CharField(max_length=20)
    step = models.CharField(max_length=10)
    automatic = models.BooleanField(default=False)
    people = models.PositiveIntegerField()
    sent_by = models.UUIDField()
    sent_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["path", "sent_at"], name="supervision_reminder_place")]


class Reminded(models.Model):
    """Somebody who was reminded: at most once a day, whoever asks. `classes`: ids of what waits."""

    id = models.UUIDField(primary_key=True, default=new_id)
    reminder = models.ForeignKey(Reminder, on_delete=models.PROTECT, related_name="+")
    person = models.UUIDField()
    unit = models.UUIDField()
    role = models.CharField(max_length=16)
    classes = models.JSONField()
    due = models.DateField(null=True)
    on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "on"], name="supervision_reminded_once_a_day")]


class Report(models.Model):
    """The closing report of a school year: a draft with its conclusions, then closed with all its figures.

    `content` and `sha256` are written when it is closed; from then on the database lets nothing of it change.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    unit = models.UUIDField()
    path = models.CharField(max_length=400)
    school_year = models.CharField(max_length=20)
    state = models.CharField(max_length=8, default=ReportState.DRAFT)
    outcome = models.TextField(default="")
    causes = models.TextField(default="")
    proposals = models.TextField(default="")
    content = models.JSONField(null=True)
    sha256 = models.CharField(max_length=64, default="")
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    closed_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "school_year"], name="supervision_report_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in ReportState]), name="supervision_report_state"
            ),
            models.CheckConstraint(
                condition=models.Q(state=ReportState.DRAFT, closed_at__isnull=True, closed_by__isnull=True, sha256="")
                | models.Q(state=ReportState.CLOSED, closed_at__isnull=False, closed_by__isnull=False)
                & ~models.Q(sha256=""),
                name="supervision_report_closed_whole",
            ),
        ]
