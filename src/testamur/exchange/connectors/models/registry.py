"""Tables of the student registry's connector: what ours is called there, and the way of each signed list."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from testamur.kernel.base.ids import new_id

TRANSFER_STATES = ("waiting", "sending", "ready", "attested", "differs", "failed")
ROW_STATES = ("waiting", "draft", "ready", "attested", "differs", "refused")


class RegistryLink(models.Model):
    """One thing of ours and its id in the registry. `local` is an id, or a code for scales and grades."""

    id = models.BigAutoField(primary_key=True)
    registry = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    local = models.CharField(max_length=80)
    uid = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["registry", "kind", "local"], name="connectors_registry_local"),
            models.UniqueConstraint(fields=["registry", "kind", "uid"], name="connectors_registry_uid"),
            models.CheckConstraint(condition=~Q(local="") & ~Q(uid=""), name="connectors_registry_named"),
        ]


class Transfer(models.Model):
    """The way of one signed list into the registry."""

    id = models.UUIDField(primary_key=True, default=new_id)
    list = models.UUIDField(unique=True)
    number = models.BigIntegerField()
    path = models.CharField(max_length=400)
    state = models.CharField(max_length=8, default="waiting")
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    error = models.CharField(max_length=80, default="")
    message = models.CharField(max_length=400, default="")
    begun_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=TRANSFER_STATES), name="connectors_transfer_state"),
            models.CheckConstraint(
                condition=Q(state="attested", done_at__isnull=False) | ~Q(state="attested") & Q(done_at__isnull=True),
                name="connectors_transfer_done",
            ),
        ]
        indexes = [models.Index(fields=["state", "next_at"]), models.Index(fields=["path", "state"])]


class TransferRow(models.Model):
    """One result on its way. `stamp` is the registry's word of its last change: nothing is written over another."""

    id = models.UUIDField(primary_key=True, default=new_id)
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="+")
    row = models.UUIDField(unique=True)
    person = models.UUIDField()
    state = models.CharField(max_length=8, default="waiting")
    attempt = models.CharField(max_length=64, default="")
    result = models.CharField(max_length=64, default="")
    stamp = models.CharField(max_length=40, default="")
    message = models.CharField(max_length=400, default="")
    fault = models.CharField(max_length=64, default="")
    theirs = models.JSONField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(state__in=ROW_STATES), name="connectors_transfer_row_state")]
        indexes = [models.Index(fields=["result"], condition=~Q(result=""), name="connectors_transfer_result")]


class FeedCursor(models.Model):
    """How far the registry's feed of events has been read."""

    registry = models.CharField(max_length=40, primary_key=True)
    feed = models.CharField(max_length=400, default="")
    entry = models.CharField(max_length=200, default="")
    at = models.DateTimeField(null=True)
