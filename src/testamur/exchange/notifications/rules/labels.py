"""What stands on a pupil's label."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Label:
    """One label: name (of a protected pupil the alias), class, code, and the code for the keys of a telephone."""

    name: str
    group: str
    code: str
    digits: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is the same on all labels: the words, where to register, which number to text to or to call (or empty)."""

    title: str
    address: str
    text_to: str
    call: str
    words: tuple[tuple[str, str], ...] = ()
