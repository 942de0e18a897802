"""Tables of the signing ceremonies."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from testamur.trust.signing.rules import FINAL, MAX_DOCUMENTS, State

STATES = [state.value for state in State]
FINAL_STATES = sorted(state.value for state in FINAL)


class Ceremony(models.Model):
    """One act of signing by one person. Frozen by the database once its state is final.

    `answer` holds what the e-ID gave at the end until it has been judged; `evidence` what was believed. `lease` is
    the time before which nobody else asks the e-ID about this order.
    """

    id = models.UUIDField(primary_key=True)
    organisation = models.UUIDField()
    path = models.CharField(max_length=400)
    signer = models.UUIDField()
    signer_name = models.CharField(max_length=200)
    signer_scheme = models.CharField(max_length=40)
    signer_identifier = models.CharField(max_length=64)
    role = models.CharField(max_length=60)
    method = models.CharField(max_length=40)
    purpose = models.CharField(max_length=40)
    locale = models.CharField(max_length=16)
    header = models.BinaryField()
    root = models.CharField(max_length=64)
    count = models.PositiveIntegerField()
    visible = models.TextField()
    state = models.CharField(max_length=12)
    order_ref = models.CharField(max_length=100, default="")
    start_data = models.JSONField(null=True)
    same_device = models.BooleanField(default=False)
    return_nonce_sha256 = models.CharField(max_length=64, default="")
    hint = models.CharField(max_length=60, default="")
    answer = models.BinaryField(null=True)
    evidence = models.BinaryField(null=True)
    signed_at = models.DateTimeField(null=True)
    started = models.DateTimeField()
    begun = models.DateTimeField(null=True)
    lease = models.DateTimeField()
    ended = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "lease"]),
            models.Index(fields=["signer", "state"]),
            models.Index(fields=["organisation", "started"]),
        ]
        constraints = [
            models.CheckConstraint(name="signing_ceremony_state", condition=Q(state__in=STATES)),
            models.CheckConstraint(
                name="signing_ceremony_count", condition=Q(count__gte=1) & Q(count__lte=MAX_DOCUMENTS)
            ),
            models.CheckConstraint(
                name="signing_ceremony_signed_has_evidence",
                condition=Q(state="signed", evidence__isnull=False, signed_at__isnull=False)
                | (~Q(state="signed") & Q(evidence__isnull=True, signed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="signing_ceremony_final_has_ended",
                condition=Q(state__in=FINAL_STATES, ended__isnull=False)
                | (~Q(state__in=FINAL_STATES) & Q(ended__isnull=True)),
            ),
            models.CheckConstraint(
                name="signing_ceremony_pending_has_order",
                condition=Q(state="started", order_ref="", begun__isnull=True)
                | (Q(state__in=["pending", "signed"], begun__isnull=False) & ~Q(order_ref=""))
                | Q(state__in=["failed", "expired", "cancelled"]),
            ),
            models.CheckConstraint(
                name="signing_ceremony_final_keeps_no_secret",
                condition=~Q(state__in=FINAL_STATES) | Q(start_data__isnull=True, answer__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["method", "order_ref"], condition=~Q(order_ref=""), name="signing_ceremony_one_order"
            ),
        ]


class CeremonyDocument(models.Model):
    """One document of a ceremony; `index` is its place in the manifest, from 0."""

    ceremony = models.ForeignKey(Ceremony, on_delete=models.PROTECT, related_name="documents")
    index = models.PositiveIntegerField()
    record = models.UUIDField()
    h0 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    order = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [models.Index(fields=["record"])]
        constraints = [
            models.UniqueConstraint(fields=["ceremony", "index"], name="signing_document_place"),
            models.CheckConstraint(name="signing_document_size", condition=Q(size__gte=1) & Q(order__gte=1)),
        ]


class CeremonySignature(models.Model):
    """What a personal certificate has signed so far in a ceremony: one value for each document, never a second one.

    `place` is the document's `index` in the ceremony. They count when the ceremony is signed; those of one that ends
    otherwise are removed.
    """

    ceremony = models.ForeignKey(Ceremony, on_delete=models.PROTECT, related_name="signatures")
    place = models.PositiveIntegerField()
    record = models.UUIDField()
    signature = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ceremony", "place"], name="signing_signature_once")]
