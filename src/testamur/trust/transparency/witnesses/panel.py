"""Asking all witnesses of an installation for their cosignatures."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from testamur.kernel.proofs import notes
from testamur.kernel.proofs.notes import MalformedNote, NoteNotTrusted, Vkey
from testamur.trust.transparency import keys
from testamur.trust.transparency.models import Witness as WitnessRow
from testamur.trust.transparency.witnesses.http import HttpWitness
from testamur.trust.transparency.witnesses.local import Witness
from testamur.trust.transparency.witnesses.protocol import (
    WitnessClient,
    WitnessRefused,
    WitnessUnreachable,
    body,
)


@dataclass(frozen=True, slots=True)
class Seat:
    """A witness with the key that its answers are checked against."""

    name: str
    vkey: Vkey
    client: WitnessClient


@dataclass(frozen=True, slots=True)
class Answers:
    """What the panel said.

    Attributes:
        cosignatures: verified lines.
        evidence: heads, signed by the log's own key, that witnesses hold who would not cosign this one. A
            witness's mere word that there is a later head counts for nothing.
        silent: sentence by name of each witness that did not cosign.
    """

    cosignatures: tuple[notes.Signature, ...]
    evidence: tuple[notes.Checkpoint, ...]
    silent: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Beside:
    """A witness in this process; its clock is the caller's."""

    witness: Witness
    time: int

    def add_checkpoint(self, body: bytes) -> bytes:
        return self.witness.add_checkpoint(body, time=self.time)

    def latest(self, origin_hash: str) -> bytes | None:
        return self.witness.latest(origin_hash)


def local_witness(name: str, vkey: str, known: Callable[[str], Sequence[Vkey]]) -> Witness:
    """The witness whose key lies in ``<data>/keys``; raises KeyUnusable."""
    public = Vkey.parse(vkey)
    signer = keys.load(f"witness-{name}", public.name, public.kind, vkey=vkey)
    return Witness(Path(settings.DATA) / "witness" / name, signer, known)


def seats(rows: Sequence[WitnessRow], log_vkey: Vkey, *, time: int) -> list[Seat]:
    """The panel; a row without URL is a witness in this process."""
    panel = []
    for row in rows:
        client: WitnessClient
        if row.url:
            client = HttpWitness(row.url)
        else:
            witness = local_witness(row.name, row.vkey, lambda origin: [log_vkey] if origin == log_vkey.name else [])
            client = _Beside(witness, time)
        panel.append(Seat(row.name, Vkey.parse(row.vkey), client))
    return panel


def ask(
    panel: Sequence[Seat],
    note: notes.Note,
    *,
    log_vkey: Vkey,
    size: int,
    old: int,
    consistency: Callable[[int], list[bytes]],
) -> Answers:
    """Ask every witness to cosign `note`, the head of `size`; each is first taken to be at size `old`.

    `consistency(n)` gives the proof from size n (empty from 0). Several witnesses are asked at the same time.
    """
    first = body(old, consistency(old), note.data())

    def one(seat: Seat) -> _Answer:
        try:
            return _one(seat, note, first, size, consistency)
        except WitnessUnreachable as error:
            return _Answer(silent=str(error))
        except WitnessRefused as refused:
            held = _evidence(seat, log_vkey) if refused.status in {409, 422} else None
            return _Answer(silent=f"{refused.status}: {refused}", evidence=held)

    if len(panel) > 1:
        with ThreadPoolExecutor(len(panel)) as pool:
            results = list(pool.map(one, panel))
    else:
        results = [one(seat) for seat in panel]
    return Answers(
        cosignatures=tuple(r.cosignature for r in results if r.cosignature),
        evidence=tuple(r.evidence for r in results if r.evidence),
        silent={seat.name: r.silent for seat, r in zip(panel, results, strict=True) if r.silent},
    )


@dataclass(frozen=True, slots=True)
class _Answer:
    cosignature: notes.Signature | None = None
    evidence: notes.Checkpoint | None = None
    silent: str = ""


def evidence(panel: Sequence[Seat], log_vkey: Vkey) -> tuple[notes.Checkpoint, ...]:
    """The heads of the log that witnesses hold, as far as they can be reached and its key signed them."""
    return tuple(found for seat in panel if (found := _evidence(seat, log_vkey)))


def _one(seat: Seat, note: notes.Note, first: bytes, size: int, consistency: Callable[[int], list[bytes]]) -> _Answer:
    try:
        answer = seat.client.add_checkpoint(first)
    except WitnessRefused as refused:
        if refused.size is None or refused.size > size:
            raise
        answer = seat.client.add_checkpoint(body(refused.size, consistency(refused.size), note.data()))
    try:
        for signature in notes.parse_signatures(answer.decode("utf-8")):
            if (signature.name, signature.key_id) == (seat.vkey.name, seat.vkey.key_id):
                notes.verify_signature(note.text, signature, seat.vkey)
                return _Answer(cosignature=signature)
    except (MalformedNote, NoteNotTrusted, UnicodeDecodeError) as error:
        raise WitnessUnreachable(f"the answer is unusable: {error}") from error
    raise WitnessUnreachable("the answer carries no cosignature by the expected key")


def _evidence(seat: Seat, log_vkey: Vkey) -> notes.Checkpoint | None:
    try:
        data = seat.client.latest(hashlib.sha256(log_vkey.name.encode()).hexdigest())
        note = notes.Note.parse(data or b"")
        notes.verify(note, [log_vkey])
        checkpoint = notes.Checkpoint.parse(note.text)
    except (MalformedNote, NoteNotTrusted, WitnessUnreachable):
        return None
    return checkpoint if checkpoint.origin == log_vkey.name else None
