"""One act of signing at the agent: shown, agreed to, unlocked with one PIN, signed one document after another."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from testamur.trust.signing.methods.certificate.agent.keys import Ask, Key, KeyRefused
from testamur.trust.signing.methods.certificate.requests import SigningRequest, fingerprint

Say = Callable[[str], None]
SHOWN = 10
"""So many titles are listed in the terminal."""


class JobState(StrEnum):
    """Where an act of signing stands."""

    ASKING = "asking"
    SIGNING = "signing"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


ENDED = frozenset({JobState.DONE, JobState.REFUSED, JobState.FAILED})


@dataclass(slots=True)
class Job:
    """An act and what it has given so far, in the order of the request. Read by one thread, written by another."""

    request: SigningRequest
    id: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    state: JobState = JobState.ASKING
    why: str = ""
    made: list[tuple[UUID, bytes]] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)


def shown(request: SigningRequest) -> str:
    """What the signer reads before agreeing."""
    count = len(request.documents)
    titles = [f"  - {document.title}" for document in request.documents[:SHOWN]]
    if count > SHOWN:
        titles.append(f"  … and {count - SHOWN} more")
    lines = [
        "",
        f"{request.service} asks for your signature on {count} document{'s' if count != 1 else ''}",
        f"  signer    {request.signer}",
        f"  acting as {request.capacity}",
        *titles,
    ]
    return "\n".join(lines)


def run(job: Job, key: Key, *, ask: Ask, say: Say) -> None:
    """Show, ask, unlock, sign; the key is locked again whatever happens. Ends in one of `ENDED`, never raises."""
    say(shown(job.request))
    if fingerprint(key.certificates[0]) != job.request.certificate:
        _end(job, JobState.FAILED, "The request is for another certificate.", say)
        return
    if ask("Sign them all? Type yes: ").strip().lower() not in {"y", "yes"} or job.stop.is_set():
        _end(job, JobState.REFUSED, "Nothing was signed.", say)
        return
    try:
        key.unlock(ask)
        job.state = JobState.SIGNING
        for document in job.request.documents:
            if job.stop.is_set():
                _end(job, JobState.REFUSED, f"Stopped after {len(job.made)}.", say)
                return
            job.made.append((document.record, key.sign(document.to_be_signed)))
        _end(job, JobState.DONE, f"Signed {len(job.made)}.", say)
    except KeyRefused as refused:
        _end(job, JobState.FAILED, str(refused), say)
    finally:
        key.lock()


def _end(job: Job, state: JobState, why: str, say: Say) -> None:
    job.why = why
    job.state = state
    say(why)
