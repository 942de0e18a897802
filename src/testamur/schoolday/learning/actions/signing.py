"""Signing a development plan with an e-ID: a ceremony of `trust.signing` over the version's PDF."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor, Grant
from testamur.schoolday.learning.actions.development import signed, to_sign
from testamur.schoolday.learning.models import Signature
from testamur.schoolday.learning.rules import How, NotAWitness
from testamur.trust.signing import actions as signing
from testamur.trust.signing import queries as ceremonies
from testamur.trust.signing.rules import DocumentToSign, SignerIdentity, State


def signer(by: Actor, path: str) -> Actor:
    """The same person with the powers of a ceremony of one's own there, and no others.

    What may be signed was asked before; a guardian holds no power at a school.
    """
    return Actor(by.id, by.identified_by, (Grant("signer", path, ("signing.ceremony.*",)),))


@transaction.atomic
def start_signature(
    *, by: Actor, version: UUID, identity: SignerIdentity, method: str, title: str, locale: str, organisation: str,
    now: datetime,
) -> UUID:  # fmt: skip
    """Open a ceremony over a frozen version; returns its id. Journal: that of ``signing.ceremony.started``.

    `title` is the one line that the signer reads beside the school's name. Needs what `to_sign` needs. Raises as it
    does, and what ``signing.actions.start`` refuses.
    """
    found = to_sign(by=by, version=version)
    return signing.start(
        by=signer(by, found.path),
        organisation=found.school,
        organisation_name=organisation,
        path=found.path,
        signer=identity,
        role=found.part.value,
        method=method,
        documents=[DocumentToSign(record=version, h0=found.digest, size=found.size, title=title)],
        locale=locale,
        now=now,
    )


@transaction.atomic
def settle_signature(*, by: Actor, version: UUID, ceremony: UUID, now: datetime) -> State:
    """Note a ceremony that was signed; returns its state. Doing it twice changes nothing.

    Journal: ``learning.development.confirmed/1``. Needs what `to_sign` needs. Raises NotFound for another's ceremony,
    NotAWitness when it is over another document than the one that stands.
    """
    view = ceremonies.ceremony(ceremony, by=by)
    if view.state is not State.SIGNED or Signature.objects.filter(ceremony=ceremony).exists():
        return view.state
    found = to_sign(by=by, version=version)
    document = ceremonies.evidences(ceremony).document(version)
    if view.signer != by.id or document is None or (document.h0, document.size) != (found.digest, found.size):
        raise NotAWitness("Another document was signed.", version=str(version))
    signed(by, found, How.EID, ceremony, now)
    return view.state
