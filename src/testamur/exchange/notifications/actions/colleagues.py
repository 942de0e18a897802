"""Telling the staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.delivery import actions as delivery
from testamur.kernel.delivery.rules import NewMessage
from testamur.kernel.journal.actions import append
from testamur.register.people.rules import ids_digest


@transaction.atomic
def tell_colleagues(*, by: Actor, path: str, about: str, messages: Sequence[NewMessage], now: datetime) -> int:
    """Put letters to the staff into the outbox; returns how many. Whose `dedupe` was used before is not sent again.

    Needs ``notices.notice.send`` at `path` and ``delivery.message.post`` there. Journal: ``notices.sent/1`` with what
    they are about, their number and a digest of their ids; none when there is no letter.
    """
    by.must("notices.notice.send", path)
    if not messages:
        return 0
    ids = delivery.post(by=by, messages=messages, now=now)
    refs = {"kind": about, "count": len(ids), "unreachable": 0, "messages_sha256": ids_digest(ids)}
    append(by=by, kind="notices.sent/1", path=path, refs=refs, now=now)
    return len(ids)
