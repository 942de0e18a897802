"""Tables of the notice board."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from testamur.kernel.base.ids import new_id
from testamur.schoolday.noticeboard.rules import Audience, EventKind, Kind, Reply, Service
from testamur.schoolday.noticeboard.rules.contents import FeedKind
from testamur.schoolday.noticeboard.rules.menus import Meal


class News(models.Model):
    """A short text in several languages. `texts`: locale → {title, body}. `unit`: of one school, or a group of it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    path = models.CharField(max_length=400)
    unit = models.UUIDField(null=True)
    group = models.UUIDField(null=True)
    audience = models.CharField(max_length=12)
    texts = models.JSONField()
    published_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    author = models.UUIDField()

    class Meta:
        indexes = [
            models.Index(fields=["published_at"]),
            models.Index(
                fields=["unit", "published_at"], condition=Q(unit__isnull=False), name="noticeboard_news_unit"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(audience__in=[a.value for a in Audience]), name="noticeboard_news_audience"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("published_at")), name="noticeboard_news_dates"
            ),
            models.CheckConstraint(
                condition=Q(group__isnull=True) | Q(unit__isnull=False), name="noticeboard_news_group"
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


class Event(models.Model):
    """What is planned for a unit or one group of it. Cancelled, never deleted; `seq` counts its changes."""

    id = models.UUIDField(primary_key=True, default=new_id)
    path = models.CharField(max_length=400)
    unit = models.UUIDField()
    group = models.UUIDField(null=True)
    kind = models.CharField(max_length=12)
    subject = models.CharField(max_length=40, default="")
    title = models.CharField(max_length=200)
    text = models.TextField(default="")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=200, default="")
    audience = models.CharField(max_length=12)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    seq = models.IntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["group", "starts_at"], name="noticeboard_event_group"),
            models.Index(fields=["unit", "starts_at"], name="noticeboard_event_unit"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in EventKind]), name="noticeboard_event_kind"),
            models.CheckConstraint(
                condition=Q(audience__in=[a.value for a in Audience]), name="noticeboard_event_audience"
            ),
            models.CheckConstraint(condition=Q(ends_at__gte=F("starts_at")), name="noticeboard_event_hours"),
            models.CheckConstraint(condition=~Q(title=""), name="noticeboard_event_titled"),
        ]


class Time(models.Model):
    """A time that a host has for a conversation at a meeting; booked by a guardian for a child, or free."""

    id = models.UUIDField(primary_key=True, default=new_id)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="times", db_index=False)
    host = models.UUIDField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    room = models.CharField(max_length=40, default="")
    child = models.UUIDField(null=True)
    guardian = models.UUIDField(null=True)
    booked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["child"], condition=Q(child__isnull=False), name="noticeboard_time_child"),
            models.Index(fields=["host", "starts_at"], name="noticeboard_time_host"),
        ]
        constraints = [
            # its index also answers "which times has this meeting"
            models.UniqueConstraint(fields=["event", "host", "starts_at"], name="noticeboard_time_one_at_once"),
            models.UniqueConstraint(
                fields=["event", "host", "child"], condition=Q(child__isnull=False), name="noticeboard_time_once"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="noticeboard_time_hours"),
            models.CheckConstraint(
                condition=Q(child__isnull=True, guardian__isnull=True, booked_at__isnull=True)
                | Q(child__isnull=False, guardian__isnull=False, booked_at__isnull=False),
                name="noticeboard_time_booked_whole",
            ),
        ]


class Answer(models.Model):
    """What was last answered to an event for a child, by one person."""

    id = models.UUIDField(primary_key=True, default=new_id)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="answers", db_index=False)
    child = models.UUIDField()
    person = models.UUIDField()
    reply = models.CharField(max_length=8)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "child", "person"], name="noticeboard_answer_once"),
            models.CheckConstraint(condition=Q(reply__in=[r.value for r in Reply]), name="noticeboard_answer_reply"),
        ]


class Feed(models.Model):
    """The secret address under which a person's calendar fetches a child's days, or the person's own work.

    `digest`: of the secret alone. `content`: what the calendar holds; empty is what one holds of which nothing is said.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.UUIDField()
    child = models.UUIDField()
    kind = models.CharField(max_length=5, default=FeedKind.CHILD.value)
    content = models.JSONField(default=list)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "child", "kind"], name="noticeboard_feed_one"),
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in FeedKind]), name="noticeboard_feed_kind"),
            models.CheckConstraint(condition=~Q(kind="work") | Q(person=F("child")), name="noticeboard_feed_own_work"),
        ]


class Menu(models.Model):
    """A menu of a unit and of all below it, or of those forms of school alone. Ended, never deleted."""

    id = models.UUIDField(primary_key=True, default=new_id)
    unit = models.UUIDField()
    path = models.CharField(max_length=400)
    name = models.CharField(max_length=120)
    code = models.CharField(max_length=32, unique=True)
    forms = models.JSONField(default=list)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path"], name="noticeboard_menu_path")]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"], condition=Q(ended_at__isnull=True), name="noticeboard_menu_name"
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(code=""), name="noticeboard_menu_named"),
        ]


class MenuDish(models.Model):
    """A dish of a menu on a day. `names`: locale → name, the empty locale as the kitchen wrote it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    menu = models.ForeignKey(Menu, on_delete=models.PROTECT, related_name="dishes", db_index=False)
    on = models.DateField()
    place = models.PositiveSmallIntegerField()
    meal = models.CharField(max_length=10)
    names = models.JSONField()
    marks = models.JSONField(default=list)

    class Meta:
        constraints = [
            # its index also answers "what has this menu on these days"
            models.UniqueConstraint(fields=["menu", "on", "place"], name="noticeboard_dish_once"),
            models.CheckConstraint(condition=Q(meal__in=[m.value for m in Meal]), name="noticeboard_dish_meal"),
        ]


class Highlight(models.Model):
    """What one reader wants to be pointed at in menus. `chosen`: child → marks; it says nothing of the child itself."""

    person = models.UUIDField(primary_key=True)
    chosen = models.JSONField(default=dict)
    changed_at = models.DateTimeField()
