"""Opening lists, titles, the end of anonymity, discarding."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.schoolday.reporting.rules.views import NewList


def open_list(*, by: Actor, new: NewList, now: datetime) -> UUID:
    """Open a list and return its id."""
    raise NotImplementedError


def set_title(*, by: Actor, list: UUID, title: str, title_en: str, now: datetime) -> None:
    """Say what the degree project is called."""
    raise NotImplementedError


def reveal(*, by: Actor, list: UUID, now: datetime) -> None:
    """End the anonymity of a list."""
    raise NotImplementedError


def discard(*, by: Actor, list: UUID, now: datetime) -> None:
    """Give a draft up."""
    raise NotImplementedError
