"""The self-audit of a log: rows, tiles, signed heads and the public checkpoint must tell one story."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from testamur.kernel.base.refused import Refused
from testamur.kernel.proofs import merkle, notes, tiles
from testamur.kernel.proofs.notes import MalformedNote, NoteNotTrusted
from testamur.kernel.proofs.tiles import TILE_WIDTH, Tile
from testamur.trust.transparency import keys, rules
from testamur.trust.transparency.files import LogFiles
from testamur.trust.transparency.models import Checkpoint, Log, LogEntry, Witness
from testamur.trust.transparency.rules import Difference

_CHUNK = 16_384


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What was compared and every difference that was found.

    Attributes:
        origin: of the log.
        size: entries in the database.
        published: size of the public checkpoint.
        root: Merkle root (hex) rebuilt from the entries.
        checkpoints: signed heads compared with the rebuilt tree.
        tiles: static files compared with it.
        differences: empty when all agree.
    """

    origin: str
    size: int
    published: int
    root: str
    checkpoints: int
    tiles: int
    differences: tuple[Difference, ...]


def audit_log(row: Log) -> AuditReport:
    """See `queries.audit`."""
    audited = _Audit(row)
    differences = tuple(audited.run())
    return AuditReport(
        origin=row.origin,
        size=row.size,
        published=row.published,
        root=audited.frontier.root.hex(),
        checkpoints=audited.checkpoints,
        tiles=audited.tiles,
        differences=differences,
    )


