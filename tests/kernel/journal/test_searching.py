"""The log database alone answers: what was done, by whom, about which list; and proves it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st

from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal import actions, proving, queries, steps
from testamur.kernel.journal.models import Entry, ShippedEntry, ShippedHead
from testamur.kernel.journal.rules import Proven, holds
from testamur.kernel.journal.searching import Logged, search_log
from testamur.kernel.proofs.merkle import MerkleTree, leaf_hash
from tests.kernel.journal.test_journal import both

LIST, OTHER, STUDENT = UUID(int=11), UUID(int=12), UUID(int=13)
TEACHER = Actor(UUID(int=21), "bankid", ())


def registrar(path: str = "/u/", verb: str = "reporting.log.read") -> Actor:
    return Actor(UUID(int=22), "bankid", (Grant("registrar", path, (verb,)),))


def acts(now: datetime) -> None:
    """Seven acts of two departments and one school, shipped."""
    some: list[tuple[Actor, str, str, dict[str, Any]]] = [
        (TEACHER, "reporting.list.opened/1", "/u/a/", {"list": str(LIST), "number": 12}),
        (TEACHER, "reporting.list.saved/1", "/u/a/", {"list": str(LIST), "number": 12, "rows": [str(STUDENT)]}),
        (TEACHER, "reporting.list.opened/1", "/u/b/", {"list": str(OTHER), "number": 123}),
        (operator(), "reporting.list.signed/1", "/u/a/", {"number": 12, "list": str(LIST), "z": 1}),
        (operator(), "records.sealed/1", "/u/a/", {"record": str(UUID(int=5))}),
        (TEACHER, "diary.marks.entered/1", "/school/", {"number": 12}),
        (operator(), "reporting.list.entered/1", "/u/b/", {"list": str(OTHER), "number": 123}),
    ]
    for minute, (by, kind, path, refs) in enumerate(some):
        actions.append(by=by, kind=kind, path=path, refs=refs, now=now + timedelta(minutes=minute))
    assert steps.ship(now=now) == len(some)


def kinds(found: tuple[Logged, ...]) -> list[str]:
    return [one.entry.kind.removesuffix("/1").rpartition(".")[2] for one in found]


@both
@pytest.mark.feature("B26")
def test_every_act_about_a_list_is_found_in_the_log_database_without_the_main_one(now: datetime) -> None:
    acts(now)
    with connections["default"].execute_wrapper(_refuse):
        by = registrar()
        assert kinds(search_log(by=by, path="/u/", naming=[str(LIST)])) == ["signed", "saved", "opened"]
        assert kinds(search_log(by=by, path="/u/", naming=[str(LIST), str(STUDENT)])) == ["saved"]
        assert kinds(search_log(by=by, path="/u/", numbers={"number": 12})) == ["signed", "saved", "opened"]
        assert kinds(search_log(by=by, path="/u/b/", kinds=["reporting."])) == ["entered", "opened"]
        assert kinds(search_log(by=by, path="/u/", actor=TEACHER.id)) == ["opened", "saved", "opened"]
        minute = timedelta(minutes=1)
        assert kinds(search_log(by=by, path="/u/", first=now + 3 * minute, last=now + 5 * minute)) == [
            "sealed",
            "signed",
        ]
        (saved,) = search_log(by=by, path="/u/", naming=[str(STUDENT)])
        assert (saved.entry.actor, saved.entry.identified_by, saved.entry.path) == (TEACHER.id, "bankid", "/u/a/")
        assert saved.entry.at == now + minute


def _refuse(_execute: object, sql: str, *_rest: object) -> object:
    raise AssertionError(f"the main database was asked: {sql}")


@both
def test_pages_follow_one_another_without_gap_or_repetition(now: datetime) -> None:
    acts(now)
    seen: list[int] = []
    before = None
    while page := search_log(by=registrar(), path="/u/", before=before, limit=2):
        seen += [one.seq for one in page]
        before = page[-1].seq
    assert seen == [7, 5, 4, 3, 2, 1]


@both
@pytest.mark.feature("B26")
def test_the_log_of_a_place_is_read_by_whoever_may_and_nobody_else(now: datetime) -> None:
    acts(now)
    for verb in ("reporting.log.read", "journal.read"):
        assert search_log(by=registrar("/u/a/", verb), path="/u/a/")
    for by, path in ((registrar("/u/a/"), "/u/"), (registrar("/u/a/"), "/u/b/"), (TEACHER, "/u/a/")):
        with pytest.raises(NotAllowed):
            search_log(by=by, path=path)
        with pytest.raises(NotAllowed):
            proving.prove(by=by, path=path, seqs=[1])
    with pytest.raises(NotAllowed):
        proving.check_heads(by=TEACHER)
    with pytest.raises(NotAllowed):
        proving.known_head(by=TEACHER, size=1)


# --- proofs ---


@both
@pytest.mark.feature("B26")
def test_each_entry_is_proved_to_stand_under_the_head(now: datetime) -> None:
    acts(now)
    head, proven = proving.prove(by=registrar("/u/a/"), path="/u/a/", seqs=[1, 2, 4])
    assert [one.seq for one in proven] == [1, 2, 4]
    assert head.size == 7
    assert all(holds(one, size=head.size, root=head.root) for one in proven)
    first = proven[0]
    for wrong in (
        replace(first, body=first.body.replace(b'"number":12', b'"number":13')),
        replace(first, seq=2),
        replace(first, way=first.way[:-1]),
    ):
        assert not holds(wrong, size=head.size, root=head.root)
    assert not holds(first, size=head.size, root="no hex")
    for elsewhere in ([6], [3], [99]):
        with pytest.raises(NotFound):
            proving.prove(by=registrar("/u/a/"), path="/u/a/", seqs=elsewhere)


@both
def test_an_empty_log_proves_nothing(now: datetime) -> None:
    with pytest.raises(NotFound):
        proving.prove(by=registrar(), path="/u/", seqs=[])
    report = proving.check_heads(by=operator())
    assert (report.size, report.heads, report.faults) == (0, 0, ())


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=70), st.data())
def test_a_proof_holds_for_its_own_entry_place_and_head_alone(bodies: list[bytes], data: st.DataObject) -> None:
    tree = MerkleTree([leaf_hash(body) for body in bodies])
    seq = data.draw(st.integers(1, len(bodies)))
    one = Proven(seq, bodies[seq - 1], tuple(tree.path(seq - 1)))
    assert holds(one, size=len(bodies), root=tree.root.hex())
    assert not holds(replace(one, body=one.body + b"x"), size=len(bodies), root=tree.root.hex())
    assert not holds(replace(one, seq=0), size=len(bodies), root=tree.root.hex())


@both
@pytest.mark.feature("B26")
def test_heads_are_recomputed_from_the_log_database_alone_and_tell_what_was_changed(now: datetime) -> None:
    acts(now)
    with connections["default"].execute_wrapper(_refuse):
        report = proving.check_heads(by=operator())
        assert (report.size, report.faults) == (7, ())
        assert report.heads >= 1
        old = proving.known_head(by=operator(), size=3)
        assert old is not None
        assert old != report.root
        assert proving.known_head(by=operator(), size=7) == report.root
        assert proving.known_head(by=operator(), size=8) is None
    ShippedHead.objects.create(size=9, root="0" * 64, frontier=[], at=now)
    assert any("more entries" in fault for fault in proving.check_heads(by=operator()).faults)
    body = ShippedEntry.objects.get(seq=7).body
    ShippedEntry.objects.create(
        seq=8, entry=10**9, transaction=0, at=now, kind="forged/1", path="/u/", actor=UUID(int=1), body=bytes(body)
    )
    faults = proving.check_heads(by=operator()).faults
    assert any("no head is about all 8" in fault for fault in faults)


# --- behind ---


@both
@pytest.mark.feature("B26")
def test_a_log_database_that_cannot_be_reached_is_told_from_one_that_is_empty(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert queries.behind(now) == 0
    actions.append(by=operator(), kind="test.done/1", path="/a/", refs={}, now=now)

    def down(*_args: object, **_kwargs: object) -> object:
        from django.db import OperationalError

        raise OperationalError("connection refused")

    with connections["log"].execute_wrapper(down):
        assert queries.behind(now + timedelta(minutes=9)) is None
    assert Entry.objects.count() == 1
