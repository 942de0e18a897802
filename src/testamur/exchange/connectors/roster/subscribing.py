"""Programs that want to be told that something changed: subscribe, renew, end, and tell them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from testamur.exchange.connectors.models import RosterSubscription
from testamur.exchange.connectors.roster import tracking
from testamur.exchange.connectors.roster.posting import Failed, must_be_target, post
from testamur.exchange.connectors.roster.rules import (
    LONGEST,
    MOST_SUBSCRIPTIONS,
    TRIES,
    Kind,
    Span,
    Subscription,
    SubscriptionRefused,
    pause,
)
from testamur.exchange.connectors.roster.whole import HIDDEN
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal import actions as journal

log = logging.getLogger(__name__)
RESOURCES: dict[str, tuple[Kind, ...]] = {
    "Organisation": (Kind.UNIT,),
    "Person": (Kind.PERSON, Kind.GUARDIAN),
    "Group": (Kind.GROUP,),
    "Duty": (Kind.DUTY,),
    "Activity": (Kind.ACTIVITY,),
    "Placement": (Kind.ENROLMENT,),
}
"""What can be asked for → kinds of the catalogue. Whoever asks for placements is told of every membership that changes:
the list itself says whether one in care is among them."""
_LONGEST_NAME = 120
_LEASE = timedelta(minutes=2)


@transaction.atomic
def subscribe(
    *, by: Actor, path: str, name: str, target: str, resources: Sequence[str], now: datetime, loopback: bool = False
) -> Subscription:
    """Tell a program (`by`) of changes at a place, until it is `LONGEST` from now.

    `loopback`: targets on this machine are taken (demonstration and tests). Raises SubscriptionRefused. Needs
    ``connectors.roster.subscribe`` at `path`. Journal: ``connectors.roster.subscribed/1``.
    """
    by.must("connectors.roster.subscribe", path)
    if not 0 < len(name.strip()) <= _LONGEST_NAME:
        raise SubscriptionRefused(f"A subscription has a name of at most {_LONGEST_NAME} characters.", field="name")
    kinds = tuple(dict.fromkeys(resources))
    if not kinds or not set(kinds) <= set(RESOURCES):
        raise SubscriptionRefused(f"Kinds are {', '.join(RESOURCES)}.", field="resourceTypes")
    must_be_target(target, loopback=loopback)
    open_ = RosterSubscription.objects.filter(client=by.id, expires__gt=now)
    if open_.count() >= MOST_SUBSCRIPTIONS:
        raise SubscriptionRefused(f"At most {MOST_SUBSCRIPTIONS} subscriptions at a time.", field="name")
    row = RosterSubscription(
        client=by.id, path=path, name=name.strip(), target=target, resources=list(kinds), made_at=now,
        expires=now + LONGEST, told_to=now,
    )  # fmt: skip
    row.save(force_insert=True)
    _note(by, row, "subscribed", now)
    return view(row)


@transaction.atomic
def renew(*, by: Actor, subscription: UUID, expires: datetime | None, now: datetime) -> Subscription:
    """Let it last until `expires` (at most, and as a rule, `LONGEST` from now); it is told again from where it stood.

    Needs ``connectors.roster.subscribe``. Raises NotFound for another program's, SubscriptionRefused for a time past.
    Journal: ``connectors.roster.renewed/1``.
    """
    row = _mine(by, subscription)
    by.must("connectors.roster.subscribe", row.path)
    latest = now + LONGEST
    wanted = min(expires, latest) if expires is not None else latest
    if wanted <= now:
        raise SubscriptionRefused("expires lies in the past.", field="expires")
    row.expires, row.tries, row.next_at, row.error = wanted, 0, None, ""
    row.save(update_fields=["expires", "tries", "next_at", "error"])
    _note(by, row, "renewed", now)
    return view(row)


@transaction.atomic
def unsubscribe(*, by: Actor, subscription: UUID, now: datetime) -> None:
    """Tell a program no more. Needs ``connectors.roster.subscribe``. Raises NotFound.

    Journal: ``connectors.roster.unsubscribed/1``.
    """
    row = _mine(by, subscription)
    by.must("connectors.roster.subscribe", row.path)
    _note(by, row, "unsubscribed", now)
    row.delete()


def subscriptions(*, by: Actor, now: datetime) -> tuple[Subscription, ...]:
    """A program's own subscriptions that go on."""
    rows = RosterSubscription.objects.filter(client=by.id, expires__gt=now).order_by("made_at", "id")
    return tuple(view(row) for row in rows)


def view(row: RosterSubscription) -> Subscription:
    """A row as a value."""
    return Subscription(
        row.id, row.client, row.path, row.name, row.target, tuple(row.resources), row.expires, row.told_to, row.tries,
        row.error,
    )  # fmt: skip


def _mine(by: Actor, key: UUID) -> RosterSubscription:
    row = RosterSubscription.objects.select_for_update().filter(id=key, client=by.id).first()
    if row is None:
        raise NotFound("There is no such subscription.", field="subscription")
    return row


def _note(by: Actor, row: RosterSubscription, what: str, now: datetime) -> None:
    refs = {"subscription": str(row.id), "client": str(row.client)}
    journal.append(by=by, kind=f"connectors.roster.{what}/1", path=row.path, refs=refs, now=now)


# -- telling ----------------------------------------------------------------------------------------------------

Open = Callable[[UUID], bool]


def tell(*, now: datetime, is_open: Open, loopback: bool = False) -> int:
    """Tell every subscriber for whom something changed; returns how many were told.

    `is_open`: whether a client still may read; an ended one's subscriptions go. What is told is which kinds changed and
    whether something is gone, never who or what. A target that fails is tried again, later each time; after `TRIES` it
    is left alone until the program renews. A kill between telling and writing it down tells twice, which does no harm.
    """
    RosterSubscription.objects.filter(expires__lte=now - timedelta(days=30)).delete()
    live = RosterSubscription.objects.filter(expires__gt=now, tries__lt=TRIES).exclude(next_at__gt=now)
    told = 0
    for row in list(live.order_by("path", "id")):
        if not is_open(row.client):
            RosterSubscription.objects.filter(id=row.id).delete()
            continue
        tracking.follow(row.path, now=now)
        kinds = {name: RESOURCES[name] for name in row.resources if name in RESOURCES}
        span = Span(after=row.told_to, before=now)
        changed = [name for name, some in kinds.items() if tracking.count(path=row.path, kinds=some, changed=span)]
        every = [kind for some in kinds.values() for kind in some]
        gone = bool(tracking.count(path=row.path, kinds=every, changed=span, gone=True))
        # a guardian of a child that is hidden now is gone for most programs
        unseen = [kind for kind in every if kind is Kind.GUARDIAN]
        gone |= bool(unseen and tracking.count(path=row.path, kinds=unseen, changed=span, refs=[(HIDDEN, True)]))
        if not changed and not gone:
            continue
        if RosterSubscription.objects.filter(id=row.id, next_at=row.next_at).update(next_at=now + _LEASE):
            told += _told(row, {"modifiedEntites": changed, "deletedEntities": gone}, now, loopback=loopback)
    return told


def _told(row: RosterSubscription, body: dict[str, object], now: datetime, *, loopback: bool) -> int:
    mine = RosterSubscription.objects.filter(id=row.id)
    try:
        post(row.target, body, loopback=loopback)
    except Failed as failed:
        log.warning("subscription %s was not told: %s", row.id, failed.why)
        mine.update(tries=row.tries + 1, next_at=now + pause(row.tries + 1), error=failed.why[:80])
        return 0
    mine.update(told_to=now, tries=0, next_at=None, error="")
    return 1
