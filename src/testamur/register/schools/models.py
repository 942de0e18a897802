"""Tables of the organisation."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from testamur.kernel.base.ids import new_id
from testamur.register.schools.rules import EnrolmentRole, Form, GroupKind, Role, UnitKind, Week


class Unit(models.Model):
    """A node of the organisation tree. `path` is the materialised way from the root and never changes."""

    id = models.UUIDField(primary_key=True, default=new_id)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    kind = models.CharField(max_length=12)
    code = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    path = models.CharField(max_length=400, unique=True)
    country = models.CharField(max_length=2)
    form = models.CharField(max_length=24, default="")
    pack = models.CharField(max_length=60, default="")
    parts = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parent", "code"], name="schools_unit_code"),
            models.UniqueConstraint(fields=["code"], condition=Q(parent__isnull=True), name="schools_unit_root_code"),
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in UnitKind]), name="schools_unit_kind"),
            models.CheckConstraint(condition=Q(form__in=[f.value for f in Form]), name="schools_unit_form"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="schools_unit_named"),
            models.CheckConstraint(condition=Q(path__startswith="/", path__endswith="/"), name="schools_unit_path"),
        ]


class SchoolYear(models.Model):
    """A school year of an authority."""

    id = models.UUIDField(primary_key=True, default=new_id)
    authority = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="school_years")
    code = models.CharField(max_length=20)
    starts = models.DateField()
    ends = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority", "code"], name="schools_year_code"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="schools_year_dates"),
        ]


class Term(models.Model):
    """A term of a school year."""

    id = models.UUIDField(primary_key=True, default=new_id)
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="terms")
    code = models.CharField(max_length=20)
    starts = models.DateField()
    ends = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school_year", "code"], name="schools_term_code"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="schools_term_dates"),
        ]


class Group(models.Model):
    """A class, teaching group or mentor group of one school in one school year."""

    id = models.UUIDField(primary_key=True, default=new_id)
    school = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="groups", db_index=False)
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="groups")
    kind = models.CharField(max_length=10)
    code = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    subject = models.CharField(max_length=40, default="")
    course = models.CharField(max_length=40, default="")
    year_level = models.SmallIntegerField(null=True)
    path = models.CharField(max_length=400)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "school_year", "code"], name="schools_group_code"),
            models.UniqueConstraint(fields=["path", "school_year"], name="schools_group_path"),
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in GroupKind]), name="schools_group_kind"),
            models.CheckConstraint(
                condition=Q(year_level__isnull=True) | Q(year_level__range=(0, 13)), name="schools_group_level"
            ),
        ]


class Post(models.Model):
    """A role of a person at a unit, for a time."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts", db_index=False)
    group = models.ForeignKey(Group, null=True, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=16)
    subject = models.CharField(max_length=40, default="")
    starts = models.DateField()
    ends = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["unit", "role"])]
        constraints = [
            models.UniqueConstraint(
                fields=["group"],
                condition=Q(role="class_teacher", ends__isnull=True),
                name="schools_post_one_class_teacher",
            ),
            models.CheckConstraint(
                condition=~Q(role="class_teacher") | Q(group__isnull=False), name="schools_post_class_teacher_group"
            ),
            models.CheckConstraint(condition=Q(role__in=[r.value for r in Role]), name="schools_post_role"),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")), name="schools_post_dates"
            ),
        ]


class Enrolment(models.Model):
    """A pupil's place in a school (no group) or in a group of it, for a time. The largest table of the register."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    school = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="enrolments", db_index=False)
    group = models.ForeignKey(Group, null=True, on_delete=models.PROTECT, related_name="enrolments", db_index=False)
    role = models.CharField(max_length=8, default="pupil")
    year_level = models.SmallIntegerField(null=True)
    starts = models.DateField()
    ends = models.DateField(null=True)

    class Meta:
        indexes = [
            # who is in this group, or enrolled in this school as such; where is this pupil
            models.Index(fields=["group", "starts"], condition=Q(group__isnull=False), name="schools_enrolment_group"),
            models.Index(fields=["school", "starts"], condition=Q(group__isnull=True), name="schools_enrolment_school"),
        ]
        constraints = [
            # one row for a person, school, group and first day; its index also answers "where is this pupil"
            models.UniqueConstraint(fields=["person", "group", "starts"], name="schools_enrolment_once"),
            models.UniqueConstraint(
                fields=["person", "group"],
                condition=Q(ends__isnull=True, group__isnull=False),
                name="schools_enrolment_one_open_in_group",
            ),
            models.UniqueConstraint(
                fields=["person", "school"],
                condition=Q(ends__isnull=True, group__isnull=True),
                name="schools_enrolment_one_open_in_school",
            ),
            models.CheckConstraint(
                condition=Q(role__in=[r.value for r in EnrolmentRole]), name="schools_enrolment_role"
            ),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")), name="schools_enrolment_dates"
            ),
            models.CheckConstraint(
                condition=Q(year_level__isnull=True) | Q(year_level__range=(0, 13)), name="schools_enrolment_level"
            ),
        ]


class Slot(models.Model):
    """A lesson of a group that comes back every week, in the local time of the school; ended by date, never moved.

    A last day before the first: it was planned, and never was.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    school = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+", db_index=False)
    subject = models.CharField(max_length=40, default="")
    teacher = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    weekday = models.SmallIntegerField()
    week = models.CharField(max_length=1, default="")
    number = models.SmallIntegerField(null=True)
    starts = models.TimeField()
    ends = models.TimeField()
    room = models.CharField(max_length=40, default="")
    valid_from = models.DateField()
    valid_to = models.DateField()

    class Meta:
        indexes = [
            models.Index(fields=["teacher", "weekday"], name="schools_slot_teacher"),
            models.Index(fields=["group", "weekday"], name="schools_slot_group"),
            models.Index(fields=["school", "weekday"], name="schools_slot_school"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__range=(1, 7)), name="schools_slot_weekday"),
            models.CheckConstraint(condition=Q(week__in=[w.value for w in Week]), name="schools_slot_week"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="schools_slot_hours"),
        ]


class Holiday(models.Model):
    """Days without lessons at a unit and all below it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    starts = models.DateField()
    ends = models.DateField()
    name = models.CharField(max_length=120)

    class Meta:
        constraints = [
            # one row for a unit and first day; its index also answers "which holidays has this unit"
            models.UniqueConstraint(fields=["unit", "starts"], name="schools_holiday_once"),
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="schools_holiday_dates"),
            models.CheckConstraint(condition=~Q(name=""), name="schools_holiday_named"),
        ]
