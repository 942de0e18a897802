"""What is told of answers without names: only when no more can come in, and never so few that one is told apart. Pure.

While a form is open nothing of what was said is shown: of two looks, the second would tell what came in between. And
of two visitors who see different classes, neither may find what the other lacks to be fewer than `FEWEST`: a class with
fewer answers is told only to whoever sees all, together with the other such classes, and only when these reach it.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

FEWEST = 5
K = TypeVar("K", bound=Hashable)


class Kept(StrEnum):
    """Why what was said is not told, or not all of it."""

    OPEN = "open"
    """It can still be answered."""
    FEW = "few"
    """Too few have answered."""
    SOME = "some"
    """Some classes are left out, in which too few have answered."""


def told(said: Mapping[K, Collection[tuple[UUID, UUID]]], *, whole: bool) -> frozenset[K]:
    """The classes of which answers are told. `said`: class → (child, who answered); `whole`: the visitor sees all."""
    small = [one for one, some in said.items() if 0 < _apart(some) < FEWEST]
    large = frozenset(one for one, some in said.items() if _apart(some) >= FEWEST)
    together = [pair for one in small for pair in said[one]]
    return large | frozenset(small) if whole and _apart(together) >= FEWEST else large


def _apart(some: Collection[tuple[UUID, UUID]]) -> int:
    """How many can be told apart: one guardian's answers for three siblings are one."""
    return min(len({child for child, _by in some}), len({by for _child, by in some}))
