"""Tables of the result lists."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from testamur.kernel.base.ids import new_id
from testamur.schoolday.reporting.rules.states import Desk, How, ListKind, ListState, Reason, Source, Way


class ListNumber(models.Model):
    """Gives each list its number (row B30): the key of the row."""

    id = models.BigAutoField(primary_key=True)


class ResultList(models.Model):
    """One list of results.

    `revision` grows with every save; `sent_sha256` is the digest of the version that was sent. `trouble`: code of what
    keeps the documents of a sent list from being made or its signature from being taken in.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.BigIntegerField(unique=True)
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=10, default="draft")
    unit = models.UUIDField()
    path = models.CharField(max_length=400)
    pack = models.CharField(max_length=40)
    course = models.UUIDField()
    course_code = models.CharField(max_length=40)
    module = models.UUIDField(null=True)
    module_code = models.CharField(max_length=40, default="")
    occasion = models.UUIDField(null=True)
    exam = models.UUIDField(null=True)
    scale = models.CharField(max_length=40)
    degree_project = models.BooleanField(default=False)
    title = models.CharField(max_length=400, default="")
    title_en = models.CharField(max_length=400, default="")
    anonymous = models.BooleanField(default=False)
    reason = models.CharField(max_length=16, default="new")
    revision = models.PositiveIntegerField(default=0)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    examiner = models.UUIDField(null=True)
    sent_by = models.UUIDField(null=True)
    sent_at = models.DateTimeField(null=True)
    sent_sha256 = models.CharField(max_length=64, default="")
    returned_by = models.UUIDField(null=True)
    returned_at = models.DateTimeField(null=True)
    returned_why = models.TextField(default="")
    way = models.CharField(max_length=10, default="electronic")
    record = models.UUIDField(null=True)
    prepared_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    signed_method = models.CharField(max_length=40, default="")
    control_number = models.CharField(max_length=20, default="")
    entered_at = models.DateTimeField(null=True)
    entered_by = models.UUIDField(null=True)
    # nullable, so that SQLite adds the column without rebuilding the table, which would lose its triggers
    trouble = models.CharField(max_length=80, null=True)  # noqa: DJ001 - as said

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in ListKind]), name="reporting_list_kind"),
            models.CheckConstraint(condition=Q(state__in=[s.value for s in ListState]), name="reporting_list_state"),
            models.CheckConstraint(condition=Q(way__in=[w.value for w in Way]), name="reporting_list_way"),
            models.CheckConstraint(
                condition=Q(kind="module", module__isnull=False)
                | Q(kind="course", module__isnull=True)
                | Q(kind="correction"),
                name="reporting_list_module",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "discarded"])
                | Q(examiner__isnull=False, sent_at__isnull=False, sent_by__isnull=False) & ~Q(sent_sha256=""),
                name="reporting_list_sent_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["signed", "entered"], signed_at__isnull=False)
                | Q(state__in=["draft", "sent", "discarded"], signed_at__isnull=True),
                name="reporting_list_signed_at",
            ),
            models.CheckConstraint(
                condition=Q(state="entered", entered_at__isnull=False, entered_by__isnull=False) & ~Q(control_number="")
                | ~Q(state="entered") & Q(entered_at__isnull=True, entered_by__isnull=True),
                name="reporting_list_entered_whole",
            ),
            models.CheckConstraint(condition=Q(title_en="") | ~Q(title=""), name="reporting_list_titles"),
            models.CheckConstraint(
                condition=~Q(kind="correction", reason="new") & ~(~Q(kind="correction") & ~Q(reason="new")),
                name="reporting_list_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["path", "state"]),
            models.Index(fields=["examiner", "state"]),
            models.Index(fields=["made_by", "state"]),
            models.Index(fields=["course_code", "module_code"]),
            models.Index(fields=["record"]),
            models.Index(fields=["state", "sent_at"]),
        ]


