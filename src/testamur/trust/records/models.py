"""Tables of the records: an index of what is signed, sealed and archived. The files are the truth."""

from __future__ import annotations

from django.db import models

from testamur.kernel.base.ids import new_id
from testamur.trust.records.rules import State

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
    """One legal document about one pupil or one group."""

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
        indexes = [models.Index(fields=["ceremony"])]


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
