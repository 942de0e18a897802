"""What a sent list becomes: its documents asked for and taken back, its rows decided."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor


def request_documents(*, by: Actor, list: UUID, now: datetime) -> None:
    """Have the documents of a list that was just sent made in the background; part of the verb `send`."""
    raise NotImplementedError


def withdraw_documents(*, by: Actor, list: UUID, now: datetime) -> int:
    """Throw the unsigned documents of a sent list away; part of the verbs `recall` and `return_list`."""
    raise NotImplementedError


def note_prepared(*, by: Actor, list: UUID, sent_sha256: str, now: datetime) -> None:
    """All documents of a sent list wait for their signature."""
    raise NotImplementedError


def decide(*, by: Actor, list: UUID, now: datetime) -> int:
    """The documents of a list are signed: its rows become decisions; returns how many."""
    raise NotImplementedError


def note_paper_signature(*, by: Actor, list: UUID, examiner: UUID, signed_on: date, now: datetime) -> int:
    """A list that goes the way of paper was signed by hand: its rows become decisions; returns how many."""
    raise NotImplementedError
