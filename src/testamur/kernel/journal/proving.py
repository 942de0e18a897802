"""Proving that entries stand in the log: each with its canonical bytes and its way to the newest head (row B26)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.models import ShippedEntry, ShippedHead
from testamur.kernel.journal.queries import head
from testamur.kernel.journal.rules import Head, Proven
from testamur.kernel.journal.searching import READS
from testamur.kernel.proofs.merkle import Frontier, MerkleTree, leaf_hash

CHUNK = 2000


@dataclass(frozen=True, slots=True)
class HeadCheck:
    """Whether the log database is what its heads say: each head that was ever made, and the newest root, recomputed."""

    size: int
    root: str
    heads: int
    faults: tuple[str, ...]


def prove(*, by: Actor, path: str, seqs: Collection[int]) -> tuple[Head, tuple[Proven, ...]]:
    """The newest head, and for each of these places in the log the entry with its way to it, in order of place.

    Reads every entry of the log once: some seconds for a million. Needs ``reporting.log.read`` or ``journal.read`` at
    `path`. Raises NotFound for a log without entries and for a place that is not there or not at or below `path`.
    """
    if not any(by.may(verb, path) for verb in READS):
        raise NotAllowed("You may not read the log here.", verb=READS[0], path=path)
    newest = head()
    if newest is None:
        raise NotFound("The log holds nothing yet.")
    wanted, bodies = set(seqs), dict[int, bytes]()
    leaves = []
    rows = ShippedEntry.objects.filter(seq__lte=newest.size).order_by("seq")
    for seq, where, body in rows.values_list("seq", "path", "body").iterator(chunk_size=CHUNK):
        leaves.append(leaf_hash(bytes(body)))
        if seq in wanted and where.startswith(path):
            bodies[seq] = bytes(body)
    if bodies.keys() != wanted:
        raise NotFound("There is no such entry here.", field="seq")
    tree = MerkleTree(leaves)
    return newest, tuple(Proven(seq, bodies[seq], tuple(tree.path(seq - 1))) for seq in sorted(bodies))


def check_heads(*, by: Actor) -> HeadCheck:
    """Recompute every head of the log database from its entries, which is all it takes: the main one is not asked.

    Needs ``journal.read``.
    """
    by.must("journal.read")
    heads = {row.size: row.root for row in ShippedHead.objects.order_by("size").iterator(chunk_size=CHUNK)}
    faults: list[str] = []
    frontier, checked = Frontier(), 0
    for seq, body in _bodies():
        if seq != frontier.size + 1:
            faults.append(f"entry {frontier.size + 1} of the log is missing")
        frontier = frontier.extend([leaf_hash(body)])
        if (said := heads.get(frontier.size)) is not None:
            checked += 1
            if said != frontier.root.hex():
                faults.append(f"the head of size {frontier.size} does not follow from the entries")
    if checked != len(heads):
        faults.append(f"{len(heads) - checked} heads are about more entries than there are")
    if frontier.size and frontier.size not in heads:
        faults.append(f"no head is about all {frontier.size} entries")
    return HeadCheck(frontier.size, frontier.root.hex(), len(heads), tuple(faults))


def known_head(*, by: Actor, size: int) -> str | None:
    """The root of the log's head over so many entries, recomputed from them; None where there are fewer.

    For whoever holds an export of then: the log may have grown since, but not changed. Needs ``journal.read``.
    """
    by.must("journal.read")
    frontier = Frontier().extend(leaf_hash(body) for seq, body in _bodies(size) if seq <= size)
    return frontier.root.hex() if frontier.size == size else None


def _bodies(upto: int | None = None) -> Iterable[tuple[int, bytes]]:
    rows = ShippedEntry.objects.order_by("seq")
    if upto is not None:
        rows = rows.filter(seq__lte=upto)
    for seq, body in rows.values_list("seq", "body").iterator(chunk_size=CHUNK):
        yield seq, bytes(body)
