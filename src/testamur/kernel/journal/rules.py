"""Pure parts of the journal: an entry as it is read, its canonical bytes, the cursor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from testamur.kernel.base.clock import stamp
from testamur.kernel.proofs.jcs import canonical
from testamur.kernel.proofs.merkle import leaf_hash, verify_inclusion


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """How far a reader has come: transaction number (0 on SQLite), then entry number."""

    transaction: int = 0
    entry: int = 0


@dataclass(frozen=True, slots=True)
class EntryView:
    """One act, as readers see it."""

    cursor: Cursor
    at: datetime
    actor: UUID
    identified_by: str
    on_behalf_of: UUID | None
    kind: str
    path: str
    refs: Mapping[str, Any]

    def canonical(self) -> bytes:
        """The bytes that are hashed into the journal's Merkle tree (RFC 8785)."""
        return canonical(
            {
                "v": 1,
                "entry": self.cursor.entry,
                "at": stamp(self.at),
                "actor": str(self.actor),
                "identified_by": self.identified_by,
                "on_behalf_of": str(self.on_behalf_of) if self.on_behalf_of else None,
                "kind": self.kind,
                "path": self.path,
                "refs": dict(self.refs),
            }
        )


@dataclass(frozen=True, slots=True)
class Head:
    """The state of the shipped journal: number of entries and RFC 6962 root over their canonical bytes."""

    size: int
    root: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Proven:
    """An entry as it is hashed. `seq` counts from 1; `way`: the sibling hashes to the head's root, lowest first."""

    seq: int
    body: bytes
    way: tuple[bytes, ...]


def holds(proven: Proven, *, size: int, root: str) -> bool:
    """True when the entry stands at its place in the log with that head; needs no database and no trust in one."""
    try:
        expected = bytes.fromhex(root)
    except ValueError:
        return False
    return verify_inclusion(proven.seq - 1, size, leaf_hash(proven.body), proven.way, expected)
