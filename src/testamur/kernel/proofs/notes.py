"""Signed notes and checkpoints of transparency logs (C2SP signed-note, tlog-checkpoint, tlog-cosignature).

Everything malformed raises `MalformedNote`, everything that does not verify `NoteNotTrusted`; both are
ValueErrors. Keys are used through the small `Signer` protocol, so a private key may live in a file, in a token
or in another process.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import struct
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

MAX_NOTE = 262_144
"""Bytes; room for the largest real checkpoint with dozens of post-quantum cosignatures."""
MAX_SIGNATURES = 64
MAX_SIZE = 2**63 - 1

_DASH = "— "
_CONTROL = re.compile(rb"[\x00-\x09\x0b-\x1f\x7f]")
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")


class MalformedNote(ValueError):  # noqa: N818 - named for what was found
    """Bytes that are not a note, checkpoint, key, cosignature, policy or proof."""


class NoteNotTrusted(ValueError):  # noqa: N818 - named for what was found
    """No signature by a known key, or a known key's signature that is wrong."""


class Kind(IntEnum):
    """Signature types (C2SP signed-note, section "Signature types")."""

    ED25519 = 0x01
    COSIGNATURE_ED25519 = 0x04
    COSIGNATURE_ML_DSA_44 = 0x06


_KEY_SIZE = {Kind.ED25519: 32, Kind.COSIGNATURE_ED25519: 32, Kind.COSIGNATURE_ML_DSA_44: 1312}
_SIGNATURE_SIZE = {Kind.ED25519: 64, Kind.COSIGNATURE_ED25519: 64, Kind.COSIGNATURE_ML_DSA_44: 2420}
LOG_KINDS = frozenset({Kind.ED25519, Kind.COSIGNATURE_ML_DSA_44})
WITNESS_KINDS = frozenset({Kind.COSIGNATURE_ED25519, Kind.COSIGNATURE_ML_DSA_44})


def ml_dsa_supported() -> bool:
    """True when the installed `cryptography` can make and check ML-DSA-44 signatures (FIPS 204)."""
    try:
        from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

        MLDSA44PrivateKey.generate()
    except (ImportError, UnsupportedAlgorithm):
        return False
    return True


# --- text forms --------------------------------------------------------------------------------


def encode64(data: bytes) -> str:
    """Standard base64 with padding (RFC 4648 section 4)."""
    return base64.b64encode(data).decode("ascii")


def decode64(text: str, what: str = "base64") -> bytes:
    """The inverse of `encode64`; anything but the one canonical spelling raises MalformedNote."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise MalformedNote(f"{what} is not base64") from None
    if encode64(data) != text:
        raise MalformedNote(f"{what} is not canonical base64")
    return data


def decimal(text: str, what: str = "number") -> int:
    """A non-negative decimal without leading zeroes, below 2**63; otherwise MalformedNote."""
    if not _DECIMAL.fullmatch(text) or int(text) > MAX_SIZE:
        raise MalformedNote(f"{what} is not a decimal number below 2**63 without leading zeroes")
    return int(text)


def _check_name(name: str) -> str:
    if not name or any(c == "+" or c.isspace() or unicodedata.category(c) in {"Cc", "Zs"} for c in name):
        raise MalformedNote("a key name must not be empty or contain spaces or plus signs")
    return name


# --- keys --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Vkey:
    """A public key with its name and signature type (C2SP signed-note, "verifier keys").

    Attributes:
        name: e.g. ``log.example/log/skola``; for a log the origin of its checkpoints.
        kind: signature type.
        key: raw public key, 32 bytes (Ed25519) or 1,312 bytes (ML-DSA-44).
        key_id: first 4 bytes of SHA-256(name, newline, type, key).
    """

    name: str
    kind: Kind
    key: bytes
    key_id: bytes = field(init=False)

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.key) != _KEY_SIZE[self.kind]:
            raise MalformedNote(f"a key of type {self.kind:#04x} has {_KEY_SIZE[self.kind]} bytes")
        material = self.name.encode() + b"\n" + bytes([self.kind]) + self.key
        object.__setattr__(self, "key_id", hashlib.sha256(material).digest()[:4])

    def __str__(self) -> str:
        """`name+hex(key id)+base64(type || key)`."""
        return f"{self.name}+{self.key_id.hex()}+{encode64(bytes([self.kind]) + self.key)}"

    @classmethod
    def parse(cls, text: str) -> Vkey:
        """The inverse of `str`; raises MalformedNote, also when the key id is not the key's own."""
        parts = text.split("+", 2)  # base64 may itself contain plus signs
        if len(parts) != 3:  # noqa: PLR2004 - the three parts of the format
            raise MalformedNote("a verifier key has the form name+id+key")
        name, key_id, encoded = parts
        material = decode64(encoded, "the verifier key")
        try:
            kind = Kind(material[0])
        except (IndexError, ValueError):
            raise MalformedNote("a verifier key of an unknown type") from None
        vkey = cls(name, kind, material[1:])
        if key_id != vkey.key_id.hex():
            raise MalformedNote("the id in the verifier key is not that of the key")
        return vkey

    def verify(self, signature: bytes, message: bytes) -> bool:
        """True when `signature` (raw) over `message` (raw, see `signed_message`) was made by this key."""
        if len(signature) != _SIGNATURE_SIZE[self.kind]:
            return False
        try:
            if self.kind is Kind.COSIGNATURE_ML_DSA_44:
                from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

                MLDSA44PublicKey.from_public_bytes(self.key).verify(signature, message)
            else:
                Ed25519PublicKey.from_public_bytes(self.key).verify(signature, message)
        except (InvalidSignature, ImportError, UnsupportedAlgorithm, ValueError):
            return False
        return True


