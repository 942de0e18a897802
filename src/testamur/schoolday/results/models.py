"""Tables of the results."""

from __future__ import annotations

from django.db import models

from testamur.schoolday.results.rules import Reason


class Decision(models.Model):
    """One decided value about one pupil. Never updated, never deleted (refused by trigger)."""

    id = models.UUIDField(primary_key=True)
    pupil = models.UUIDField()
    unit = models.UUIDField()
    path = models.CharField(max_length=400)
    pack = models.CharField(max_length=40)
    kind = models.CharField(max_length=16)
    code = models.CharField(max_length=40)
    value = models.CharField(max_length=400)
    scale = models.CharField(max_length=40, default="")  # where the course and not the law says which
    comment = models.TextField(default="")
    school_year = models.CharField(max_length=9)
    term = models.CharField(max_length=8, default="")
    occasion = models.CharField(max_length=16, default="")
    starts = models.DateField()
    ends = models.DateField()
    year_level = models.PositiveSmallIntegerField()
    decided_on = models.DateField()
    decided_by = models.JSONField(default=list)
    flags = models.JSONField(default=list)
    reason = models.CharField(max_length=16, choices=[(r.value, r.value) for r in Reason])
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    correction = models.JSONField(null=True)  # what the law was told: role, grounds, explanation, who was heard
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "unit", "school_year", "term", "kind", "code", "occasion"],
                condition=models.Q(replaces__isnull=True),
                name="results_decision_one_first",
            ),
            models.CheckConstraint(
                condition=models.Q(reason__in=[r.value for r in Reason]), name="results_decision_reason_known"
            ),
            models.CheckConstraint(
                condition=models.Q(replaces__isnull=False) | models.Q(reason__in=["new", "test"]),
                name="results_decision_correction_names_one",
            ),
            models.CheckConstraint(
                condition=models.Q(replaces__isnull=True, correction__isnull=True)
                | models.Q(replaces__isnull=False, correction__isnull=False),
                name="results_decision_correction_explained",
            ),
            models.CheckConstraint(
                condition=models.Q(starts__lte=models.F("ends")), name="results_decision_period_order"
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "school_year", "term"]),
            models.Index(fields=["pupil", "code"]),  # all about one person, whatever the school and the year
        ]


class SigningChoice(models.Model):
    """Who of a school signs a kind of document that the law lets the principal delegate."""

    unit = models.UUIDField()
    document_type = models.CharField(max_length=80)
    signer = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "document_type"], name="results_signing_choice_one"),
            models.CheckConstraint(
                condition=models.Q(signer__in=["principal", "delegate"]), name="results_signing_choice_known"
            ),
        ]
