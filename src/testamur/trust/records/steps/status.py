"""Status lists, step by step: draw up and sign, log, publish. A crash between two is made good by the next run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.kernel.proofs import notes, standing, status, tlog
from testamur.trust.records import actions, queries
from testamur.trust.transparency import actions as log_actions
from testamur.trust.transparency import queries as logs
from testamur.trust.transparency.queries import LogView

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one organisation's list: whether a list was published now, or why none could be."""

    organisation: UUID
    origin: str
    published: bool
    refused: Refused | None = None


def publish_status(*, by: Actor, log: LogView, clock: Clock, cover: bool = False, after: bytes | None = None) -> bool:
    """Publish the list of one log when it is due; False when the newest one still says all there is to say.

    `cover` and `after` (the file of the newest list that was published, needed once after a restore) as in
    `actions.draw_up_status_list`. Must not run inside a transaction. Raises `Failed` (``status.*``) for a wrong file
    and what drawing up and logging raise; the next run then goes on from where this one stopped.
    """
    resumed = _finish(by, log, clock)
    opened = _open(after, log) if after is not None else None
    try:
        drawn = actions.draw_up_status_list(by=by, log=log.id, now=clock(), cover=cover, after=opened)
    except IntegrityError:
        drawn = None  # another process drew it up a moment ago
    return _finish(by, log, clock) or drawn is not None or resumed


def publish_all_status(*, by: Actor, clock: Clock, cover: bool = False) -> list[Outcome]:
    """`publish_status` for every log here; a log that refuses does not keep the others waiting."""
    outcomes = []
    for log in logs.logs():
        try:
            outcomes.append(
                Outcome(log.organisation, log.origin, publish_status(by=by, log=log, clock=clock, cover=cover))
            )
        except Refused as refused:
            outcomes.append(Outcome(log.organisation, log.origin, published=False, refused=refused))
    return outcomes


def _finish(by: Actor, log: LogView, clock: Clock) -> bool:
    """Log and publish the list that waits, if one does."""
    waiting = queries.waiting_status_list(log.organisation)
    if waiting is None:
        return False
    text = notes.Note.parse(waiting.note).text
    appended = log_actions.append(by=by, log=log.id, entries=[status.entry(text)], now=clock())
    index, path = appended.proofs[0]
    proof = tlog.Proof(index, path, appended.checkpoint, status.NO_SALT + text.encode()).data().decode()
    actions.publish_status_list(by=by, status_list=waiting.id, log_index=index, proof=proof, now=clock())
    return True


def _open(data: bytes, log: LogView) -> standing.StatusList:
    """A list that is brought back, checked against our own log as any stranger would check it."""
    from testamur.kernel.proofs.policies import parse_policy

    policy = parse_policy(logs.policy(log=log.id).encode())
    return standing.open_list(status.parse(data), organisation=log.organisation, origin=log.origin, policy=policy)
