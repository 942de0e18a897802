"""Status lists: drawn up and signed, then (when their entry stands in the log) published."""

from __future__ import annotations

import hashlib
from array import array
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.clock import parse_stamp, stamp
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal.actions import append
from testamur.kernel.proofs import notes, status
from testamur.kernel.proofs.standing import StatusList as Opened
from testamur.kernel.proofs.tlog import EntryKind
from testamur.trust.records.models import Issue, Record, StatusList
from testamur.trust.records.rules import State
from testamur.trust.transparency import actions as log_actions
from testamur.trust.transparency import queries as logs

REPLACED = (State.SUPERSEDED, State.RECTIFIED)
Pair: TypeAlias = "tuple[array[int], array[int]]"


class StatusListUnknown(Refused):
    """The log holds a newer status list than the database: after a restore it must be given, or it would be undone."""

    code = "records.status.unknown"


@transaction.atomic
def draw_up_status_list(
    *, by: Actor, log: UUID, now: datetime, cover: bool = False, after: Opened | None = None
) -> UUID | None:
    """Write and sign the next list of a log; None when the newest one says the same and is of the same day (UTC).

    With `cover` a new one is also made when records were issued since, which the newest list does not speak of. After
    a restore from a backup, `after` is the newest list that was published (opened, so proven): nothing it said is lost.
    A list that was drawn up before and waits for its log entry is finished first: this raises IntegrityError.

    Raises NotFound, NotAllowed, StatusListUnknown, KeyUnusable. Journal: ``records.status_drawn_up/1``.
    """
    view = logs.log(log=log)
    by.must("records.status.publish", view.path)
    last = StatusList.objects.filter(organisation=view.organisation).order_by("-entries").first()
    said, previous = _before(view.id, last, after)
    replaced, annulled = status.merged(_now(view.organisation), said)
    if last is not None and after is None and not _due(last, (replaced, annulled), now, cover=cover):
        return None
    packed, digest = status.pack(replaced, annulled)
    made = parse_stamp(stamp(now))
    header = status.Header(
        view.organisation, view.origin, made, view.size, len(replaced), len(annulled), digest, previous
    )
    row = StatusList(
        id=new_id(),
        organisation=view.organisation,
        log=view.id,
        path=view.path,
        made_at=made,
        entries=header.entries,
        replaced=header.replaced,
        annulled=header.annulled,
        note=log_actions.sign_note(by=by, log=view.id, text=header.text(), now=now).decode(),
        keys=packed,
    )
    row.save(force_insert=True)
    refs = {"status_list": str(row.id), "replaced": row.replaced, "annulled": row.annulled, "keys_sha256": digest}
    append(by=by, kind="records.status_drawn_up/1", path=row.path, refs=refs, now=now)
    return row.id


@transaction.atomic
def publish_status_list(*, by: Actor, status_list: UUID, log_index: int, proof: str, now: datetime) -> None:
    """The list stands in the log: from now on it is the newest one. Journal: ``records.status_published/1``.

    Doing it again changes nothing. Raises NotFound and NotAllowed.
    """
    row = StatusList.objects.select_for_update().filter(id=status_list).first()
    if row is None:
        raise NotFound("There is no such status list.")
    by.must("records.status.publish", row.path)
    if row.log_index is not None:
        return
    row.log_index, row.proof = log_index, proof
    row.save(update_fields=["log_index", "proof"])
    StatusList.objects.filter(organisation=row.organisation, entries__lt=row.entries).update(keys=None)
    refs = {"status_list": str(row.id), "log": str(row.log), "index": log_index}
    append(by=by, kind="records.status_published/1", path=row.path, refs=refs, now=now)


def _now(organisation: UUID) -> Pair:
    """Places of the records that are replaced, and of those that are annulled, at this moment."""
    rows = Record.objects.filter(organisation=organisation)
    replaced = rows.filter(state__in=REPLACED).values_list("id", flat=True)
    annulled = rows.filter(state=State.ANNULLED).values_list("id", flat=True)
    return (
        status.keys(status.key(record) for record in replaced.iterator(chunk_size=5000)),
        status.keys(status.key(record) for record in annulled.iterator(chunk_size=5000)),
    )


def _before(log: UUID, last: StatusList | None, after: Opened | None) -> tuple[Pair, str | None]:
    """Keys of the former list and the digest of its text. The log is the witness of which list was the newest."""
    logged = logs.newest(log=log, kind=EntryKind.STATUS_LIST)
    known = last.log_index if last is not None else None
    if logged is not None and (known is None or logged > known):
        if after is None or after.index != logged:
            raise StatusListUnknown(
                f"Entry {logged} of the log is a status list that this database does not know; give its file.",
                entry=logged,
            )
        return (after.replaced, after.annulled), hashlib.sha256(after.text.encode()).hexdigest()
    if last is None:
        return (status.keys(()), status.keys(())), None
    text = notes.Note.parse(last.note.encode()).text
    return _said(last), hashlib.sha256(text.encode()).hexdigest()


def _said(last: StatusList) -> Pair:
    return status.unpack(bytes(last.keys or b""), status.Header.parse(notes.Note.parse(last.note.encode()).text))


def _due(last: StatusList, pair: Pair, now: datetime, *, cover: bool) -> bool:
    if last.made_at.date() != now.astimezone(last.made_at.tzinfo).date() or pair != _said(last):
        return True
    newer = Issue.objects.filter(record__organisation=last.organisation, log_index__gte=last.entries)
    return cover and newer.exists()
