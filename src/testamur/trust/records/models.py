"""Tables of the records: an index of what is signed, sealed and archived. The files are the truth."""

from __future__ import annotations

from django.db import models

from testamur.kernel.base.ids import new_id
from testamur.trust.records.rules import ReleaseMode, State, WorkState

STATES = [s.value for s in State]


class DraftFile(models.Model):
    """One durable file that holds the first revisions of one prepared batch, one after another."""

    id = models.UUIDField(primary_key=True, default=new_id)
    made_at = models.DateTimeField()
    size = models.PositiveBigIntegerField()
    removed = models.BooleanField(default=False)


class IssueBatch(models.Model):
    """Records that are sealed, logged and archived together by one worker.

    The lease lets another worker take over after a crash: a batch whose lease has run out is free again.
    """

    class Stage(models.TextChoices):
        """How far the batch has come; each stage is durable before the next begins."""

        CLAIMED = "claimed"
        SEALED = "sealed"
        LOGGED = "logged"
        DONE = "done"

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation = models.UUIDField()
    path = models.CharField(max_length=400)
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.CLAIMED)
    claimed_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=80, default="")
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=400, default="")

    class Meta:
        indexes = [
            models.Index(fields=["lease_until"], condition=~models.Q(stage="done"), name="records_batch_open"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stage="claimed") | models.Q(sealed_at__isnull=False), name="records_batch_sealed_at"
            ),
        ]


class Record(models.Model):
    """One legal document about one pupil or one group.

    `pupils` are the ids of those whom a group's document names. `released_at` is when citizens may see a published
    record: a minute to come, one that has passed, or none while it waits for review. `announced_at` is when its
    release was told.
    """

    id = models.UUIDField(primary_key=True)
    organisation = models.UUIDField()
    unit = models.UUIDField()
    path = models.CharField(max_length=400)
    document_type = models.CharField(max_length=80)
    pack = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=8)
    subject = models.UUIDField(db_index=True)
    title = models.CharField(max_length=200)
    period = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField(default=1)
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    replaced_because = models.CharField(max_length=20, default="")
    state = models.CharField(max_length=10, default=State.DRAFTED)
    code = models.CharField(max_length=14, unique=True)
    content_sha256 = models.CharField(max_length=64)
    record_json_sha256 = models.CharField(max_length=64)
    h0 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    json_size = models.PositiveIntegerField()
    draft_file = models.ForeignKey(DraftFile, on_delete=models.PROTECT, related_name="+")
    draft_offset = models.PositiveBigIntegerField()
    issued_on = models.DateField()
    batch = models.ForeignKey(IssueBatch, null=True, on_delete=models.PROTECT, related_name="+")
    held = models.CharField(max_length=80, default="")
    group_code = models.CharField(max_length=80, default="")
    pupils = models.JSONField(default=list)
    ready_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    announced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="records_record_state_known"),
            models.CheckConstraint(
                condition=models.Q(subject_kind__in=["pupil", "group"]), name="records_record_subject_kind"
            ),
            models.CheckConstraint(condition=models.Q(size__gt=0), name="records_record_size"),
            models.CheckConstraint(
                condition=models.Q(replaces__isnull=True, replaced_because="")
                | (models.Q(replaces__isnull=False) & ~models.Q(replaced_because="")),
                name="records_record_replaces_paired",
            ),
            models.UniqueConstraint(
                fields=["document_type", "subject", "unit", "period", "version"],
                condition=~models.Q(state=State.DISPOSED),
                name="records_record_one_per_version",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "batch"]),
            models.Index(fields=["unit", "document_type", "period", "state"]),
            models.Index(
                fields=["released_at"],
                condition=models.Q(announced_at__isnull=True, released_at__isnull=False),
                name="records_record_to_announce",
            ),
            models.Index(fields=["path"], condition=~models.Q(held=""), name="records_record_held"),
        ]


class RecordSigner(models.Model):
    """One signature that a record needs, and the ceremony that gave it."""

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=40)
    person = models.UUIDField(db_index=True)
    ceremony = models.UUIDField(null=True)
    signed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "order"], name="records_signer_order"),
            models.CheckConstraint(
                condition=models.Q(signed_at__isnull=True) | models.Q(ceremony__isnull=False),
                name="records_signer_signed_in_ceremony",
            ),
        ]
        indexes = [
            models.Index(fields=["ceremony"]),
            models.Index(fields=["person"], condition=models.Q(signed_at__isnull=True), name="records_signer_waiting"),
            models.Index(
                fields=["ceremony"],
                condition=models.Q(signed_at__isnull=True, ceremony__isnull=False),
                name="records_signer_in_ceremony",
            ),
        ]


class Issue(models.Model):
    """What a record became: written once, when its archive object stands."""

    record = models.OneToOneField(Record, primary_key=True, on_delete=models.PROTECT, related_name="+")
    doc_digest = models.CharField(max_length=64)
    seal_sig_sha256 = models.CharField(max_length=64)
    commitment = models.CharField(max_length=64, unique=True)
    log_index = models.PositiveBigIntegerField()
    pdf_sha256 = models.CharField(max_length=64)
    pdf_size = models.PositiveIntegerField()
    sealed_at = models.DateTimeField()
    published_at = models.DateTimeField()


