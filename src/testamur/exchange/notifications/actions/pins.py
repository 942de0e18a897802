"""The PIN by which a guardian is known on the telephone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F

from testamur.access.accounts.methods.hiding import keyed
from testamur.exchange.notifications.models import Lock, Pin
from testamur.exchange.notifications.queries.readers import LOOKS, guardians_of
from testamur.exchange.notifications.rules.registrations import (
    PIN_LOCK,
    PIN_TRIES,
    PinLocked,
    PinRefused,
    check_pin_text,
)
from testamur.kernel.base.actor import Actor
from testamur.kernel.journal.actions import append
from testamur.register.people import queries as people
from testamur.register.people.rules import ContactKind


@transaction.atomic
def set_pin(*, by: Actor, pin: str, now: datetime) -> None:
    """Set one's own PIN for the telephone; the former one is void, and a lock on it or on one's own number is lifted.

    So nobody is shut out for long by somebody else who guesses, under that number too: a caller's number can be forged.
    Needs ``notices.own.pin`` of oneself. Journal: ``notices.pin.set/1``. Raises PinInvalid.
    """
    by.must("notices.own.pin", "/", person=by.id)
    digits = check_pin_text(pin)
    Pin.objects.update_or_create(person=by.id, defaults={"hash": make_password(digits), "set_at": now})
    held = people.contacts(by=LOOKS, persons=[by.id]).get(by.id, ())
    numbers = [one.value for one in held if one.kind is ContactKind.PHONE and one.verified_at is not None]
    keys = [_key("person", str(by.id)), *(_key("caller", one) for one in numbers)]
    Lock.objects.filter(key__in=keys).delete()
    append(by=by, kind="notices.pin.set/1", path="/", refs={"person": str(by.id)}, now=now)


@transaction.atomic
def remove_pin(*, by: Actor, now: datetime) -> None:
    """Remove one's own PIN. Needs ``notices.own.pin`` of oneself. Journal: ``notices.pin.removed/1``."""
    by.must("notices.own.pin", "/", person=by.id)
    Pin.objects.filter(person=by.id).delete()
    append(by=by, kind="notices.pin.removed/1", path="/", refs={"person": str(by.id)}, now=now)


def check_pin(
    *, by: Actor, pin: str, caller: str, now: datetime, person: UUID | None = None, pupil: UUID | None = None
) -> UUID:
    """Who it is: that person, or the guardian of that pupil whose PIN this is.

    `caller` is the calling number, empty where it is withheld (all of those count as one). After three wrong PINs in a
    row of one person, one pupil or one caller nobody is let in for an hour. Takes the same time whether there is a PIN
    or not. `by` is the telephone service, which holds no grant. Call it outside a transaction.

    Journal: ``notices.pin.checked/1`` with the answer. Raises PinRefused, PinLocked (`found` has ``wait``).
    """
    persons = [person] if person is not None else []
    if person is None and pupil is not None:
        persons = list(guardians_of(pupil=pupil, on=now.date()))
    keys = {_key("caller", caller or "withheld"): frozenset(persons)}
    keys |= {_key("person", str(one)): frozenset({one}) for one in persons}
    if pupil is not None:
        keys[_key("pupil", str(pupil))] = frozenset(persons if len(persons) == 1 else ())
    _tried(sorted(keys), now)
    found = _whose(persons, "".join(pin.split()))
    # whoever is let in says nothing of the tries at somebody else's PIN
    _answered(by, sorted(keys), [key for key, some in keys.items() if found in some], found, now)
    if found is None:
        raise PinRefused("The PIN is wrong.", field="pin")
    return found


@transaction.atomic
def _tried(keys: Sequence[str], now: datetime) -> None:
    """Count the try before it is looked at: of many at once no more are looked at than of one after the other."""
    waits = []
    for key in keys:
        Lock.objects.get_or_create(key=key, defaults={"last_at": now})
        row = Lock.objects.select_for_update().get(key=key)
        if row.locked_until is not None and row.locked_until > now:
            waits.append(row.locked_until)
            continue
        over = row.locked_until is not None or now - row.last_at > PIN_LOCK
        row.failures = 1 if over else row.failures + 1
        row.locked_until = now + PIN_LOCK if row.failures >= PIN_TRIES else None
        row.last_at = now
        row.save()
    if waits:  # nothing of the above is kept
        raise PinLocked("Too many wrong PINs.", wait=round((max(waits) - now).total_seconds()))


def _whose(persons: Sequence[UUID], pin: str) -> UUID | None:
    hashes = dict(Pin.objects.filter(person__in=persons).values_list("person", "hash"))
    tried = [(one, hashes.get(one, _nobody())) for one in persons or [UUID(int=0)]]
    right = [one for one, held in tried if check_password(pin, held) and one in hashes]
    return right[0] if len(right) == 1 else None  # two guardians with one PIN: neither is known by it


@transaction.atomic
def _answered(by: Actor, keys: Sequence[str], own: Sequence[str], found: UUID | None, now: datetime) -> None:
    if found is not None:
        Lock.objects.filter(key__in=own).delete()
        Lock.objects.filter(key__in=keys, failures__gt=0).update(failures=F("failures") - 1, locked_until=None)
    refs = {"right": found is not None, "person": str(found) if found else None}
    append(by=by, kind="notices.pin.checked/1", path="/", refs=refs, now=now)


def _key(kind: str, value: str) -> str:
    return keyed("notices lock", kind, value)


@cache
def _nobody() -> str:
    """A hash that no PIN has, so that a missing one takes as long."""
    return make_password("no digits")
