"""Tables of persons."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from testamur.kernel.base.ids import new_id
from testamur.register.people.rules import ContactKind, Protection, Relation, Scheme, Sex


class Person(models.Model):
    """A pupil, guardian or member of staff, kept at the unit `path`.

    `search_key` is empty for a protected person, so that no search can find what is not there; `alias` is what
    others are shown and exists for protected persons alone. `cover_given` and `cover_family`: a name that the school
    agreed with the protected person and that stands in the alias's place, so that no list shows that one is hidden.
    `protected_at` is when the protection was set on somebody who was open before.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    path = models.CharField(max_length=400)
    given = models.CharField(max_length=120)
    middle = models.CharField(max_length=120, default="")
    family = models.CharField(max_length=120)
    preferred = models.CharField(max_length=120, default="")
    family_first = models.BooleanField(default=False)
    birth_date = models.DateField(null=True)
    sex = models.CharField(max_length=8, default="")
    protection = models.CharField(max_length=24, default="none")
    alias = models.CharField(max_length=12, default="")
    cover_given = models.CharField(max_length=60, default="", db_default="")
    cover_family = models.CharField(max_length=60, default="", db_default="")
    search_key = models.CharField(max_length=500, default="")
    protected_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["path"]),
            models.Index(fields=["protected_at"], condition=Q(protected_at__isnull=False), name="people_person_marked"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(given="", family=""), name="people_person_named"),
            models.CheckConstraint(condition=Q(path__startswith="/", path__endswith="/"), name="people_person_path"),
            models.CheckConstraint(condition=Q(sex__in=[s.value for s in Sex]), name="people_person_sex"),
            models.CheckConstraint(
                condition=Q(protection__in=[p.value for p in Protection]), name="people_person_protection"
            ),
            models.CheckConstraint(
                condition=Q(protection="none", alias="") | Q(~Q(protection="none"), ~Q(alias=""), search_key=""),
                name="people_person_hidden",
            ),
            models.CheckConstraint(
                condition=Q(cover_given="", cover_family="")
                | Q(~Q(protection="none"), ~Q(cover_given=""), ~Q(cover_family="")),
                name="people_person_cover_whole",
            ),
        ]


class PersonIdentifier(models.Model):
    """A number of a person, in normal form; ended by date when another takes its place."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="identifiers")
    scheme = models.CharField(max_length=24)
    context = models.CharField(max_length=80, default="")
    value = models.CharField(max_length=120)
    ends = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["value", "scheme", "context"], name="people_identifier_once"),
            models.CheckConstraint(condition=Q(scheme__in=[s.value for s in Scheme]), name="people_identifier_scheme"),
            models.CheckConstraint(
                condition=Q(Q(scheme="local"), ~Q(context="")) | Q(~Q(scheme="local"), context=""),
                name="people_identifier_context",
            ),
            models.CheckConstraint(condition=~Q(value=""), name="people_identifier_value"),
        ]


class PupilCode(models.Model):
    """The random code on a pupil's label. Kept readable, since labels are printed again; rotated, never reused."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="codes")
    code = models.CharField(max_length=12, unique=True)
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(revoked_at__isnull=True), name="people_code_one_open"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("issued_at")), name="people_code_dates"
            ),
        ]


class Guardianship(models.Model):
    """A guardian of a child, for a time. `consent_from`: the pupil, of age, lets the guardian see on."""

    id = models.UUIDField(primary_key=True, default=new_id)
    child = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="guardianships")
    guardian = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="wardships")
    relation = models.CharField(max_length=12)
    custody = models.BooleanField()
    starts = models.DateField()
    ends = models.DateField(null=True)
    consent_from = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["child", "guardian"], condition=Q(ends__isnull=True), name="people_guardianship_one_open"
            ),
            models.CheckConstraint(condition=~Q(child=F("guardian")), name="people_guardianship_two_persons"),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")), name="people_guardianship_dates"
            ),
            models.CheckConstraint(
                condition=Q(relation__in=[r.value for r in Relation]), name="people_guardianship_relation"
            ),
        ]


class ContactPoint(models.Model):
    """A way to reach a person, in normal form; `verified_at` when the person showed that it is theirs."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contacts")
    kind = models.CharField(max_length=8)
    value = models.CharField(max_length=400)
    label = models.CharField(max_length=20, default="")
    sms = models.BooleanField(default=False)
    verified_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "value"], name="people_contact_once"),
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in ContactKind]), name="people_contact_kind"),
            models.CheckConstraint(condition=~Q(value=""), name="people_contact_value"),
            models.CheckConstraint(condition=Q(sms=False) | Q(kind="phone"), name="people_contact_sms"),
        ]


class PersonFacts(models.Model):
    """What some documents show beyond name and number. `parents` is a list of [relation, name]."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, primary_key=True, related_name="facts")
    birth_place = models.CharField(max_length=200, default="")
    ethnicity = models.CharField(max_length=80, default="")
    nationality = models.CharField(max_length=80, default="")
    home_town = models.CharField(max_length=200, default="")
    residence = models.CharField(max_length=400, default="")
    parents = models.JSONField(default=list)


class NeedToKnow(models.Model):
    """Somebody of the staff who is to know who a protected person is, from day to day; ended, never deleted."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="needs")
    staff = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="knows")
    starts = models.DateField()
    ends = models.DateField()
    granted_by = models.UUIDField()
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "staff"], condition=Q(ended_at__isnull=True), name="people_need_one_open"
            ),
            models.CheckConstraint(condition=~Q(person=F("staff")), name="people_need_two_persons"),
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="people_need_dates"),
        ]
