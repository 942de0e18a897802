"""Tables of the notice board."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from testamur.kernel.base.ids import new_id
from testamur.schoolday.noticeboard.rules import Audience, Kind, Service


class News(models.Model):
    """A short text in several languages. `texts`: locale → {title, body}."""

    id = models.UUIDField(primary_key=True, default=new_id)
    path = models.CharField(max_length=400)
    audience = models.CharField(max_length=12)
    texts = models.JSONField()
    published_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    author = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["published_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(audience__in=[a.value for a in Audience]), name="noticeboard_news_audience"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("published_at")), name="noticeboard_news_dates"
            ),
        ]


class Outage(models.Model):
    """A part of the service that is down or slow. `noticed`: by the program, so it ends by itself."""

    id = models.UUIDField(primary_key=True, default=new_id)
    service = models.CharField(max_length=12)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    note = models.CharField(max_length=400, default="")
    noticed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(service__in=[s.value for s in Service]), name="noticeboard_outage_service"
            ),
            models.CheckConstraint(condition=Q(noticed=False) | Q(until__isnull=False), name="noticeboard_outage_ends"),
        ]


class Enquiry(models.Model):
    """What somebody without a login asked. `network`: a keyed digest, for counting only."""

    id = models.UUIDField(primary_key=True, default=new_id)
    path = models.CharField(max_length=400, default="/")
    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=200, default="")
    email = models.CharField(max_length=254)
    organisation = models.CharField(max_length=200, default="")
    text = models.TextField()
    locale = models.CharField(max_length=8)
    network = models.CharField(max_length=64, default="")
    made_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)
    handled_by = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["network", "made_at"]), models.Index(fields=["made_at"])]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in Kind]), name="noticeboard_enquiry_kind"),
            models.CheckConstraint(
                condition=Q(handled_at__isnull=True, handled_by__isnull=True)
                | Q(handled_at__isnull=False, handled_by__isnull=False),
                name="noticeboard_enquiry_handled_paired",
            ),
        ]
