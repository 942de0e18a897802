"""Merkle trees: against the definition of RFC 6962 written out naively, and against pymerkle."""

from __future__ import annotations

import hashlib

import pymerkle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testamur.kernel.proofs import merkle


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def leaves_of(size: int) -> list[bytes]:
    return [b"leaf %d" % i for i in range(size)]


def tree_of(size: int) -> merkle.MerkleTree:
    return merkle.MerkleTree([merkle.leaf_hash(leaf) for leaf in leaves_of(size)])


sizes = st.integers(1, 260)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 64, 100, 255, 256, 257])
def test_the_root_is_that_of_the_definition(size: int) -> None:
    expected = naive_root(leaves_of(size))
    assert merkle.root(leaves_of(size)) == expected
    assert tree_of(size).root == expected


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 33, 70])
def test_the_root_and_paths_are_those_of_pymerkle(size: int) -> None:
    oracle = pymerkle.InmemoryTree(algorithm="sha256")
    for leaf in leaves_of(size):
        oracle.append_entry(leaf)
    tree = tree_of(size)
    assert oracle.get_root() == tree.root
    for index in range(size):
        assert tree.path(index) == list(oracle.prove_inclusion(index + 1, size).path)[1:]
    for old in range(1, size + 1):
        pymerkle.verify_consistency(oracle.get_root(old), oracle.get_root(size), oracle.prove_consistency(old, size))
        assert tree_of(old).root == oracle.get_root(old)


@given(size=sizes, data=st.data())
def test_every_leaf_is_proved_at_its_own_place_only(size: int, data: st.DataObject) -> None:
    tree = tree_of(size)
    index = data.draw(st.integers(0, size - 1))
    path = tree.path(index)
    leaf = merkle.leaf_hash(b"leaf %d" % index)
    assert merkle.verify_inclusion(index, size, leaf, path, tree.root)
    assert merkle.inclusion_path(leaves_of(size), index) == path
    assert [tree.range_hash(start, end) for start, end in merkle.inclusion_ranges(index, size)] == path
    other = data.draw(st.integers(0, size + 2))
    if other != index:
        assert not merkle.verify_inclusion(other, size, leaf, path, tree.root)
    assert not merkle.verify_inclusion(index, size, merkle.leaf_hash(b"other"), path, tree.root)
    assert not merkle.verify_inclusion(index, size, leaf, [*path, leaf], tree.root)
    if path:
        assert not merkle.verify_inclusion(index, size, leaf, path[:-1], tree.root)
        assert not merkle.verify_inclusion(index, size, leaf, [path[0][:31], *path[1:]], tree.root)


@given(new=sizes, data=st.data())
def test_a_log_that_only_grew_is_proved_consistent_and_no_other(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    tree, former = tree_of(new), tree_of(old)
    path = tree.consistency(old)
    assert merkle.verify_consistency(old, new, former.root, tree.root, path)
    forked = merkle.MerkleTree([merkle.leaf_hash(b"forged"), *map(merkle.leaf_hash, leaves_of(old)[1:])])
    assert not merkle.verify_consistency(old, new, forked.root, tree.root, path)
    assert not merkle.verify_consistency(old, new, former.root, forked.root, path) or forked.root == tree.root
    assert not merkle.verify_consistency(old, new, former.root, tree.root, [*path, tree.root])
    for missing in range(len(path)):
        assert not merkle.verify_consistency(old, new, former.root, tree.root, path[:missing] + path[missing + 1 :])


@settings(max_examples=40)
@given(new=st.integers(2, 70), data=st.data())
def test_no_changed_hash_survives_in_a_consistency_proof(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new - 1))
    tree = tree_of(new)
    path = tree.consistency(old)
    place = data.draw(st.integers(0, len(path) - 1))
    changed = bytearray(path[place])
    changed[data.draw(st.integers(0, 31))] ^= 1 << data.draw(st.integers(0, 7))
    bad = [*path[:place], bytes(changed), *path[place + 1 :]]
    assert not merkle.verify_consistency(old, new, tree_of(old).root, tree.root, bad)


def test_from_size_zero_nothing_is_proved() -> None:
    tree = tree_of(3)
    assert not merkle.verify_consistency(0, 3, merkle.EMPTY_ROOT, tree.root, [])
    with pytest.raises(ValueError, match="no consistency proof"):
        tree.consistency(0)
    with pytest.raises(ValueError, match="no consistency proof"):
        tree.consistency(4)


def test_equal_sizes_need_equal_roots_and_no_hashes() -> None:
    one, other = tree_of(3).root, tree_of(4).root
    assert merkle.verify_consistency(3, 3, one, one, [])
    assert not merkle.verify_consistency(3, 3, one, other, [])
    assert not merkle.verify_consistency(3, 3, one, one, [one])


@given(parts=st.lists(st.integers(0, 40), max_size=8))
def test_a_tree_grown_in_batches_is_the_tree_made_at_once(parts: list[int]) -> None:
    frontier, at = merkle.Frontier(), 0
    for part in parts:
        frontier = frontier.extend(merkle.leaf_hash(b"leaf %d" % i) for i in range(at, at + part))
        at += part
        assert (frontier.size, frontier.root) == (at, naive_root(leaves_of(at)))


def test_a_frontier_that_does_not_fit_its_size_is_refused() -> None:
    with pytest.raises(ValueError, match="frontier"):
        merkle.Frontier(3, (b"\0" * 32,))


@pytest.mark.parametrize(("start", "end"), [(0, 0), (1, 3), (4, 3), (-1, 1), (2, 5)])
def test_leaves_that_form_no_subtree_have_no_hash(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=r"range|subtree"):
        tree_of(8).range_hash(start, end)


@pytest.mark.parametrize("index", [-1, 3, 4])
def test_there_is_no_path_for_a_leaf_outside_the_tree(index: int) -> None:
    with pytest.raises(IndexError):
        tree_of(3).path(index)
    with pytest.raises(IndexError):
        merkle.inclusion_ranges(index, 3)


@given(old=st.integers(0, 300), new=st.integers(0, 300))
def test_a_batch_knows_its_paths_without_the_old_leaves(old: int, new: int) -> None:
    leaves = [merkle.leaf_hash(leaf) for leaf in leaves_of(old + new)]
    grown = merkle.GrownTree(merkle.Frontier().extend(leaves[:old]), leaves[old:])
    whole = merkle.MerkleTree(leaves)
    assert grown.root == whole.root
    assert grown.frontier == merkle.Frontier().extend(leaves)
    assert [grown.path(i) for i in range(old, old + new)] == [whole.path(i) for i in range(old, old + new)]
    assert grown.consistency() == (whole.consistency(old) if old else [])
    for height in (0, 1, 3, 8):
        expected = [
            whole.range_hash(i << height, (i + 1) << height) for i in range(old >> height, (old + new) >> height)
        ]
        assert grown.new_nodes(height) == expected
    for outside in (old - 1, old + new):
        with pytest.raises(IndexError):
            grown.path(outside)
