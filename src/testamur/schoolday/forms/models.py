"""Tables: forms and consents."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from testamur.kernel.base.ids import new_id
from testamur.schoolday.forms.rules import Audience, Consent, Needs, Purpose, State, Word


class Form(models.Model):
    """A form. Once published the database refuses every change but closing it and counting reminders.

    `content`: languages, titles, texts, questions; `whole`: to everybody at and below the unit, else to `targets`.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    path = models.CharField(max_length=400)
    unit = models.UUIDField()
    whole = models.BooleanField()
    audience = models.CharField(max_length=12)
    content = models.JSONField()
    consent = models.CharField(max_length=8)
    purpose = models.CharField(max_length=20, default="")
    needs = models.CharField(max_length=4)
    revocable = models.BooleanField(default=True)
    holds_until = models.DateField(null=True)
    named = models.BooleanField(default=True)
    last_day = models.DateField()
    state = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, default="")
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    reminded_at = models.DateTimeField(null=True)
    reminded_itself = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["unit", "state"], name="forms_form_unit"),
            models.Index(fields=["path", "state"], name="forms_form_path"),
            models.Index(fields=["state", "last_day"], name="forms_form_due"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(audience__in=[a.value for a in Audience]), name="forms_form_audience"),
            models.CheckConstraint(condition=Q(consent__in=[c.value for c in Consent]), name="forms_form_consent"),
            models.CheckConstraint(condition=Q(purpose__in=[p.value for p in Purpose]), name="forms_form_purpose"),
            models.CheckConstraint(condition=Q(needs__in=[n.value for n in Needs]), name="forms_form_needs"),
            models.CheckConstraint(
                condition=Q(consent="none", purpose="", holds_until__isnull=True)
                | (~Q(consent="none") & ~Q(purpose="") & Q(named=True)),
                name="forms_form_terms",
            ),
            models.CheckConstraint(
                condition=Q(holds_until__isnull=True) | Q(holds_until__gte=F("last_day")), name="forms_form_holds"
            ),
            models.CheckConstraint(
                condition=Q(state=State.DRAFT, published_at__isnull=True, closed_at__isnull=True, digest="")
                | (Q(state=State.PUBLISHED, published_at__isnull=False, closed_at__isnull=True) & ~Q(digest=""))
                | (Q(state=State.CLOSED, published_at__isnull=False, closed_at__isnull=False) & ~Q(digest="")),
                name="forms_form_state",
            ),
        ]


class Target(models.Model):
    """A group to whose members a form goes."""

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="targets", db_index=False)
    group = models.UUIDField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["form", "group"], name="forms_target_once")]


class Answer(models.Model):
    """One version of what a person answered for a child; a row is never changed, a new word is a new version.

    `path`: of the child's school then. `document` and `evidence`: what was signed, and the e-ID's proof of it.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="answers", db_index=False)
    child = models.UUIDField()
    person = models.UUIDField()
    version = models.PositiveIntegerField()
    word = models.CharField(max_length=12)
    values = models.JSONField(default=dict)
    language = models.CharField(max_length=8)
    path = models.CharField(max_length=400)
    at = models.DateTimeField()
    ceremony = models.UUIDField(null=True, unique=True)
    method = models.CharField(max_length=40, default="")
    document = models.BinaryField(null=True)
    evidence = models.BinaryField(null=True)

    class Meta:
        indexes = [models.Index(fields=["child"], name="forms_answer_child")]
        constraints = [
            # its index also answers "what was said to this form"
            models.UniqueConstraint(fields=["form", "child", "person", "version"], name="forms_answer_version"),
            models.CheckConstraint(condition=Q(word__in=[w.value for w in Word]), name="forms_answer_word"),
            models.CheckConstraint(condition=Q(version__gte=1), name="forms_answer_from_one"),
            models.CheckConstraint(
                condition=(
                    Q(ceremony__isnull=True, document__isnull=True, evidence__isnull=True, method="")
                    | (Q(ceremony__isnull=False, document__isnull=False, evidence__isnull=False) & ~Q(method=""))
                ),
                name="forms_answer_signed_whole",
            ),
        ]


class Signing(models.Model):
    """An answer that waits for its signature: `document` is what will be signed; `id` becomes the answer's own."""

    id = models.UUIDField(primary_key=True, default=new_id)
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="signings", db_index=False)
    child = models.UUIDField()
    person = models.UUIDField()
    values = models.JSONField(default=dict)
    language = models.CharField(max_length=8)
    document = models.BinaryField()
    ceremony = models.UUIDField(null=True, unique=True)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["form", "child", "person"], name="forms_signing_of"),
            models.Index(
                fields=["asked_at"],
                condition=Q(ended_at__isnull=True, ceremony__isnull=False),
                name="forms_signing_open",
            ),
        ]
