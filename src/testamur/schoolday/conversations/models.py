"""Tables of conversations."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from testamur.kernel.base.ids import new_id
from testamur.schoolday.conversations.rules import DESKS, Circle, Pace, Side

_GROUPED = [Circle.GUARDIANS, Circle.PUPILS, Circle.CHILD]


class Conversation(models.Model):
    """What is written to a circle, and what is answered. `due_at` without `sent_at`: planned, or called off."""

    id = models.UUIDField(primary_key=True, default=new_id)
    path = models.CharField(max_length=400)
    unit = models.UUIDField()
    unit_path = models.CharField(max_length=400)
    circle = models.CharField(max_length=12)
    group = models.UUIDField(null=True)
    child = models.UUIDField(null=True)
    talk = models.BooleanField(default=False)
    subject = models.CharField(max_length=200)
    language = models.CharField(max_length=8, default="")
    side = models.CharField(max_length=8)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    off_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["group", "circle"], name="conversations_group"),
            models.Index(fields=["unit", "circle"], name="conversations_unit"),
            models.Index(fields=["child", "circle"], name="conversations_child"),
            models.Index(fields=["made_by"], name="conversations_made_by"),
            models.Index(
                fields=["due_at"], condition=Q(sent_at__isnull=True, off_at__isnull=True), name="conversations_due"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(circle__in=[c.value for c in Circle]), name="conversations_circle"),
            models.CheckConstraint(condition=Q(side__in=[s.value for s in Side]), name="conversations_side"),
            models.CheckConstraint(condition=~Q(subject=""), name="conversations_subject"),
            models.CheckConstraint(
                condition=Q(circle__in=[Circle.CHILD, Circle.SCHOOL], child__isnull=False)
                | (~Q(circle__in=[Circle.CHILD, Circle.SCHOOL]) & Q(child__isnull=True)),
                name="conversations_about_child",
            ),
            models.CheckConstraint(
                condition=Q(group__isnull=True) | Q(circle__in=_GROUPED), name="conversations_group_circle"
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(off_at__isnull=True), name="conversations_sent_or_off"
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=False) | Q(due_at__isnull=False), name="conversations_planned_has_time"
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(last_at__gte=F("sent_at")), name="conversations_last"
            ),
        ]


class Member(models.Model):
    """One of the staff who takes part: a person, or whoever holds a post."""

    id = models.UUIDField(primary_key=True, default=new_id)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="members", db_index=False)
    person = models.UUIDField(null=True)
    desk = models.CharField(max_length=16, default="")
    group = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person"], name="conversations_member_person")]
        constraints = [
            # its index also answers "who takes part in this conversation"
            models.UniqueConstraint(fields=["conversation", "person", "desk"], name="conversations_member_once"),
            models.CheckConstraint(
                condition=Q(person__isnull=False, desk="")
                | Q(person__isnull=True, desk__in=[one.value for one in DESKS]),
                name="conversations_member_one",
            ),
        ]


class Thread(models.Model):
    """What one recipient and the staff write to one another, beside what is written to all."""

    id = models.UUIDField(primary_key=True, default=new_id)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="threads", db_index=False)
    person = models.UUIDField()
    child = models.UUIDField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "person"], name="conversations_thread_once"),
        ]


class Post(models.Model):
    """One message. Never changed; `at` of a planned one is set when it is sent."""

    id = models.UUIDField(primary_key=True, default=new_id)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="posts", db_index=False)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="posts", null=True, db_index=False)
    author = models.UUIDField()
    side = models.CharField(max_length=8)
    child = models.UUIDField(null=True)
    text = models.TextField()
    language = models.CharField(max_length=8, default="")
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["conversation", "at"], name="conversations_post_order")]
        constraints = [
            models.CheckConstraint(condition=Q(side__in=[s.value for s in Side]), name="conversations_post_side"),
            models.CheckConstraint(condition=~Q(text=""), name="conversations_post_text"),
        ]


class Attachment(models.Model):
    """A file at a post; its content lies in the data folder under its digest."""

    id = models.UUIDField(primary_key=True, default=new_id)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=100)
    size = models.IntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["digest"], name="conversations_file_digest")]
        constraints = [models.CheckConstraint(condition=Q(size__gt=0), name="conversations_file_size")]


class Reading(models.Model):
    """Up to where somebody has read a conversation, and whether it is muted."""

    id = models.UUIDField(primary_key=True, default=new_id)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="readings", db_index=False)
    person = models.UUIDField()
    seen_at = models.DateTimeField(null=True)
    muted = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "person"], name="conversations_reading_once"),
        ]


class Away(models.Model):
    """Days on which a member of the staff does not answer, and who reads along meanwhile."""

    id = models.UUIDField(primary_key=True, default=new_id)
    unit = models.UUIDField()
    path = models.CharField(max_length=400)
    person = models.UUIDField()
    first = models.DateField()
    last = models.DateField()
    note = models.CharField(max_length=400, default="")
    substitute = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "last"], name="conversations_away_person"),
            models.Index(fields=["substitute", "last"], name="conversations_away_substitute"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="conversations_away_days"),
            models.CheckConstraint(
                condition=Q(substitute__isnull=True) | ~Q(substitute=F("person")), name="conversations_away_other"
            ),
        ]


class Telling(models.Model):
    """How soon one of the staff is told by letter that messages wait; whoever chose nothing has no row."""

    person = models.UUIDField(primary_key=True)
    pace = models.CharField(max_length=8)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pace__in=[p.value for p in Pace]), name="conversations_telling_pace"),
        ]
