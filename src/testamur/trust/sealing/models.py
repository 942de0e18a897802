"""Tables of the seals: certificates and where their keys live. No secret, no private key."""

from __future__ import annotations

from django.db import models

from testamur.kernel.base.ids import new_id
from testamur.trust.sealing.rules import Algorithm, SealState


class SealCertificate(models.Model):
    """A seal of one organisation: first a request, then a certificate in use, at last retired."""

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation = models.UUIDField()
    path = models.CharField(max_length=400)
    state = models.CharField(max_length=12)
    algorithm = models.CharField(max_length=12)
    locator = models.CharField(max_length=600)
    public_key_sha256 = models.CharField(max_length=64)
    request = models.BinaryField(null=True)
    certificate = models.BinaryField(null=True)
    chain = models.BinaryField(default=b"")
    valid_from = models.DateTimeField(null=True)
    valid_to = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "state"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in SealState]), name="sealing_seal_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(algorithm__in=[a.value for a in Algorithm]), name="sealing_seal_algorithm_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state=SealState.REQUESTED.value, certificate__isnull=True, request__isnull=False)
                | models.Q(state=SealState.ACTIVE.value, certificate__isnull=False)
                | models.Q(state=SealState.RETIRED.value),
                name="sealing_seal_active_has_certificate",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    certificate__isnull=True, valid_from__isnull=True, valid_to__isnull=True, activated_at__isnull=True
                )
                | models.Q(
                    certificate__isnull=False,
                    valid_from__isnull=False,
                    valid_to__isnull=False,
                    activated_at__isnull=False,
                    valid_from__lt=models.F("valid_to"),
                ),
                name="sealing_seal_validity_with_certificate",
            ),
            models.CheckConstraint(
                condition=models.Q(state=SealState.RETIRED.value, retired_at__isnull=False)
                | (~models.Q(state=SealState.RETIRED.value) & models.Q(retired_at__isnull=True)),
                name="sealing_seal_retired_has_time",
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(state=SealState.ACTIVE.value),
                name="sealing_one_active_seal_per_organisation",
            ),
        ]
