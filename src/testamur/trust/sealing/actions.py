"""Writing the seals: ask for a certificate, take one into use, retire it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal.actions import append
from testamur.trust.sealing.cms import CertificatesInvalid, Template
from testamur.trust.sealing.keys.contract import SealKey
from testamur.trust.sealing.models import SealCertificate
from testamur.trust.sealing.rules import SealState, parse_locator
from testamur.trust.sealing.sealer import KeyMismatch


class RequestInvalid(Refused):
    """The certificate request is not well formed, not signed by its own key, or for another key."""

    code = "sealing.request.invalid"


class KeyElsewhere(Refused):
    """The key is, or was, that of another unit's seal."""

    code = "sealing.key.elsewhere"


class KeyRetired(Refused):
    """The key was that of a retired seal or of a request that was given up, and no new request was made for it."""

    code = "sealing.key.retired"


class SealUnknown(NotFound):
    """There is no such seal."""

    code = "sealing.seal.unknown"


class SealRetired(Refused):
    """The seal is retired already."""

    code = "sealing.seal.retired"


@transaction.atomic
def make_request(
    *, by: Actor, organisation: UUID, path: str, key: SealKey, locator: str, request: bytes, now: datetime
) -> UUID:
    """Keep a certificate request (PKCS#10, DER; see `keys.opening.certificate_request`) and return the seal's id.

    The key is opened and the request signed by the caller, before any transaction: a token may be slow or far away.
    Journal: ``sealing.seal.requested/1``. Raises `RequestInvalid`, `LocatorInvalid`,
    `KeyElsewhere`, `NotAllowed`.
    """
    by.must("sealing.seal.request", path)
    parse_locator(locator)
    try:
        asked = x509.load_der_x509_csr(request)
        signed = asked.is_signature_valid
        spki = asked.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except ValueError:
        raise RequestInvalid("The certificate request is not well formed.", field="request") from None
    if not signed or spki != key.public_key:
        raise RequestInvalid("The certificate request is not signed by the seal's key.", field="request")
    fingerprint = hashlib.sha256(spki).hexdigest()
    _must_be_free(fingerprint, organisation)
    row = SealCertificate(
        id=new_id(),
        organisation=organisation,
        path=path,
        state=SealState.REQUESTED,
        algorithm=key.algorithm,
        locator=locator,
        public_key_sha256=fingerprint,
        request=request,
        made_at=now,
    )
    row.save(force_insert=True)
    refs = {"seal": str(row.id), "organisation": str(organisation), "public_key_sha256": fingerprint}
    append(by=by, kind="sealing.seal.requested/1", path=path, refs=refs, now=now)
    return row.id


@transaction.atomic
def register_seal(
    *,
    by: Actor,
    organisation: UUID,
    path: str,
    key: SealKey,
    locator: str,
    certificates: Sequence[bytes],
    now: datetime,
) -> UUID:
    """Take a certificate into use and return the seal's id; a former active seal retires in the same act.

    `certificates` are DER, the seal's own first, then its issuing CA. A request made here for the same key becomes this
    seal. `key` is opened by the caller. Journal: ``sealing.seal.registered/1``. Raises `CertificatesInvalid`,
    `KeyMismatch`, `KeyElsewhere`, `KeyRetired`, `LocatorInvalid`, `NotAllowed`.
    """
    by.must("sealing.seal.register", path)
    parse_locator(locator)
    Template(certificates, key.algorithm)
    leaf = x509.load_der_x509_certificate(certificates[0])
    _must_be_a_seal(leaf, now)
    if leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) != key.public_key:
        raise KeyMismatch("The key is not the one that the certificate names.", field="key")
    fingerprint = hashlib.sha256(key.public_key).hexdigest()
    _must_be_free(fingerprint, organisation)
    mine = SealCertificate.objects.select_for_update().filter(organisation=organisation)
    former = [str(row.id) for row in mine.filter(state=SealState.ACTIVE)]
    known = set(mine.filter(public_key_sha256=fingerprint).values_list("state", flat=True))
    if known == {SealState.RETIRED}:
        raise KeyRetired("This key was retired; make a new request for it, or for another.", field="key")
    mine.filter(state=SealState.ACTIVE).update(state=SealState.RETIRED, retired_at=now)
    row = mine.filter(state=SealState.REQUESTED, public_key_sha256=fingerprint).order_by("made_at").first()
    new = row is None
    if row is None:
        row = SealCertificate(id=new_id(), organisation=organisation, made_at=now, public_key_sha256=fingerprint)
    row.path, row.locator, row.algorithm = path, locator, key.algorithm
    row.state, row.certificate, row.chain = SealState.ACTIVE, certificates[0], b"".join(certificates[1:])
    row.activated_at = now
    row.valid_from, row.valid_to = leaf.not_valid_before_utc, leaf.not_valid_after_utc
    row.save(force_insert=new, force_update=not new)
    refs = {
        "seal": str(row.id),
        "organisation": str(organisation),
        "certificate_sha256": hashlib.sha256(certificates[0]).hexdigest(),
        "retired": former,
    }
    append(by=by, kind="sealing.seal.registered/1", path=path, refs=refs, now=now)
    return row.id


def _must_be_free(fingerprint: str, organisation: UUID) -> None:
    """A key seals for one unit: whoever may make requests for a school must not get one for its body's key."""
    if SealCertificate.objects.filter(public_key_sha256=fingerprint).exclude(organisation=organisation).exists():
        raise KeyElsewhere("This key is that of another unit.", field="key")


@transaction.atomic
def retire_seal(*, by: Actor, seal: UUID, now: datetime) -> None:
    """Stop using a seal, or give up a request. Journal: ``sealing.seal.retired/1``. `SealUnknown`, `SealRetired`."""
    row = SealCertificate.objects.select_for_update().filter(id=seal).first()
    if row is None:
        raise SealUnknown("There is no such seal.", field="seal")
    by.must("sealing.seal.retire", row.path)
    if row.state == SealState.RETIRED:
        raise SealRetired("The seal is retired already.", field="seal")
    row.state, row.retired_at = SealState.RETIRED, now
    row.save(update_fields=["state", "retired_at"])
    refs = {"seal": str(row.id), "organisation": str(row.organisation)}
    append(by=by, kind="sealing.seal.retired/1", path=row.path, refs=refs, now=now)


def _must_be_a_seal(leaf: x509.Certificate, now: datetime) -> None:
    """An end-entity certificate, valid now, whose key may sign (ETSI EN 319 412-2 section 4.3.2)."""
    if not leaf.not_valid_before_utc <= now <= leaf.not_valid_after_utc:
        raise CertificatesInvalid("The certificate is not valid now.", field="certificates")
    try:
        usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
        signs = usage.digital_signature or usage.content_commitment
        ca = any(e.value.ca for e in leaf.extensions if isinstance(e.value, x509.BasicConstraints))
    except (ValueError, x509.ExtensionNotFound):
        raise CertificatesInvalid("The certificate does not say what its key is for.", field="certificates") from None
    if ca or not signs:
        raise CertificatesInvalid("The certificate is not for signing or sealing.", field="certificates")
