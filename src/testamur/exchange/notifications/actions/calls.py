"""The telephone service's own book: each leg of a call, and each text message that comes in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.access.accounts.methods.hiding import keyed
from testamur.kernel.base.actor import Actor
from testamur.kernel.journal.actions import append


@transaction.atomic
def note_call(*, by: Actor, call: str, leg: str, now: datetime, person: UUID | None = None) -> None:
    """Write down that a call came to a place of the menu, or that a text message came in.

    `call` is the carrier's name of it, of which a keyed hash is kept: legs of one call can be seen together, and no
    number stands anywhere. `person` is who it is, once the PIN was right. Needs ``notices.call.note``, which the
    telephone service has. Journal: ``notices.call.noted/1`` with call, leg and person.
    """
    by.must("notices.call.note")
    refs = {"call": keyed("phone call", call)[:32], "leg": leg, "person": str(person) if person is not None else None}
    append(by=by, kind="notices.call.noted/1", path="/", refs=refs, now=now)
