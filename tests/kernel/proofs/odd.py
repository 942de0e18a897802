"""Every place of a JSON value, and odd things to put there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

ODD: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    2**53 - 1,
    "",
    "x",
    "urn:uuid:",
    "=",
    "AA==",
    "\x00",
    [],
    {},
    [[]],
    {"v": 1},
    "0" * 64,
]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value."""
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy of `value` with `new` at `path`."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = put(value[path[0]], path[1:], new)
    return copy
