"""Writing the journal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from testamur.kernel.base.actor import Actor
from testamur.kernel.journal.models import Entry


def append(*, by: Actor, kind: str, path: str, refs: Mapping[str, Any], now: datetime) -> int:
    """Write one entry in the caller's transaction and return its number.

    `kind` is dotted and versioned (``people.persons.registered/1``). `refs` holds ids (as text), counts and hex
    digests; never a name, a personal number or an address.
    """
    entry = Entry(
        at=now,
        actor=by.id,
        identified_by=by.identified_by,
        on_behalf_of=by.on_behalf_of,
        kind=kind,
        path=path,
        refs=dict(refs),
    )
    entry.save(force_insert=True)
    return entry.id
