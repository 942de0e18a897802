"""What a bulk verb writes into the journal instead of a thousand ids."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from uuid import UUID


def ids_digest(ids: Iterable[UUID]) -> str:
    """SHA-256 in hex over the sorted ids, one lower-case UUID a line: what a bulk verb leaves in the journal."""
    return hashlib.sha256("\n".join(sorted(map(str, ids))).encode()).hexdigest()


def common_path(paths: Collection[str]) -> str:
    """The deepest organisation path that holds all `paths`; ``/`` when they share none."""
    if not paths:
        return "/"
    low, high = min(paths), max(paths)
    shared = 0
    for a, b in zip(low, high, strict=False):
        if a != b:
            break
        shared += 1
    return low[:shared].rpartition("/")[0] + "/"
