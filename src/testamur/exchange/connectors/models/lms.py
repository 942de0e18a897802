"""Tables of the learning platforms: who they are, and which of their rooms belongs to which course occasion."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from testamur.kernel.base.ids import new_id


class LmsPlatform(models.Model):
    """A learning platform as LTI 1.3 Advantage knows it. Our private key lies under the data folder, not here."""

    id = models.UUIDField(primary_key=True, default=new_id)
    path = models.CharField(max_length=400)
    name = models.CharField(max_length=120)
    issuer = models.CharField(max_length=400)
    client_id = models.CharField(max_length=200)
    deployment_id = models.CharField(max_length=200, default="")
    auth_url = models.CharField(max_length=400)
    token_url = models.CharField(max_length=400)
    jwks_url = models.CharField(max_length=400)
    number_from = models.CharField(max_length=20, default="sourcedid")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "client_id"], condition=Q(ended_at__isnull=True), name="connectors_lms_once"
            ),
            models.CheckConstraint(
                condition=Q(number_from__in=["sourcedid", "email", "user_id"]), name="connectors_lms_number_from"
            ),
        ]


class LmsRoom(models.Model):
    """A course room of a platform, and the occasion or course that it is for."""

    id = models.UUIDField(primary_key=True, default=new_id)
    platform = models.ForeignKey(LmsPlatform, on_delete=models.PROTECT, related_name="+", db_index=False)
    context = models.CharField(max_length=255)
    title = models.CharField(max_length=200, default="")
    occasion = models.UUIDField(null=True, db_index=True)
    course_code = models.CharField(max_length=40, default="", db_index=True)
    memberships_url = models.CharField(max_length=800, default="")
    lineitems_url = models.CharField(max_length=800, default="")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "context"], name="connectors_lms_room_once")]


class LtiNonce(models.Model):
    """A launch that was begun, and may come back once."""

    state = models.CharField(max_length=64, primary_key=True)
    nonce = models.CharField(max_length=64)
    platform = models.ForeignKey(LmsPlatform, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)
