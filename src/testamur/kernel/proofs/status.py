"""The status list: which issued records no longer hold, signed, logged and dated (docs/formats.md §12).

A list is a row of 2^64 places with one pair of bits each: 00 good, 01 replaced, 10 annulled. The place of a record is
the first 64 bits of a digest of its random id, so a place says nothing of a person, a school or a day, and needs to be
kept nowhere. Almost every pair is 00, so the file holds the places of the others alone: two sorted columns of keys.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zlib
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from operator import lt
from typing import Any
from uuid import UUID

from testamur.kernel.base.clock import stamp
from testamur.kernel.base.ids import urn
from testamur.kernel.proofs import jcs, notes, shape, tlog
from testamur.kernel.proofs.report import Failed
from testamur.kernel.proofs.shape import ShapeError

FIRST_LINE = "testamur/status/1"
"""Of the signed text: no checkpoint of a log begins with it, so one signature can never stand for the other."""
KEY_SIZE = 8
MAX_KEYS = 6_000_000
MAX_FILE = 64 << 20
"""Bytes; room for `MAX_KEYS`."""
NO_SALT = bytes(tlog.SALT_SIZE)
"""A status list is public: its log entry has nothing to hide, and the same list must always give the same entry."""


# --- keys ----------------------------------------------------------------------------------------


def key(record: UUID) -> int:
    r"""Place of a record in every list: the first 64 bits of SHA-256(``testamur/status/1\n<record urn>``)."""
    return int.from_bytes(hashlib.sha256(f"{FIRST_LINE}\n{urn(record)}".encode()).digest()[:KEY_SIZE], "big")


def keys(places: Iterable[int]) -> array[int]:
    """Places in ascending order, each once."""
    return array("Q", sorted(set(places)))


def columns(places: array[int]) -> bytes:
    """Sorted keys as a matrix of 8 bytes each, written column by column: what is alike stands together for zlib."""
    raw = _big_endian(places).tobytes()
    return b"".join(raw[column::KEY_SIZE] for column in range(KEY_SIZE))


def from_columns(data: bytes) -> array[int]:
    """The inverse of `columns`; raises ValueError unless the keys ascend."""
    count, rest = divmod(len(data), KEY_SIZE)
    if rest:
        raise ValueError("not a whole number of keys")
    raw = bytearray(len(data))
    for column in range(KEY_SIZE):
        raw[column::KEY_SIZE] = data[column * count : (column + 1) * count]
    places = array("Q")
    places.frombytes(raw)
    places = _big_endian(places)
    if not all(map(lt, places, islice(places, 1, None))):
        raise ValueError("the keys do not ascend")
    return places


def _big_endian(places: array[int]) -> array[int]:
    """The same numbers with bytes turned where the machine is little-endian."""
    if sys.byteorder == "big":
        return places
    turned = array("Q", places)
    turned.byteswap()
    return turned


def merged(
    now: tuple[Iterable[int], Iterable[int]], before: tuple[Iterable[int], Iterable[int]]
) -> tuple[array[int], array[int]]:
    """Keys of the next list, each pair (replaced, annulled): what holds now, and all that the former list said."""
    annulled = keys([*now[1], *before[1]])
    void = set(annulled)
    return keys(place for part in (now[0], before[0]) for place in part if place not in void), annulled


# --- the signed text -----------------------------------------------------------------------------

_MEMBERS = ("v", "organisation", "origin", "made", "entries", "replaced", "annulled", "keys_sha256", "previous")


@dataclass(frozen=True, slots=True)
class Header:
    """What the log signs and the log entry commits to.

    Attributes:
        organisation: whose records.
        origin: of the organisation's log.
        made: the list says what was so at that time.
        entries: it speaks of the records among the first `entries` entries of the log; grows from list to list.
        replaced: number of replaced records.
        annulled: number of annulled records.
        keys_sha256: digest of both key columns, not compressed, hex.
        previous: SHA-256 of the former list's text, hex; None for the first.
    """

    organisation: UUID
    origin: str
    made: datetime
    entries: int
    replaced: int
    annulled: int
    keys_sha256: str
    previous: str | None

    def text(self) -> str:
        """The text of the note: `FIRST_LINE`, then one line of canonical JSON (RFC 8785)."""
        value = {
            "v": 1,
            "organisation": urn(self.organisation),
            "origin": self.origin,
            "made": stamp(self.made),
            "entries": self.entries,
            "replaced": self.replaced,
            "annulled": self.annulled,
            "keys_sha256": self.keys_sha256,
            "previous": self.previous,
        }
        return f"{FIRST_LINE}\n{jcs.canonical(value).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Header:
        """The inverse of `text`; raises ValueError (`ShapeError`) for every other spelling."""
        first, _, rest = text.partition("\n")
        if first != FIRST_LINE or not rest.endswith("\n"):
            raise ShapeError(f"the signed text does not begin with {FIRST_LINE}")
        value = shape.members(jcs.parse_canonical(rest[:-1].encode()), _MEMBERS, "the list")
        if value["v"] != 1 or isinstance(value["v"], bool):
            raise ShapeError("the list is of another version")
        previous = value["previous"]
        return cls(
            organisation=shape.urn(value["organisation"], "organisation"),
            origin=shape.text(value["origin"], "origin"),
            made=shape.time(value["made"], "made"),
            entries=shape.whole(value["entries"], "entries"),
            replaced=shape.whole(value["replaced"], "replaced", most=MAX_KEYS),
            annulled=shape.whole(value["annulled"], "annulled", most=MAX_KEYS),
            keys_sha256=shape.digest(value["keys_sha256"], "keys_sha256"),
            previous=None if previous is None else shape.digest(previous, "previous"),
        )


def entry(text: str) -> bytes:
    """The log entry (37 bytes) of a list with this signed text."""
    return tlog.entry(tlog.EntryKind.STATUS_LIST, tlog.commitment(NO_SALT, text.encode()))


# --- the file ------------------------------------------------------------------------------------


def pack(replaced: array[int], annulled: array[int]) -> tuple[bytes, str]:
    """The compressed keys as they stand in the file, and the digest that the header names."""
    raw = columns(replaced) + columns(annulled)
    return zlib.compress(raw, 9), hashlib.sha256(raw).hexdigest()


def unpack(data: bytes, header: Header) -> tuple[array[int], array[int]]:
    """Replaced and annulled keys; never inflates more than the header announces. Raises ValueError."""
    size = KEY_SIZE * (header.replaced + header.annulled)
    inflater = zlib.decompressobj()
    try:
        raw = inflater.decompress(data, size + 1)
    except zlib.error as error:
        raise ValueError(f"the keys cannot be inflated ({error})") from error
    if len(raw) != size or not inflater.eof or inflater.unused_data:
        raise ValueError("there are more or fewer keys than the list announces")
    if hashlib.sha256(raw).hexdigest() != header.keys_sha256:
        raise ValueError("the keys are not those that were signed")
    cut = KEY_SIZE * header.replaced
    return from_columns(raw[:cut]), from_columns(raw[cut:])


def assemble(note: bytes, packed: bytes, proof: bytes) -> dict[str, Any]:
    """The object of a list's file and of the bundle's member `list`."""
    return {"v": 1, "note": note.decode(), "keys": notes.encode64(packed), "proof": proof.decode()}


def parse(data: bytes) -> object:
    """The JSON value of a file; says nothing of whether it holds. Raises `Failed` (``status.malformed``)."""
    if len(data) > MAX_FILE:
        raise malformed("it is too large")
    try:
        return json.loads(data, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise malformed(str(error)) from error


def claimed(value: object) -> UUID:
    """The organisation that a list names, unproven. Raises `Failed` (``status.malformed``)."""
    return read(value)[1].organisation


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ShapeError("an object names a member twice")
    return found


def malformed(why: str) -> Failed:
    """The refusal ``status.malformed``."""
    return Failed("status.malformed", f"The status list cannot be read: {why}.", sub="FORMAT_FAILURE", undecided=True)


def read(value: object) -> tuple[notes.Note, Header, bytes, tlog.Proof]:
    """The parts of a list's JSON value, none of them verified. Raises `Failed` (``status.malformed``)."""
    try:
        item = shape.members(value, ("v", "note", "keys", "proof"), "it")
        if item["v"] != 1 or isinstance(item["v"], bool):
            raise ShapeError("it is of another version")
        signed = shape.text(item["note"], "the note", limit=notes.MAX_NOTE).encode()
        proof = shape.text(item["proof"], "the proof", limit=tlog.MAX_PROOF).encode()
        note, proved = notes.Note.parse(signed), tlog.Proof.parse(proof)
        if note.data() != signed or proved.data() != proof:
            raise ShapeError("note and proof are not written as they should be")
        return note, Header.parse(note.text), shape.binary(item["keys"], "the keys", limit=MAX_FILE), proved
    except (ValueError, RecursionError) as error:  # ShapeError and MalformedNote are ValueErrors
        raise malformed(str(error)) from error
