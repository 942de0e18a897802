"""Working files of records that are not archived yet: first revisions in packs, seal notes per batch.

A pack is one file that holds the first revisions of one prepared batch, one after another: one flush makes hundreds of
documents durable. It goes when every record in it is archived.
"""

from __future__ import annotations

import hashlib
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings

from testamur.kernel.base.durable import write_durable, write_first


@dataclass(frozen=True, slots=True)
class SealNote:
    """What must not be lost between sealing and logging: enough to make the very same sealed file again.

    `signature` is the raw signature value, `salt` and `statement` belong to the log entry, `time_stamp` is the token of
    level B-T (empty for B-B).
    """

    signature: bytes
    salt: bytes
    statement: bytes
    time_stamp: bytes = b""


def folder() -> Path:
    """Where working files lie (`<data>/work`)."""
    return Path(settings.DATA) / "work"


def write_pack(pack: UUID, parts: Sequence[bytes]) -> list[int]:
    """Write the pack durably and return the offset of each part."""
    offsets, at = [], 0
    for part in parts:
        offsets.append(at)
        at += len(part)
    write_durable(_pack(pack), b"".join(parts), mode=0o600)
    return offsets


def read_part(pack: UUID, offset: int, size: int) -> bytes:
    """One first revision. Raises OSError when the pack is gone; the caller compares H0."""
    fd = os.open(_pack(pack), os.O_RDONLY)
    try:
        return os.pread(fd, size, offset)
    finally:
        os.close(fd)


def remove_pack(pack: UUID) -> None:
    """Remove a pack whose records are all archived; a missing one is no error."""
    _pack(pack).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class SealNotes:
    """The notes of a whole batch, and the seal that they were made with."""

    seal: UUID
    records: Mapping[UUID, SealNote]


def write_notes(batch: UUID, notes: SealNotes) -> bool:
    """Write the seal notes of a batch durably, before anything of it is logged.

    The first writer wins: False when another worker's notes stand already. Then those count, and one's own seals are
    thrown away.
    """
    value = {
        "seal": str(notes.seal),
        "records": {
            str(record): [b64encode(part).decode() for part in (n.signature, n.salt, n.statement, n.time_stamp)]
            for record, n in notes.records.items()
        },
    }
    return write_first(_notes(batch, notes.records), json.dumps(value).encode())


def read_notes(batch: UUID, records: Collection[UUID]) -> SealNotes | None:
    """The seal notes of a batch of just these records, or None when there are none."""
    try:
        value = json.loads(_notes(batch, records).read_bytes())
    except FileNotFoundError:
        return None
    noted = {UUID(record): SealNote(*map(b64decode, parts)) for record, parts in value["records"].items()}
    return SealNotes(UUID(value["seal"]), noted)


def leftovers(older_than: float) -> Iterator[Path]:
    """Notes and temporary files last touched before that time (seconds since the epoch)."""
    if folder().is_dir():
        for path in folder().iterdir():
            if path.suffix in {".seal", ".tmp"} and path.stat().st_mtime < older_than:
                yield path


def batch_of(notes: Path) -> UUID:
    """The batch that a notes file belongs to."""
    return UUID(notes.name[:36])


def _pack(pack: UUID) -> Path:
    return folder() / f"{pack}.pack"


def _notes(batch: UUID, records: Collection[UUID]) -> Path:
    """Named after batch and members: when a record is taken out of a batch, the notes made with it do not count."""
    members = hashlib.sha256(b"".join(sorted(r.bytes for r in records))).hexdigest()[:16]
    return folder() / f"{batch}-{members}.seal"
