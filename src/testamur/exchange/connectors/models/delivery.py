"""Tables of the delivery to the ministry's store: who sends, the numbered batches, the store's word on each record."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from testamur.kernel.base.ids import new_id

BATCH_STATES = ("sealed", "refused", "withdrawn", "answered")
ROW_STATES = ("waiting", "accepted", "rejected")
OPEN = ("sealed", "refused")


class DeliverySender(models.Model):
    """A body that delivers: its next number, the digest of its last batch, whether it rests.

    `nightly`: each night what is sealed is asked for, as the plan in force says; `last_night` is the last one done.
    The lease lets one worker alone send for it; `error` is the code of what keeps it, `message` says it in words.
    """

    organisation = models.UUIDField(primary_key=True)
    path = models.CharField(max_length=400)
    next_number = models.PositiveBigIntegerField(default=1)
    last_digest = models.CharField(max_length=64, default="0" * 64)
    automatic = models.BooleanField(default=False)
    nightly = models.BooleanField(null=True)
    last_night = models.DateField(null=True)
    paused = models.BooleanField(default=False)
    next_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=80, default="")
    message = models.CharField(max_length=400, default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path"], name="connectors_sender_place")]


class DeliveryBatch(models.Model):
    """One batch: sealed (its bytes stand before anything is sent), then answered, or refused as a whole.

    One that was refused is withdrawn by a person; its number is given to the next one, since the store never took it.

    `document` is the signed XML, compressed, and `signature` the CMS over it; the documents' files are read from the
    archive whenever they are sent, so nothing is kept twice. `receipt` is the store's answer as it came.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    sender = models.ForeignKey(DeliverySender, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveBigIntegerField()
    previous = models.CharField(max_length=64)
    state = models.CharField(max_length=12, default="sealed")
    form = models.CharField(max_length=120, default="")
    fingerprint = models.CharField(max_length=64, default="")
    records = models.PositiveIntegerField()
    document = models.BinaryField(null=True)
    signature = models.BinaryField(null=True)
    digest = models.CharField(max_length=64)
    receipt = models.BinaryField(null=True)
    receipt_id = models.CharField(max_length=120, default="")
    accepted = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    code = models.CharField(max_length=80, default="")
    message = models.CharField(max_length=400, default="")
    sealed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sender", "number"], condition=~Q(state="withdrawn"), name="connectors_delivery_number"
            ),
            models.UniqueConstraint(
                fields=["sender"], condition=Q(state__in=OPEN), name="connectors_delivery_one_open"
            ),
            models.CheckConstraint(condition=Q(state__in=BATCH_STATES), name="connectors_delivery_state"),
            models.CheckConstraint(
                condition=~Q(state="answered") | (Q(receipt__isnull=False) & Q(answered_at__isnull=False)),
                name="connectors_delivery_answered",
            ),
        ]


class DeliveryRow(models.Model):
    """One record in a batch, and what the store said of it. A record that was rejected stands in a later one again."""

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(DeliveryBatch, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    record = models.UUIDField(db_index=True)
    path = models.CharField(max_length=400)
    state = models.CharField(max_length=8, default="waiting")
    receipt = models.CharField(max_length=120, default="")
    code = models.CharField(max_length=80, default="")
    message = models.CharField(max_length=400, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="connectors_delivery_position"),
            models.UniqueConstraint(fields=["batch", "record"], name="connectors_delivery_once"),
            models.UniqueConstraint(
                fields=["record"], condition=Q(state="accepted"), name="connectors_delivery_accepted_once"
            ),
            models.CheckConstraint(condition=Q(state__in=ROW_STATES), name="connectors_delivery_row_state"),
        ]
