"""Tables of custody: look-ups, the book of copies, transfers."""

from __future__ import annotations

from django.db import models

from testamur.kernel.base.ids import new_id
from testamur.schoolday.custody.rules import UNDER_WAY, AskedBy, CopyKind, Purpose, TransferState


class LookUp(models.Model):
    """One person looked one pupil up, and said why. Never changed."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.UUIDField(db_index=True)
    by_person = models.UUIDField()
    path = models.CharField(max_length=400)
    purpose = models.CharField(max_length=12)
    text = models.CharField(max_length=400)
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(purpose__in=[p.value for p in Purpose]), name="custody_lookup_purpose"
            ),
        ]
        indexes = [models.Index(fields=["by_person", "opened_at"], name="custody_lookup_by")]


class Guess(models.Model):
    """A search that led to nobody; counted for an hour, then removed."""

    id = models.BigAutoField(primary_key=True)
    by_person = models.UUIDField(db_index=True)
    at = models.DateTimeField()


class Copy(models.Model):
    """One line of an office's book of copies and extracts. Never changed."""

    id = models.UUIDField(primary_key=True, default=new_id)
    path = models.CharField(max_length=400)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8)
    record = models.UUIDField(db_index=True)
    pupil = models.UUIDField(db_index=True)
    asked_by = models.CharField(max_length=10)
    purpose = models.CharField(max_length=400)
    years = models.JSONField(default=list)
    issued_by = models.UUIDField()
    issued_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["path", "year", "number"], name="custody_copy_number"),
            models.CheckConstraint(condition=models.Q(kind__in=[k.value for k in CopyKind]), name="custody_copy_kind"),
            models.CheckConstraint(
                condition=models.Q(asked_by__in=[a.value for a in AskedBy]), name="custody_copy_asked_by"
            ),
        ]


class Transfer(models.Model):
    """A pupil on the way from one school to another."""

    id = models.UUIDField(primary_key=True, default=new_id)
    pupil = models.UUIDField(db_index=True)
    sender = models.UUIDField()
    sender_path = models.CharField(max_length=400)
    receiver = models.UUIDField()
    receiver_path = models.CharField(max_length=400)
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    reason = models.CharField(max_length=400)
    state = models.CharField(max_length=10, default=TransferState.ASKED)
    last_day = models.DateField(null=True)
    why = models.CharField(max_length=400, default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pupil"],
                condition=models.Q(state__in=[s.value for s in UNDER_WAY]),
                name="custody_one_transfer",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in TransferState]), name="custody_transfer_state"
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=[TransferState.RELEASED, TransferState.ACCEPTED])
                | models.Q(last_day__isnull=False),
                name="custody_released_with_day",
            ),
            models.CheckConstraint(condition=~models.Q(sender=models.F("receiver")), name="custody_two_schools"),
        ]
        indexes = [
            models.Index(fields=["sender_path", "state"], name="custody_transfer_from"),
            models.Index(fields=["receiver_path", "state"], name="custody_transfer_to"),
        ]
