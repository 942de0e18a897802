"""What was looked up already while one question is answered: the same row is read once, however many ask for it.

Nothing is remembered unless the surface says so, around what only reads (a page that is shown); a verb that writes
runs outside it, and so never meets what was there before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")
_KEPT: ContextVar[dict[object, Any] | None] = ContextVar("kept", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Within this, `recall` and `recall_each` look up what they have not looked up before."""
    token = _KEPT.set({})
    try:
        yield
    finally:
        _KEPT.reset(token)


def recall(key: object, look: Callable[[], Value]) -> Value:
    """What stands under `key`; looked up when it is not known, or when nothing is remembered."""
    kept = _KEPT.get()
    if kept is None:
        return look()
    if key not in kept:
        kept[key] = look()
    found: Value = kept[key]
    return found


def recall_each(
    kind: str, keys: Collection[Key], look: Callable[[Collection[Key]], Mapping[Key, Value]]
) -> dict[Key, Value]:
    """The values of `keys` of one kind; only those not known yet are looked up. Keys that have none are left out."""
    kept = _KEPT.get()
    if kept is None:
        return dict(look(keys))
    known: dict[Key, Value | None] = kept.setdefault(("each", kind), {})
    missing = [key for key in keys if key not in known]
    if missing:
        found = look(missing)
        known.update((key, found.get(key)) for key in missing)
    return {key: value for key in keys if (value := known[key]) is not None}


def recalled(kind: str, keys: Collection[Key]) -> dict[Key, Any]:
    """What is known already of `keys` of one kind; nothing is looked up. Keys that are not known are left out."""
    kept = _KEPT.get()
    known: dict[Key, Any] = kept.get(("each", kind), {}) if kept is not None else {}
    return {key: value for key in keys if (value := known.get(key)) is not None}


def remember(kind: str, key: object, value: object) -> None:
    """A value that came along with another question; forgotten at once when nothing is remembered."""
    kept = _KEPT.get()
    if kept is not None:
        kept.setdefault(("each", kind), {})[key] = value
