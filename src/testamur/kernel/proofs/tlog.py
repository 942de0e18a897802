"""Entries and proofs of the transparency log (docs/formats.md sections 7 and 8; C2SP tlog-proof)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any, Literal
from uuid import UUID

from testamur.kernel.base.clock import parse_stamp, stamp
from testamur.kernel.base.ids import urn
from testamur.kernel.proofs import jcs, merkle, notes
from testamur.kernel.proofs.notes import Checkpoint, MalformedNote, NoteNotTrusted
from testamur.kernel.proofs.policies import Policy

MAGIC = b"SRL1"
ENTRY_SIZE = 37
SALT_SIZE = 32
MAX_PROOF = 524_288
"""Bytes."""


# --- entries -----------------------------------------------------------------------------------


class EntryKind(IntEnum):
    """What an entry is about; all events of a record look alike."""

    RECORD = 0x01
    STATUS_LIST = 0x10
    AUDIT_REPORT = 0x11
    EVIDENCE_ANCHOR = 0x12
    KEY_CHANGE = 0x13


def commitment(salt: bytes, statement: bytes) -> bytes:
    r"""HMAC-SHA256(salt, "schoolrecord/v1\\n" || SHA-256(statement)): 32 bytes that say nothing without the salt.

    Raises ValueError unless the salt has 32 bytes.
    """
    if len(salt) != SALT_SIZE:
        raise ValueError(f"a salt has {SALT_SIZE} bytes")
    return hmac.digest(salt, b"schoolrecord/v1\n" + hashlib.sha256(statement).digest(), "sha256")


def entry(kind: EntryKind, committed: bytes) -> bytes:
    """The 37 bytes of a log entry from a 32-byte commitment; ValueError for another length."""
    if len(committed) != ENTRY_SIZE - 5:
        raise ValueError("a commitment has 32 bytes")
    return MAGIC + bytes([kind]) + committed


def parse_entry(data: bytes) -> tuple[EntryKind, bytes]:
    """Kind and commitment of an entry; raises MalformedNote."""
    if len(data) != ENTRY_SIZE or not data.startswith(MAGIC):
        raise MalformedNote("a log entry is 37 bytes that begin with SRL1")
    try:
        return EntryKind(data[4]), data[5:]
    except ValueError:
        raise MalformedNote(f"unknown kind of log entry {data[4]:#04x}") from None


@dataclass(frozen=True, slots=True)
class Statement:
    """What an entry of kind RECORD commits to. Digests are 32 raw bytes.

    Attributes:
        event: ``issue``, ``supersede``, ``rectify``, ``annul`` or ``dispose``.
        record: the record's id.
        version: from 1.
        organisation: whose log.
        doc_digest: SHA-256 of the ByteRange bytes of the sealed PDF.
        seal_sig_sha256: SHA-256 of the CMS signature value.
        record_json_sha256: SHA-256 of the snapshot.
        prev: commitment of the former version, or None.
        time: aware, whole seconds.
    """

    event: str
    record: UUID
    version: int
    organisation: UUID
    doc_digest: bytes
    seal_sig_sha256: bytes
    record_json_sha256: bytes
    prev: bytes | None
    time: datetime

    def data(self) -> bytes:
        """Canonical JSON (RFC 8785), the bytes that are hashed."""
        return jcs.canonical(
            {
                "v": 1,
                "event": self.event,
                "record": urn(self.record),
                "version": self.version,
                "organisation": urn(self.organisation),
                "doc_digest": self.doc_digest.hex(),
                "seal_sig_sha256": self.seal_sig_sha256.hex(),
                "record_json_sha256": self.record_json_sha256.hex(),
                "prev": self.prev.hex() if self.prev is not None else None,
                "time": stamp(self.time),
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> Statement:
        """The inverse of `data`; anything else, unknown members included, raises MalformedNote."""
        try:
            value: dict[str, Any] = jcs.parse_canonical(data)
            statement = cls(
                event=value["event"],
                record=UUID(value["record"]),
                version=value["version"],
                organisation=UUID(value["organisation"]),
                doc_digest=bytes.fromhex(value["doc_digest"]),
                seal_sig_sha256=bytes.fromhex(value["seal_sig_sha256"]),
                record_json_sha256=bytes.fromhex(value["record_json_sha256"]),
                prev=None if value["prev"] is None else bytes.fromhex(value["prev"]),
                time=parse_stamp(value["time"]),
            )
            # writing it again compares every spelling and the set of members at once
            plain = type(value["version"]) is int and type(value["event"]) is str
            if not plain or statement.version < 1 or statement.data() != data:
                raise MalformedNote("not a version 1 statement")
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
            raise MalformedNote(f"not a statement of a log entry: {error}") from None
        digests = (statement.doc_digest, statement.seal_sig_sha256, statement.record_json_sha256, statement.prev)
        if any(digest is not None and len(digest) != merkle.HASH_SIZE for digest in digests):
            raise MalformedNote("a digest in the statement is not 32 bytes")
        return statement


# --- proofs ------------------------------------------------------------------------------------

_PROOF_HEAD = "c2sp.org/tlog-proof@v1"

Flaw = Literal["malformed", "log", "signature", "inclusion", "witnesses"]


class ProofRefused(ValueError):  # noqa: N818 - named for what was found
    """A proof that does not prove the claim.

    Attributes:
        flaw: ``malformed`` (not a proof), ``log`` (made by no log of the policy), ``signature`` (a signature by
            a known key is wrong), ``inclusion`` (the path does not lead from this entry to the checkpoint),
            ``witnesses`` (all holds, but the policy's quorum has not cosigned).
    """

    def __init__(self, flaw: Flaw, message: str) -> None:
        super().__init__(message)
        self.flaw: Flaw = flaw


@dataclass(frozen=True, slots=True)
class Proof:
    """A parsed `.tlog-proof`, not yet verified.

    Attributes:
        index: of the entry in the log.
        path: inclusion path, the leaf's sibling first.
        checkpoint: bytes of the signed checkpoint.
        extra: unauthenticated data, in ours salt || statement; None when the line is missing.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def data(self) -> bytes:
        """The bytes of the file (C2SP tlog-proof)."""
        lines = [_PROOF_HEAD]
        if self.extra is not None:
            lines.append(f"extra {notes.encode64(self.extra)}")
        lines.append(f"index {self.index}")
        lines += [notes.encode64(sibling) for sibling in self.path]
        return "\n".join([*lines, "", ""]).encode() + self.checkpoint

    @classmethod
    def parse(cls, data: bytes) -> Proof:
        """Strict; raises MalformedNote."""
        if len(data) > MAX_PROOF:
            raise MalformedNote(f"a proof of more than {MAX_PROOF} bytes")
        head, separator, checkpoint = data.partition(b"\n\n")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise MalformedNote("the lines of a proof are ASCII") from None
        if not separator or lines.pop(0) != _PROOF_HEAD:
            raise MalformedNote(f"a proof begins with {_PROOF_HEAD} and ends with a checkpoint")
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = notes.decode64(lines.pop(0).removeprefix("extra "), "the extra data")
        if not lines or not lines[0].startswith("index "):
            raise MalformedNote("a proof has an index line")
        index = notes.decimal(lines.pop(0).removeprefix("index "), "the index")
        path = tuple(notes.decode64(line, "a hash") for line in lines)
        if len(path) > 63 or any(len(sibling) != merkle.HASH_SIZE for sibling in path):  # noqa: PLR2004 - log2(2**63)
            raise MalformedNote("a path has at most 63 hashes of 32 bytes")
        Checkpoint.parse(notes.Note.parse(checkpoint).text)
        return cls(index, path, checkpoint, extra)

    def opening(self) -> tuple[bytes, bytes]:
        """Salt and statement bytes from `extra`; raises MalformedNote when they cannot be there."""
        if self.extra is None or len(self.extra) <= SALT_SIZE:
            raise MalformedNote("the proof carries no salt and statement")
        return self.extra[:SALT_SIZE], self.extra[SALT_SIZE:]


@dataclass(frozen=True, slots=True)
class Inclusion:
    """What a verified proof establishes.

    Attributes:
        origin: of the log.
        index: of the entry.
        size: of the log at the checkpoint.
        root: of the log at the checkpoint.
        cosigned: name and time of each known witness's cosignature, earliest first.
        earliest: time of the first cosignature, None without any.
        existed: proof of existence: the time by which the policy's quorum had cosigned; None when the policy
            asks for no witness (the log alone cannot attest time).
    """

    origin: str
    index: int
    size: int
    root: bytes
    cosigned: tuple[tuple[str, datetime], ...]
    earliest: datetime | None
    existed: datetime | None


def verify_proof(data: bytes | Proof, *, leaf: bytes, policy: Policy) -> Inclusion:
    """Verify that the entry `leaf` (its 37 bytes, not its hash) is in a log that `policy` trusts.

    Offline; raises ProofRefused with its `flaw` in the order malformed, log, signature, inclusion, witnesses.
    """
    try:
        proof = data if isinstance(data, Proof) else Proof.parse(data)
        note = notes.Note.parse(proof.checkpoint)
        checkpoint = Checkpoint.parse(note.text)
    except MalformedNote as error:
        raise ProofRefused("malformed", str(error)) from error
    logs = {vkey for vkey in policy.logs if vkey.name == checkpoint.origin}
    if not logs:
        raise ProofRefused("log", f"the log {checkpoint.origin!r} is not in the policy")
    try:
        verified = notes.verify(note, [*logs, *policy.witnesses.values()])
    except NoteNotTrusted as error:
        known = {(vkey.name, vkey.key_id) for vkey in logs}
        signed = any((s.name, s.key_id) in known for s in note.signatures)
        raise ProofRefused("signature" if signed else "log", str(error)) from error
    if not any(v.vkey in logs for v in verified):
        raise ProofRefused("log", f"no known key of the log {checkpoint.origin!r} signed the checkpoint")
    leaf_hash = merkle.leaf_hash(leaf)
    if not merkle.verify_inclusion(proof.index, checkpoint.size, leaf_hash, proof.path, checkpoint.root):
        raise ProofRefused("inclusion", "the entry is not at this place of the log")
    try:
        quorum = policy.quorum_time(verified)
    except NoteNotTrusted as error:
        raise ProofRefused("witnesses", str(error)) from error
    cosigned = sorted(
        (v.time, v.vkey.name) for v in verified if v.time and v.vkey not in logs and v.time < _END_OF_TIME
    )
    times = tuple((name, datetime.fromtimestamp(time, UTC)) for time, name in cosigned)
    if quorum is not None and quorum >= _END_OF_TIME:
        raise ProofRefused("witnesses", "the witnesses state a time beyond the calendar")
    return Inclusion(
        origin=checkpoint.origin,
        index=proof.index,
        size=checkpoint.size,
        root=checkpoint.root,
        cosigned=times,
        earliest=times[0][1] if times else None,
        existed=None if quorum is None else datetime.fromtimestamp(quorum, UTC),
    )


_END_OF_TIME = 253_402_300_800
"""The first second of the year 10000, beyond which there are no dates in Python."""
