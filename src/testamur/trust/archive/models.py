"""Index of the archive. The objects on disk are the truth; this table can be rebuilt from them."""

from __future__ import annotations

from django.db import models


class ArchiveObject(models.Model):
    """One stored record."""

    record = models.UUIDField(primary_key=True)
    organisation = models.UUIDField(db_index=True)
    head = models.PositiveSmallIntegerField(default=1)
    inventory_sha512 = models.CharField(max_length=128)
    size = models.PositiveBigIntegerField()
    stored_at = models.DateTimeField()
    checked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(head__gte=1), name="archive_object_head_from_one"),
        ]
        indexes = [models.Index(fields=["checked_at"])]
