"""Working files of records that are not archived yet: first revisions in packs, seal notes per batch.

A pack is one file that holds the first revisions of one prepared batch, one after another: one flush makes hundreds of
documents durable. It goes when every record in it is archived.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings

from testamur.kernel.base.durable import write_durable


@dataclass(frozen=True, slots=True)
class SealNote:
    """What must not be lost between sealing and logging: enough to make the very same sealed file again.

    `signature` is the raw signature value, `salt` and `statement` belong to the log entry.
    """

    signature: bytes
    salt: bytes
    statement: bytes


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


def write_notes(batch: UUID, notes: Mapping[UUID, SealNote]) -> None:
    """Write the seal notes of a batch durably, before anything of it is logged."""
    value = {
        str(record): [b64encode(part).decode() for part in (note.signature, note.salt, note.statement)]
        for record, note in notes.items()
    }
    write_durable(_notes(batch), json.dumps(value).encode(), mode=0o600)


def read_notes(batch: UUID) -> dict[UUID, SealNote] | None:
    """The seal notes of a batch, or None when sealing has not been finished."""
    try:
        value = json.loads(_notes(batch).read_bytes())
    except FileNotFoundError:
        return None
    return {UUID(record): SealNote(*(b64decode(part) for part in parts)) for record, parts in value.items()}


def remove_notes(batch: UUID) -> None:
    """Remove the notes of a finished batch."""
    _notes(batch).unlink(missing_ok=True)


def _pack(pack: UUID) -> Path:
    return folder() / f"{pack}.pack"


def _notes(batch: UUID) -> Path:
    return folder() / f"{batch}.seal"
