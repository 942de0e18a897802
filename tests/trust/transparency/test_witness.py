"""Witnesses: the statuses of C2SP tlog-witness, and what a log does with their answers."""

from __future__ import annotations

import hashlib
import http.client
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from testamur.kernel.base.actor import operator
from testamur.kernel.proofs import merkle, notes, tlog
from testamur.trust.transparency import actions, queries
from testamur.trust.transparency.publishing import LogHalted, LogRolledBack, NoQuorum
from testamur.trust.transparency.witnesses import http as witness_http
from testamur.trust.transparency.witnesses import protocol
from testamur.trust.transparency.witnesses.local import Witness
from testamur.trust.transparency.witnesses.protocol import WitnessRefused, WitnessUnreachable
from tests.trust.transparency.support import NOW, OtherWitness, append, assert_sound, entries, policy

ORIGIN = "log.example/log/skola"
LEAVES = [merkle.leaf_hash(b"leaf %d" % i) for i in range(40)]


@pytest.fixture
def signer() -> notes.Ed25519Signer:
    """The key of the log."""
    return notes.Ed25519Signer(ORIGIN, Ed25519PrivateKey.generate())


@pytest.fixture
def witness(tmp_path: Path, signer: notes.Ed25519Signer) -> Witness:
    """A witness that knows one log."""
    key = notes.Ed25519Signer("witness.example", Ed25519PrivateKey.generate(), notes.Kind.COSIGNATURE_ED25519)
    return Witness(tmp_path / "witness", key, lambda origin: [signer.vkey] if origin == ORIGIN else [])


def head(signer: notes.Ed25519Signer, size: int, leaves: list[bytes] = LEAVES, origin: str = ORIGIN) -> bytes:
    text = notes.Checkpoint(origin, size, merkle.MerkleTree(leaves[:size]).root).text()
    return notes.Note(text, (notes.sign(text, signer),)).data()


def path(old: int, new: int, leaves: list[bytes] = LEAVES) -> list[bytes]:
    return merkle.MerkleTree(leaves[:new]).consistency(old) if old else []


def ask(witness: Witness, old: int, proof: list[bytes], checkpoint: bytes) -> int | bytes:
    try:
        return witness.add_checkpoint(protocol.body(old, proof, checkpoint), time=1_700_000_000)
    except WitnessRefused as refused:
        return refused.status


def test_a_growing_log_is_cosigned_step_by_step(witness: Witness, signer: notes.Ed25519Signer) -> None:
    for old, new in [(0, 3), (3, 3), (3, 8), (8, 40)]:
        lines = ask(witness, old, path(old, new), head(signer, new))
        assert isinstance(lines, bytes)
        note = notes.Note.parse(head(signer, new) + lines)
        found = notes.verify(note, [signer.vkey, witness.signer.vkey])
        assert {v.time for v in found} == {None, 1_700_000_000}
    last = witness.latest(hashlib.sha256(ORIGIN.encode()).hexdigest())
    assert last is not None
    assert notes.Checkpoint.parse(notes.Note.parse(last).text).size == 40


def test_a_forked_log_is_refused(witness: Witness, signer: notes.Ed25519Signer) -> None:
    ask(witness, 0, [], head(signer, 8))
    forked = [merkle.leaf_hash(b"forged"), *LEAVES[1:]]
    assert ask(witness, 8, path(8, 20, forked), head(signer, 20, forked)) == 422
    assert ask(witness, 8, [], head(signer, 8, forked)) == 409
    assert ask(witness, 8, path(8, 20), head(signer, 20)) != 422


def test_a_log_that_went_back_is_refused_and_told_the_size(witness: Witness, signer: notes.Ed25519Signer) -> None:
    ask(witness, 0, [], head(signer, 20))
    with pytest.raises(WitnessRefused) as refused:
        witness.add_checkpoint(protocol.body(0, [], head(signer, 5)), time=1)
    assert (refused.value.status, refused.value.size) == (409, 20)
    assert ask(witness, 20, [], head(signer, 5)) == 400
    assert ask(witness, 5, path(5, 30), head(signer, 30)) == 409


