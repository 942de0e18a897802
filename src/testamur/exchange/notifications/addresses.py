"""Where each of many readers is reached by each way: addresses of the register and devices, without dead ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from uuid import UUID

from testamur.exchange.notifications.rules.families import Way
from testamur.kernel.base.actor import Actor
from testamur.kernel.delivery import queries as delivery
from testamur.register.people.reach import Point, points
from testamur.register.people.rules import ContactKind


class Addresses:
    """The addresses of some persons, looked up at once: five queries for a thousand of them."""

    def __init__(self, persons: Collection[UUID], *, by: Actor) -> None:
        """`by` may see devices; addresses are for who tells alone."""
        self._found: dict[Way, dict[UUID, list[str]]] = {
            Way.EMAIL: _alive("email", _best(persons, ContactKind.EMAIL)),
            Way.SMS: _alive("sms", _best(persons, ContactKind.PHONE)),
            Way.PUSH: defaultdict(list),
        }
        for device in delivery.devices_of(by=by, persons=persons):
            self._found[Way.PUSH][device.person].append(str(device.id))

    def of(self, person: UUID, way: Way) -> tuple[str, ...]:
        """Where to send: the best address, or every device; empty where nothing reaches the person that way."""
        found = self._found.get(way, {}).get(person, [])
        return tuple(found) if way is Way.PUSH else tuple(found[:1])


def _best(persons: Collection[UUID], kind: ContactKind) -> dict[UUID, list[str]]:
    """Each person's addresses: verified ones first, those at work last, else the oldest first."""
    held: dict[UUID, list[Point]] = defaultdict(list)
    for point in points(persons=persons, kind=kind):
        held[point.person].append(point)
    return {
        person: [one.value for one in sorted(some, key=lambda one: (not one.verified, one.work))]
        for person, some in held.items()
    }


def _alive(channel: str, held: dict[UUID, list[str]]) -> dict[UUID, list[str]]:
    if not delivery.available(channel):
        return {}
    dead = delivery.dead(channel=channel, addresses={one for some in held.values() for one in some})
    return {person: [one for one in some if one not in dead] for person, some in held.items()}


def first_of(ways: Sequence[Way], person: UUID, known: Addresses, stopped: Collection[Way]) -> Way | None:
    """The first of the ways that reaches the person and that he or she did not stop."""
    return next((way for way in ways if way not in stopped and known.of(person, way)), None)
