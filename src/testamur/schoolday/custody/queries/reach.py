"""Powers that a look-up or an agreed transfer lends for one act at another place, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from testamur.kernel.base.actor import Actor, Grant


def lent(by: Actor, path: str, *verbs: str) -> Actor:
    """The same person, with those verbs at that place. Only for the act that the caller has just allowed."""
    return replace(by, grants=(*by.grants, Grant("custody", path, verbs)))
