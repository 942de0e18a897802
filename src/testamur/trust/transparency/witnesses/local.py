"""A witness: remembers the last head of each log it knows and cosigns only what grew out of it."""

from __future__ import annotations

import fcntl
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from testamur.kernel.base.durable import write_durable
from testamur.kernel.proofs import merkle, notes
from testamur.kernel.proofs.notes import MalformedNote, NoteNotTrusted
from testamur.trust.transparency.witnesses.protocol import Request, WitnessRefused, parse_body

_ORIGIN_HASH = re.compile(r"[0-9a-f]{64}")


class Witness:
    """One witness with its own key and its own folder, where it keeps the last cosigned head of each log.

    Any number of processes may work in one folder: comparing and replacing a head happens under a file lock,
    and the new head is on disk before the cosignature leaves (C2SP tlog-witness).
    """

    def __init__(self, folder: Path, signer: notes.Signer, known: Callable[[str], Sequence[notes.Vkey]]) -> None:
        """`known(origin)` gives the keys trusted for a log; none for a log that is not witnessed."""
        self.signer = signer
        self._folder = folder
        self._known = known

    def add_checkpoint(self, body: bytes, *, time: int) -> bytes:
        """Check a new head and return the cosignature line. `time` is the witness's clock, seconds since 1970.

        Raises WitnessRefused with the status of the protocol.
        """
        try:
            request = parse_body(body)
        except MalformedNote as error:
            raise WitnessRefused(400, str(error)) from error
        origin = request.checkpoint.origin
        vkeys = [vkey for vkey in self._known(origin) if vkey.kind in notes.LOG_KINDS]
        if not vkeys:
            raise WitnessRefused(404, "this witness does not know the log")
        try:
            notes.verify(request.note, vkeys)
        except NoteNotTrusted as error:
            raise WitnessRefused(403, str(error)) from error
        if request.old_size > request.checkpoint.size:
            raise WitnessRefused(400, "the old size is larger than the checkpoint")
        file = self._folder / _name(origin)
        with self._locked(file):
            _check(request, self._last(file))
            cosignature = notes.sign(request.note.text, self.signer, time=time)
            write_durable(file, request.note.with_signatures([cosignature]).data())
        return cosignature.line().encode()

    def latest(self, origin_hash: str) -> bytes | None:
        """The last cosigned checkpoint by SHA-256 (hex) of the origin, for monitors."""
        if not _ORIGIN_HASH.fullmatch(origin_hash):
            return None
        try:
            return (self._folder / origin_hash).read_bytes()
        except FileNotFoundError:
            return None

    @contextmanager
    def _locked(self, file: Path) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with file.with_suffix(".lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @staticmethod
    def _last(file: Path) -> notes.Checkpoint | None:
        try:
            data = file.read_bytes()
        except FileNotFoundError:
            return None
        return notes.Checkpoint.parse(notes.Note.parse(data).text)


def _name(origin: str) -> str:
    return hashlib.sha256(origin.encode()).hexdigest()


def _check(request: Request, last: notes.Checkpoint | None) -> None:
    """The rules of `add-checkpoint` once the log is known and its signature holds."""
    new, old_size = request.checkpoint, last.size if last else 0
    if request.old_size != old_size:
        raise WitnessRefused(409, "the witness has another size", size=old_size)
    if last is None or not old_size:
        if request.path or (not new.size and new.root != merkle.EMPTY_ROOT):
            raise WitnessRefused(422, "from size 0 the proof is empty")
        return
    if old_size == new.size and last.root != new.root:
        raise WitnessRefused(409, "the witness has another root at this size", size=old_size)
    if not merkle.verify_consistency(old_size, new.size, last.root, new.root, request.path):
        raise WitnessRefused(422, "the consistency proof does not hold")
