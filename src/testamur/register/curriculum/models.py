"""Tables of what is taught. Places are organisation paths as text: units live in a package above this one."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from testamur.kernel.base.ids import new_id
from testamur.register.curriculum.rules import FinalRule


class Subject(models.Model):
    """A subject of a pack's list (empty path) or of an authority's own."""

    id = models.UUIDField(primary_key=True, default=new_id)
    path = models.CharField(max_length=400, default="")
    pack = models.CharField(max_length=60, default="")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    block = models.CharField(max_length=40, default="")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "path", "pack"], name="curriculum_subject_code"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="curriculum_subject_named"),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="curriculum_subject_dates",
            ),
        ]


class Course(models.Model):
    """A course of a university or upper secondary school."""

    id = models.UUIDField(primary_key=True, default=new_id)
    path = models.CharField(max_length=400, default="")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, default="")
    credits = models.DecimalField(max_digits=6, decimal_places=1)
    scale = models.CharField(max_length=60, default="")
    subject = models.CharField(max_length=40, default="")
    final_rule = models.CharField(max_length=16, default="manual")
    degree_project = models.BooleanField(default=False)
    discontinued_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "path"], name="curriculum_course_code"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="curriculum_course_named"),
            models.CheckConstraint(condition=Q(credits__gte=0), name="curriculum_course_credits"),
            models.CheckConstraint(
                condition=Q(final_rule__in=[r.value for r in FinalRule]), name="curriculum_course_final_rule"
            ),
        ]


class Module(models.Model):
    """A part of a course with its own credits and grade (provkod)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="modules", db_index=False)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, default="")
    credits = models.DecimalField(max_digits=6, decimal_places=1)
    scale = models.CharField(max_length=60, default="")
    titled = models.BooleanField(default=False)  # a degree project: its result needs a title
    deciding = models.BooleanField(default=False)
    order = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "code"], name="curriculum_module_code"),
            models.UniqueConstraint(
                fields=["course"], condition=Q(deciding=True), name="curriculum_module_one_deciding"
            ),
            models.CheckConstraint(condition=Q(credits__gte=0), name="curriculum_module_credits"),
        ]


class PackInForce(models.Model):
    """Which jurisdiction pack (and which of its scales) governs a path in a period."""

    id = models.UUIDField(primary_key=True, default=new_id)
    path = models.CharField(max_length=400)
    pack = models.CharField(max_length=60)
    form = models.CharField(max_length=24, default="")
    scale = models.CharField(max_length=60, default="")
    starts = models.DateField()
    ends = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["path", "form", "starts"], name="curriculum_pack_start"),
            models.UniqueConstraint(
                fields=["path", "form"], condition=Q(ends__isnull=True), name="curriculum_pack_one_open"
            ),
            models.CheckConstraint(condition=~Q(pack=""), name="curriculum_pack_named"),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")), name="curriculum_pack_dates"
            ),
        ]