class ListRow(models.Model):
    """One student in a list.

    `leaves`: goes at the next save (row B40). `decision`: what it became when signed; `refused`: the code with which
    the law kept it from becoming one.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    list = models.ForeignKey(ResultList, on_delete=models.PROTECT, related_name="rows", db_index=False)
    person = models.UUIDField()
    source = models.CharField(max_length=12)
    value = models.CharField(max_length=10, default="")
    examined_on = models.DateField(null=True)
    points = models.CharField(max_length=12, default="")
    leaves = models.BooleanField(default=False)
    automatic = models.BooleanField(default=False)
    anonymous_code = models.CharField(max_length=20, default="")
    graded_by = models.UUIDField(null=True)
    graded_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=0)
    decision = models.UUIDField(null=True)
    certificate = models.UUIDField(null=True)
    corrects = models.UUIDField(null=True)
    amendment = models.JSONField(null=True)
    refused = models.CharField(max_length=80, null=True)  # noqa: DJ001 - as `ResultList.trouble`

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list", "person"], name="reporting_row_once"),
            models.CheckConstraint(condition=Q(source__in=[s.value for s in Source]), name="reporting_row_source"),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, amendment__isnull=True)
                | Q(corrects__isnull=False, amendment__isnull=False),
                name="reporting_row_correction_explained",
            ),
            models.CheckConstraint(
                condition=Q(graded_by__isnull=True, graded_at__isnull=True)
                | Q(graded_by__isnull=False, graded_at__isnull=False),
                name="reporting_row_graded_paired",
            ),
        ]
        indexes = [models.Index(fields=["person"]), models.Index(fields=["decision"])]


class ListVersion(models.Model):
    """What a list held when it was sent or signed: canonical JSON and its digest. Never changed, never deleted."""

    id = models.BigAutoField(primary_key=True)
    list = models.ForeignKey(ResultList, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    reason = models.CharField(max_length=8)
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    made_by = models.UUIDField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list", "number"], name="reporting_version_order"),
            models.CheckConstraint(condition=Q(reason__in=[r.value for r in Reason]), name="reporting_version_reason"),
        ]


class Seen(models.Model):
    """What somebody last saw of a list, so that changes since can be shown."""

    list = models.ForeignKey(ResultList, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.UUIDField()
    revision = models.PositiveIntegerField()
    content = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "person"], name="reporting_seen_once")]


class Grader(models.Model):
    """Somebody else who grades in a list."""

    list = models.ForeignKey(ResultList, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.UUIDField(db_index=True)
    added_by = models.UUIDField()
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "person"], name="reporting_grader_once")]


class Comment(models.Model):
    """A remark about a list or one row of it, for those who work with the list. Never changed, never deleted."""

    id = models.UUIDField(primary_key=True, default=new_id)
    list = models.ForeignKey(ResultList, on_delete=models.PROTECT, related_name="+")
    row = models.UUIDField(null=True)
    author = models.UUIDField()
    at = models.DateTimeField()
    text = models.CharField(max_length=1000)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="reporting_comment_says")]


class Subscription(models.Model):
    """Somebody wants to hear when final grades can be set in a course (rows B14 to B16)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.UUIDField(db_index=True)
    path = models.CharField(max_length=400)
    course_code = models.CharField(max_length=40, db_index=True)
    starts = models.DateField()
    ends = models.DateField()
    how = models.CharField(max_length=8)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="reporting_subscription_dates"),
            models.CheckConstraint(condition=Q(how__in=[h.value for h in How]), name="reporting_subscription_how"),
            models.UniqueConstraint(
                fields=["person", "course_code", "path"],
                condition=Q(ended_at__isnull=True),
                name="reporting_subscription_one_open",
            ),
        ]


class Announced(models.Model):
    """A student of whom a subscriber hears once: found when a final grade could be set, told at `told_at`."""

    id = models.BigAutoField(primary_key=True)
    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="+", db_index=False)
    student = models.UUIDField()
    course = models.UUIDField()
    found_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "student", "course"], name="reporting_announced_once")
        ]
        indexes = [
            models.Index(fields=["found_at"], condition=Q(told_at__isnull=True), name="reporting_announced_waiting")
        ]


class ProcessRule(models.Model):
    """From which date of examination results follow which way; in force once its own record is published (B24, B45)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    path = models.CharField(max_length=400)
    way = models.CharField(max_length=10)
    grade_from = models.DateField()
    reference = models.CharField(max_length=80, default="")
    decided_by = models.UUIDField()
    record = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    in_force_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(way__in=[w.value for w in Way]), name="reporting_process_way"),
            models.UniqueConstraint(
                fields=["path", "grade_from"],
                condition=Q(in_force_at__isnull=False),
                name="reporting_process_one_a_day",
            ),
        ]


class DeskAddress(models.Model):
    """Where mail about a matter goes: faults and wishes, registrations, the office that makes definitive entries."""

    path = models.CharField(max_length=400)
    desk = models.CharField(max_length=12)
    email = models.CharField(max_length=254)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["path", "desk"], name="reporting_desk_once"),
            models.CheckConstraint(condition=Q(desk__in=[d.value for d in Desk]), name="reporting_desk_known"),
        ]


class Preference(models.Model):
    """How somebody likes to work with lists (row B4)."""

    person = models.UUIDField(primary_key=True)
    sort = models.CharField(max_length=8, default="family")
    enter_moves = models.CharField(max_length=8, default="down")
    mail_signed = models.BooleanField(default=True)
    mail_returned = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sort__in=["family", "given"]), name="reporting_preference_sort"),
            models.CheckConstraint(
                condition=Q(enter_moves__in=["down", "right"]), name="reporting_preference_enter_moves"
            ),
        ]
