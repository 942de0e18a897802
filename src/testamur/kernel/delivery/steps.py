"""Sending what waits, readable from top to bottom. Nothing is sent inside a transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.conf import settings

from testamur.kernel.base.actor import Actor
from testamur.kernel.delivery import dead, devices, leases, reports, rules
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
    window = max(WINDOW, 1 / rate)
    sent = leases.sent_since(channel=name, after=now - timedelta(seconds=window))
    return max(0, round(rate * window) - sent)


def tidy(*, now: datetime) -> int:
    """Wipe address and text of messages done `settings.DELIVERY_KEEP_DAYS` ago, and forget the rows after a year.

    Devices that are gone are forgotten with the addresses, dead addresses when their time is over.
    """
    before = now - timedelta(days=settings.DELIVERY_KEEP_DAYS)
    leases.forget(before=now - rules.FORGET)
    dead.forget(now=now)
    devices.forget(before=before)
    return leases.wipe(before=before)


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
        size = way.parallel if way is not None else 1
        for place in range(0, len(claimed), size):
            if self._strikes >= STRIKES:
                leases.give_back(claimed[place:])
                return
            self._some(way, claimed[place : place + size])

    def _some(self, way: Channel | None, claimed: list[Claimed]) -> None:
        """Hand over so many at once as the channel likes; the database is this thread's alone."""
        mine = [one for one in claimed if self._ours(one)]
        for one, answer in zip(mine, self._answers(way, mine), strict=True):
            self._settle(one, answer)

    def _ours(self, one: Claimed) -> bool:
        now = self._clock()
        if one.expires is not None and one.expires <= now:
            leases.note_expired(one, now=now)
            self._done.expired += 1
            return False
        return leases.hold(one, now=now)

    def _settle(self, one: Claimed, answer: Taken | NotSent) -> None:
        match answer:
            case NeverSent():
                leases.note_failed(one, error=answer.reason, now=self._clock())
                self._done.failed += 1
                self._strikes = 0
            case NotSent():
                self._wait(one, answer)
            case Taken():
                leases.note_sent(one, answer, now=self._clock())
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

    def _answers(self, way: Channel | None, claimed: list[Claimed]) -> list[Taken | NotSent]:
        if way is None:
            return [ChannelDown(self._why_not) for _one in claimed]
        devices_known = devices.keys_of([one.to for one in claimed]) if self._name == rules.Channel.PUSH else {}
        going = [self._outgoing(one, devices_known.get(one.to)) for one in claimed]
        if len(going) < 2:  # noqa: PLR2004 - no thread for one
            return [_answer(way, one) for one in going]
        with ThreadPoolExecutor(len(going)) as pool:
            return list(pool.map(partial(_answer, way), going))

    def _outgoing(self, one: Claimed, device: rules.Keys | None) -> Outgoing:
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
            device=device,
            urgent=one.urgent,
            keep=min(one.expires - self._clock(), rules.PUSH_TTL) if one.expires else rules.PUSH_TTL,
        )


def _answer(way: Channel, message: Outgoing) -> Taken | NotSent:
    try:
        return way.send(message)
    except NotSent as error:
        return error
    except Exception as error:  # noqa: BLE001 - one odd message must not hold up all behind it
        return TryAgain(f"unexpected.{type(error).__name__}")
