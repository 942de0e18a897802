"""Tables of support."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from testamur.kernel.base.ids import new_id
from testamur.schoolday.support.rules import Level, LinkKind, Said, State, Step


class Question(models.Model):
    """What somebody asked. `way` is a list of `Level`: who has had it; `level` and `at_path` are the last one's.

    `turn_at`: when it became somebody's turn; `told_at`: when that one was told last, None before.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    path = models.CharField(max_length=400)
    unit = models.UUIDField()
    asked_by = models.UUIDField()
    child = models.UUIDField(null=True)
    group = models.UUIDField(null=True)
    title = models.CharField(max_length=120)
    state = models.CharField(max_length=10, default=State.OPEN)
    way = models.JSONField()
    level = models.CharField(max_length=10)
    at_path = models.CharField(max_length=400)
    teacher = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    turn_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["asked_by", "asked_at"], name="support_question_asked"),
            models.Index(fields=["teacher", "turn_at"], name="support_question_teacher"),
            models.Index(fields=["at_path", "level"], condition=Q(state="open"), name="support_question_open"),
            models.Index(fields=["turn_at"], condition=Q(told_at__isnull=True), name="support_question_untold"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[s.value for s in State]), name="support_question_state"),
            models.CheckConstraint(condition=Q(level__in=[one.value for one in Level]), name="support_question_level"),
            models.CheckConstraint(condition=~Q(title=""), name="support_question_titled"),
            models.CheckConstraint(
                condition=~Q(level="teacher") | Q(teacher__isnull=False), name="support_question_held"
            ),
        ]


class Word(models.Model):
    """What was written to a question; `level` is who wrote it among staff, empty for whoever asked."""

    id = models.UUIDField(primary_key=True, default=new_id)
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="words")
    at = models.DateTimeField()
    person = models.UUIDField()
    said = models.CharField(max_length=8)
    text = models.TextField(default="")
    level = models.CharField(max_length=10, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(said__in=[s.value for s in Said]), name="support_word_said"),
            models.CheckConstraint(
                condition=Q(level__in=["", *(one.value for one in Level)]), name="support_word_level"
            ),
        ]


class Case(models.Model):
    """The reception of one protected person at a school, and when it is followed up."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.UUIDField(unique=True)
    path = models.CharField(max_length=400)
    opened_at = models.DateTimeField()
    opened_by = models.UUIDField()
    follow_up = models.DateField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["follow_up"], name="support_case_follow_up")]


class CaseStep(models.Model):
    """A step of a case that was done."""

    id = models.UUIDField(primary_key=True, default=new_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=12)
    done_at = models.DateTimeField()
    done_by = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "step"], name="support_step_once"),
            models.CheckConstraint(condition=Q(step__in=[s.value for s in Step]), name="support_step_known"),
        ]


class Contact(models.Model):
    """Whom one reaches at a unit; `open` to everybody, else to those who are logged in."""

    id = models.UUIDField(primary_key=True, default=new_id)
    unit = models.UUIDField(db_index=True)
    path = models.CharField(max_length=400)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=120, default="")
    phone = models.CharField(max_length=40, default="")
    email = models.CharField(max_length=254, default="")
    address = models.CharField(max_length=200, default="")
    hours = models.CharField(max_length=120, default="")
    open = models.BooleanField(default=False)
    place = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="support_contact_named"),
            models.CheckConstraint(condition=~Q(phone="", email="", address=""), name="support_contact_reaches"),
        ]


class Link(models.Model):
    """A group's place in another system; ended, never deleted."""

    id = models.UUIDField(primary_key=True, default=new_id)
    group = models.UUIDField(db_index=True)
    path = models.CharField(max_length=400)
    kind = models.CharField(max_length=10)
    label = models.CharField(max_length=80)
    url = models.CharField(max_length=600)
    families = models.BooleanField(default=False)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in LinkKind]), name="support_link_kind"),
            models.CheckConstraint(condition=Q(url__startswith="https://"), name="support_link_safe"),
        ]


class Host(models.Model):
    """A host that links of the groups of a body may lead to, beside Google Classroom and Microsoft Teams."""

    id = models.UUIDField(primary_key=True, default=new_id)
    path = models.CharField(max_length=400)
    host = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["path", "host"], name="support_host_once")]


class Tool(models.Model):
    """A learning tool that is launched from here (LTI 1.3); `client_id` is what it calls itself to us."""

    id = models.UUIDField(primary_key=True, default=new_id)
    path = models.CharField(max_length=400)
    name = models.CharField(max_length=120)
    login_url = models.CharField(max_length=400)
    target_url = models.CharField(max_length=400)
    redirect_urls = models.JSONField(default=list)
    client_id = models.CharField(max_length=40, unique=True)
    names = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class Placement(models.Model):
    """A learning tool on the page of a group."""

    id = models.UUIDField(primary_key=True, default=new_id)
    tool = models.ForeignKey(Tool, on_delete=models.PROTECT, related_name="placements")
    group = models.UUIDField(db_index=True)
    path = models.CharField(max_length=400)
    label = models.CharField(max_length=80)
    families = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
