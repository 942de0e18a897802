"""Appending: what is returned proves what was logged, and the files are what C2SP asks for."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.models import Entry
from testamur.kernel.proofs import merkle, notes, tiles, tlog
from testamur.trust.transparency import actions, keys, queries
from testamur.trust.transparency.models import LogEntry
from tests.trust.transparency.support import NOW, append, assert_proved, assert_sound, entries, entry, make_log, policy


@pytest.mark.feature("A21", "A22")
def test_every_appended_entry_can_be_proved_offline(log: UUID) -> None:
    for start, end in [(0, 1), (1, 3), (3, 255), (255, 256), (256, 700), (700, 701)]:
        batch = entries(start, end)
        result = append(log, batch)
        assert (result.first_index, result.added, result.size) == (start, end - start, end)
        assert_proved(log, batch, result)
    assert_sound(log)


@pytest.mark.feature("A21")
def test_an_entry_is_never_logged_twice(log: UUID) -> None:
    first = append(log, entries(0, 10))
    again = append(log, [entry(3), entry(12), entry(3), entry(12), entry(0)])
    assert (again.first_index, again.added, again.size) == (10, 1, 11)
    assert [index for index, _ in again.proofs] == [3, 10, 3, 10, 0]
    assert_proved(log, [entry(3), entry(12), entry(3), entry(12), entry(0)], again)
    nothing = append(log, entries(0, 10))
    assert (nothing.added, nothing.size, nothing.checkpoint) == (0, 11, again.checkpoint)
    assert append(log, []).checkpoint == again.checkpoint
    assert first.size == 10
    assert_sound(log)


def test_all_checkpoints_of_a_log_are_consistent_with_each_other(log: UUID) -> None:
    heads = []
    for start, end in [(0, 5), (5, 300), (300, 301), (301, 1200)]:
        note = notes.Note.parse(append(log, entries(start, end)).checkpoint)
        heads.append(notes.Checkpoint.parse(note.text))
    whole = merkle.MerkleTree([merkle.leaf_hash(e) for e in entries(0, 1200)])
    for old in heads:
        assert merkle.verify_consistency(old.size, 1200, old.root, whole.root, whole.consistency(old.size))


def test_the_static_files_are_those_of_c2sp(log: UUID, data: Path) -> None:
    append(log, entries(0, 300))
    append(log, entries(300, 700))
    folder = data / "logs" / "exempelkommun"
    leaves = [merkle.leaf_hash(e) for e in entries(0, 700)]
    assert (folder / "tile/0/000").read_bytes() == b"".join(leaves[:256])
    assert (folder / "tile/0/002.p/188").read_bytes() == b"".join(leaves[512:])
    assert (folder / "tile/1/000.p/2").read_bytes() == b"".join(
        merkle.MerkleTree(leaves[i : i + 256]).root for i in (0, 256)
    )
    assert tiles.parse_bundle((folder / "tile/entries/001").read_bytes()) == entries(256, 512)
    assert (folder / "checkpoint").read_bytes() == queries.checkpoint(log=log)
    # the partial tiles of place 1 gave way to the full one
    assert not (folder / "tile/0/001.p").exists()
    assert not (folder / "tile/entries/001.p").exists()
    served = {tile.path for tile in tiles.tiles_of(700)}
    assert {queries.tile(log=log, path=path)[:1] is not None for path in served} == {True}
    for bad in ["tile/0/../checkpoint", "/etc/passwd", "tile/0/003", "tile/0/0", "tile/0/002.p/256", ""]:
        with pytest.raises(NotFound):
            queries.tile(log=log, path=bad)


@pytest.mark.parametrize("size", [100, 256, 300])
def test_older_public_sizes_stay_provable(log: UUID, size: int) -> None:
    append(log, entries(0, size))
    before = queries.proof(log=log, index=7)
    append(log, entries(size, 1000))
    again = queries.proof(log=log, index=7, size=size)
    assert (again.path, again.checkpoint) == (before.path, before.checkpoint)
    now_ = queries.proof(log=log, index=7)
    assert now_.size == 1000
    assert tlog.verify_proof(now_.file(b"salt"), leaf=entry(7), policy=policy(log)).size == 1000
    for index, wrong in [(size, size), (7, size + 1), (-1, None), (1000, None)]:
        with pytest.raises(NotFound):
            queries.proof(log=log, index=index, size=wrong)


def test_a_proof_reads_only_the_tiles_it_needs(log: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    append(log, entries(0, 5000))
    read: list[str] = []
    plain = Path.read_bytes

    def watched(self: Path) -> bytes:
        read.append(self.as_posix())
        return plain(self)

    monkeypatch.setattr(Path, "read_bytes", watched)
    queries.proof(log=log, index=1234)
    assert len(read) <= 3


def test_the_cost_of_a_batch_does_not_grow_with_the_log(log: UUID) -> None:
    def cost(start: int) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as few:
            append(log, entries(start, start + 20))
        return len(few), start

    small = cost(0)[0]
    append(log, entries(20, 4000))
    assert cost(4000)[0] == small


def test_the_journal_gets_one_entry_for_each_append_without_any_content(log: UUID) -> None:
    before = Entry.objects.count()
    append(log, entries(0, 300))
    append(log, entries(0, 300))
    made = Entry.objects.filter(kind="transparency.entries.appended/1")
    assert Entry.objects.count() == before + 1
    assert made.get().refs["count"] == 300


@pytest.mark.parametrize("bad", [b"", b"SRL1", b"SRL2" + b"\1" * 33, b"SRL1\x02" + b"\0" * 32, entry(0) + b"\0"])
def test_what_is_not_an_entry_is_refused_before_anything_is_written(log: UUID, bad: bytes) -> None:
    with pytest.raises(actions.EntryUnusable) as refused:
        append(log, [entry(0), bad])
    assert refused.value.found["number"] == 1
    assert queries.log(log=log).size == 0


def test_only_who_may_append_appends(log: UUID) -> None:
    reader = Actor(uuid4(), "console", (Grant("reader", "/", ("transparency.log.read",)),))
    with pytest.raises(NotAllowed):
        actions.append(by=reader, log=log, entries=entries(0, 1), now=NOW)
    with pytest.raises(NotFound):
        actions.append(by=operator(), log=uuid4(), entries=entries(0, 1), now=NOW)


def test_the_database_refuses_to_change_or_remove_an_entry(log: UUID) -> None:
    append(log, entries(0, 3))
    middle = LogEntry.objects.filter(log=log, index=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        middle.update(entry=entry(9))
    with pytest.raises(DatabaseError), transaction.atomic():
        middle.delete()


@pytest.mark.django_db(transaction=True)
def test_appending_inside_a_transaction_is_refused_since_it_could_be_rolled_back(data: Path) -> None:
    log = make_log()
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        append(log, entries(0, 1))
    assert queries.log(log=log).size == 0


def test_the_private_key_is_in_a_file_of_the_owner_alone_and_not_in_the_database(log: UUID, data: Path) -> None:
    files = list((data / "keys").iterdir())
    assert {f.name for f in files} == {"log-exempelkommun.pem", "witness-local.pem"}
    assert {stat.S_IMODE(f.stat().st_mode) for f in files} == {0o600}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            assert "PRIVATE KEY" not in repr(cursor.fetchall())


def test_a_missing_or_foreign_key_stops_the_log_before_anything_is_written(log: UUID, data: Path) -> None:
    file = keys.key_file("log-exempelkommun")
    good = file.read_bytes()
    for content in (keys.key_file("witness-local").read_bytes(), b"rubbish", None):
        file.unlink() if content is None else file.write_bytes(content)
        with pytest.raises(keys.KeyUnusable):
            append(log, entries(0, 1))
    assert queries.log(log=log).size == 0
    file.write_bytes(good)
    assert append(log, entries(0, 1)).size == 1


@pytest.mark.parametrize(
    ("code", "host"), [("../x", "log.example"), ("å", "log.example"), ("", "log.example"), ("a", "x y"), ("a", "")]
)
def test_names_that_cannot_name_a_log_are_refused(data: Path, db: None, code: str, host: str) -> None:
    with pytest.raises(actions.NameUnusable):
        actions.create_log(by=operator(), organisation=uuid4(), code=code, host=host, now=NOW)


def test_an_organisation_and_a_code_have_one_log(log: UUID) -> None:
    view = queries.log(log=log)
    assert queries.log_by_organisation(organisation=view.organisation) == view
    assert queries.log_by_organisation(organisation=uuid4()) is None
    for organisation, code in [(view.organisation, "other"), (uuid4(), view.code)]:
        with pytest.raises(actions.LogExists):
            actions.create_log(by=operator(), organisation=organisation, code=code, host="log.example", now=NOW)


def test_the_proof_states_when_the_witness_saw_the_head(log: UUID) -> None:
    later = NOW + timedelta(hours=1)
    result = append(log, entries(0, 2), now=later)
    index, path = result.proofs[1]
    found = tlog.verify_proof(tlog.Proof(index, path, result.checkpoint), leaf=entry(1), policy=policy(log))
    assert found.existed == found.earliest == later
    assert queries.find(log=log, entry=entry(1)) == 1
    assert queries.find(log=log, entry=entry(5)) is None
