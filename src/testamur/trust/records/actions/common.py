"""What the verbs share: refusals, chunks, digests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from testamur.kernel.base.refused import Refused
from testamur.trust.records.models import Record
from testamur.trust.records.rules import State


class WrongState(Refused):
    """The record is not where this verb needs it to be."""

    code = "records.state"


class NotYourTurn(Refused):
    """The signer is not named in the record, has signed already, or an earlier signer has not."""

    code = "records.not_your_turn"


class NotReplaceable(Refused):
    """Only a published record can be replaced, and only once."""

    code = "records.not_replaceable"


class BatchLost(Refused):
    """Another worker has taken the batch over, or it is finished: this one must let go of it."""

    code = "records.batch_lost"


def move(records: Sequence[UUID], old: State, new: State, path: str) -> None:
    """Move records from one state to another, all or none. Raises WrongState."""
    moved = 0
    for some in chunks(records):
        rows = Record.objects.filter(id__in=some, state=old, path__startswith=path)
        moved += rows.update(state=new)
    if moved != len(set(records)):
        raise WrongState(
            f"{len(set(records)) - moved} of {len(records)} documents are not {old.value}.", field="records", state=old
        )


def ask_rules(records: Sequence[UUID], now: datetime) -> None:
    """What ``settings.READY_RULES`` say of records that are to wait for signatures; raises what a rule refuses.

    In the transaction that makes them wait, once it is known that they lie where the actor may.
    """
    for rule in settings.READY_RULES:
        import_string(rule)(records=records, now=now)


def chunks(records: Sequence[UUID], size: int = 500) -> Iterable[Sequence[UUID]]:
    """`records` in pieces that fit one statement."""
    return (records[i : i + size] for i in range(0, len(records), size))


def refs(records: Sequence[UUID]) -> dict[str, object]:
    """What the journal keeps of a list of records: how many, and a digest of which."""
    return {"count": len(records), "records_sha256": digest(r.hex for r in records)}


def digest(parts: Iterable[str]) -> str:
    """SHA-256 over the sorted parts, hex."""
    return hashlib.sha256("".join(sorted(parts)).encode()).hexdigest()
