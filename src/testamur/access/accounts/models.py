"""Tables of access: logins. No password, no readable secret."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from testamur.kernel.base.ids import new_id


class Login(models.Model):
    """One stay of one person on one device, from identification to its end.

    `person` is an id of the register; `hat` the role that is worn (empty until one is chosen). `device` says what
    browser it is in words (``Firefox, Windows``), `network` the address without its last part: enough to recognise
    one's own.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.UUIDField(db_index=True)
    method = models.CharField(max_length=24)
    level = models.PositiveSmallIntegerField()
    hat = models.CharField(max_length=440, default="")
    began_at = models.DateTimeField()
    confirmed_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=16, default="")
    device = models.CharField(max_length=120, default="")
    network = models.CharField(max_length=60, default="")

    class Meta:
        indexes = [models.Index(fields=["person", "ended_at"], name="accounts_login_open")]
        constraints = [
            models.CheckConstraint(condition=Q(level__in=[1, 2, 3]), name="accounts_login_level"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_because="")
                | Q(Q(ended_at__isnull=False), ~Q(ended_because="")),
                name="accounts_login_ended_paired",
            ),
            models.CheckConstraint(condition=Q(confirmed_at__gte=F("began_at")), name="accounts_login_confirmed"),
        ]


class Preference(models.Model):
    """What a person chose for oneself: the language of pages and messages."""

    person = models.UUIDField(primary_key=True)
    locale = models.CharField(max_length=8, default="")
