"""Tables of rosters: the catalogue of what programs read, who is told of changes, and whom we read from."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from testamur.kernel.base.ids import new_id

KINDS = ("unit", "session", "course", "group", "person", "guardian", "duty", "activity", "enrolment")


class RosterPlace(models.Model):
    """A place that programs read, and how far its catalogue follows the journal. `day`: for which day it was made."""

    path = models.CharField(max_length=400, primary_key=True)
    transaction = models.BigIntegerField(default=0)
    entry = models.BigIntegerField(default=0)
    day = models.DateField(null=True)
    looked_at = models.DateTimeField(null=True)


class RosterEntity(models.Model):
    """One thing of a place's catalogue: ids and a digest, no names."""

    id = models.BigAutoField(primary_key=True)
    path = models.CharField(max_length=400)
    kind = models.CharField(max_length=10)
    object_id = models.UUIDField()
    refs = models.JSONField(default=dict)
    digest = models.CharField(max_length=32)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["path", "kind", "changed_at", "object_id"], name="connectors_roster_changed"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["path", "kind", "object_id"], name="connectors_roster_once"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="connectors_roster_kind"),
            models.CheckConstraint(condition=Q(changed_at__gte=F("made_at")), name="connectors_roster_times"),
        ]


class RosterSubscription(models.Model):
    """A program that wants to be told that something changed."""

    id = models.UUIDField(primary_key=True, default=new_id)
    client = models.UUIDField(db_index=True)
    path = models.CharField(max_length=400)
    name = models.CharField(max_length=120)
    target = models.CharField(max_length=800)
    resources = models.JSONField(default=list)
    made_at = models.DateTimeField()
    expires = models.DateTimeField(db_index=True)
    told_to = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=80, default="")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="connectors_subscription_named")]


class RosterSource(models.Model):
    """A system that we read a roster from. Its secret lies under the data folder, not here.

    `subscribes`: it tells us that something changed, until `subscribed_until`; `subscription` is its own id of that.
    `told_at`: when it last did.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    authority = models.CharField(max_length=80)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)
    base_url = models.CharField(max_length=800)
    token_url = models.CharField(max_length=800)
    client_id = models.CharField(max_length=200)
    scope = models.CharField(max_length=800, default="")
    every = models.PositiveIntegerField()
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    cursor = models.DateTimeField(null=True)
    full_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    error = models.CharField(max_length=80, default="")
    ended_at = models.DateTimeField(null=True)
    subscribes = models.BooleanField(default=False)
    subscription = models.CharField(max_length=80, default="")
    subscribed_until = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "name"], condition=Q(ended_at__isnull=True), name="connectors_source_one_open"
            ),
            models.CheckConstraint(condition=Q(kind__in=["ss12000", "oneroster"]), name="connectors_source_kind"),
            models.CheckConstraint(condition=~Q(name=""), name="connectors_source_named"),
        ]
