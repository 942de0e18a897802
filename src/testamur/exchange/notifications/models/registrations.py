"""Tables of registrations by pupil code, and of the PIN for the telephone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from testamur.exchange.notifications.rules.registrations import RegistrationState, Route
from testamur.kernel.base.ids import new_id


class Registration(models.Model):
    """Somebody asked to be told, with a pupil's code or as a guardian who is logged in.

    `pupil` is None where the code was wrong (such a row waits like any other, and nothing comes of it) and for one's
    own address. `value` is the e-mail address or number in normal form, emptied at the end of a registration that came
    to nothing. `guardian`: who it is, once that is known; before, whom the number speaks for. `replace`: the address
    takes the place of the others of its kind. `digest` is of the code that was sent to the address.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    pupil = models.UUIDField(null=True)
    path = models.CharField(max_length=400, default="/")
    route = models.CharField(max_length=6)
    kind = models.CharField(max_length=8)
    value = models.CharField(max_length=254)
    text = models.BooleanField(default=False)
    name = models.CharField(max_length=120, default="")
    locale = models.CharField(max_length=8, default="")
    replace = models.BooleanField(default=False)
    guardian = models.UUIDField(null=True)
    state = models.CharField(max_length=8, default=RegistrationState.OPENED)
    salt = models.CharField(max_length=32, default="")
    digest = models.CharField(max_length=64, default="")
    left = models.PositiveSmallIntegerField(default=0)
    code_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    proved_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in RegistrationState]), name="notifications_registration_state"
            ),
            models.CheckConstraint(
                condition=Q(route__in=[r.value for r in Route]), name="notifications_registration_route"
            ),
            models.CheckConstraint(condition=Q(kind__in=["email", "phone"]), name="notifications_registration_kind"),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(guardian__isnull=False), name="notifications_registration_whose"
            ),
        ]
        indexes = [
            models.Index(
                fields=["path", "made_at"], condition=Q(state__in=["opened", "proved"]), name="notifications_reg_open"
            ),
            models.Index(fields=["kind", "value", "state"], name="notifications_reg_value"),
            models.Index(fields=["guardian", "made_at"], name="notifications_reg_guardian"),
        ]


class Pin(models.Model):
    """The PIN by which a person is known on the telephone; Argon2."""

    person = models.UUIDField(primary_key=True)
    hash = models.CharField(max_length=128)
    set_at = models.DateTimeField()


class Lock(models.Model):
    """Wrong PINs in a row, of a person or a caller: `key` is a keyed hash."""

    key = models.CharField(primary_key=True, max_length=64)
    failures = models.PositiveSmallIntegerField(default=0)
    last_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)
