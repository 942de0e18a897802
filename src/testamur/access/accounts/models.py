"""Tables of access: logins, tries to log in, second factors. No password, no readable secret."""

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
    admin_at = models.DateTimeField(null=True)  # when the administrator mode was switched on; ends with hat and login
    began_at = models.DateTimeField()
    confirmed_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=16, default="")
    device = models.CharField(max_length=120, default="")
    network = models.CharField(max_length=60, default="")
    app = models.UUIDField(null=True)  # the device by whose key it began, where it is a login of the app

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


class Attempt(models.Model):
    """One try to find out who somebody is, by any method, in one browser; kept for a day.

    `browser` is the hash of the random cookie of the browser that began. `kept` is what the method needs to go on
    (secrets of the e-ID's start, a nonce, the hash of a code): it never leaves the server and is emptied at the end.
    `nonce` is the digest of the nonce with which the e-ID's app has to come back; empty where it need not.
    `evidence` is the digest of what the e-ID gave as proof; the proof itself is not kept.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    method = models.CharField(max_length=24)
    purpose = models.CharField(max_length=8)
    login = models.UUIDField(null=True)
    browser = models.CharField(max_length=64)
    target = models.CharField(max_length=1000, default="")
    locale = models.CharField(max_length=8, default="")
    state = models.CharField(max_length=8, default="open")
    hint = models.CharField(max_length=40, default="")
    kept = models.JSONField(default=dict)
    nonce = models.CharField(max_length=64, default="")
    same_device = models.BooleanField(default=False)
    begun_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    asked_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    person = models.UUIDField(null=True)
    level = models.PositiveSmallIntegerField(null=True)
    evidence = models.CharField(max_length=64, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "found", "done", "failed"]), name="accounts_attempt_state"
            ),
            models.CheckConstraint(condition=Q(purpose__in=["login", "confirm"]), name="accounts_attempt_purpose"),
            models.CheckConstraint(
                condition=~Q(state__in=["found", "done"]) | Q(person__isnull=False, level__in=[1, 2, 3]),
                name="accounts_attempt_found_whom",
            ),
        ]


class ProviderSession(models.Model):
    """What a provider elsewhere calls a login that came from it, so that logging out here or there can end both.

    `name` is the digest of what it calls the person; `told` all of it, to be said again.
    """

    login = models.UUIDField(primary_key=True)
    provider = models.CharField(max_length=16)
    name = models.CharField(max_length=64)
    session = models.CharField(max_length=1024, default="")
    told = models.JSONField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["provider", "name"], name="accounts_provider_name")]


class Limit(models.Model):
    """How often something was tried: times of one key, of which only a keyed hash is here.

    `told`: that the limit was reached is journalled already.
    """

    key = models.CharField(max_length=64, primary_key=True)
    hits = models.JSONField(default=list)
    until = models.DateTimeField(db_index=True)
    told = models.BooleanField(default=False)


class Passkey(models.Model):
    """A passkey (WebAuthn) of a person. `credential` holds its public key; `handle` is the digest of its id."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.UUIDField(db_index=True)
    handle = models.CharField(max_length=64, unique=True)
    credential = models.BinaryField()
    count = models.PositiveBigIntegerField(default=0)
    name = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Totp(models.Model):
    """The authenticator app of a person. `secret` is encrypted; `step` is the last one that was used."""

    person = models.UUIDField(primary_key=True)
    secret = models.CharField(max_length=255)
    step = models.PositiveBigIntegerField(default=0)
    made_at = models.DateTimeField()


class RecoveryCode(models.Model):
    """A code on paper that stands in for a lost authenticator app, once."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.UUIDField()
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "digest"], name="accounts_recovery_once")]


class AppAccess(models.Model):
    """Somebody allows the app: the tick "access for the app" of the web profile. No row: not allowed."""

    person = models.UUIDField(primary_key=True)
    allowed_at = models.DateTimeField()


class AppDevice(models.Model):
    """A device with the app. `digest` is of its key, which the device alone has; `hat` is the one the app wears."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.UUIDField()
    hat = models.CharField(max_length=440)
    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=120, default="")
    made_at = models.DateTimeField()
    used_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=16, default="")

    class Meta:
        indexes = [models.Index(fields=["person", "ended_at"], name="accounts_app_open")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_because="")
                | Q(Q(ended_at__isnull=False), ~Q(ended_because="")),
                name="accounts_app_ended_paired",
            ),
        ]


class ApiClient(models.Model):
    """A program that reads through the API, for one place and some scopes. The secret is kept as a keyed digest."""

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.CharField(max_length=120)
    path = models.CharField(max_length=400)
    scopes = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path"])]
        constraints = [models.CheckConstraint(condition=~models.Q(name=""), name="accounts_api_client_named")]
