"""Entries of the portfolio, whom they are about, and their pictures."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from testamur.kernel.base.ids import new_id
from testamur.schoolday.learning.rules import EntryKind


class Entry(models.Model):
    """A text with pictures about children of a group. `own`: a pupil's own work, added by the family itself."""

    id = models.UUIDField(primary_key=True, default=new_id)
    group = models.ForeignKey("schools.Group", on_delete=models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey("schools.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    path = models.CharField(max_length=400)
    kind = models.CharField(max_length=14)
    title = models.CharField(max_length=200)
    text = models.TextField(default="")
    on = models.DateField()
    own = models.BooleanField(default=False)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["group", "on"], name="learning_entry_group")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in EntryKind]), name="learning_entry_kind"),
            models.CheckConstraint(condition=~Q(title=""), name="learning_entry_titled"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(published_at__isnull=False), name="learning_entry_withdrawn"
            ),
        ]


class Earlier(models.Model):
    """What an entry said before it was changed. Never changed itself."""

    id = models.UUIDField(primary_key=True, default=new_id)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="earlier", db_index=False)
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    text = models.TextField(default="")
    on = models.DateField()
    changed_by = models.UUIDField()
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "number"], name="learning_earlier_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="learning_earlier_counted"),
        ]


class EntryChild(models.Model):
    """Whom an entry is about."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="children", db_index=False)
    child = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "child"], name="learning_entry_child")]


class EntryGoal(models.Model):
    """Which goal an entry shows."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="goals", db_index=False)
    goal = models.ForeignKey("learning.Goal", on_delete=models.PROTECT, related_name="entries")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "goal"], name="learning_entry_goal")]


class Picture(models.Model):
    """A picture, made anew from its pixels. Its bytes are rows: one transaction, one backup, one removal."""

    id = models.UUIDField(primary_key=True, default=new_id)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="pictures", db_index=False)
    number = models.PositiveSmallIntegerField()
    alt = models.CharField(max_length=200)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    data = models.BinaryField()
    thumb = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "number"], name="learning_picture_place")]


class PictureChild(models.Model):
    """Who is seen in a picture."""

    id = models.BigAutoField(primary_key=True)
    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, related_name="children", db_index=False)
    child = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["picture", "child"], name="learning_picture_child")]
