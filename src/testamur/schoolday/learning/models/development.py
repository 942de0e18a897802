"""Development plans with their versions and signatures, and talks."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from testamur.kernel.base.ids import new_id
from testamur.schoolday.learning.rules import How, Part


class Demand(models.Model):
    """A school that asks for an e-ID under its development plans; one that does not has no row."""

    school = models.OneToOneField("schools.Unit", primary_key=True, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    set_by = models.UUIDField()


class Development(models.Model):
    """The development plan of a pupil for one school year at one school; `path` is the class's."""

    id = models.UUIDField(primary_key=True, default=new_id)
    pupil = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey("schools.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    group = models.ForeignKey("schools.Group", on_delete=models.PROTECT, related_name="+", db_index=False)
    school_year = models.ForeignKey("schools.SchoolYear", on_delete=models.PROTECT, related_name="+", db_index=False)
    path = models.CharField(max_length=400)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["group"], name="learning_development_group")]
        constraints = [
            models.UniqueConstraint(fields=["pupil", "school", "school_year"], name="learning_development_one")
        ]


class Version(models.Model):
    """One version of it. While it is a draft it may change; frozen it never does: triggers refuse it.

    `content`: judgements and what was agreed (`rules.content_of`); `pdf` is what is confirmed or signed, `digest` its
    SHA-256.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    development = models.ForeignKey(Development, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, default="draft")
    content = models.JSONField()
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    seen = models.PositiveIntegerField(default=1)
    frozen_at = models.DateTimeField(null=True)
    eid = models.BooleanField(default=False)
    pdf = models.BinaryField(null=True)
    digest = models.CharField(max_length=64, default="")
    size = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["development", "number"], name="learning_version_number"),
            models.UniqueConstraint(
                fields=["development"], condition=Q(state="draft"), name="learning_version_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", frozen_at__isnull=True, pdf__isnull=True, digest="")
                | (Q(state="frozen", frozen_at__isnull=False, pdf__isnull=False) & ~Q(digest="")),
                name="learning_version_frozen_whole",
            ),
        ]


class Signature(models.Model):
    """Somebody confirmed a frozen version, with a button or with an e-ID. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="signatures", db_index=False)
    person = models.UUIDField()
    part = models.CharField(max_length=8)
    how = models.CharField(max_length=10)
    ceremony = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "person"], name="learning_signature_once"),
            models.CheckConstraint(condition=Q(part__in=[p.value for p in Part]), name="learning_signature_part"),
            models.CheckConstraint(
                condition=Q(how=How.CONFIRMED.value, ceremony__isnull=True)
                | Q(how=How.EID.value, ceremony__isnull=False),
                name="learning_signature_how",
            ),
        ]


class Talk(models.Model):
    """A talk about a pupil's development, before and after. `time`: the booked time of a meeting, if any."""

    id = models.UUIDField(primary_key=True, default=new_id)
    pupil = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    group = models.ForeignKey("schools.Group", on_delete=models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey("schools.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    path = models.CharField(max_length=400)
    at = models.DateTimeField()
    place = models.CharField(max_length=200, default="")
    time = models.UUIDField(null=True)
    host = models.UUIDField()
    agenda = models.TextField(default="")
    minutes = models.TextField(default="")
    minutes_at = models.DateTimeField(null=True)
    called_off_at = models.DateTimeField(null=True)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    seen = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["pupil", "at"], name="learning_talk_pupil"),
            models.Index(fields=["group", "at"], name="learning_talk_group"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["time"], condition=Q(time__isnull=False, called_off_at__isnull=True), name="learning_talk_time"
            ),
        ]


class Preparation(models.Model):
    """What one person of the family last wrote before a talk."""

    id = models.UUIDField(primary_key=True, default=new_id)
    talk = models.ForeignKey(Talk, on_delete=models.PROTECT, related_name="preparations", db_index=False)
    person = models.UUIDField()
    part = models.CharField(max_length=8)
    well = models.TextField(default="")
    harder = models.TextField(default="")
    wish = models.TextField(default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["talk", "person"], name="learning_preparation_once"),
            models.CheckConstraint(condition=Q(part__in=[p.value for p in Part]), name="learning_preparation_part"),
        ]


class FollowUp(models.Model):
    """What was agreed at a talk to be done until a day."""

    id = models.UUIDField(primary_key=True, default=new_id)
    talk = models.ForeignKey(Talk, on_delete=models.PROTECT, related_name="follow_ups")
    text = models.CharField(max_length=500)
    due = models.DateField()
    done_at = models.DateTimeField(null=True)
    done_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="learning_follow_up_text"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="learning_follow_up_done",
            ),
        ]
