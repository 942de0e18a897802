"""Telling of results: the letters of one act, one subscription or one morning are one act themselves."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.delivery import actions as delivery
from testamur.kernel.delivery.rules import NewMessage
from testamur.kernel.journal.actions import append
from testamur.register.people.rules import ids_digest
from testamur.schoolday.reporting import actions as reporting


@transaction.atomic
def tell_results(
    *, by: Actor, path: str, messages: Sequence[NewMessage], unreached: int, about: Mapping[str, Any], now: datetime
) -> int:
    """Put letters about results into the outbox; returns how many. `unreached`: readers without an address for it.

    Needs ``notices.notice.send`` at `path` and ``delivery.message.post`` there. Journal: ``notices.results.told/1``
    with `about` (ids and kinds), counts and a digest of the messages' ids; none when there is nobody to tell.
    """
    by.must("notices.notice.send", path)
    if not messages and not unreached:
        return 0
    ids = delivery.post(by=by, messages=messages, now=now)
    refs = {**about, "messages": len(ids), "unreached": unreached, "messages_sha256": ids_digest(ids)}
    append(by=by, kind="notices.results.told/1", path=path, refs=refs, now=now)
    return len(ids)


@transaction.atomic
def tell_subscriber(
    *,
    by: Actor,
    path: str,
    subscription: UUID,
    students: Collection[UUID],
    message: NewMessage | None,
    now: datetime,
) -> int:
    """Write to a subscriber of these students; returns how many letters went (0: no address, or told meanwhile).

    Who has no address is noted as told all the same. Needs what `tell_results` needs and
    ``reporting.subscription.tell``. Journal: ``reporting.subscription.told/1``, and ``notices.results.told/1``.
    """
    by.must("notices.notice.send", path)
    if not reporting.note_told(by=by, subscription=subscription, students=students, now=now):
        return 0
    about = {"about": "reporting.subscription", "subscription": str(subscription), "count": len(set(students))}
    messages = [message] if message is not None else []
    return tell_results(by=by, path=path, messages=messages, unreached=int(message is None), about=about, now=now)


@transaction.atomic
def note_not_told(*, by: Actor, path: str, entry: int, code: str, now: datetime) -> None:
    """An act could not be told of, for the reason of that code; later ones are. Needs ``notices.notice.send``.

    Journal: ``notices.results.not_told/1``.
    """
    by.must("notices.notice.send", path)
    append(by=by, kind="notices.results.not_told/1", path=path, refs={"entry": entry, "code": code}, now=now)


@transaction.atomic
def note_log(*, by: Actor, late: bool, seconds: int, messages: Sequence[NewMessage], now: datetime) -> int:
    """The log database is behind (`seconds`; 0: it cannot be reached), or has caught up; returns how many letters went.

    Needs ``notices.notice.send`` and ``delivery.message.post``. Journal: ``notices.log.late/1`` or
    ``notices.log.over/1``.
    """
    by.must("notices.notice.send")
    ids = delivery.post(by=by, messages=messages, now=now)
    kind = "notices.log.late/1" if late else "notices.log.over/1"
    append(by=by, kind=kind, path="/", refs={"seconds": seconds, "messages": len(ids)}, now=now)
    return len(ids)
