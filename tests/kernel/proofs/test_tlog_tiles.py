"""Tiles: names, contents, and every proof from tiles alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testamur.kernel.proofs import merkle, tiles
from testamur.kernel.proofs.notes import MalformedNote
from testamur.kernel.proofs.tiles import Tile, TileHashes, tiles_of

LEAVES = [merkle.leaf_hash(b"%d" % i) for i in range(70_000)]


def stored(size: int) -> dict[Tile, bytes]:
    """All tiles of a log of `size`, from the definition: row by row."""
    found, row, level = {}, LEAVES[:size], 0
    while row:
        above = []
        for at in range(0, len(row), 256):
            part = row[at : at + 256]
            found[Tile(level, at // 256, len(part))] = b"".join(part)
            if len(part) == 256:
                above.append(merkle.MerkleTree(part).root)
        row, level = above, level + 1
    return found


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(3, 1000, 17), "tile/3/x001/000.p/17"),
        (Tile(None, 999), "tile/entries/999"),
        (Tile(63, 5, 255), "tile/63/005.p/255"),
    ],
)
def test_a_tile_has_one_name(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert Tile.parse(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "", "tile/0/0", "tile/00/000", "tile/64/000", "tile/0/x000/000", "tile/0/001/000", "tile/0/000.p/0",
        "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000/", "/tile/0/000", "tile/0/../0/000", "tile/entries/000.p/",
        "tile/0/000\n", "tile/0/٠٠٠",
    ],
)  # fmt: skip
def test_no_other_name_is_taken(path: str) -> None:
    with pytest.raises(MalformedNote):
        Tile.parse(path)


def test_a_log_of_seventy_thousand_has_the_tiles_of_the_specification() -> None:
    found = [t for t in tiles_of(70_000) if t.level is not None]
    assert [sum(t.level == n and t.width == 256 for t in found) for n in range(3)] == [273, 1, 0]
    assert [t for t in found if t.width < 256] == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert set(found) == set(stored(70_000))
    assert tiles_of(0) == []
    assert set(tiles_of(600, 300)) == {
        Tile(None, 1), Tile(None, 2, 88), Tile(0, 1), Tile(0, 2, 88), Tile(1, 0, 2)
    }  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(size=st.integers(1, 1200) | st.sampled_from([65_536, 65_537, 70_000]), data=st.data())
def test_every_proof_comes_out_of_tiles_alone(size: int, data: st.DataObject) -> None:
    kept = stored(size)
    hashes = TileHashes(size, kept.__getitem__)
    whole = merkle.Frontier().extend(LEAVES[:size])
    assert hashes.frontier == whole
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    assert merkle.verify_inclusion(index, size, LEAVES[index], hashes.path(index), whole.root)
    before = merkle.Frontier().extend(LEAVES[:old]).root
    assert merkle.verify_consistency(old, size, before, whole.root, hashes.consistency(old))


def test_nodes_outside_the_tree_and_torn_tiles_are_refused() -> None:
    with pytest.raises(IndexError):
        TileHashes(300, stored(300).__getitem__).node(0, 300)
    with pytest.raises(IndexError):
        TileHashes(300, stored(300).__getitem__).node(8, 1)
    with pytest.raises(MalformedNote):
        TileHashes(300, lambda _tile: b"torn").path(5)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_is_read_back(entries: list[bytes]) -> None:
    assert tiles.parse_bundle(tiles.bundle(entries)) == entries


@pytest.mark.parametrize("data", [b"\0", b"\0\5abc", b"\0\1a\0", b"\0\0" * 257])
def test_a_torn_or_overlong_bundle_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedNote):
        tiles.parse_bundle(data)
