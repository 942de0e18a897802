"""Tables of lessons and attendance."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from testamur.kernel.base.ids import new_id
from testamur.schoolday.diary.rules.states import AbsenceKind, LessonState


class Lesson(models.Model):
    """One lesson that was, is or will be given. `slot`: the timetable's row that it comes from; None beside it.

    `room`: another one than the timetable's, for this day; empty where it is that one. `teacher` gives it (a substitute
    too); `note` is for whoever gives it; `version` grows with every change.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    school = models.ForeignKey("schools.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    path = models.CharField(max_length=400)
    group = models.ForeignKey("schools.Group", on_delete=models.PROTECT, related_name="+", db_index=False)
    subject = models.CharField(max_length=40)
    slot = models.UUIDField(null=True)
    teacher = models.UUIDField(null=True)
    on = models.DateField()
    number = models.PositiveSmallIntegerField(null=True)
    starts = models.TimeField()
    ends = models.TimeField()
    room = models.CharField(max_length=40, default="")
    topic = models.CharField(max_length=400, default="")
    homework = models.TextField(default="")
    due = models.DateField(null=True)
    note = models.TextField(default="")
    state = models.CharField(max_length=10, default=LessonState.PLANNED)
    taken_at = models.DateTimeField(null=True)
    taken_by = models.UUIDField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slot", "on"], name="diary_lesson_once"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="diary_lesson_times"),
            models.CheckConstraint(condition=Q(state__in=[s.value for s in LessonState]), name="diary_lesson_state"),
            models.CheckConstraint(
                condition=Q(state="taken", taken_at__isnull=False, taken_by__isnull=False)
                | Q(~Q(state="taken"), taken_at__isnull=True, taken_by__isnull=True),
                name="diary_lesson_taken_paired",
            ),
        ]
        indexes = [
            models.Index(fields=["group", "on"], name="diary_lesson_group"),
            models.Index(fields=["teacher", "on"], name="diary_lesson_teacher"),
            models.Index(fields=["school", "on"], name="diary_lesson_school"),
            models.Index(fields=["group", "due"], condition=Q(due__isnull=False), name="diary_lesson_homework"),
        ]


class Leave(models.Model):
    """A guardian's report of an absence, or request for leave. `consents`: guardians who agreed, as text ids."""

    id = models.UUIDField(primary_key=True, default=new_id)
    pupil = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey("schools.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    path = models.CharField(max_length=400)
    kind = models.CharField(max_length=8)
    ground = models.CharField(max_length=40)
    first = models.DateField()
    last = models.DateField()
    from_time = models.TimeField(null=True)
    to_time = models.TimeField(null=True)
    text = models.TextField(default="")
    days = models.PositiveSmallIntegerField(default=0)
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    consents = models.JSONField(default=list)
    approver = models.CharField(max_length=16, default="")
    state = models.CharField(max_length=10)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    why = models.TextField(default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="diary_leave_dates"),
            models.CheckConstraint(condition=Q(kind__in=["report", "leave"]), name="diary_leave_kind"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "asked", "granted", "refused", "withdrawn"]),
                name="diary_leave_state",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="diary_leave_decided_paired",
            ),
        ]
        indexes = [
            models.Index(fields=["pupil", "first"], name="diary_leave_pupil"),
            models.Index(
                fields=["school", "asked_at"], condition=Q(state__in=["waiting", "asked"]), name="diary_leave_open"
            ),
        ]


class Absence(models.Model):
    """A pupil who was not there, late, or left early. Everybody else was there: only exceptions have rows.

    `excused` is None until somebody says so or a rule does; `void`: registered by mistake. `lesson` repeats its day,
    school, group and subject here, because every report asks for them.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="absences", db_index=False)
    pupil = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey("schools.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    group = models.ForeignKey("schools.Group", on_delete=models.PROTECT, related_name="+", db_index=False)
    subject = models.CharField(max_length=40)
    on = models.DateField()
    kind = models.CharField(max_length=12)
    minutes = models.PositiveSmallIntegerField(null=True)
    weight = models.DecimalField(max_digits=5, decimal_places=2)
    excused = models.BooleanField(null=True)
    ground = models.CharField(max_length=40, default="")
    leave = models.ForeignKey(Leave, null=True, on_delete=models.PROTECT, related_name="absences")
    void = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    made_by = models.UUIDField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lesson", "pupil"], name="diary_absence_once"),
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in AbsenceKind]), name="diary_absence_kind"),
            models.CheckConstraint(
                condition=Q(kind="absent", minutes__isnull=True) | Q(~Q(kind="absent"), minutes__isnull=False),
                name="diary_absence_minutes",
            ),
        ]
        indexes = [
            models.Index(fields=["pupil", "on"], name="diary_absence_pupil"),
            models.Index(fields=["school", "on"], name="diary_absence_school"),
            models.Index(fields=["group", "on"], name="diary_absence_group"),
        ]


class AbsenceChange(models.Model):
    """What an absence was before a change, and who changed it. Never updated, never deleted (refused by trigger)."""

    id = models.BigAutoField(primary_key=True)
    absence = models.ForeignKey(Absence, on_delete=models.PROTECT, related_name="changes")
    at = models.DateTimeField()
    by = models.UUIDField()
    before = models.JSONField()
