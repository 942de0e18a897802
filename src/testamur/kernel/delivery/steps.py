"""Sending what waits, readable from top to bottom. Nothing is sent inside a transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from testamur.kernel.base.actor import Actor
from testamur.kernel.delivery import dead, leases, reports, rules
from testamur.kernel.delivery.channels.contract import (
    Channel,
    ChannelDown,
    NeverSent,
    NotSent,
    Outgoing,
    TryAgain,
)
from testamur.kernel.delivery.channels.table import channel
from testamur.kernel.delivery.leases import Claimed
from testamur.kernel.delivery.rules import Taken

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]

BATCH = 25
"""Messages that one claim takes."""

WINDOW = 2
"""Seconds over which the rate of SMS is looked at: as often as this step runs."""

UNLIMITED = 1_000_000

STRIKES = 2
"""So many messages in a row that could not go now, and the channel is left alone for a while."""


@dataclass(slots=True)
class Sent:
    """What became of the messages of one run."""

    sent: int = 0
    again: int = 0
    failed: int = 0
    expired: int = 0
    down: int = 0


def send_due(*, by: Actor, clock: Clock, limit: int = 500) -> Sent:
    """Send up to `limit` due messages over every channel. Raises NotAllowed without ``delivery.message.send``.

    Whoever dies on the way leaves rows whose lease runs out; the next worker sends those, under the same Message-ID.
    """
    by.must("delivery.message.send")
    done = Sent(expired=leases.close_overdue(now=clock()))
    for name in rules.Channel:
        _Run(name, clock, done, None).send(min(limit, _room(name, clock())))
    return done


def send_now(*, messages: Collection[UUID], clock: Clock) -> Sent:
    """Send these messages at once, for somebody who waits; call it after the commit that posted them.

    What another worker has in hand, or what cannot go now, is left to the background.
    """
    done = Sent()
    for name in rules.Channel:
        _Run(name, clock, done, messages).send(len(messages))
    return done


def _room(name: rules.Channel, now: datetime) -> int:
    """How many messages may go now: carriers of SMS refuse bursts, so that no more than the agreed rate is sent."""
    rate = settings.DELIVERY_SMS_RATE
    if name != rules.Channel.SMS or not rate:
        return UNLIMITED
    window = timedelta(seconds=WINDOW)
    return max(0, round(rate * WINDOW) - leases.sent_since(channel=name, after=now - window))


def tidy(*, now: datetime) -> int:
    """Wipe address and text of messages done `settings.DELIVERY_KEEP_DAYS` ago, and forget the rows after a year."""
    leases.forget(before=now - rules.FORGET)
    dead.forget(now=now)
    return leases.wipe(before=now - timedelta(days=settings.DELIVERY_KEEP_DAYS))


class _Run:
    """One channel's turn."""

    def __init__(self, name: rules.Channel, clock: Clock, done: Sent, only: Collection[UUID] | None) -> None:
        self._name, self._clock, self._done, self._only = name, clock, done, only
        self._strikes = 0
        self._why_not = "channel.missing"
        self._last = ("", 1)

    def send(self, limit: int) -> None:
        way: Channel | None = None
        try:
            while limit > 0 and self._strikes < STRIKES:
                claimed = leases.claim(channel=self._name, limit=min(limit, BATCH), now=self._clock(), only=self._only)
                if not claimed:
                    return
                limit -= len(claimed)
                way = way or self._way()
                self._batch(way, claimed)
            if self._strikes >= STRIKES:
                self._rest()
        finally:
            if way is not None:
                way.close()

    def _way(self) -> Channel | None:
        try:
            return channel(self._name)
        except ChannelDown as error:
            self._why_not = error.reason
            return None

    def _batch(self, way: Channel | None, claimed: list[Claimed]) -> None:
        for place, one in enumerate(claimed):
            if self._strikes >= STRIKES:
                leases.give_back(claimed[place:])
                return
            self._one(way, one)

    def _one(self, way: Channel | None, one: Claimed) -> None:
        now = self._clock()
        if one.expires is not None and one.expires <= now:
            leases.note_expired(one, now=now)
            self._done.expired += 1
            return
        if not leases.hold(one, now=now):
            return
        try:
            taken = self._hand_over(way, one)
        except NeverSent as error:
            leases.note_failed(one, error=error.reason, now=self._clock())
            self._done.failed += 1
            self._strikes = 0
        except NotSent as error:
            self._wait(one, error)
        else:
            leases.note_sent(one, taken, now=self._clock())
            self._done.sent += 1
            self._strikes = 0

    def _wait(self, one: Claimed, error: NotSent) -> None:
        now = self._clock()
        leases.note_again(one, error=error.reason, now=now)
        self._done.again += 1
        self._strikes = STRIKES if isinstance(error, ChannelDown) else self._strikes + error.shared
        self._last = (error.reason, one.attempt)

    def _rest(self) -> None:
        """The channel is left alone for a while; whatever was claimed has been given back."""
        reason, attempt = self._last
        log.warning("channel %s is left alone for a while: %s", self._name, reason)
        self._done.down += 1
        pause = min(rules.pause(attempt, urgent=False), rules.DOWN_PAUSE)
        leases.rest(channel=self._name, pause=pause, now=self._clock())

    def _hand_over(self, way: Channel | None, one: Claimed) -> Taken:
        if way is None:
            raise ChannelDown(self._why_not)
        try:
            return way.send(self._outgoing(one))
        except NotSent:
            raise
        except Exception as error:  # one odd message must not hold up all behind it
            raise TryAgain(f"unexpected.{type(error).__name__}") from error

    def _outgoing(self, one: Claimed) -> Outgoing:
        return Outgoing(
            id=one.id,
            to=one.to,
            subject=one.subject,
            text=one.text,
            html=one.html,
            posted_at=one.posted_at,
            report_url=reports.address(one.id) if self._name == rules.Channel.SMS else "",
            url=one.url,
            tag=one.tag,
            urgent=one.urgent,
            keep=min(one.expires - self._clock(), rules.PUSH_TTL) if one.expires else rules.PUSH_TTL,
        )
