"""The static files of a log under ``<data>/logs/<code>``: written as a group, on disk before anyone is told.

Files are derived from the database, which is the truth; they can always be written again. A file is never
changed in place: it is written beside, forced to disk and renamed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from testamur.kernel.base.durable import sync_tree, write_durable
from testamur.kernel.proofs import merkle, tiles
from testamur.kernel.proofs.notes import MalformedNote
from testamur.kernel.proofs.tiles import TILE_HEIGHT, TILE_WIDTH, Tile


class TileDamaged(ValueError):  # noqa: N818 - named for what was found
    """A tile that must be continued is missing or does not fit the signed head; it can be rebuilt."""


def write_group(folder: Path, files: Mapping[Path, bytes]) -> None:
    """Write all files (below `folder`), flush them, rename them into place, flush the names.

    After return all of them are on disk; after a crash each is there whole or as it was before.
    """
    drafts = {path: path.with_name(f".{path.name}.{os.getpid()}.tmp") for path in files}
    folders = {path.parent for path in files}
    for parent in folders:
        parent.mkdir(parents=True, exist_ok=True)
    for path, data in files.items():
        with drafts[path].open("wb") as out:
            out.write(data)
    sync_tree(folder, drafts.values())
    for path, draft in drafts.items():
        draft.replace(path)
    # where the whole file system cannot be flushed at once: also the folders that were made
    above = {p for parent in folders for p in parent.parents if p.is_relative_to(folder)}
    sync_tree(folder, folders | above)


class LogFiles:
    """The folder of one log and the two files beside it: the lock and the last signed head."""

    def __init__(self, code: str) -> None:
        """`code` has been checked by `rules.origin`."""
        logs = Path(settings.DATA) / "logs"
        self.folder = logs / code
        self.checkpoint = self.folder / "checkpoint"
        self.signed = logs / f"{code}.signed"
        self._lock = logs / f"{code}.lock"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One publisher at a time on this machine. For speed only: no order of publishers can fork a log."""
        self._lock.parent.mkdir(parents=True, exist_ok=True)
        with self._lock.open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def read(self, tile: Tile) -> bytes:
        """Bytes of a tile; of a partial one that is gone, the beginning of the full one. FileNotFoundError else."""
        try:
            return (self.folder / tile.path).read_bytes()
        except FileNotFoundError:
            if tile.width == TILE_WIDTH:
                raise
            full = (self.folder / Tile(tile.level, tile.index).path).read_bytes()
            if tile.level is None:
                return tiles.bundle(tiles.parse_bundle(full)[: tile.width])
            return full[: tile.width * merkle.HASH_SIZE]

    def hashes(self, size: int) -> tiles.TileHashes:
        """Nodes and proofs of the log at `size`, read from tiles."""
        return tiles.TileHashes(size, self.read)

    def optional(self, path: Path) -> bytes | None:
        """Bytes of a file that need not exist."""
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None

    def write(self, grown: merkle.GrownTree, entries: Sequence[bytes], signed: bytes) -> None:
        """Write the tiles that `entries` (the leaves of `grown`) complete or begin, and the signed head.

        Raises TileDamaged when the former right edge on disk is not the one in `grown`.
        """
        files = {self.folder / tile.path: data for tile, data in self._rows(grown, entries)}
        files[self.signed] = signed
        write_group(self.signed.parent, files)

    def _rows(self, grown: merkle.GrownTree, entries: Sequence[bytes]) -> Iterator[tuple[Tile, bytes]]:
        for level in range(64):
            shift = level * TILE_HEIGHT
            new = grown.new_nodes(shift)
            if not new:
                return
            first, kept = divmod(grown.old.size >> shift, TILE_WIDTH)
            prefix = self._edge(Tile(level, first, kept), grown.old) if kept else []
            if level == 0:
                yield from self._bundles(first, prefix, entries)
            row = [*prefix, *new]
            for at in range(0, len(row), TILE_WIDTH):
                part = row[at : at + TILE_WIDTH]
                yield Tile(level, first + at // TILE_WIDTH, len(part)), b"".join(part)

    def _edge(self, tile: Tile, old: merkle.Frontier) -> list[bytes]:
        """The hashes of the former partial tile, checked against the frontier that was signed."""
        level = tile.level or 0
        expected = old.nodes[(old.size >> (level + 1) * TILE_HEIGHT).bit_count() :][: tile.width.bit_count()]
        try:
            hashes = tiles.parse_hashes(self.read(tile), tile.width)
        except (FileNotFoundError, MalformedNote) as error:
            raise TileDamaged(tile.path) from error
        if merkle.Frontier().extend(hashes).nodes != expected:
            raise TileDamaged(tile.path)
        return hashes

    def _bundles(self, first: int, edge: Sequence[bytes], entries: Sequence[bytes]) -> Iterator[tuple[Tile, bytes]]:
        kept: list[bytes] = []
        if edge:
            tile = Tile(None, first, len(edge))
            try:
                kept = tiles.parse_bundle(self.read(tile))
            except (FileNotFoundError, MalformedNote) as error:
                raise TileDamaged(tile.path) from error
            if [merkle.leaf_hash(data) for data in kept] != list(edge):
                raise TileDamaged(tile.path)
        row = [*kept, *entries]
        for at in range(0, len(row), TILE_WIDTH):
            part = row[at : at + TILE_WIDTH]
            yield Tile(None, first + at // TILE_WIDTH, len(part)), tiles.bundle(part)

    def publish(self, checkpoint: bytes) -> None:
        """Replace the published checkpoint."""
        write_durable(self.checkpoint, checkpoint)

    def sweep(self, old_size: int, size: int) -> None:
        """Remove the partial tiles that full ones of `size` have replaced since `old_size`."""
        for tile in tiles.tiles_of(size, old_size):
            if tile.width == TILE_WIDTH:
                shutil.rmtree(self.folder / f"{tile.path}.p", ignore_errors=True)
