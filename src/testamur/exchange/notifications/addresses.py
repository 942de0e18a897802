"""Where each of many readers is reached by each way: addresses of the register and devices, without dead ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from testamur.exchange.notifications.rules.families import Way
from testamur.kernel.base.actor import Actor
from testamur.kernel.delivery import queries as delivery
from testamur.register.people import queries as people
from testamur.register.people.rules import ContactKind, ContactView


class Addresses:
    """The addresses of some persons, looked up at once: five queries for a thousand of them."""

    def __init__(self, persons: Collection[UUID], *, by: Actor) -> None:
        """`by` may see contacts and devices."""
        held = people.contacts(by=by, persons=persons)
        mails = {p: _sorted(c for c in held[p] if c.kind is ContactKind.EMAIL) for p in persons}
        phones = {p: _sorted(c for c in held[p] if c.sms) for p in persons}
        self._found: dict[Way, dict[UUID, list[str]]] = {
            Way.EMAIL: _alive("email", mails),
            Way.SMS: _alive("sms", phones),
            Way.PUSH: defaultdict(list),
        }
        for device in delivery.devices_of(by=by, persons=persons):
            self._found[Way.PUSH][device.person].append(str(device.id))

    def of(self, person: UUID, way: Way) -> tuple[str, ...]:
        """Where to send: the best address, or every device; empty where nothing reaches the person that way."""
        found = self._found.get(way, {}).get(person, [])
        return tuple(found) if way is Way.PUSH else tuple(found[:1])


def _sorted(contacts: Iterable[ContactView]) -> list[str]:
    held = sorted(contacts, key=lambda c: (c.verified_at is None, c.label == "work"))  # stable: oldest first
    return [c.value for c in held]


def _alive(channel: str, held: dict[UUID, list[str]]) -> dict[UUID, list[str]]:
    if not delivery.available(channel):
        return {}
    dead = delivery.dead(channel=channel, addresses={one for some in held.values() for one in some})
    return {person: [one for one in some if one not in dead] for person, some in held.items()}


def first_of(ways: Sequence[Way], person: UUID, known: Addresses, stopped: Collection[Way]) -> Way | None:
    """The first of the ways that reaches the person and that he or she did not stop."""
    return next((way for way in ways if way not in stopped and known.of(person, way)), None)
