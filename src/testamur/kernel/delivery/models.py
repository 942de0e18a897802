"""Tables of the outbox: messages, the devices that get pushes, addresses that reach nobody."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from testamur.kernel.base.ids import new_id
from testamur.kernel.delivery.rules import Channel, State


class Message(models.Model):
    """One text to one address. `receipt` is the carrier's own id; `error` a code, never what a server said.

    `lease` is the token of the worker that sends it now. `wiped`: address and text are gone. `parts` is what a text
    message is charged by; `cost` is in 1/10000 of `currency`, where the carrier told it.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    channel = models.CharField(max_length=8)
    to = models.CharField(max_length=320)
    subject = models.CharField(max_length=200, default="")
    text = models.TextField()
    html = models.TextField(default="")
    kind = models.CharField(max_length=80, default="")
    path = models.CharField(max_length=400)
    person = models.UUIDField(null=True)
    urgent = models.BooleanField(default=False)
    dedupe = models.CharField(max_length=160, default="")
    expires = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    url = models.CharField(max_length=300, default="")
    tag = models.CharField(max_length=80, default="")
    parts = models.PositiveSmallIntegerField(default=0)
    cost = models.PositiveIntegerField(null=True)
    currency = models.CharField(max_length=3, default="")
    posted_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=State.WAITING)
    due_at = models.DateTimeField()
    lease = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=80, default="")
    receipt = models.CharField(max_length=80, default="")
    sent_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    wiped = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[s.value for s in State]), name="delivery_message_state"),
            models.CheckConstraint(
                condition=Q(channel__in=[c.value for c in Channel]), name="delivery_message_channel"
            ),
            models.UniqueConstraint(fields=["dedupe"], condition=~Q(dedupe=""), name="delivery_message_once"),
            models.CheckConstraint(
                condition=Q(lease__isnull=True, lease_until__isnull=True)
                | Q(lease__isnull=False, lease_until__isnull=False, state=State.WAITING.value),
                name="delivery_message_lease_whole",
            ),
            models.CheckConstraint(
                condition=Q(state=State.WAITING.value, done_at__isnull=True)
                | (~Q(state=State.WAITING.value) & Q(done_at__isnull=False)),
                name="delivery_message_done_at",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.SENT.value, State.DELIVERED.value]) | Q(sent_at__isnull=False),
                name="delivery_message_sent_at",
            ),
            models.CheckConstraint(
                condition=Q(wiped=False) | Q(to="", subject="", text="", html=""), name="delivery_message_wiped"
            ),
        ]
        indexes = [
            models.Index(fields=["channel", "due_at"], condition=Q(state="waiting"), name="delivery_message_due"),
            models.Index(fields=["done_at"], condition=Q(wiped=False), name="delivery_message_tidy"),
            models.Index(fields=["path", "done_at"], condition=Q(state="failed"), name="delivery_message_failed"),
            models.Index(fields=["done_at", "id"], condition=Q(state="failed"), name="delivery_message_failures"),
            models.Index(fields=["sent_at"], condition=Q(sent_at__isnull=False), name="delivery_message_sent"),
        ]


class Device(models.Model):
    """A browser that may be sent pushes: where, and under which keys. Gone ones keep neither.

    `failed` counts hand-overs in a row that the push service refused.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.UUIDField(db_index=True)
    endpoint = models.CharField(max_length=1000)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    label = models.CharField(max_length=80, default="")
    locale = models.CharField(max_length=10, default="")
    made_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    failed = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint"], condition=~Q(endpoint=""), name="delivery_device_once"),
            models.CheckConstraint(
                condition=(Q(gone_at__isnull=True) & ~Q(endpoint=""))
                | Q(gone_at__isnull=False, endpoint="", p256dh="", auth=""),
                name="delivery_device_gone",
            ),
        ]


class DeadAddress(models.Model):
    """An address that a carrier said reaches nobody, as a keyed digest; gone at the next success, or after `until`."""

    channel = models.CharField(max_length=8)
    digest = models.CharField(max_length=43)
    person = models.UUIDField(null=True)
    reason = models.CharField(max_length=10)
    error = models.CharField(max_length=80)
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "digest"], name="delivery_dead_once")]
