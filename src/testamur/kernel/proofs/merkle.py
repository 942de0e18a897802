"""RFC 6962 Merkle trees over SHA-256: roots, inclusion, consistency, and the frontier that lets a tree grow.

Hashes are 32 raw bytes. Pure: nothing but `hashlib`. Every verifier answers False for anything that does not
prove the claim (wrong length, wrong count, index outside the tree) and never raises on hostile input.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of the tree without leaves (RFC 6962 section 2.1)."""

_sha256 = hashlib.sha256


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data): the hash of a leaf (RFC 6962 section 2.1)."""
    return _sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right): the hash of an inner node (RFC 6962 section 2.1)."""
    return _sha256(b"\x01" + left + right).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """Merkle tree hash over the *data* of the leaves, in order."""
    return Frontier().extend(leaf_hash(leaf) for leaf in leaves).root


def inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Inclusion path of leaf `index` among the *data* of all leaves, lowest sibling first.

    For many paths over the same leaves build one `MerkleTree`. Raises IndexError outside the tree.
    """
    return MerkleTree([leaf_hash(leaf) for leaf in leaves]).path(index)


class MerkleTree:
    """All levels of one tree: O(n) hashes once, then the root and every path by look-up.

    A node without a right sibling rises unchanged to the next level, which gives exactly the RFC 6962 tree.
    """

    __slots__ = ("_levels",)

    def __init__(self, leaf_hashes: Sequence[bytes]) -> None:
        """`leaf_hashes` are leaf hashes (see `leaf_hash`), not leaf data; the tree may be empty."""
        level = list(leaf_hashes)
        self._levels = [level]
        while len(level) > 1:
            above = [
                _sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)
            ]
            if len(level) % 2:
                above.append(level[-1])
            self._levels.append(above)
            level = above

    def __len__(self) -> int:
        return len(self._levels[0])

    @property
    def root(self) -> bytes:
        """The Merkle tree hash."""
        return self._levels[-1][0] if len(self) else EMPTY_ROOT

    def path(self, index: int) -> list[bytes]:
        """Inclusion path of leaf `index`, lowest sibling first. Raises IndexError outside the tree."""
        if not 0 <= index < len(self):
            raise IndexError(index)
        path = []
        for level in self._levels[:-1]:
            sibling = index ^ 1
            if sibling < len(level):
                path.append(level[sibling])
            index >>= 1
        return path

    def consistency(self, old_size: int) -> list[bytes]:
        """Consistency proof from the tree of the first `old_size` leaves; errors as in `consistency_path`."""
        return consistency_path(old_size, len(self), self.range_hash)

    def range_hash(self, start: int, end: int) -> bytes:
        """Hash of the subtree over the leaves `start` … `end`-1; errors as in `range_hash` below."""
        return range_hash(start, end, lambda level, index: self._levels[level][index])


def range_hash(start: int, end: int, node: Callable[[int, int], bytes]) -> bytes:
    """Hash of the subtree over the leaves `start` … `end`-1, from complete nodes only.

    `node(level, index)` gives the hash of the complete subtree over `2**level` leaves that begins at leaf
    `index * 2**level`; about log2(end - start) nodes are asked for. Raises ValueError for an empty range or a
    start that is not aligned to the size of the range.
    """
    right: bytes | None = None
    for level, index in reversed(_complete_nodes(start, end)):
        left = node(level, index)
        right = left if right is None else node_hash(left, right)
    if right is None:
        raise ValueError("empty range")
    return right


def _complete_nodes(start: int, end: int) -> list[tuple[int, int]]:
    """The complete subtrees that make up the range, left to right, as (level, index)."""
    width = end - start
    if width < 0 or start < 0 or (width and start % (1 << (width - 1).bit_length())):
        raise ValueError(f"leaves {start} to {end} are not a subtree")
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes


def inclusion_ranges(index: int, size: int) -> list[tuple[int, int]]:
    """The leaf ranges whose hashes make up the inclusion path of `index` in a tree of `size`, lowest first.

    Raises IndexError outside the tree.
    """
    if not 0 <= index < size:
        raise IndexError(index)
    ranges = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _largest_power_below(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    ranges.reverse()
    return ranges


def consistency_path(old_size: int, new_size: int, hash_of: Callable[[int, int], bytes]) -> list[bytes]:
    """Consistency proof between two sizes of one log (RFC 6962 section 2.1.2); empty when they are equal.

    `hash_of(start, end)` gives the hash of the subtree over those leaves (`range_hash` over stored nodes).
    Raises ValueError unless 1 <= old_size <= new_size.
    """
    if not 1 <= old_size <= new_size:
        raise ValueError(f"no consistency proof from size {old_size} to {new_size}")
    return [hash_of(start, end) for start, end in _consistency_ranges(old_size, new_size)]


def _consistency_ranges(old_size: int, new_size: int) -> list[tuple[int, int]]:
    ranges = []
    start, end = 0, new_size
    on_left_edge = True  # the verifier knows the old root itself, so a subtree equal to it is left out
    while old_size != end:
        middle = start + _largest_power_below(end - start)
        if old_size <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
            on_left_edge = False
    if not on_left_edge:
        ranges.append((start, end))
    ranges.reverse()
    return ranges


def _largest_power_below(n: int) -> int:
    """The largest power of two smaller than `n` (n > 1)."""
    return 1 << ((n - 1).bit_length() - 1)


def root_from_path(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes:
    """The root that `path` leads to from the leaf hash `leaf` (RFC 9162 section 2.1.3.2).

    Raises ValueError when index, size or the number and length of hashes cannot belong together.
    """
    if not 0 <= index < size:
        raise ValueError(f"index {index} is outside a tree of {size}")
    if len(leaf) != HASH_SIZE or any(len(sibling) != HASH_SIZE for sibling in path):
        raise ValueError("a hash is not 32 bytes")
    position, last, result = index, size - 1, leaf
    siblings = iter(path)
    try:
        while last:
            if position & 1:
                result = node_hash(next(siblings), result)
            elif position < last:
                result = node_hash(result, next(siblings))
            position, last = position >> 1, last >> 1
    except StopIteration:
        raise ValueError("the path is too short") from None
    if next(siblings, None) is not None:
        raise ValueError("the path is too long")
    return result


def verify_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes], expected: bytes) -> bool:
    """True when `path` proves that leaf hash `leaf` is number `index` of the `size` leaves under that root."""
    try:
        return len(expected) == HASH_SIZE and root_from_path(index, size, leaf, path) == expected
    except ValueError:
        return False


def verify_consistency(old_size: int, new_size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """True when `path` proves that the tree under `old_root` is a prefix of the one under `new_root`.

    RFC 9162 section 2.1.4.2. Equal sizes need an empty path and equal roots. An old size of 0 proves nothing
    and gives False; who accepts a first tree (a witness that starts) decides so itself.
    """
    if not 1 <= old_size <= new_size or any(len(h) != HASH_SIZE for h in (*path, old_root, new_root)):
        return False
    if old_size == new_size:
        return not path and old_root == new_root
    hashes = list(path)
    if not old_size & (old_size - 1):
        hashes.insert(0, old_root)  # a complete old tree is itself a node of the new one
    if not hashes:
        return False
    position, last = old_size - 1, new_size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if not last:
            return False
        if position & 1 or position == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        position, last = position >> 1, last >> 1
    return not last and old == old_root and new == new_root


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a growing tree: what is needed to append and to know the root, O(log size) in space.

    Attributes:
        size: leaves so far.
        nodes: hashes of the complete subtrees that make up the tree, largest (leftmost) first; one for each
            bit that is set in `size`.
    """

    size: int = 0
    nodes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.nodes) != self.size.bit_count():
            raise ValueError("frontier does not fit its size")

    @property
    def root(self) -> bytes:
        """The Merkle tree hash of all leaves so far."""
        if not self.nodes:
            return EMPTY_ROOT
        result = self.nodes[-1]
        for left in reversed(self.nodes[:-1]):
            result = node_hash(left, result)
        return result

    def extend(self, leaf_hashes: Iterable[bytes]) -> Frontier:
        """The frontier after appending these leaf hashes; amortised one node hash a leaf."""
        size, nodes = self.size, list(self.nodes)
        for leaf in leaf_hashes:
            carry, current = size, leaf
            while carry & 1:
                current = node_hash(nodes.pop(), current)
                carry >>= 1
            nodes.append(current)
            size += 1
        return Frontier(size, tuple(nodes))


