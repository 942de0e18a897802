"""Table of phrases."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from testamur.kernel.base.ids import new_id
from testamur.schoolday.diary.rules.phrases import Circle


class Phrase(models.Model):
    """A phrase for comments, kept by a person, a school or a body. `value` is a step of the law's scale."""

    id = models.UUIDField(primary_key=True, default=new_id)
    circle = models.CharField(max_length=8)
    owner = models.UUIDField()  # a person, or a unit
    code = models.CharField(max_length=12)
    text = models.CharField(max_length=400)
    subject = models.CharField(max_length=40, default="")
    value = models.CharField(max_length=20, default="")
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(circle__in=[c.value for c in Circle]), name="diary_phrase_circle"),
            models.CheckConstraint(condition=~Q(text="") & ~Q(code=""), name="diary_phrase_says_something"),
            models.UniqueConstraint(
                fields=["owner", "code"], condition=Q(retired_at__isnull=True), name="diary_phrase_one_code"
            ),
        ]
