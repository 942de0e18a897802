"""The same question to both verifiers, and material to ask about that is the same in every run."""

from __future__ import annotations

import base64
import copy
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from testamur.kernel.proofs.report import Failed
from tests.surfaces.web.verify.harness import Thrown, ask

STILL = Path(__file__).with_name("still.json")


@dataclass(frozen=True)
class Refusal:
    """What either side says no with."""

    code: str
    message: str
    sub: str | None
    undecided: bool


def told(call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """What the Python side answers or refuses with."""
    try:
        return call(*arguments, **options)
    except Failed as failure:
        return Refusal(failure.code, str(failure), failure.sub_indication, failure.undecided)


def asked(name: str, *arguments: Any) -> Any:
    """What the JavaScript side answers or refuses with; anything but a refusal is an error of the test."""
    try:
        return ask("crypto_probes.mjs", name, *arguments)
    except Thrown as thrown:
        if thrown.code is None:
            raise
        return Refusal(thrown.code, thrown.message, thrown.sub, thrown.undecided)


def millis(at: datetime) -> float:
    """An instant as the JavaScript counts it."""
    return at.timestamp() * 1000


@cache
def still() -> dict[str, Any]:
    """The frozen material, decoded; see freeze.py."""
    found = _decoded(json.loads(STILL.read_text()))
    found["at"] = datetime.fromtimestamp(found["at"], UTC)
    return dict(found)


def _decoded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _decoded(item) for key, item in value.items()}
    if isinstance(value, list):
        # the times that a token was made to say stay as they are written
        return [item if at == 0 and len(value) == 2 else _decoded(item) for at, item in enumerate(value)]
    return base64.b64decode(value) if isinstance(value, str) else value


# --- mutation ------------------------------------------------------------------------------------

Tree = list[list[Any]]
"""DER taken apart: [tag, content or tree], one for each element."""

_TAGS = (1, 2, 3, 4, 5, 6, 10, 12, 18, 19, 20, 22, 23, 24, 26, 28, 30, 48, 49, 128, 129, 130, 160, 161, 162, 163, 164)
_SCRAPS = (b"", b"\0", b"\xff", b"\0\0", b"\x80", b"\xc3\xa5")


def opened(der: bytes) -> Tree:
    """DER as a tree."""
    found: Tree = []
    at = 0
    while at < len(der):
        size, start = der[at + 1], at + 2
        if size >= 0x80:
            start += size & 0x7F
            size = int.from_bytes(der[at + 2 : start])
        content = der[start : start + size]
        found.append([der[at], opened(content) if der[at] & 0x20 else content])
        at = start + size
    return found


def closed(tree: Tree) -> bytes:
    """The DER of a tree."""
    found = b""
    for tag, inner in tree:
        content = closed(inner) if isinstance(inner, list) else inner
        size = len(content)
        octets = size.to_bytes((size.bit_length() + 7) // 8)
        length = bytes([size]) if size < 0x80 else bytes([0x80 | len(octets)]) + octets
        found += bytes([tag]) + length + content
    return found


def _lists(tree: Tree) -> Iterator[Tree]:
    yield tree
    for _tag, inner in tree:
        if isinstance(inner, list):
            yield from _lists(inner)


def mutants(der: bytes, count: int, seed: int = 1) -> Iterator[bytes]:
    """Changed copies: octets and bits turned, elements retagged, dropped, doubled, moved, filled otherwise."""
    rng = random.Random(seed)
    tree = opened(der)
    for number in range(count):
        if number % 4 == 0:
            at = rng.randrange(len(der))
            yield der[:at] + bytes([der[at] ^ (1 << rng.randrange(8))]) + der[at + 1 :]
        else:
            yield closed(_mutated(copy.deepcopy(tree), rng))


def _mutated(tree: Tree, rng: random.Random) -> Tree:
    parent = rng.choice([found for found in _lists(tree) if found])
    at = rng.randrange(len(parent))
    tag, inner = parent[at]
    match rng.randrange(8):
        case 0:
            parent[at] = [rng.choice(_TAGS), inner]
        case 1:
            del parent[at]
        case 2:
            parent.insert(at, copy.deepcopy(parent[at]))
        case 3:
            parent.append([rng.choice(_TAGS), rng.choice((b"", b"\1"))])
        case 4:
            rng.shuffle(parent)
        case 5 if isinstance(inner, bytes):
            changed = (inner[:-1], inner[1:], inner + b"\0", b"\0" + inner, inner + b"\x80", *_SCRAPS)
            parent[at] = [tag, rng.choice(changed)]
        case 6 if tag == 4 and isinstance(inner, bytes) and inner[:1] == b"0":
            parent[at] = [tag, closed(_mutated(opened(inner), rng))]
        case _ if isinstance(inner, bytes) and inner:
            bit = rng.randrange(8 * len(inner))
            parent[at] = [tag, inner[: bit // 8] + bytes([inner[bit // 8] ^ 1 << bit % 8]) + inner[bit // 8 + 1 :]]
    return tree
