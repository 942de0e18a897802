"""Tables of the journal."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One act: who, what, which, when. Holds ids and digests, never names or numbers of persons."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor = models.UUIDField()
    identified_by = models.CharField(max_length=40)
    on_behalf_of = models.UUIDField(null=True)
    kind = models.CharField(max_length=80)
    path = models.CharField(max_length=400)
    refs = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["kind", "id"])]
