"""Tables of remarks, health notes, written assessments, and of what families have seen."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from testamur.kernel.base.ids import new_id
from testamur.schoolday.diary.rules.states import Circle, HealthKind, Part


class Remark(models.Model):
    """A remark about a pupil, or praise. `kind` is the pack's code."""

    id = models.UUIDField(primary_key=True, default=new_id)
    pupil = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey("schools.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    path = models.CharField(max_length=400)
    group = models.ForeignKey("schools.Group", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    subject = models.CharField(max_length=40, default="")
    lesson = models.ForeignKey("diary.Lesson", null=True, on_delete=models.PROTECT, related_name="remarks")
    kind = models.CharField(max_length=20)
    positive = models.BooleanField()
    text = models.TextField()
    on = models.DateField()
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.UUIDField(null=True)
    why = models.CharField(max_length=400, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="diary_remark_says_something"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="diary_remark_withdrawn_paired",
            ),
        ]
        indexes = [
            models.Index(fields=["pupil", "on"], name="diary_remark_pupil"),
            models.Index(fields=["school", "on"], name="diary_remark_school"),
            models.Index(fields=["group", "on"], name="diary_remark_group"),
        ]


class HealthNote(models.Model):
    """What those in `circle` need to know of a pupil's health. A note is ended, not changed."""

    id = models.UUIDField(primary_key=True, default=new_id)
    pupil = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey("schools.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    path = models.CharField(max_length=400)
    kind = models.CharField(max_length=12)
    text = models.TextField()
    circle = models.CharField(max_length=16)
    starts = models.DateField()
    ends = models.DateField(null=True)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    ended_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in HealthKind]), name="diary_health_kind"),
            models.CheckConstraint(condition=Q(circle__in=[c.value for c in Circle]), name="diary_health_circle"),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")), name="diary_health_dates"
            ),
        ]
        indexes = [models.Index(fields=["pupil", "starts"], name="diary_health_pupil")]


class Assessment(models.Model):
    """A written assessment of one pupil in one subject. A draft may change; once published a new row replaces it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    pupil = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey("schools.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    path = models.CharField(max_length=400)
    group = models.ForeignKey("schools.Group", on_delete=models.PROTECT, related_name="+", db_index=False)
    subject = models.CharField(max_length=40)
    term = models.ForeignKey("schools.Term", on_delete=models.PROTECT, related_name="+", db_index=False)
    value = models.CharField(max_length=20, default="")
    text = models.TextField(default="")
    plan = models.TextField(default="")
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    published_at = models.DateTimeField(null=True)
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "group", "subject", "term"],
                condition=Q(replaces__isnull=True),
                name="diary_assessment_one_first",
            ),
        ]
        indexes = [
            models.Index(fields=["group", "subject", "term"], name="diary_assessment_group"),
            models.Index(fields=["pupil", "published_at"], name="diary_assessment_pupil"),
        ]


class Visit(models.Model):
    """Up to when a person has seen one part of a pupil's diary: what came later is new to them."""

    id = models.BigAutoField(primary_key=True)
    person = models.UUIDField()
    pupil = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    part = models.CharField(max_length=12)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "pupil", "part"], name="diary_visit_one"),
            models.CheckConstraint(condition=Q(part__in=[p.value for p in Part]), name="diary_visit_part"),
        ]