class StatusList(models.Model):
    """One signed list of the records that no longer hold (docs/formats.md §12).

    A list is drawn up first and logged after; the next one waits until it is. `keys` is the compressed body of the
    file: the newest list alone has it, since it says all that the earlier ones said. Notes and proofs are kept.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation = models.UUIDField()
    log = models.UUIDField()
    path = models.CharField(max_length=400)
    made_at = models.DateTimeField()
    entries = models.PositiveBigIntegerField()
    replaced = models.PositiveIntegerField()
    annulled = models.PositiveIntegerField()
    note = models.TextField()
    keys = models.BinaryField(null=True)
    log_index = models.PositiveBigIntegerField(null=True)
    proof = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "entries"], name="records_status_order"),
            models.UniqueConstraint(
                fields=["organisation"], condition=models.Q(log_index__isnull=True), name="records_status_one_waits"
            ),
            models.CheckConstraint(
                condition=models.Q(log_index__isnull=True, proof="", keys__isnull=False)
                | (models.Q(log_index__gte=models.F("entries")) & ~models.Q(proof="")),
                name="records_status_logged",
            ),
        ]


class ReleasePlan(models.Model):
    """When the documents of one kind, school and period become visible to those whom they are about."""

    id = models.UUIDField(primary_key=True, default=new_id)
    unit = models.UUIDField()
    path = models.CharField(max_length=400)
    document_type = models.CharField(max_length=80)
    period = models.CharField(max_length=40)
    mode = models.CharField(max_length=12)
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "document_type", "period"], name="records_release_one"),
            models.CheckConstraint(
                condition=models.Q(mode__in=[m.value for m in ReleaseMode]), name="records_release_mode"
            ),
            models.CheckConstraint(
                condition=models.Q(mode=ReleaseMode.AT, at__isnull=False)
                | (~models.Q(mode=ReleaseMode.AT) & models.Q(at__isnull=True)),
                name="records_release_minute",
            ),
        ]


class Decline(models.Model):
    """Somebody whose turn it was would not sign, and why. The words stay here and go into no journal."""

    id = models.UUIDField(primary_key=True, default=new_id)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField()
    person = models.UUIDField()
    role = models.CharField(max_length=40)
    why = models.TextField()
    at = models.DateTimeField()


class VoidSignature(models.Model):
    """A signature that no longer counts, since the record went back to draft or its giver held no post."""

    id = models.UUIDField(primary_key=True, default=new_id)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=40)
    person = models.UUIDField()
    ceremony = models.UUIDField()
    signed_at = models.DateTimeField()
    because = models.CharField(max_length=40)
    at = models.DateTimeField()


class Work(models.Model):
    """Long work that somebody asked for, and how far it has come. `errors` are codes with ids, no names."""

    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=40)
    unit = models.UUIDField()
    path = models.CharField(max_length=400)
    person = models.UUIDField()
    asked = models.JSONField(default=dict)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, default=WorkState.WAITING)
    errors = models.JSONField(default=list)
    asked_at = models.DateTimeField()
    started = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["path", "asked_at"]), models.Index(fields=["person", "asked_at"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in WorkState]), name="records_work_state"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "running"], ended__isnull=True)
                | models.Q(state__in=["done", "failed"], ended__isnull=False),
                name="records_work_ended",
            ),
        ]


class Retrieval(models.Model):
    """An original was handed out: to whom, by which way, and the digest of the file."""

    id = models.UUIDField(primary_key=True, default=new_id)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    person = models.UUIDField()
    way = models.CharField(max_length=8)
    pdf_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "at"])]


class Share(models.Model):
    """A link by which a holder shows a record to somebody else. Neither the token nor the PIN is kept.

    `pin_mac` is keyed with the token, which stands in the link alone: with this table in hand nobody can try PINs.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    by_person = models.UUIDField()
    token_sha256 = models.CharField(max_length=64, unique=True)
    pin_mac = models.CharField(max_length=64)
    created = models.DateTimeField()
    expires = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    views = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["by_person", "created"])]
        constraints = [
            models.CheckConstraint(condition=models.Q(expires__gt=models.F("created")), name="records_share_expires")
        ]


class ShareView(models.Model):
    """Somebody tried to open a share. `network` is the network that they came from, never the whole address."""

    id = models.UUIDField(primary_key=True, default=new_id)
    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    opened = models.BooleanField()
    network = models.CharField(max_length=50, default="")


class Sight(models.Model):
    """An actor saw the true name of a person with protected identity; once per person, actor and hour."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.UUIDField()
    actor = models.UUIDField()
    hour = models.DateTimeField()
    at = models.DateTimeField()
    path = models.CharField(max_length=400)
    where = models.CharField(max_length=60)

    class Meta:
        indexes = [models.Index(fields=["path", "at"])]
        constraints = [models.UniqueConstraint(fields=["person", "actor", "hour"], name="records_sight_once_an_hour")]
