"""Tables of marks."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from testamur.kernel.base.ids import new_id


class Task(models.Model):
    """A column of the mark grid: what the marks of one group in one subject are for.

    `closes` is ``term`` or ``year`` for the one column whose marks close that period. `hidden`: families see its marks
    only once it is shown. `retired`: taken out of the grid; its marks stay.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    school = models.ForeignKey("schools.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    path = models.CharField(max_length=400)
    group = models.ForeignKey("schools.Group", on_delete=models.PROTECT, related_name="+", db_index=False)
    subject = models.CharField(max_length=40)
    term = models.ForeignKey("schools.Term", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    closes = models.CharField(max_length=4, default="")
    title = models.CharField(max_length=120, default="")
    on = models.DateField()
    weight = models.DecimalField(max_digits=5, decimal_places=2, default=1)
    hidden = models.BooleanField(default=False)
    shown_at = models.DateTimeField(null=True)
    retired = models.BooleanField(default=False)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(closes__in=["", "term", "year"]), name="diary_task_closes"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="diary_task_weight"),
            models.UniqueConstraint(
                fields=["group", "subject", "term", "kind"],
                condition=~Q(closes=""),
                name="diary_task_one_that_closes",
            ),
        ]
        indexes = [
            models.Index(fields=["group", "subject", "on"], name="diary_task_group"),
            models.Index(fields=["school", "term"], name="diary_task_school"),
        ]


class Mark(models.Model):
    """What a teacher wrote for one pupil in one task. Never updated, never deleted (refused by trigger).

    The mark that stands is the one that no other replaces; an empty `value` takes a mark back.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="marks", db_index=False)
    pupil = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    value = models.CharField(max_length=20)
    comment = models.CharField(max_length=400, default="")
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["task", "pupil"], condition=Q(replaces__isnull=True), name="diary_mark_one_first"
            ),
            models.CheckConstraint(
                condition=~Q(value="") | Q(replaces__isnull=False), name="diary_mark_says_something"
            ),
        ]
        indexes = [
            models.Index(fields=["task", "pupil"], name="diary_mark_task"),
            models.Index(fields=["pupil", "made_at"], name="diary_mark_pupil"),
        ]
