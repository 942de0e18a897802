"""Entries, statements and proofs of the log."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from testamur.kernel.proofs import jcs, merkle, notes, policies, tlog
from testamur.kernel.proofs.notes import Kind, MalformedNote
from testamur.kernel.proofs.tlog import EntryKind, Proof, ProofRefused, Statement

ORIGIN = "log.example/log/skola"
LOG = notes.Ed25519Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\1" * 32))
WITNESSES = [
    notes.Ed25519Signer(
        f"w{i}.example", Ed25519PrivateKey.from_private_bytes(bytes([i]) * 32), Kind.COSIGNATURE_ED25519
    )
    for i in (2, 3, 4)
]
SALT = b"\5" * 32
STATEMENT = Statement(
    event="issue",
    record=UUID(int=7),
    version=1,
    organisation=UUID(int=8),
    doc_digest=b"\1" * 32,
    seal_sig_sha256=b"\2" * 32,
    record_json_sha256=b"\3" * 32,
    prev=None,
    time=datetime(2026, 6, 10, 8, 0, tzinfo=UTC),
)
ENTRY = tlog.entry(EntryKind.RECORD, tlog.commitment(SALT, STATEMENT.data()))
LEAVES = [merkle.leaf_hash(b"%d" % i) for i in range(20)]
LEAVES[5] = merkle.leaf_hash(ENTRY)
TREE = merkle.MerkleTree(LEAVES)
POLICY = policies.parse_policy(
    policies.format_policy([LOG.vkey], {f"w{i}": w.vkey for i, w in enumerate(WITNESSES)}, 2).encode()
)


def checkpoint(times: tuple[int, ...] = (100, 300, 200), *, log: notes.Signer = LOG, root: bytes = TREE.root) -> bytes:
    text = notes.Checkpoint(ORIGIN, 20, root).text()
    lines = [notes.sign(text, w, time=t) for w, t in zip(WITNESSES, times, strict=False)]
    return notes.Note(text, (notes.sign(text, log), *lines)).data()


GOOD = Proof(5, tuple(TREE.path(5)), checkpoint(), SALT + STATEMENT.data())


def flaw(proof: Proof | bytes, leaf: bytes = ENTRY, policy: policies.Policy = POLICY) -> str:
    with pytest.raises(ProofRefused) as refused:
        tlog.verify_proof(proof, leaf=leaf, policy=policy)
    return refused.value.flaw


def test_an_entry_is_37_bytes_and_commits_to_the_statement_under_the_salt() -> None:
    data = STATEMENT.data()
    expected = hmac.new(SALT, b"schoolrecord/v1\n" + hashlib.sha256(data).digest(), "sha256").digest()
    assert b"SRL1\x01" + expected == ENTRY
    assert tlog.parse_entry(ENTRY) == (EntryKind.RECORD, expected)
    assert tlog.commitment(b"\6" * 32, data) != expected
    with pytest.raises(ValueError, match="32 bytes"):
        tlog.commitment(b"short", data)


@pytest.mark.parametrize("data", [b"", ENTRY[:-1], ENTRY + b"\0", b"SRL2" + ENTRY[4:], b"SRL1\x02" + ENTRY[5:]])
def test_malformed_entries_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedNote):
        tlog.parse_entry(data)


def test_a_statement_is_read_back_and_nothing_else_is_taken_for_one() -> None:
    assert Statement.parse(STATEMENT.data()) == STATEMENT
    value = jcs.parse_canonical(STATEMENT.data())
    changes: list[dict[str, object]] = [
        {"v": 2},
        {"more": 1},
        {"version": True},
        {"version": 0},
        {"version": "1"},
        {"event": 1},
        {"record": "7"},
        {"record": str(UUID(int=7))},
        {"doc_digest": "00"},
        {"doc_digest": "AB" * 32},
        {"prev": ""},
        {"time": "2026-06-10"},
    ]
    for change in changes:
        with pytest.raises(MalformedNote):
            Statement.parse(jcs.canonical({**value, **change}))
    for data in (b"", b"[]", b"1", b"{}", b" " + STATEMENT.data(), b"[" * 5000, b"\xff"):
        with pytest.raises(MalformedNote):
            Statement.parse(data)


@pytest.mark.feature("A21", "A22")
def test_a_proof_establishes_the_entry_its_place_and_the_time_by_which_it_existed() -> None:
    data = GOOD.data()
    assert Proof.parse(data) == GOOD
    assert Proof.parse(data).opening() == (SALT, STATEMENT.data())
    found = tlog.verify_proof(data, leaf=ENTRY, policy=POLICY)
    assert (found.origin, found.index, found.size, found.root) == (ORIGIN, 5, 20, TREE.root)
    assert found.earliest == datetime.fromtimestamp(100, UTC)
    assert found.existed == datetime.fromtimestamp(200, UTC)
    assert [name for name, _ in found.cosigned] == ["w2.example", "w4.example", "w3.example"]


def test_the_file_has_the_lines_of_the_specification() -> None:
    lines = GOOD.data().decode().split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1].startswith("extra ")
    assert lines[2] == "index 5"
    assert lines[3:8] == [notes.encode64(h) for h in TREE.path(5)]
    assert lines[8] == ""
    assert lines[9] == ORIGIN
    assert Proof.parse(Proof(5, GOOD.path, GOOD.checkpoint).data()).extra is None


@pytest.mark.feature("A22")
def test_each_way_in_which_a_proof_fails_is_told_apart() -> None:
    stranger = notes.Ed25519Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x09" * 32))
    forked = merkle.MerkleTree([LEAVES[0], *LEAVES[2:], LEAVES[1]]).root
    assert flaw(b"rubbish") == "malformed"
    assert flaw(GOOD, leaf=b"another entry") == "inclusion"
    assert flaw(Proof(6, GOOD.path, GOOD.checkpoint)) == "inclusion"
    assert flaw(Proof(5, GOOD.path, checkpoint(root=forked))) == "inclusion"
    assert flaw(Proof(5, GOOD.path, checkpoint(log=stranger))) == "log"
    assert flaw(Proof(5, GOOD.path, GOOD.checkpoint.replace(b"\n20\n", b"\n21\n"))) == "signature"
    assert flaw(Proof(5, GOOD.path, checkpoint((100,)))) == "witnesses"
    other = policies.parse_policy(policies.format_policy([stranger.vkey], {}, 0).encode())
    assert flaw(GOOD, policy=other) == "log"


def test_a_witness_cannot_stand_in_for_the_log() -> None:
    text = notes.Checkpoint(ORIGIN, 20, TREE.root).text()
    only = notes.Note(text, tuple(notes.sign(text, w, time=5) for w in WITNESSES)).data()
    assert flaw(Proof(5, GOOD.path, only)) == "log"


def test_without_witnesses_a_proof_holds_but_dates_nothing() -> None:
    alone = policies.parse_policy(policies.format_policy([LOG.vkey], {}, 0).encode())
    found = tlog.verify_proof(GOOD, leaf=ENTRY, policy=alone)
    assert (found.existed, found.earliest, found.cosigned) == (None, None, ())


def test_an_impossible_time_is_no_traceback() -> None:
    assert flaw(Proof(5, GOOD.path, checkpoint((2**62, 2**62, 2**62)))) == "witnesses"


@pytest.mark.parametrize(
    "change",
    [
        (b"@v1", b"@v2"),
        (b"index 5", b"index 05"),
        (b"index 5\n", b""),
        (b"index 5", b"index -5"),
        (b"index 5\n", b"index 5\nAAAA\n"),
        (b"index 5\n", b"index 5\n\n"),
        (b"index 5", b"index 5 "),
        (b"extra ", b"extra  "),
        (b"extra ", b"Extra "),
        (b"\n\n" + ORIGIN.encode(), b"\n" + ORIGIN.encode()),
        (b"\nindex", b"\r\nindex"),
        (b"index 5\n", b"index 5\n" + (notes.encode64(b"\0" * 32).encode() + b"\n") * 64),
    ],
)
def test_malformed_proofs_are_refused(change: tuple[bytes, bytes]) -> None:
    data = GOOD.data().replace(*change, 1)
    assert data != GOOD.data()
    assert flaw(data) == "malformed"


@given(place=st.integers(0, len(GOOD.data()) - 1), bit=st.integers(0, 7))
def test_no_flipped_bit_outside_the_extra_data_and_unknown_lines_survives(place: int, bit: int) -> None:
    data = bytearray(GOOD.data())
    data[place] ^= 1 << bit
    try:
        found = tlog.verify_proof(bytes(data), leaf=ENTRY, policy=POLICY)
    except ProofRefused:
        return
    # what may change: the unauthenticated extra line, or a witness line that becomes one of an unknown key
    changed = Proof.parse(bytes(data))
    assert (found.index, found.size, found.root, changed.path) == (5, 20, TREE.root, GOOD.path)
    assert changed.extra != GOOD.extra or len(found.cosigned) == 2


def test_every_truncation_is_refused() -> None:
    data = GOOD.data()
    # lines of witnesses beyond the quorum may be cut off whole
    whole = {len(data), len(data) - len(data.splitlines(keepends=True)[-1])}
    for end in range(len(data)):
        if end not in whole:
            flaw(data[:end])


def test_a_huge_proof_is_refused_unread() -> None:
    assert flaw(GOOD.data() + b"a" * tlog.MAX_PROOF) == "malformed"
    with pytest.raises(MalformedNote):
        Proof(5, GOOD.path, GOOD.checkpoint, b"short").opening()
