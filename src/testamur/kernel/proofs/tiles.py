"""The static files of a log: rows of hashes and bundles of entries (C2SP tlog-tiles)."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from testamur.kernel.proofs import merkle
from testamur.kernel.proofs.notes import MalformedNote

TILE_WIDTH = 256
TILE_HEIGHT = 8

_TILE = re.compile(
    r"tile/(?P<level>entries|0|[1-5]?[0-9]|6[0-3])/(?P<index>(?:x[0-9]{3}/)*[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One static file of a log: a row of hashes, or of entries.

    Attributes:
        level: 0 for leaf hashes, 1 for the hashes of 256 leaves, …; None for a bundle of entries.
        index: from 0.
        width: 1 to 255 for a partial tile, 256 for a full one.
    """

    level: int | None
    index: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """`tile/<level>/<index>[.p/<width>]`, the index as in ``x001/x234/067``."""
        digits = f"{self.index:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
        number = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        level = "entries" if self.level is None else str(self.level)
        return f"tile/{level}/{number}" + (f".p/{self.width}" if self.width < TILE_WIDTH else "")

    @classmethod
    def parse(cls, path: str) -> Tile:
        """The inverse of `path`; any other spelling raises MalformedNote, so a path is safe to open."""
        match = _TILE.fullmatch(path)
        if match is None:
            raise MalformedNote("not the path of a tile")
        level = None if match["level"] == "entries" else int(match["level"])
        index = int(match["index"].replace("x", "").replace("/", ""))
        tile = cls(level, index, int(match["width"] or TILE_WIDTH))
        if tile.path != path:
            raise MalformedNote("not the canonical path of a tile")
        return tile


def tiles_of(size: int, since: int = 0) -> list[Tile]:
    """The tiles that a log of `size` serves and one of `since` entries did not, bundles of entries first."""
    tiles: list[Tile] = []
    for level in (None, *range(64)):
        shift = TILE_HEIGHT * (level or 0)
        before, count = since >> shift, size >> shift
        if not count:
            break
        if count == before:
            continue
        tiles += [
            Tile(level, index, min(TILE_WIDTH, count - index * TILE_WIDTH))
            for index in range(before // TILE_WIDTH, -(-count // TILE_WIDTH))
        ]
    return tiles


def bundle(entries: Iterable[bytes]) -> bytes:
    """A bundle of entries: each with its length before it, in two bytes big-endian (C2SP tlog-tiles)."""
    return b"".join(struct.pack(">H", len(data)) + data for data in entries)


def parse_bundle(data: bytes) -> list[bytes]:
    """The inverse of `bundle`; raises MalformedNote for a cut or over-long bundle."""
    entries, at = [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data):
            raise MalformedNote("the bundle of entries is cut")
        entries.append(data[at + 2 : end])
        at = end
    if len(entries) > TILE_WIDTH:
        raise MalformedNote(f"a bundle has at most {TILE_WIDTH} entries")
    return entries


def parse_hashes(data: bytes, width: int) -> list[bytes]:
    """The hashes of a tile of exactly `width`; raises MalformedNote."""
    if len(data) != width * merkle.HASH_SIZE:
        raise MalformedNote(f"a tile of {width} hashes has {width * merkle.HASH_SIZE} bytes")
    return [data[i : i + merkle.HASH_SIZE] for i in range(0, len(data), merkle.HASH_SIZE)]


class TileHashes:
    """Nodes and proofs of a log of `size`, from the few tiles that hold them. Each tile is read at most once."""

    def __init__(self, size: int, read: Callable[[Tile], bytes]) -> None:
        """`read` gives the bytes of a hash tile; what it raises passes through."""
        self.size = size
        self._read = read
        self._trees: dict[tuple[int, int], merkle.MerkleTree] = {}

    def node(self, level: int, index: int) -> bytes:
        """Hash of the complete subtree over ``2**level`` leaves from leaf ``index * 2**level``.

        Raises IndexError outside the tree and MalformedNote for a tile of the wrong length.
        """
        if index < 0 or (index + 1) << level > self.size:
            raise IndexError((level, index))
        row, height = divmod(level, TILE_HEIGHT)
        number, offset = divmod(index << height, TILE_WIDTH)
        return self._tree(row, number).range_hash(offset, offset + (1 << height))

    def _tree(self, row: int, number: int) -> merkle.MerkleTree:
        tree = self._trees.get((row, number))
        if tree is None:
            width = min(TILE_WIDTH, (self.size >> TILE_HEIGHT * row) - number * TILE_WIDTH)
            tree = merkle.MerkleTree(parse_hashes(self._read(Tile(row, number, width)), width))
            self._trees[row, number] = tree
        return tree

    def path(self, index: int) -> list[bytes]:
        """Inclusion path of leaf `index`; IndexError outside the tree."""
        return [merkle.range_hash(s, e, self.node) for s, e in merkle.inclusion_ranges(index, self.size)]

    def consistency(self, old_size: int) -> list[bytes]:
        """Consistency proof from the first `old_size` leaves; ValueError unless 1 <= old_size <= size."""
        return merkle.consistency_path(old_size, self.size, lambda start, end: merkle.range_hash(start, end, self.node))

    @property
    def frontier(self) -> merkle.Frontier:
        """The right edge, from which the tree can grow."""
        return merkle.frontier_of(self.size, self.node)