class Signer(Protocol):
    """A private key in use. Implementations keep the key wherever it belongs."""

    @property
    def vkey(self) -> Vkey:
        """The public half."""

    def sign(self, message: bytes) -> bytes:
        """Raw signature over the raw message."""


@dataclass(frozen=True, slots=True)
class Ed25519Signer:
    """A signer whose key is in memory.

    Attributes:
        name: key name.
        key: private key.
        kind: ``ED25519`` (a log) or ``COSIGNATURE_ED25519`` (a witness).
    """

    name: str
    key: Ed25519PrivateKey = field(repr=False)
    kind: Kind = Kind.ED25519

    @property
    def vkey(self) -> Vkey:
        """The public half."""
        return Vkey(self.name, self.kind, self.key.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """64 bytes (RFC 8032)."""
        return self.key.sign(message)


# --- checkpoints -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: the first `size` entries of the log `origin` have the Merkle root `root` (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The note text: origin, size, root, a line each (C2SP tlog-checkpoint), without extension lines."""
        return f"{self.origin}\n{self.size}\n{encode64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """The inverse of `text`; extension lines and every other deviation raise MalformedNote."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not lines[0]:  # noqa: PLR2004 - three lines, each ended
            raise MalformedNote("a checkpoint has exactly three lines: origin, size, root")
        checkpoint = cls(lines[0], decimal(lines[1], "the size"), decode64(lines[2], "the root"))
        if len(checkpoint.root) != 32:  # noqa: PLR2004 - SHA-256
            raise MalformedNote("the root is not 32 bytes")
        return checkpoint


# --- notes -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line, not yet verified."""

    name: str
    key_id: bytes
    blob: bytes

    @classmethod
    def parse(cls, line: str) -> Signature:
        """A line without its newline; raises MalformedNote."""
        name, separator, encoded = line.removeprefix(_DASH).partition(" ")
        if not line.startswith(_DASH) or not separator:
            raise MalformedNote("a signature line has the form: em dash, name, base64")
        blob = decode64(encoded, "a signature")
        if len(blob) < 5:  # noqa: PLR2004 - key id and at least one byte
            raise MalformedNote("a signature is too short")
        return cls(_check_name(name), blob[:4], blob[4:])

    def line(self) -> str:
        """The line with its newline."""
        return f"{_DASH}{self.name} {encode64(self.key_id + self.blob)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A parsed note: text (ends in newline) and its signature lines, none of them verified."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, data: bytes) -> Note:
        """Strict (C2SP signed-note, "Format"); raises MalformedNote."""
        if len(data) > MAX_NOTE:
            raise MalformedNote(f"a note of more than {MAX_NOTE} bytes")
        if _CONTROL.search(data):
            raise MalformedNote("a note must not contain control characters")
        try:
            content = data.decode("utf-8")
        except UnicodeDecodeError:
            raise MalformedNote("a note must be UTF-8") from None
        head, separator, tail = content.rpartition("\n\n")
        if not separator or not tail.endswith("\n"):
            raise MalformedNote("a note is text, an empty line and signature lines")
        return cls(head + "\n", parse_signatures(tail))

    def data(self) -> bytes:
        """The note's bytes."""
        return (self.text + "\n" + "".join(s.line() for s in self.signatures)).encode()

    def with_signatures(self, more: Iterable[Signature]) -> Note:
        """The same note with further signature lines, each line once."""
        return Note(self.text, tuple(dict.fromkeys((*self.signatures, *more))))


