"""Invented entries, and short names for what the tests do again and again."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from testamur.kernel.base.actor import operator
from testamur.kernel.proofs import notes, policies, tlog
from testamur.trust.transparency import actions, queries
from testamur.trust.transparency.witnesses.http import WitnessServer
from testamur.trust.transparency.witnesses.local import Witness

NOW = datetime(2026, 6, 10, 8, 0, tzinfo=UTC)


def entry(number: int, word: str = "entry") -> bytes:
    return tlog.entry(tlog.EntryKind.RECORD, hashlib.sha256(f"{word} {number}".encode()).digest())


def entries(start: int, end: int, word: str = "entry") -> list[bytes]:
    return [entry(i, word) for i in range(start, end)]


def make_log(code: str = "exempelkommun") -> UUID:
    return actions.create_log(by=operator(), organisation=uuid4(), code=code, host="log.example", now=NOW)


def append(log: UUID, batch: list[bytes], now: datetime = NOW) -> actions.AppendResult:
    return actions.append(by=operator(), log=log, entries=batch, now=now)


def policy(log: UUID) -> policies.Policy:
    return policies.parse_policy(queries.policy(log=log).encode())


def assert_proved(log: UUID, batch: list[bytes], result: actions.AppendResult) -> None:
    """Every entry of the call is proved by what the call returned, offline."""
    trusted = policy(log)
    assert len(result.proofs) == len(batch)
    for data, (index, path) in zip(batch, result.proofs, strict=True):
        found = tlog.verify_proof(tlog.Proof(index, path, result.checkpoint), leaf=data, policy=trusted)
        assert (found.index, found.size) == (index, result.size)


def assert_sound(log: UUID) -> None:
    assert queries.audit(log=log).differences == ()


class OtherWitness:
    """A witness of another body, reached over HTTP, with its own folder and key."""

    def __init__(self, folder: Path, name: str, log_vkeys: list[str]) -> None:
        self.signer = notes.Ed25519Signer(
            f"{name}.example/witness", Ed25519PrivateKey.generate(), notes.Kind.COSIGNATURE_ED25519
        )
        known = [notes.Vkey.parse(text) for text in log_vkeys]
        self.witness = Witness(folder / name, self.signer, lambda origin: [k for k in known if k.name == origin])

    @contextmanager
    def serve(self) -> Iterator[str]:
        server = WitnessServer(self.witness)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server.url
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