def test_unknown_logs_and_foreign_signatures_are_refused(witness: Witness, signer: notes.Ed25519Signer) -> None:
    stranger = notes.Ed25519Signer(ORIGIN, Ed25519PrivateKey.generate())
    assert ask(witness, 0, [], head(stranger, 3)) == 403
    other = notes.Ed25519Signer("other.example", Ed25519PrivateKey.generate())
    assert ask(witness, 0, [], head(other, 3, origin="other.example")) == 404
    assert ask(witness, 0, [LEAVES[0]], head(signer, 3)) == 422


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0\n\n",
        b"old 00\n\n%s",
        b"old -1\n\n%s",
        b"new 0\n\n%s",
        b"old 0\nnot base64\n\n%s",
        b"old 0\nAAAA\n\n%s",
        b"old 0\n" + b"A" * 44 + b"\n" * 66 + b"%s",
        b"old 0\n%s",
        b"\xff\n\n%s",
    ],
)
def test_malformed_requests_are_refused(witness: Witness, signer: notes.Ed25519Signer, body: bytes) -> None:
    with pytest.raises(WitnessRefused) as refused:
        witness.add_checkpoint(body.replace(b"%s", head(signer, 3)), time=1)
    assert refused.value.status == 400


def test_of_two_racing_heads_the_witness_never_goes_back(witness: Witness, signer: notes.Ed25519Signer) -> None:
    ask(witness, 0, [], head(signer, 4))
    threads = [threading.Thread(target=ask, args=(witness, 4, path(4, new), head(signer, new))) for new in range(5, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    last = witness.latest(hashlib.sha256(ORIGIN.encode()).hexdigest())
    assert last is not None
    size = notes.Checkpoint.parse(notes.Note.parse(last).text).size
    assert ask(witness, size, path(size, 30), head(signer, 30)) not in {409, 422}
    assert size > 4


# --- over HTTP, with the log -------------------------------------------------------------------


@pytest.fixture
def others(log: UUID, data: Path) -> Iterator[list[tuple[OtherWitness, str]]]:
    """Two witnesses of other bodies, running and named in the log's policy; two of three must cosign."""
    with ExitStack() as stack:
        running = []
        for name in ("granne", "arkivet"):
            other = OtherWitness(data, name, list(queries.vkeys(log=log)))
            url = stack.enter_context(other.serve())
            actions.add_witness(by=operator(), name=name, vkey=str(other.signer.vkey), url=url, now=NOW)
            running.append((other, url))
        actions.set_quorum(by=operator(), log=log, quorum=2, now=NOW)
        yield running


@pytest.mark.feature("A21")
def test_three_witnesses_cosign_over_http(log: UUID, others: list[tuple[OtherWitness, str]]) -> None:
    append(log, entries(0, 3))
    result = append(log, entries(3, 500))
    index, proof = result.proofs[0]
    found = tlog.verify_proof(tlog.Proof(index, proof, result.checkpoint), leaf=entries(3, 4)[0], policy=policy(log))
    assert {name for name, _ in found.cosigned} == {
        "log.example/witness/local",
        "granne.example/witness",
        "arkivet.example/witness",
    }
    assert_sound(log)


def test_the_server_answers_with_the_statuses_and_types_of_the_protocol(
    log: UUID, others: list[tuple[OtherWitness, str]]
) -> None:
    append(log, entries(0, 3))
    url = others[0][1].removeprefix("http://")
    connection = http.client.HTTPConnection(url, timeout=60)
    body = protocol.body(0, [], queries.checkpoint(log=log))
    for method, target, data, expected in [
        ("POST", "/add-checkpoint", body, (409, "text/x.tlog.size", b"3\n")),
        ("POST", "/add-checkpoint", b"rubbish", (400, None, None)),
        ("GET", f"/{hashlib.sha256(b'log.example/log/exempelkommun').hexdigest()}/checkpoint", None, (200, None, None)),
        ("GET", f"/{'0' * 64}/checkpoint", None, (404, None, None)),
        ("GET", "/../../etc/passwd", None, (404, None, None)),
        ("POST", "/other", b"x", (404, None, None)),
    ]:
        connection.request(method, target, data)
        response = connection.getresponse()
        answer = response.read()
        assert response.status == expected[0]
        assert expected[1] is None or response.headers["Content-Type"] == expected[1]
        assert expected[2] is None or answer == expected[2]
    connection.close()


def test_one_silent_witness_does_not_stop_a_log_with_a_quorum(
    log: UUID, others: list[tuple[OtherWitness, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> bytes:
        raise WitnessUnreachable("down")

    monkeypatch.setattr(others[0][0].witness, "add_checkpoint", lambda *_a, **_k: b"rubbish\n")
    assert append(log, entries(0, 3)).size == 3
    monkeypatch.setattr(witness_http.HttpWitness, "add_checkpoint", down)
    with pytest.raises(NoQuorum) as refused:
        append(log, entries(3, 6))
    assert set(refused.value.found["silent"]) == {"granne", "arkivet"}  # type: ignore[call-overload]  # object
    view = queries.log(log=log)
    assert (view.size, view.published) == (6, 3)
    assert_sound(log)
    monkeypatch.undo()
    done = append(log, entries(3, 6))
    assert (done.added, done.size) == (0, 6)
    assert_sound(log)


def test_a_witness_that_was_away_catches_up(
    log: UUID, others: list[tuple[OtherWitness, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    append(log, entries(0, 3))
    with monkeypatch.context() as away:
        away.setattr(others[0][0].witness, "add_checkpoint", lambda *_a, **_k: b"")
        append(log, entries(3, 600))
    result = append(log, entries(600, 601))
    assert result.checkpoint.count(b"granne.example") == 1


def test_a_lying_witness_cannot_stop_the_log_with_a_mere_claim(
    log: UUID, others: list[tuple[OtherWitness, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def claims(*_a: object, **_k: object) -> bytes:
        raise WitnessRefused(409, "ahead", size=10**9)

    append(log, entries(0, 3))
    monkeypatch.setattr(others[0][0].witness, "add_checkpoint", claims)
    assert append(log, entries(3, 4)).size == 4
    assert queries.log(log=log).state == "open"


def test_a_cosignature_by_another_key_or_over_another_head_is_not_taken(
    log: UUID, others: list[tuple[OtherWitness, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = append(log, entries(0, 3))
    old_lines = [line for line in first.checkpoint.decode().splitlines() if "granne" in line]
    monkeypatch.setattr(others[0][0].witness, "add_checkpoint", lambda *_a, **_k: f"{old_lines[0]}\n".encode())
    second = append(log, entries(3, 4))
    assert b"granne" not in second.checkpoint


@pytest.mark.feature("A21")
def test_a_log_restored_without_its_last_entries_is_halted_by_a_witness(
    log: UUID, others: list[tuple[OtherWitness, str]], data: Path
) -> None:
    """Everything local is rolled back: rows, files, local witness. Only another body's witness remembers."""
    append(log, entries(0, 300))
    snapshot = _snapshot(log, data)
    append(log, entries(300, 310))
    _restore(log, data, snapshot)
    with pytest.raises(LogRolledBack) as refused:
        append(log, entries(0, 5, "other"))
    assert refused.value.found["signed"] == 310
    assert queries.log(log=log).state == "halted"
    assert queries.log(log=log).published == 300
    with pytest.raises(LogHalted):
        append(log, entries(0, 5, "more"))
    with pytest.raises(LogRolledBack):
        actions.repair(by=operator(), log=log, now=NOW)
    assert queries.log(log=log).state == "halted"


def test_repair_after_a_restore_asks_the_witnesses_before_anything_is_signed(
    log: UUID, others: list[tuple[OtherWitness, str]], data: Path
) -> None:
    append(log, entries(0, 300))
    snapshot = _snapshot(log, data)
    append(log, entries(300, 310))
    _restore(log, data, snapshot)
    actions.halt(by=operator(), log=log, now=NOW)
    with pytest.raises(LogRolledBack):
        actions.repair(by=operator(), log=log, now=NOW)
    with pytest.raises(LogHalted):
        append(log, entries(0, 5, "other"))


def _snapshot(log: UUID, data: Path) -> dict[Path, bytes]:
    return {f: f.read_bytes() for d in ("logs", "witness") for f in (data / d).rglob("*") if f.is_file()}


def _restore(log: UUID, data: Path, snapshot: dict[Path, bytes], size: int = 300) -> None:
    from tests.trust.transparency.tampering import forget_rows

    for folder in ("logs", "witness"):
        for file in (data / folder).rglob("*"):
            if file.is_file() and file not in snapshot:
                file.unlink()
    for file, content in snapshot.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    forget_rows(log, size)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "none"},
        {"name": "a b"},
        {"vkey": "rubbish"},
        {"url": "ftp://w.example/"},
        {"url": "http://user:secret@w.example/"},
        {"url": "http:///x"},
    ],
)
def test_witnesses_that_cannot_be_asked_are_refused(log: UUID, change: dict[str, str]) -> None:
    key = notes.Ed25519Signer("w.example", Ed25519PrivateKey.generate(), notes.Kind.COSIGNATURE_ED25519)
    arguments = {"name": "w", "vkey": str(key.vkey), "url": "https://w.example/x", **change}
    with pytest.raises((actions.NameUnusable, actions.WitnessUnusable)):
        actions.add_witness(by=operator(), now=NOW, **arguments)
    log_key = notes.Ed25519Signer("w.example", Ed25519PrivateKey.generate())
    with pytest.raises(actions.WitnessUnusable):
        actions.add_witness(by=operator(), now=NOW, name="w", vkey=str(log_key.vkey), url="https://w.example")


def test_a_quorum_larger_than_the_panel_is_refused(log: UUID) -> None:
    with pytest.raises(actions.QuorumImpossible):
        actions.set_quorum(by=operator(), log=log, quorum=2, now=NOW)