class _Audit:
    def __init__(self, row: Log) -> None:
        self.row = row
        self.files = LogFiles(row.code)
        self.vkey = notes.Vkey.parse(row.vkey)
        self.witnesses = [notes.Vkey.parse(text) for text in Witness.objects.values_list("vkey", flat=True)]
        self.frontier = merkle.Frontier()
        self.checkpoints = 0
        self.tiles = 0
        self._leaves: list[bytes] = []
        self._expected: set[str] = set()

    def run(self) -> Iterator[Difference]:
        yield from self._key()
        yield from self._entries()
        yield from self._tiles()
        yield from self._public()

    def _key(self) -> Iterator[Difference]:
        label = f"log-{self.row.code}"
        try:
            keys.load(label, self.row.origin, notes.Kind.ED25519, vkey=self.row.vkey)
        except Refused as refused:
            yield Difference("key", label, str(refused))
        else:
            mode = keys.key_file(label).stat().st_mode & 0o077
            if mode:
                yield Difference("key", label, "others than the owner may read the key file")

    def _entries(self) -> Iterator[Difference]:
        """Grow the tree entry by entry and compare each signed head, and each bundle, on the way."""
        heads = {h.size: h for h in Checkpoint.objects.filter(log=self.row).order_by("size")}
        yield from self._ends(heads)
        rows = LogEntry.objects.filter(log=self.row).order_by("index").values_list("index", "entry")
        bundle: list[bytes] = []
        leaves = self._leaves
        for index, stored in rows.iterator(chunk_size=_CHUNK):
            if index != len(leaves):
                yield Difference("entry.missing", str(len(leaves)), f"the next entry is number {index}")
                break
            entry = bytes(stored)
            if not rules.is_entry(entry):
                yield Difference("entry.changed", str(index), "not an entry")
            leaves.append(merkle.leaf_hash(entry))
            bundle.append(entry)
            if len(bundle) == TILE_WIDTH or index + 1 == self.row.published:
                yield from self._bundle(index, bundle)
            if len(bundle) == TILE_WIDTH:
                bundle = []
            if index + 1 in heads:
                self.frontier = self.frontier.extend(leaves[self.frontier.size :])
                yield from self._head(heads.pop(index + 1))
        self.frontier = self.frontier.extend(leaves[self.frontier.size :])
        for size in heads:
            yield Difference("entry.missing", str(self.frontier.size), f"a head of {size} entries was signed")
        if self.frontier.size > self.row.size:
            yield Difference("checkpoint.missing", str(self.frontier.size), "entries without a signed head")

    def _ends(self, heads: dict[int, Checkpoint]) -> Iterator[Difference]:
        for needed in {0, self.row.size} - heads.keys():
            yield Difference("checkpoint.missing", str(needed), "this signed head is missing")
        if 0 in heads:
            yield from self._head(heads.pop(0))

    def _bundle(self, index: int, entries: list[bytes]) -> Iterator[Difference]:
        """Compare the bundle that ends with `index`, and every shorter one of its place that still lies there."""
        tile = Tile(None, index // TILE_WIDTH, len(entries))
        if index < self.row.published:
            yield from self._compare(tile, [tiles.bundle([entry]) for entry in entries])

    def _head(self, head: Checkpoint) -> Iterator[Difference]:
        self.checkpoints += 1
        where = str(head.size)
        try:
            note = notes.Note.parse(bytes(head.note))
            checkpoint = notes.Checkpoint.parse(note.text)
            notes.verify(note, [self.vkey])
            notes.verify(note, [self.vkey, *self.witnesses])
        except (MalformedNote, NoteNotTrusted) as error:
            yield Difference("checkpoint.signature", where, str(error))
            return
        if (checkpoint.origin, checkpoint.size) != (self.row.origin, head.size):
            yield Difference("checkpoint.changed", where, "the note is about another head")
        if checkpoint.root != self.frontier.root:
            yield Difference("checkpoint.changed", where, "the entries lead to another root than was signed")
        if bytes(head.frontier) != rules.pack_frontier(self.frontier):
            yield Difference("checkpoint.changed", where, "the stored right edge is not that of the entries")

    def _tiles(self) -> Iterator[Difference]:
        row = self._leaves[: self.row.published]
        level = 0
        while row:
            above = []
            for at in range(0, len(row), TILE_WIDTH):
                part = row[at : at + TILE_WIDTH]
                yield from self._compare(Tile(level, at // TILE_WIDTH, len(part)), part)
                if len(part) == TILE_WIDTH:
                    above.append(merkle.MerkleTree(part).root)
            row, level = above, level + 1
        yield from self._strays()

    def _compare(self, tile: Tile, parts: list[bytes]) -> Iterator[Difference]:
        """Compare a tile, and the narrower ones of its place that are still served, with what they must hold."""
        self.tiles += 1
        self._expected.add(tile.path)
        try:
            data = (self.files.folder / tile.path).read_bytes()
        except OSError:
            yield Difference("tile.missing", tile.path, "the static file is missing or unreadable")
        else:
            if data != b"".join(parts):
                yield Difference("tile.changed", tile.path, "the static file is not that of the entries")
        full = self.files.folder / Tile(tile.level, tile.index).path
        for file in full.with_name(f"{full.name}.p").glob("[1-9]*"):
            width = int(file.name) if file.name.isdecimal() else 0
            narrow = Tile(tile.level, tile.index, width)
            if 0 < width < tile.width:
                self._expected.add(narrow.path)
                if file.read_bytes() != b"".join(parts[:width]):
                    yield Difference("tile.changed", narrow.path, "an older partial file is not that of the entries")

    def _strays(self) -> Iterator[Difference]:
        """Files that no head asks for; those of a head that waits for its witnesses are in order."""
        waiting = {tile.path for tile in tiles.tiles_of(self.row.size, self.row.published)}
        for file in sorted((self.files.folder / "tile").rglob("*")):
            path = file.relative_to(self.files.folder).as_posix()
            if file.is_file() and path not in self._expected and path not in waiting and not _is_draft(file.name):
                yield Difference("tile.unknown", path, "no head of this log asks for this file")

    def _public(self) -> Iterator[Difference]:
        head = Checkpoint.objects.filter(log=self.row, size=self.row.published).first()
        data = self.files.optional(self.files.checkpoint)
        if head is None or data != bytes(head.note):
            yield Difference(
                "checkpoint.published", "checkpoint", "the public checkpoint is not the one in the database"
            )
        for file in (self.files.checkpoint, self.files.signed):
            data = self.files.optional(file)
            if data is None:
                continue
            try:
                signed = notes.Checkpoint.parse(notes.Note.parse(data).text)
            except MalformedNote as error:
                yield Difference("checkpoint.published", file.name, str(error))
                continue
            if signed.size > self.row.size:
                yield Difference("head.ahead", file.name, f"a head of {signed.size} entries was signed")


def _is_draft(name: str) -> bool:
    """A file that a killed process left half-written; never served, since its name is no tile's."""
    return name.startswith(".") and name.endswith(".tmp")
