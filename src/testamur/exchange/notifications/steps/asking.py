"""A reminder that the office asks for, beyond the ones of the mornings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from testamur.exchange.notifications import actions
from testamur.exchange.notifications.rules import Kind, Letter
from testamur.exchange.notifications.steps import signers
from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.refused import Refused
from testamur.trust.records.waiting import waiting_counts

VERBS = ("notices.notice.send", "delivery.message.post", "people.contact.see")


class RemindedToday(Refused):
    """The person was reminded today already, or nothing waits for that person here."""

    code = "notices.reminded_today"


def remind(*, by: Actor, path: str, person: UUID, now: datetime) -> int:
    """Remind one signer now of what waits at or below `path`; returns how many letters went (0: no address).

    Needs ``records.record.ready`` and ``records.record.read`` at `path`. At most one a day and person: raises
    RemindedToday, also when nothing waits. Who asked stands in the journal (``notices.sent/1``).
    """
    by.must("records.record.ready", path)
    waiting = [row for row in waiting_counts(by=by, path=path) if row.person == person]
    places = signers.gather(waiting).get(person, [])
    told = signers.told(Kind.REMIND, [person])
    if not places or any(timezone.localdate(row.at) == now.date() for row in told.values()):
        raise RemindedToday("This person was reminded today already, or nothing waits for that person here.")
    oldest = min(place.since for place in places)
    letter = Letter(
        person=person,
        kind=Kind.REMIND,
        country=places[0].unit.country,
        facts=signers.facts(places, days=(now - oldest).days),
        dedupe=f"asked:{person}:{now.date()}",
        marks=signers.marks(Kind.REMIND, places),
    )
    # whoever may mark documents ready may have their signers told; an address is not shown for it
    sender = replace(by, grants=(*by.grants, Grant("notices", "/", VERBS)))
    return actions.tell(by=sender, path=path, kind=Kind.REMIND, letters=[letter], now=now)


def reminded(*, by: Actor, path: str, persons: Collection[UUID]) -> dict[tuple[UUID, UUID], datetime]:
    """(person, school) → when that person was last reminded. Needs ``records.record.read`` at `path`."""
    by.must("records.record.read", path)
    return {key: row.at for key, row in signers.told(Kind.REMIND, persons).items()}
