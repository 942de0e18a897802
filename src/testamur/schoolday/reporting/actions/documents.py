"""The documents of a sent list: asked for, ready, taken back."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.module_loading import import_string

from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.refused import Refused
from testamur.kernel.jobs.rules import STEP
from testamur.kernel.journal.actions import append
from testamur.schoolday.reporting.models import ListRow, ResultList
from testamur.schoolday.reporting.queries.reach import found, held
from testamur.schoolday.reporting.rules.documents import BeingSigned
from testamur.schoolday.reporting.rules.lists import ListChanged
from testamur.schoolday.reporting.rules.states import ListState, Way
from testamur.trust.records import actions as records
from testamur.trust.records import queries as kept
from testamur.trust.records.rules import State

ENQUEUE = "testamur.schoolday.reporting.tasks.enqueue_documents"
"""Named, not imported: the tasks stand above the steps, and these above the verbs."""

_READS = ("records.record.read", "records.record.draft", "records.record.ready")


def request_documents(*, by: Actor, list: UUID, now: datetime) -> None:
    """Have the documents of a list that was just sent made in the background; part of the verb `send`.

    They are asked for in the same transaction. A list that is signed by hand has none.
    """
    row = found(list)
    if row.way == Way.ELECTRONIC:
        enqueue: Callable[..., None] = import_string(ENQUEUE)
        enqueue(list=list, by=by.id, now=now)


def withdraw_documents(*, by: Actor, list: UUID, now: datetime) -> int:
    """Throw the unsigned documents of a sent list away; part of `recall` and `return_list`, which ask permission.

    Returns how many. Raises `BeingSigned` while somebody is signing one of them, and when one is signed.
    Journal: ``records.recalled/1`` and ``records.discarded/1``.
    """
    row = held(list)
    ids = [*ListRow.objects.filter(list=row, certificate__isnull=False).values_list("certificate", flat=True)]
    mine = [key for key in (row.record, *ids) if key is not None]
    gone = throw_away(by=stand_in(by), path=row.path, ids=mine, now=now)
    # a row of another list could bear the same only by a fault: the certificates are told by id
    ListRow.objects.filter(list=row).update(certificate=None)
    ResultList.objects.filter(id=row.id).update(record=None, prepared_at=None, trouble=None)
    return gone


def throw_away(*, by: Actor, path: str, ids: tuple[UUID, ...] | list[UUID], now: datetime) -> int:
    """Take back and discard those of the records that exist. Raises `BeingSigned`. For this package."""
    states = {view.id: view.state for view in kept.by_ids(by=by, records=ids)}
    if any(state not in {State.DRAFTED, State.READY, State.DISPOSED} for state in states.values()):
        raise BeingSigned("The list is being signed, or is signed already.", field="list")
    ready = [key for key, state in states.items() if state is State.READY]
    alive = [key for key, state in states.items() if state is not State.DISPOSED]
    if ready:
        records.recall(by=by, path=path, records=ready, now=now)
    if alive:
        records.discard(by=by, path=path, records=alive, now=now)
    return len(alive)


def stand_in(by: Actor) -> Actor:
    """The step that handles documents on behalf of somebody who may do what leads to it."""
    return Actor(
        id=STEP, identified_by="step", grants=(Grant("reporting", "/", _READS),), on_behalf_of=by.on_behalf_of or by.id
    )


@transaction.atomic
def note_prepared(*, by: Actor, list: UUID, sent_sha256: str, now: datetime) -> None:
    """All documents of a sent list wait for their signature.

    Needs ``reporting.list.prepare`` at the list. Raises `ListChanged` when the list is not the one that was sent with
    that digest any more. Journal: ``reporting.list.prepared/1``.
    """
    row = held(list)
    by.must("reporting.list.prepare", row.path)
    if row.state != ListState.SENT or row.sent_sha256 != sent_sha256 or row.record is None:
        raise ListChanged("The list was taken back or returned meanwhile.", field="list")
    if row.prepared_at is not None:
        return
    row.prepared_at, row.trouble = now, None
    row.save(update_fields=["prepared_at", "trouble"])
    certificates = ListRow.objects.filter(list=row, certificate__isnull=False).count()
    append(
        by=by,
        kind="reporting.list.prepared/1",
        path=row.path,
        refs={
            "list": str(row.id), "number": row.number, "record": str(row.record), "certificates": certificates,
            "sha256": sent_sha256,
        },
        now=now,
    )  # fmt: skip


@transaction.atomic
def note_trouble(*, by: Actor, list: UUID, refusal: Refused, now: datetime) -> None:
    """A sent list got stuck: its documents cannot be made, or its signature is not taken in.

    The same again is not noted. Needs ``reporting.list.prepare`` at the list. Journal: ``reporting.list.stuck/1``
    with the code.
    """
    row = held(list)
    by.must("reporting.list.prepare", row.path)
    if row.state != ListState.SENT or row.trouble == refusal.code:
        return
    row.trouble = refusal.code[:80]
    row.save(update_fields=["trouble"])
    told = {"list": str(row.id), "number": row.number, "code": row.trouble}
    append(by=by, kind="reporting.list.stuck/1", path=row.path, refs=told, now=now)
