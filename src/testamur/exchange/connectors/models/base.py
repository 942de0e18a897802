"""Tables of the connectors."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from testamur.kernel.base.ids import new_id


class Source(models.Model):
    """A system whose keys we map: ``<authority code>/<system>``."""

    id = models.SmallAutoField(primary_key=True)
    name = models.CharField(max_length=160, unique=True)


class SourceKey(models.Model):
    """One key of a source and the object of ours that it stands for.

    `digest` is that of the row's meaning when it was last loaded: an equal row is passed over without a look at the
    register. The table is as long as all bundles together, so it holds nothing that can be left out.
    """

    id = models.BigAutoField(primary_key=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="keys", db_index=False)
    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=255)
    object_id = models.UUIDField()
    digest = models.CharField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "key"], name="connectors_source_key"),
            models.CheckConstraint(condition=~Q(key=""), name="connectors_source_key_named"),
        ]


class ImportRun(models.Model):
    """One import of one bundle. `cursor` rows of it are loaded for good; a killed run goes on from there."""

    id = models.UUIDField(primary_key=True, default=new_id)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="runs")
    format = models.CharField(max_length=20)
    bundle = models.CharField(max_length=64)
    options = models.CharField(max_length=32)
    state = models.CharField(max_length=8, default="running")
    cursor = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    refused = models.IntegerField(default=0)
    started = models.DateTimeField()
    ended = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["running", "finished"]), name="connectors_run_state"),
            models.CheckConstraint(
                condition=Q(state="running", ended__isnull=True) | Q(state="finished", ended__gte=F("started")),
                name="connectors_run_ended",
            ),
            models.UniqueConstraint(
                fields=["source", "bundle", "options"], condition=Q(state="running"), name="connectors_run_one_open"
            ),
        ]


class DiaryMapping(models.Model):
    """How tables of another diary are read, kept under a name for the schools at and below a place."""

    id = models.UUIDField(primary_key=True, default=new_id)
    path = models.CharField(max_length=400)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12)
    told = models.JSONField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["path", "name", "kind"], name="connectors_mapping_once"),
            models.CheckConstraint(condition=~Q(name=""), name="connectors_mapping_named"),
        ]
