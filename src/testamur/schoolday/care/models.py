"""Tables: pick-up and drop-off. Children, guardians, staff, units and groups stand as ids of the register."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from testamur.kernel.base.ids import new_id
from testamur.schoolday.care.rules import Act, Parity, Reason, Relation


class Setting(models.Model):
    """How the care of a unit is arranged. `opening`: weekday → [opens, closes], both ``HH:MM``.

    `own_weeks`: each of a child's guardians writes the own odd or even weeks alone.
    """

    unit = models.UUIDField(primary_key=True)
    path = models.CharField(max_length=400)
    opening = models.JSONField()
    deadline_days = models.SmallIntegerField()
    deadline_at = models.TimeField()
    small_per_adult = models.SmallIntegerField()
    big_per_adult = models.SmallIntegerField()
    own_weeks = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(deadline_days__range=(0, 14)), name="care_setting_deadline"),
            models.CheckConstraint(
                condition=Q(small_per_adult__range=(1, 50), big_per_adult__range=(1, 50)), name="care_setting_ratio"
            ),
        ]


class Closing(models.Model):
    """A day without care that the unit decided. `asks`: families say until `answer_by` whether they need it anyway."""

    id = models.UUIDField(primary_key=True, default=new_id)
    unit = models.UUIDField()
    path = models.CharField(max_length=400)
    on = models.DateField()
    name = models.CharField(max_length=120)
    asks = models.BooleanField(default=False)
    answer_by = models.DateField(null=True)
    decided_by = models.UUIDField()
    decided_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "on"], condition=Q(cancelled_at__isnull=True), name="care_closing_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="care_closing_named"),
            models.CheckConstraint(
                condition=Q(asks=False, answer_by__isnull=True)
                | Q(asks=True, answer_by__isnull=False, answer_by__lte=F("on")),
                name="care_closing_asks",
            ),
        ]


class Need(models.Model):
    """What a family answered to a closing day; without hours the child needs no care."""

    id = models.UUIDField(primary_key=True, default=new_id)
    closing = models.ForeignKey(Closing, on_delete=models.PROTECT, related_name="needs", db_index=False)
    child = models.UUIDField()
    starts = models.TimeField(null=True)
    ends = models.TimeField(null=True)
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["closing", "child"], name="care_need_once"),
            models.CheckConstraint(
                condition=Q(starts__isnull=True, ends__isnull=True)
                | Q(starts__isnull=False, ends__isnull=False, ends__gt=F("starts")),
                name="care_need_hours",
            ),
        ]


class Regular(models.Model):
    """A child's regular week from a day on, in every week, odd or even ones. `days`: weekday → [comes, leaves]."""

    id = models.UUIDField(primary_key=True, default=new_id)
    child = models.UUIDField()
    unit = models.UUIDField()
    valid_from = models.DateField()
    parity = models.CharField(max_length=4, default="")
    days = models.JSONField()
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["child", "unit", "valid_from", "parity"], name="care_regular_once"),
            models.CheckConstraint(condition=Q(parity__in=[p.value for p in Parity]), name="care_regular_parity"),
        ]


class Day(models.Model):
    """A day that differs from the regular week; without hours there is a reason."""

    id = models.UUIDField(primary_key=True, default=new_id)
    child = models.UUIDField()
    unit = models.UUIDField()
    on = models.DateField()
    starts = models.TimeField(null=True)
    ends = models.TimeField(null=True)
    reason = models.CharField(max_length=8, default="")
    by = models.UUIDField()
    at = models.DateTimeField()
    staff = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["unit", "on"], name="care_day_unit")]
        constraints = [
            models.UniqueConstraint(fields=["child", "unit", "on"], name="care_day_once"),
            models.CheckConstraint(
                condition=Q(starts__isnull=True, ends__isnull=True, reason__in=[r.value for r in Reason])
                | Q(starts__isnull=False, ends__isnull=False, ends__gt=F("starts"), reason=""),
                name="care_day_whole",
            ),
        ]


class Collector(models.Model):
    """Somebody who may fetch a child, as its guardian says. Ended, never deleted, until retention removes it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    child = models.UUIDField()
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=30)
    relation = models.CharField(max_length=12)
    starts = models.DateField()
    ends = models.DateField(null=True)
    picture = models.BinaryField(null=True)
    added_by = models.UUIDField()
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["child"], name="care_collector_child")]
        constraints = [
            models.CheckConstraint(condition=Q(relation__in=[r.value for r in Relation]), name="care_collector_what"),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")), name="care_collector_dates"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="care_collector_named"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="care_collector_ended",
            ),
        ]


class Caution(models.Model):
    """What the staff of a group must know at the door: who may not fetch the child."""

    id = models.UUIDField(primary_key=True, default=new_id)
    child = models.UUIDField()
    path = models.CharField(max_length=400)
    text = models.CharField(max_length=1000)
    written_by = models.UUIDField()
    written_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["child"], condition=Q(ended_at__isnull=True), name="care_caution_child")]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="care_caution_said"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="care_caution_ended",
            ),
        ]


class Fetching(models.Model):
    """Who fetches a child on a day, as its family says: a guardian (`person`) or a collector."""

    id = models.UUIDField(primary_key=True, default=new_id)
    child = models.UUIDField()
    on = models.DateField()
    person = models.UUIDField(null=True)
    collector = models.ForeignKey(Collector, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["child", "on"], name="care_fetching_once"),
            models.CheckConstraint(
                condition=Q(person__isnull=True, collector__isnull=False)
                | Q(person__isnull=False, collector__isnull=True),
                name="care_fetching_one",
            ),
        ]


class Presence(models.Model):
    """An arrival or departure; rows are added, never changed. `id` is the key that the tablet made.

    `number` counts a child's notes of a day: two tablets cannot both write the third. `corrects` takes a note back.
    """

    id = models.UUIDField(primary_key=True)
    child = models.UUIDField()
    unit = models.UUIDField()
    group = models.UUIDField()
    on = models.DateField()
    number = models.SmallIntegerField()
    act = models.CharField(max_length=8, default="")
    at = models.DateTimeField()
    noted_by = models.UUIDField()
    noted_at = models.DateTimeField()
    person = models.UUIDField(null=True)
    collector = models.ForeignKey(Collector, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    corrects = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="corrected_by")

    class Meta:
        indexes = [models.Index(fields=["unit", "on"], name="care_presence_unit")]
        constraints = [
            models.UniqueConstraint(fields=["child", "on", "number"], name="care_presence_in_order"),
            models.CheckConstraint(
                condition=Q(act__in=[a.value for a in Act], corrects__isnull=True)
                | Q(act="", corrects__isnull=False, person__isnull=True, collector__isnull=True),
                name="care_presence_what",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=True) | Q(collector__isnull=True), name="care_presence_one_person"
            ),
        ]


class Wish(models.Model):
    """A guardian who wants to be told when the child is checked in and out."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.UUIDField()
    child = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "child"], name="care_wish_once")]
        indexes = [models.Index(fields=["child"], name="care_wish_child")]


class Reminder(models.Model):
    """That a family was reminded of a week without hours; one for a child and week."""

    id = models.UUIDField(primary_key=True, default=new_id)
    child = models.UUIDField()
    unit = models.UUIDField()
    monday = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["child", "monday"], name="care_reminder_once")]