def parse_signatures(text: str) -> tuple[Signature, ...]:
    """Signature lines, each ended by a newline, at least one; raises MalformedNote."""
    lines = text.split("\n")
    if lines.pop() or not 1 <= len(lines) <= MAX_SIGNATURES:
        raise MalformedNote(f"a note has 1 to {MAX_SIGNATURES} signature lines")
    return tuple(Signature.parse(line) for line in lines)


def signed_message(vkey: Vkey, text: str, time: int) -> bytes:
    """The bytes that a key of this kind signs for a note text.

    `time` (seconds since 1970) matters for cosignatures only. A cosignature needs a checkpoint as text: for
    ML-DSA-44 MalformedNote is raised otherwise.
    """
    if vkey.kind is Kind.ED25519:
        return text.encode()
    if vkey.kind is Kind.COSIGNATURE_ED25519:
        return f"cosignature/v1\ntime {time}\n{text}".encode()
    checkpoint = Checkpoint.parse(text)
    name, origin = vkey.name.encode(), checkpoint.origin.encode()
    if max(len(name), len(origin)) > 255:  # noqa: PLR2004 - opaque<1..255> in the format
        raise MalformedNote("a name is too long for an ML-DSA-44 cosignature")
    return b"".join(
        (
            b"subtree/v1\n\0",
            bytes([len(name)]),
            name,
            struct.pack(">Q", time),
            bytes([len(origin)]),
            origin,
            struct.pack(">QQ", 0, checkpoint.size),
            checkpoint.root,
        )
    )


def sign(text: str, signer: Signer, *, time: int = 0) -> Signature:
    """A signature line over `text`. Cosignature kinds carry `time`, in seconds since 1970."""
    vkey = signer.vkey
    raw = signer.sign(signed_message(vkey, text, time))
    stamped = raw if vkey.kind is Kind.ED25519 else struct.pack(">Q", time) + raw
    return Signature(vkey.name, vkey.key_id, stamped)


@dataclass(frozen=True, slots=True)
class Verified:
    """A signature that holds: whose, and the time it states (None for a plain Ed25519 signature)."""

    vkey: Vkey
    time: int | None


def verify_signature(text: str, signature: Signature, vkey: Vkey) -> Verified:
    """Check one line against its own key; raises NoteNotTrusted."""
    time: int | None = None
    raw = signature.blob
    if vkey.kind is not Kind.ED25519:
        if len(raw) < 8:  # noqa: PLR2004 - u64 time
            raise NoteNotTrusted(f"the cosignature of {vkey.name} is too short")
        (time,) = struct.unpack(">Q", raw[:8])
        raw = raw[8:]
        if time is None or time > MAX_SIZE:
            raise NoteNotTrusted(f"the cosignature of {vkey.name} states an impossible time")
    try:
        message = signed_message(vkey, text, time or 0)
    except MalformedNote as error:
        raise NoteNotTrusted(str(error)) from error
    if (signature.name, signature.key_id) != (vkey.name, vkey.key_id) or not vkey.verify(raw, message):
        raise NoteNotTrusted(f"the signature of {vkey.name} is wrong")
    return Verified(vkey, time)


def verify(note: Note, vkeys: Iterable[Vkey]) -> tuple[Verified, ...]:
    """Every signature by a known key, verified; lines by unknown keys are ignored.

    Raises NoteNotTrusted when a known key's signature is wrong or no known key signed (C2SP signed-note). Of
    several lines by one key the one with the earliest time counts.
    """
    known = {(vkey.name, vkey.key_id): vkey for vkey in vkeys}
    found: dict[Vkey, Verified] = {}
    for signature in note.signatures:
        vkey = known.get((signature.name, signature.key_id))
        if vkey is None:
            continue
        verified = verify_signature(note.text, signature, vkey)
        former = found.get(vkey)
        if former is None or (verified.time or 0) < (former.time or 0):
            found[vkey] = verified
    if not found:
        raise NoteNotTrusted("no signature by a known key")
    return tuple(found.values())
