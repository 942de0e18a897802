"""What passes between a log and a witness (C2SP tlog-witness, "add-checkpoint")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from testamur.kernel.proofs import merkle, notes
from testamur.kernel.proofs.notes import MalformedNote

MAX_PATH = 63
MAX_BODY = notes.MAX_NOTE + 4096


class WitnessUnreachable(Exception):  # noqa: N818 - an answer that did not come
    """No usable answer; nothing is known about what the witness did."""


class WitnessRefused(Exception):  # noqa: N818 - a refusal is an answer
    """The witness did not cosign.

    Attributes:
        status: 400 malformed, 403 no trusted signature, 404 unknown log, 409 another size or root than the
            witness has (see `size`), 422 the proof does not hold.
        size: with 409, the size that the witness has cosigned last.
    """

    def __init__(self, status: int, message: str, *, size: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.size = size


class WitnessClient(Protocol):
    """A witness as the log sees it."""

    def add_checkpoint(self, body: bytes) -> bytes:
        """Signature lines for an `add-checkpoint` body; raises WitnessRefused or WitnessUnreachable."""

    def latest(self, origin_hash: str) -> bytes | None:
        """The head it cosigned last, by SHA-256 (hex) of the log's origin; raises WitnessUnreachable."""


@dataclass(frozen=True, slots=True)
class Request:
    """A parsed `add-checkpoint` body."""

    old_size: int
    path: tuple[bytes, ...]
    note: notes.Note
    checkpoint: notes.Checkpoint


def body(old_size: int, path: Sequence[bytes], checkpoint: bytes) -> bytes:
    """The body of a request."""
    lines = [f"old {old_size}", *(notes.encode64(sibling) for sibling in path), "", ""]
    return "\n".join(lines).encode() + checkpoint


def parse_body(data: bytes) -> Request:
    """The inverse of `body`; raises MalformedNote."""
    head, separator, tail = data.partition(b"\n\n")
    try:
        first, *lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise MalformedNote("the lines before the checkpoint are ASCII") from None
    if not separator or not first.startswith("old ") or len(lines) > MAX_PATH:
        raise MalformedNote("expected the old size, at most 63 hashes, an empty line and a checkpoint")
    path = tuple(notes.decode64(line, "a hash") for line in lines)
    if any(len(sibling) != merkle.HASH_SIZE for sibling in path):
        raise MalformedNote("a hash is not 32 bytes")
    note = notes.Note.parse(tail)
    checkpoint = notes.Checkpoint.parse(note.text)
    return Request(notes.decimal(first.removeprefix("old "), "the old size"), path, note, checkpoint)
