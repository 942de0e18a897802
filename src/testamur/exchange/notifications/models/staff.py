"""Tables of the notices to staff: how far the journal was read, what stirs, what was told."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from testamur.exchange.notifications.rules.staff import Kind, Topic
from testamur.kernel.base.ids import new_id


class Reader(models.Model):
    """How far the journal was followed."""

    name = models.CharField(primary_key=True, max_length=40)
    transaction = models.BigIntegerField(default=0)
    entry = models.BigIntegerField(default=0)


class Stir(models.Model):
    """Something happened at `key` (a path, or a school's id); it is told of when `due_at` has come.

    `news` is a list of the journal entries' refs that the telling needs.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    topic = models.CharField(max_length=10)
    key = models.CharField(max_length=400)
    path = models.CharField(max_length=400)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    due_at = models.DateTimeField(db_index=True)
    times = models.PositiveIntegerField(default=1)
    news = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["topic", "key"], name="notifications_stir_one"),
            models.CheckConstraint(condition=Q(topic__in=[t.value for t in Topic]), name="notifications_stir_topic"),
        ]


class Told(models.Model):
    """What a person was last told of one kind and school: when, of how many, up to which, and about what."""

    id = models.BigAutoField(primary_key=True)
    person = models.UUIDField()
    kind = models.CharField(max_length=10)
    unit = models.UUIDField()
    at = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)
    upto = models.DateTimeField(null=True)
    about = models.CharField(max_length=80, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "unit"], name="notifications_told_one"),
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in Kind]), name="notifications_told_kind"),
        ]


class Round(models.Model):
    """A morning's letters of one country, all written."""

    id = models.BigAutoField(primary_key=True)
    country = models.CharField(max_length=2)
    day = models.DateField()
    done_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["country", "day"], name="notifications_round_once")]
