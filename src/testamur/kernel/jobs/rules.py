"""Pure rules of background work: how long a lease holds, when a task is tried again, who a step acts as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from testamur.kernel.base.actor import Actor, Grant

LEASE = timedelta(seconds=30)
"""A worker that has not been heard of for so long is dead."""

HEARTBEAT = timedelta(seconds=5)
"""How often the parent process renews the leases of its workers: five may be lost before one runs out."""

LIMIT = timedelta(minutes=30)
"""A task that runs longer hangs; its worker is killed and the task tried again."""

ATTEMPTS = 8
"""Tries of an enqueued task, about four minutes in all. Periodic steps are tried for ever."""

LONGEST_PAUSE = timedelta(minutes=10)
KEEP_DONE = timedelta(days=7)
KEEP_FAILED = timedelta(days=365)

AHEAD = 32
"""Tasks that a relay hands to the broker before a worker has begun them: enough to keep many machines busy, few
enough that priorities still count and little has to be sent again when the broker loses its disk."""

RELAY = "relay:"
"""How names of relays begin. A lease in such a name means: handed to the broker, begun by nobody yet."""

UNANSWERED = "broker.unanswered"
"""Why a task waits again that was handed to the broker: no worker began it in time."""

UNREACHABLE = "broker.unreachable"
"""Why a task waits again that was to be handed to the broker: it took no message."""

STEP = UUID(int=2)
"""Actor id of background steps; no row in the register."""

_PERIODIC = UUID("6a1c9d50-7f2e-4b3b-9f55-2f1b6f0f5d11")

LEADER = uuid5(_PERIODIC, "the relay that keeps the schedule")
"""The lease that one of several relays holds: it arms periodic steps and gives back what is lost."""


@dataclass(frozen=True, slots=True)
class Periodic:
    """A step that runs again and again: dotted task, pause between the end of one run and the start of the next.

    `limit` is the longest that one run may take.
    """

    name: str
    task: str
    every: timedelta
    limit: timedelta = LIMIT

    @property
    def id(self) -> UUID:
        """Id of its one row in the task table."""
        return uuid5(_PERIODIC, self.name)


def schedule(table: Mapping[str, Mapping[str, Any]]) -> dict[UUID, Periodic]:
    """`settings.SCHEDULE` as values: name → ``{"task": dotted, "every": seconds, "limit": seconds}``.

    Raises ValueError for an unknown member or a pause that is not positive: an error of the installation.
    """
    found: dict[UUID, Periodic] = {}
    for name, entry in table.items():
        if not set(entry) <= {"task", "every", "limit"} or not {"task", "every"} <= set(entry):
            raise ValueError(f"SCHEDULE[{name!r}] has task, every and perhaps limit; it has {', '.join(sorted(entry))}")
        if entry["every"] <= 0 or entry.get("limit", 1) <= 0:
            raise ValueError(f"SCHEDULE[{name!r}]: every and limit are seconds above zero")
        limit = timedelta(seconds=entry["limit"]) if "limit" in entry else LIMIT
        one = Periodic(name, entry["task"], timedelta(seconds=entry["every"]), limit)
        found[one.id] = one
    return found


def pause(attempts: int) -> timedelta:
    """How long a task waits after its `attempts`-th failed try: 2, 4, 8 … seconds, at most ten minutes."""
    return min(timedelta(seconds=2 ** min(attempts, 20)), LONGEST_PAUSE)


def is_relay(worker: str) -> bool:
    """Whether a lease in this name is one of a task that lies with the broker."""
    return worker.startswith(RELAY)


def step_actor(role: str, *verbs: str) -> Actor:
    """The actor of a background step: everywhere, but for `verbs` alone."""
    return Actor(id=STEP, identified_by="step", grants=(Grant(role, "/", verbs),))
