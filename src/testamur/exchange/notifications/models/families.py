"""Tables of the notices to families: what each reader chose, what is to be told to whom and when."""

from __future__ import annotations

from datetime import time

from django.db import models
from django.db.models import Q

from testamur.exchange.notifications.rules.families import Outcome, Pace, Way
from testamur.kernel.base.ids import new_id
from testamur.schoolday.diary.rules.states import Part


class Choice(models.Model):
    """How a reader wants to be told of one part of one pupil's diary. `ways` is a list of `Way`; empty: web only.

    Where there is no row the defaults of `rules.families.default` hold.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.UUIDField()
    child = models.UUIDField()
    part = models.CharField(max_length=12)
    ways = models.JSONField(default=list)
    pace = models.CharField(max_length=6)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "child", "part"], name="notifications_choice_one"),
            models.CheckConstraint(condition=Q(part__in=[p.value for p in Part]), name="notifications_choice_part"),
            models.CheckConstraint(condition=Q(pace__in=[p.value for p in Pace]), name="notifications_choice_pace"),
        ]


class Setting(models.Model):
    """What a reader chose for all messages. `stopped` is a list of ways that the person wants nothing by.

    `details`: marks and words may stand in text messages and letters. `latin`: text messages in Latin letters.
    """

    person = models.UUIDField(primary_key=True)
    quiet_from = models.TimeField(default=time(21))
    quiet_to = models.TimeField(default=time(7))
    digest_at = models.TimeField(default=time(17))
    digest_weekday = models.PositiveSmallIntegerField(default=5)
    details = models.BooleanField(default=False)
    latin = models.BooleanField(default=False)
    stopped = models.JSONField(default=list)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(digest_weekday__gte=1, digest_weekday__lte=7), name="notifications_setting_weekday"
            ),
        ]


class News(models.Model):
    """An act in the diary that its readers have to be told of; gone once every reader has an `Item`.

    `entry` is the journal's number. Nobody is told of his or her own
    act. `after` is the last school whose readers have theirs, where there are many.
    """

    entry = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=80)
    path = models.CharField(max_length=400)
    refs = models.JSONField()
    at = models.DateTimeField()
    actor = models.UUIDField()
    after = models.UUIDField(null=True)


class Item(models.Model):
    """One thing that one reader is told by one way, once: a mark, an absence … of one child.

    `ref` is the thing's id, `entry` the journal's number of the act. `outcome` says what became of it, `told_by` the
    way that it went, which may stand in for another one. `again`: its first message reached nobody.
    """

    id = models.BigAutoField(primary_key=True)
    person = models.UUIDField()
    child = models.UUIDField()
    part = models.CharField(max_length=12)
    ref = models.UUIDField()
    entry = models.BigIntegerField()
    way = models.CharField(max_length=6)
    path = models.CharField(max_length=400)
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, default="")
    told_by = models.CharField(max_length=6, default="")
    again = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "way", "child", "ref", "entry"], name="notifications_item_once"),
            models.CheckConstraint(condition=Q(part__in=[p.value for p in Part]), name="notifications_item_part"),
            models.CheckConstraint(condition=Q(way__in=[w.value for w in Way]), name="notifications_item_way"),
            models.CheckConstraint(
                condition=Q(told_at__isnull=True, outcome="")
                | Q(told_at__isnull=False, outcome__in=[o.value for o in Outcome]),
                name="notifications_item_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(told_at__isnull=True), name="notifications_item_due"),
            models.Index(
                fields=["person", "way", "due_at"], condition=Q(told_at__isnull=True), name="notifications_item_whose"
            ),
            models.Index(
                fields=["person", "told_at"], condition=Q(told_at__isnull=False), name="notifications_item_told"
            ),
            models.Index(
                fields=["path", "told_at"], condition=Q(outcome="unreached"), name="notifications_item_unreached"
            ),
            models.Index(fields=["told_at"], condition=Q(told_at__isnull=False), name="notifications_item_tidy"),
        ]
