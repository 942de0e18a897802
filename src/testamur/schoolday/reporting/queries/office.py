"""What the office follows."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.schoolday.reporting.rules.documents import ArchiveList, Progress, Queue


def queue(*, by: Actor, path: str, now: datetime, days: int = 7) -> Queue:
    """Lists at or below a path that wait for somebody."""
    raise NotImplementedError


def archive_list(*, by: Actor, list: UUID) -> ArchiveList:
    """What the printed archive list of a sent or signed list shows; names are the reader's to ask."""
    raise NotImplementedError


def progress(*, by: Actor, list: UUID) -> Progress:
    """How far the documents of a sent list have come."""
    raise NotImplementedError