def frontier_of(size: int, node: Callable[[int, int], bytes]) -> Frontier:
    """The frontier of a tree of `size` whose complete nodes `node(level, index)` gives (see `range_hash`)."""
    return Frontier(size, tuple(node(level, index) for level, index in _complete_nodes(0, size)))


class GrownTree:
    """The right part of a tree after a batch was appended: the new root and the paths of the new leaves.

    Costs O(batch) hashes and memory whatever the size of the tree: everything left of the batch is represented
    by the old frontier, whose nodes are the only old siblings that a new leaf can have.

    Attributes:
        old: the frontier before the batch.
        size: leaves after the batch.
    """

    __slots__ = ("_levels", "old", "size")

    def __init__(self, old: Frontier, leaf_hashes: Sequence[bytes]) -> None:
        """`leaf_hashes` are the hashes of the new leaves, in order; there may be none."""
        self.old = old
        self.size = old.size + len(leaf_hashes)
        self._levels: list[tuple[int, list[bytes]]] = []  # (index of the first node, nodes), leaves first
        waiting = list(old.nodes)
        start, level, height = old.size, list(leaf_hashes), 0
        while True:
            if start & 1:
                start -= 1
                level.insert(0, waiting.pop())
            self._levels.append((start, level))
            if not max(self.size - 1, 0) >> height:
                break
            above = [
                _sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)
            ]
            if len(level) % 2:
                above.append(level[-1])
            start, level, height = start >> 1, above, height + 1

    @property
    def root(self) -> bytes:
        """The Merkle tree hash after the batch."""
        return self.frontier.root

    @property
    def frontier(self) -> Frontier:
        """The frontier after the batch."""
        return frontier_of(self.size, self.node)

    def node(self, level: int, index: int) -> bytes:
        """Hash of a complete subtree (see `range_hash`) that is new or part of the old frontier, else KeyError."""
        start, hashes = self._levels[level] if level < len(self._levels) else (0, [])
        if start <= index < start + len(hashes):
            return hashes[index - start]
        if self.old.size >> level & 1 and index == (self.old.size >> level) - 1:
            return self.old.nodes[(self.old.size >> level).bit_count() - 1]
        raise KeyError((level, index))

    def new_nodes(self, level: int) -> list[bytes]:
        """Hashes of the complete subtrees over ``2**level`` leaves that the batch completed, left to right."""
        first, end = self.old.size >> level, self.size >> level
        return [self.node(level, index) for index in range(first, end)]

    def path(self, index: int) -> list[bytes]:
        """Inclusion path of the new leaf `index` in the whole tree. Raises IndexError for any other leaf."""
        if not self.old.size <= index < self.size:
            raise IndexError(index)
        path = []
        for start, hashes in self._levels:
            sibling = (index ^ 1) - start
            if sibling < len(hashes):
                path.append(hashes[sibling])
            index >>= 1
        return path

    def consistency(self) -> list[bytes]:
        """Consistency proof from the tree before the batch; empty when there was none. Never raises."""
        if not self.old.size:
            return []
        return consistency_path(self.old.size, self.size, lambda start, end: range_hash(start, end, self.node))
