"""Originals for those whom they are about, and for those to whom they are shown by a link and a PIN."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal.actions import append
from testamur.register.people import queries as people
from testamur.trust.records.actions.seeing import note_retrieval
from testamur.trust.records.models import Record, Share, ShareView
from testamur.trust.records.originals import Fetched, read_original
from testamur.trust.records.queries.citizen import is_own, visible
from testamur.trust.records.rules import MOST_TRIES, TRIES_BEFORE_PAUSE, State, network_of

MOST_DAYS = 90
PAUSE = timedelta(minutes=15)
_NOBODY = "0" * 64


class ShareDays(Refused):
    """A share lasts 1 to 90 days."""

    code = "records.share.days"


class ShareRefused(Refused):
    """The link and the PIN open nothing (now): unknown, wrong, locked, ended; which of them is not told."""

    code = "records.share.refused"


@dataclass(frozen=True, slots=True)
class Shared:
    """A new share. Token and PIN are shown once and kept nowhere."""

    share: UUID
    token: str
    pin: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class OpenedShare:
    """What a share opens. `fetched` is None for a record that was declared void: its `state` is all that is shown."""

    share: UUID
    record: UUID
    title: str
    code: str
    period: str
    unit: UUID
    state: State
    expires: datetime
    fetched: Fetched | None


@transaction.atomic
def fetch(*, by: Actor, record: UUID, now: datetime) -> Fetched:
    """The original of a released record, for the one whom it is about or a guardian, checked on the way.

    Needs ``records.record.fetch`` for that very person. To all others, and before its release, it is not there
    (NotFound). Raises OriginalDamaged. Kept as a retrieval. Journal: ``records.fetched/1``.
    """
    row = _own(by, record, "records.record.fetch", now)
    fetched = read_original(record, now=now)
    way = "own" if by.id == row.subject else "guardian"
    note_retrieval(by=by, fetched=fetched, way=way, now=now)
    told = {"record": str(record), "way": way, "pdf_sha256": fetched.report["digests"]["pdf_sha256"]}
    append(by=by, kind="records.fetched/1", path=row.path, refs=told, now=now)
    return fetched


@transaction.atomic
def share(*, by: Actor, record: UUID, days: int, now: datetime) -> Shared:
    """Make a link by which anybody who has it and the PIN may see the original, for 1 to 90 days.

    Needs ``records.record.share`` for the person whom the record is about. Raises NotFound as `fetch`, and for a
    record that was declared void; ShareDays. Journal: ``records.shared/1``.
    """
    row = _own(by, record, "records.record.share", now)
    if row.state == State.ANNULLED:
        raise NotFound("A document that was declared void is not shared.", record=str(record))
    if not 1 <= days <= MOST_DAYS:
        raise ShareDays(f"A share lasts 1 to {MOST_DAYS} days.", field="days", days=days)
    token, pin = secrets.token_urlsafe(32), f"{secrets.randbelow(10**6):06d}"
    made = Share(
        id=new_id(),
        record=row,
        by_person=by.id,
        token_sha256=_digest(token),
        pin_mac=_mac(token, pin),
        created=now,
        expires=now + timedelta(days=days),
    )
    made.save(force_insert=True)
    told = {"record": str(record), "share": str(made.id), "days": days}
    append(by=by, kind="records.shared/1", path=row.path, refs=told, now=now)
    return Shared(made.id, token, pin, made.expires)


@transaction.atomic
def revoke_share(*, by: Actor, share: UUID, now: datetime) -> None:
    """End a share at once. For whoever made it and the one whom the record is about; to others it is not there.

    Doing it again changes nothing. Raises NotFound. Journal: ``records.share_revoked/1``.
    """
    row = Share.objects.select_for_update(of=("self",)).select_related("record").filter(id=share).first()
    if row is None or by.id not in {row.by_person, row.record.subject}:
        raise NotFound("There is no such share.", share=str(share))
    if row.revoked_at is not None:
        return
    row.revoked_at = now
    row.save(update_fields=["revoked_at"])
    told = {"record": str(row.record_id), "share": str(share)}
    append(by=by, kind="records.share_revoked/1", path=row.record.path, refs=told, now=now)


def open_share(*, by: Actor, token: str, pin: str, network: str, now: datetime) -> OpenedShare:
    """Open a share with its link's token and the PIN. No login: both together are the permission.

    Raises ShareRefused, the same for whatever reason. Five wrong PINs lock the share for a quarter of an hour, twenty
    in all end it; each try is kept with the network (never the address) that it came from. Must not run inside a
    transaction, which would forget the wrong try. Journal: ``records.share_opened/1`` or ``records.share_refused/1``;
    none for a link that leads nowhere.
    """
    opened = _try(by, token, pin, network_of(network), now)
    if opened is None:
        raise ShareRefused("The link or the PIN is wrong, or the share has ended.", field="pin")
    return opened


@transaction.atomic
def fetch_shared(*, by: Actor, share: UUID, now: datetime) -> OpenedShare:
    """What an open share shows, once more: for a page that keeps in its session that `open_share` went well.

    Raises ShareRefused when the share has ended since. Journal: ``records.share_opened/1``.
    """
    row = Share.objects.select_for_update(of=("self",)).select_related("record").filter(id=share).first()
    if row is None or not _alive(row, now):
        raise ShareRefused("The share has ended.")
    return _opened(by, row, now)


@transaction.atomic
def _try(by: Actor, token: str, pin: str, network: str, now: datetime) -> OpenedShare | None:
    rows = Share.objects.select_for_update(of=("self",)).select_related("record")
    row = rows.filter(token_sha256=_digest(token)).first()
    right = hmac.compare_digest(_mac(token, pin), row.pin_mac if row else _NOBODY)
    if row is None or not _alive(row, now) or (row.locked_until is not None and now < row.locked_until):
        return None
    ShareView(id=new_id(), share=row, at=now, opened=right, network=network).save(force_insert=True)
    if right:
        row.views += 1
        row.save(update_fields=["views"])
        return _opened(by, row, now)
    row.tries += 1
    if row.tries % TRIES_BEFORE_PAUSE == 0:
        row.locked_until = now + PAUSE
    row.save(update_fields=["tries", "locked_until"])
    told = {"record": str(row.record_id), "share": str(row.id), "tries": row.tries}
    append(by=by, kind="records.share_refused/1", path=row.record.path, refs=told, now=now)
    return None


def _opened(by: Actor, row: Share, now: datetime) -> OpenedShare:
    record = row.record
    fetched = None
    if record.state != State.ANNULLED:
        fetched = read_original(record.id, now=now)
        note_retrieval(by=by, fetched=fetched, way="share", now=now)
    told = {"record": str(record.id), "share": str(row.id)}
    append(by=by, kind="records.share_opened/1", path=record.path, refs=told, now=now)
    return OpenedShare(
        row.id, record.id, record.title, record.code, record.period, record.unit, State(record.state), row.expires,
        fetched,
    )  # fmt: skip


def _alive(row: Share, now: datetime) -> bool:
    """A share ends by itself, by its maker, by guessing, and when its maker no longer reaches the pupil."""
    if row.revoked_at is not None or now >= row.expires or row.tries >= MOST_TRIES:
        return False
    subject = row.record.subject
    return row.by_person == subject or subject in people.wards(guardian=row.by_person, on=now.date())


def _own(by: Actor, record: UUID, verb: str, now: datetime) -> Record:
    """A released record about `by` or a ward. Raises NotFound for all others: that it exists is not told."""
    row = visible(now).filter(id=record).first()
    if row is None or not is_own(by, row.subject) or not by.may(verb, row.path, person=row.subject):
        raise NotFound("There is no such document.", record=str(record))
    return row


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _mac(token: str, pin: str) -> str:
    """Keyed with the token, which is kept nowhere: the table alone does not let anybody try the million PINs."""
    return hmac.new(token.encode(), "".join(pin.split()).encode(), hashlib.sha256).hexdigest()
