"""Names, limits and states of a log. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from testamur.kernel.proofs import merkle, tlog
from testamur.kernel.proofs.notes import MalformedNote

MAX_BATCH = 100_000
"""Entries in one call of `append`."""
LOCAL_WITNESS = "local"
"""Name of the witness that runs beside the log; it guards against accidents, not against the operator."""

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?(?::[0-9]{1,5})?")


class LogState(StrEnum):
    """Whether a log takes entries."""

    OPEN = "open"
    HALTED = "halted"
    """A witness or a file knows of a later head than the database: `repair` must find out first."""


def origin(host: str, code: str) -> str:
    """`<host>/log/<code>` (docs/formats.md section 7); raises ValueError for a host or code that cannot be used.

    The code also names a folder, so it is limited to letters, digits, hyphen and underscore.
    """
    if not _CODE.fullmatch(code):
        raise ValueError("code")
    if not _HOST.fullmatch(host):
        raise ValueError("host")
    return f"{host}/log/{code}"


def witness_name(host: str, name: str) -> str:
    """Key name of a witness that runs here."""
    return f"{host}/witness/{name}"


def is_witness_word(name: str) -> bool:
    """True when `name` can stand in a policy and as a file name."""
    return bool(_CODE.fullmatch(name)) and name not in {"none", "witnesses"}


def is_entry(data: bytes) -> bool:
    """True for 37 bytes of a known kind."""
    try:
        tlog.parse_entry(data)
    except MalformedNote:
        return False
    return True


def pack_frontier(frontier: merkle.Frontier) -> bytes:
    """The nodes of a frontier one after the other; the size is kept beside."""
    return b"".join(frontier.nodes)


def unpack_frontier(size: int, data: bytes) -> merkle.Frontier:
    """The inverse of `pack_frontier`; raises ValueError when they do not fit."""
    width = merkle.HASH_SIZE
    return merkle.Frontier(size, tuple(data[i : i + width] for i in range(0, len(data), width)))


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that an audit found.

    Attributes:
        code: ``entry.missing``, ``entry.changed``, ``tile.missing``, ``tile.changed``, ``tile.unknown``,
            ``checkpoint.changed``, ``checkpoint.signature``, ``checkpoint.published``, ``checkpoint.missing``,
            ``head.ahead``, ``key``.
        where: index, path or size.
        found: a plain sentence.
    """

    code: str
    where: str
    found: str
