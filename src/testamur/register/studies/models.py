"""Tables of the studies."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from testamur.kernel.base.ids import new_id
from testamur.register.studies.rules import Ended


class Occasion(models.Model):
    """A course given in a period."""

    id = models.UUIDField(primary_key=True, default=new_id)
    unit = models.ForeignKey("schools.Unit", on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=400)
    course = models.ForeignKey("curriculum.Course", on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=20)
    term = models.CharField(max_length=20)
    starts = models.DateField()
    ends = models.DateField()
    pace = models.PositiveSmallIntegerField(default=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "term", "code"], name="studies_occasion_code"),
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="studies_occasion_dates"),
            models.CheckConstraint(condition=Q(pace__range=(1, 200)), name="studies_occasion_pace"),
            models.CheckConstraint(condition=~Q(code=""), name="studies_occasion_named"),
        ]
        indexes = [models.Index(fields=["path", "term"])]


class Registration(models.Model):
    """A student's place in an occasion. Ended, never deleted."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    occasion = models.ForeignKey(Occasion, on_delete=models.PROTECT, related_name="+")
    registered_on = models.DateField()
    ended_on = models.DateField(null=True)
    ended = models.CharField(max_length=12, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "occasion"], name="studies_registration_once"),
            models.CheckConstraint(condition=Q(ended__in=[e.value for e in Ended]), name="studies_registration_ended"),
            models.CheckConstraint(
                condition=Q(ended="", ended_on__isnull=True) | (~Q(ended="") & Q(ended_on__isnull=False)),
                name="studies_registration_ended_paired",
            ),
        ]


class Exam(models.Model):
    """An examination on a day."""

    id = models.UUIDField(primary_key=True, default=new_id)
    unit = models.ForeignKey("schools.Unit", on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=400)
    course = models.ForeignKey("curriculum.Course", on_delete=models.PROTECT, related_name="+", db_index=False)
    module = models.ForeignKey("curriculum.Module", null=True, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    held_on = models.DateField()
    anonymous = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "code", "held_on"], name="studies_exam_code"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="studies_exam_named"),
        ]


class SignUp(models.Model):
    """Somebody who may sit an exam."""

    id = models.UUIDField(primary_key=True, default=new_id)
    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    anonymous_code = models.CharField(max_length=20, default="")
    attended = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["exam", "person"], name="studies_signup_once"),
            models.UniqueConstraint(
                fields=["exam", "anonymous_code"], condition=~Q(anonymous_code=""), name="studies_signup_code"
            ),
        ]


class Credit(models.Model):
    """A decision that a student need not take a module or a course."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    course = models.ForeignKey("curriculum.Course", on_delete=models.PROTECT, related_name="+")
    module = models.ForeignKey("curriculum.Module", null=True, on_delete=models.PROTECT, related_name="+")
    credits = models.DecimalField(max_digits=6, decimal_places=1)
    decided_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "module"], condition=Q(module__isnull=False), name="studies_credit_module_once"
            ),
            models.UniqueConstraint(
                fields=["person", "course"], condition=Q(module__isnull=True), name="studies_credit_course_once"
            ),
            models.CheckConstraint(condition=Q(credits__gt=0), name="studies_credit_size"),
        ]
