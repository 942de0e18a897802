"""Table of background work: one lease beside each row of the task engine that has been begun or is periodic."""

from __future__ import annotations

from django.db import models


class Lease(models.Model):
    """Who runs a task now and until when; how often it was tried since it last ended well, and why it failed.

    `task` is the id of the engine's row (no foreign key: the engine's table is not ours). `deadline` is when the
    running try counts as hanging. A task that ends well and is not periodic leaves no lease behind.
    """

    task = models.UUIDField(primary_key=True)
    periodic = models.CharField(max_length=80, default="")
    worker = models.CharField(max_length=120, default="")
    until = models.DateTimeField(null=True)
    deadline = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=400, default="")
    begun_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(worker="", until__isnull=True, deadline__isnull=True)
                | (~models.Q(worker="") & models.Q(until__isnull=False, deadline__isnull=False)),
                name="jobs_lease_held_whole",
            ),
            models.UniqueConstraint(fields=["periodic"], condition=~models.Q(periodic=""), name="jobs_lease_periodic"),
        ]
        indexes = [
            models.Index(fields=["worker"], condition=~models.Q(worker=""), name="jobs_lease_worker"),
            models.Index(fields=["until"], condition=~models.Q(worker=""), name="jobs_lease_until"),
        ]
