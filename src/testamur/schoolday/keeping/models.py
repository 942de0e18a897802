"""Tables of keeping: extracts, requests for correction, lists of deletion. Ids alone, but for the texts of requests."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from testamur.kernel.base.ids import new_id
from testamur.schoolday.keeping.rules import Category, ExtractState, ListState, RequestState


class Extract(models.Model):
    """Everything that is held of `person`, asked for by `asked_by`; the file goes after `expires_at`."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.UUIDField()
    asked_by = models.UUIDField()
    identified_by = models.CharField(max_length=24)
    locale = models.CharField(max_length=8, default="")
    state = models.CharField(max_length=8, default=ExtractState.ASKED)
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(db_index=True)
    fetched_at = models.DateTimeField(null=True)
    sha256 = models.CharField(max_length=64, default="")
    size = models.PositiveBigIntegerField(default=0)
    error = models.CharField(max_length=80, default="")

    class Meta:
        indexes = [models.Index(fields=["asked_by", "asked_at"], name="keeping_extract_asked")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in ExtractState]), name="keeping_extract_state"
            ),
            models.CheckConstraint(
                condition=~Q(state="made") | Q(made_at__isnull=False) & ~Q(sha256=""), name="keeping_extract_made"
            ),
        ]


class Request(models.Model):
    """A wish for a correction of what is held of `person`, decided by the office of the school at `path`."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.UUIDField()
    asked_by = models.UUIDField()
    unit = models.ForeignKey("schools.Unit", on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=400)
    topic = models.CharField(max_length=12)
    text = models.TextField()
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=RequestState.ASKED)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    why = models.TextField(default="")

    class Meta:
        indexes = [
            models.Index(fields=["person", "asked_at"], name="keeping_request_person"),
            models.Index(fields=["path", "state", "asked_at"], name="keeping_request_path"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in RequestState]), name="keeping_request_state"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_at__isnull=True, decided_by__isnull=True)
                | Q(~Q(state="asked"), decided_at__isnull=False, decided_by__isnull=False),
                name="keeping_request_decided_paired",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "withdrawn"]) | ~Q(why=""), name="keeping_request_reasoned"
            ),
        ]


class DeletionList(models.Model):
    """What was kept long enough at one school: proposed, reviewed, carried out. `digest` is of its items' ids.

    `gone`: how many items have had their turn; `kept`: how many of those stay, because they are not old any more.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    unit = models.ForeignKey("schools.Unit", on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=400)
    category = models.CharField(max_length=12)
    before = models.DateField()
    source = models.CharField(max_length=200)
    count = models.PositiveIntegerField()
    gone = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default=ListState.PROPOSED)
    proposed_by = models.UUIDField()
    proposed_at = models.DateTimeField()
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    carried_by = models.UUIDField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path", "proposed_at"], name="keeping_list_path")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[s.value for s in ListState]), name="keeping_list_state"),
            models.CheckConstraint(condition=Q(category__in=[c.value for c in Category]), name="keeping_list_category"),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "dropped"])
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="keeping_list_approved",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["running", "done"])
                | Q(carried_by__isnull=False, started_at__isnull=False) & ~Q(carried_by=F("approved_by")),
                name="keeping_list_two_persons",
            ),
            models.CheckConstraint(condition=Q(kept__lte=F("gone"), gone__lte=F("count")), name="keeping_list_counted"),
            models.UniqueConstraint(
                fields=["unit", "category"],
                condition=Q(state__in=["proposed", "approved", "running"]),
                name="keeping_list_one_open",
            ),
        ]


class ListItem(models.Model):
    """A row that a list names: the id of an absence, a mark … as 32 hex digits. Fixed with its list."""

    id = models.BigAutoField(primary_key=True)
    list = models.ForeignKey(DeletionList, on_delete=models.PROTECT, related_name="items", db_index=False)
    row = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "row"], name="keeping_item_once")]
        indexes = [models.Index(fields=["row"], name="keeping_item_row")]
