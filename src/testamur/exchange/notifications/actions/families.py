"""Telling families: messages and what they told, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from testamur.exchange.notifications.models import Item
from testamur.exchange.notifications.rules.families import Failed, Letter, Outcome, Way
from testamur.kernel.base.actor import Actor
from testamur.kernel.delivery import actions as delivery
from testamur.kernel.journal.actions import append
from testamur.register.people.queries import chunks
from testamur.register.people.rules import common_path, ids_digest


@transaction.atomic
def tell_families(*, by: Actor, letters: Sequence[Letter], now: datetime) -> int:
    """Put the messages of these letters into the outbox and note what each told; returns how many messages.

    A letter without messages tells nothing: its things no longer stand, or nothing reaches its reader. Needs
    ``notices.notice.send`` where the letters' matters lie and ``delivery.message.post`` there. Journal:
    ``notices.families.told/1`` with the counts and a digest of the messages' ids.
    """
    if not letters:
        return 0
    path = common_path({letter.path for letter in letters})
    by.must("notices.notice.send", path)
    messages = [message for letter in letters for message in letter.messages]
    ids = delivery.post(by=by, messages=messages, now=now)
    for way in Way:
        _close([one for x in letters if x.messages and x.by_way is way for one in x.told], Outcome.TOLD, now, way)
    _close([one for letter in letters if not letter.messages for one in letter.told], Outcome.UNREACHED, now)
    _close([one for letter in letters for one in letter.void], Outcome.VOID, now)
    refs = {
        "messages": len(ids),
        "told": sum(len(letter.told) for letter in letters if letter.messages),
        "unreached": sum(bool(letter.told) and not letter.messages for letter in letters),
    }
    append(by=by, kind="notices.families.told/1", path=path, refs={**refs, "messages_sha256": ids_digest(ids)}, now=now)
    return len(ids)


def _close(ids: Sequence[int], outcome: Outcome, now: datetime, way: Way | None = None) -> None:
    for chunk in chunks(ids):
        Item.objects.filter(id__in=chunk).update(told_at=now, outcome=outcome, told_by=way or "")


@transaction.atomic
def tell_again(*, by: Actor, failed: Sequence[Failed], now: datetime) -> int:
    """Messages that reached nobody for good: what each told is to be told once more, by another way; returns how many.

    Once only: what stood in for another way already is not. Needs ``notices.notice.send``. Journal:
    ``notices.families.failed/1`` with the count; none when there is nothing to tell again.
    """
    by.must("notices.notice.send")
    count = 0
    for one in failed:
        rows = Item.objects.filter(person=one.person, told_at=one.posted_at, told_by=one.way, outcome=Outcome.TOLD)
        rows.filter(again=True).update(outcome=Outcome.UNREACHED)
        count += rows.filter(again=False).update(told_at=None, outcome="", told_by="", again=True, due_at=now)
    if count:
        append(by=by, kind="notices.families.failed/1", path="/", refs={"things": count}, now=now)
    return count
