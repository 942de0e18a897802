"""The audit finds what was changed behind the log's back; repair brings back what can be brought back."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from testamur.kernel.base.actor import operator
from testamur.kernel.proofs import merkle, notes, tlog
from testamur.trust.transparency import actions, keys, publishing, queries
from testamur.trust.transparency.files import LogFiles
from testamur.trust.transparency.models import Checkpoint, Log, LogEntry
from testamur.trust.transparency.publishing import LogRolledBack
from tests.trust.transparency.support import NOW, append, assert_proved, assert_sound, entries, entry
from tests.trust.transparency.tampering import forget_rows, without_guard


@pytest.fixture
def folder(data: Path) -> Path:
    """The static files of the log."""
    return data / "logs" / "exempelkommun"


@pytest.fixture
def grown(log: UUID) -> UUID:
    """A log of 700 entries in three batches."""
    for start, end in [(0, 10), (10, 300), (300, 700)]:
        append(log, entries(start, end))
    return log


def found(log: UUID) -> set[tuple[str, str]]:
    return {(d.code, d.where) for d in queries.audit(log=log).differences}


def test_an_untouched_log_has_no_differences(grown: UUID) -> None:
    report = queries.audit(log=grown)
    assert report.differences == ()
    assert (report.size, report.published, report.checkpoints) == (700, 700, 4)
    assert report.root == merkle.root(entries(0, 700)).hex()
    assert report.tiles == 7


@pytest.mark.feature("A21")
@pytest.mark.parametrize(
    "path", ["tile/0/000", "tile/0/002.p/188", "tile/1/000.p/2", "tile/1/000.p/1", "tile/entries/001"]
)
def test_a_changed_tile_is_found_and_repaired(grown: UUID, folder: Path, path: str) -> None:
    data = bytearray((folder / path).read_bytes())
    data[17] ^= 1
    (folder / path).write_bytes(data)
    assert found(grown) == {("tile.changed", path)}
    if path != "tile/1/000.p/1":  # no published head needs the older width any more; it is only reported
        actions.repair(by=operator(), log=grown, now=NOW)
        assert found(grown) == set()


def test_missing_and_unknown_files_are_found(grown: UUID, folder: Path) -> None:
    (folder / "tile/0/001").unlink()
    (folder / "tile/0/009").write_bytes(b"x")
    assert found(grown) == {("tile.missing", "tile/0/001"), ("tile.unknown", "tile/0/009")}


@pytest.mark.feature("A21")
def test_a_changed_entry_is_found_and_never_repaired_into_the_log(grown: UUID) -> None:
    with without_guard():
        LogEntry.objects.filter(log=grown, index=400).update(entry=entry(5000))
    codes = found(grown)
    assert ("checkpoint.changed", "700") in codes
    assert ("tile.changed", "tile/entries/001") in codes
    assert ("checkpoint.changed", "300") not in codes
    with pytest.raises(LogRolledBack):
        actions.repair(by=operator(), log=grown, now=NOW)


def test_a_removed_entry_is_found(grown: UUID) -> None:
    with without_guard():
        LogEntry.objects.filter(log=grown, index=400).delete()
    assert ("entry.missing", "400") in found(grown)


def test_forged_heads_and_checkpoints_are_found(grown: UUID, folder: Path) -> None:
    other = Checkpoint.objects.get(log=grown, size=10).note
    Checkpoint.objects.filter(log=grown, size=300).update(note=bytes(other))
    (folder / "checkpoint").write_bytes(bytes(other))
    assert found(grown) == {("checkpoint.changed", "300"), ("checkpoint.published", "checkpoint")}
    Checkpoint.objects.filter(log=grown, size=300).update(note=bytes(other).replace(b"\n10\n", b"\n11\n"))
    assert ("checkpoint.signature", "300") in found(grown)


def test_a_key_file_that_others_can_read_is_reported(grown: UUID) -> None:
    keys.key_file("log-exempelkommun").chmod(0o644)
    assert found(grown) == {("key", "log-exempelkommun")}


@pytest.mark.parametrize("flip", [True, False])
@pytest.mark.parametrize("path", ["tile/0/002.p/188", "tile/entries/002.p/188", "tile/1/000.p/2"])
def test_a_damaged_edge_is_rebuilt_from_the_database_before_the_log_grows(
    grown: UUID, folder: Path, path: str, *, flip: bool
) -> None:
    data = bytearray((folder / path).read_bytes())
    data[40] ^= 1
    (folder / path).write_bytes(data if flip else b"rubbish")
    result = append(grown, entries(700, 1100))
    assert_proved(grown, entries(700, 1100), result)
    assert not {where for _, where in found(grown)} - {path}


def test_a_head_signed_with_the_stolen_key_over_another_tree_is_found(grown: UUID) -> None:
    view = queries.log(log=grown)
    signer = keys.load("log-exempelkommun", view.origin, notes.Kind.ED25519)
    text = notes.Checkpoint(view.origin, 300, merkle.root(entries(1, 301))).text()
    note = notes.Note(text, (notes.sign(text, signer),)).data()
    Checkpoint.objects.filter(log=grown, size=300).update(note=note)
    assert found(grown) == {("checkpoint.changed", "300")}


def test_an_older_head_never_replaces_a_newer_one(grown: UUID, folder: Path) -> None:
    row = Log.objects.get(pk=grown)
    row.size = 300  # a slow process that still believes in its own head
    note = bytes(Checkpoint.objects.get(log=grown, size=300).note)
    before = (folder / "checkpoint").read_bytes()
    assert not publishing._announce(row, LogFiles(row.code), note)
    assert (folder / "checkpoint").read_bytes() == before
    assert_sound(grown)


def test_all_static_files_can_be_rebuilt(grown: UUID, folder: Path) -> None:
    import shutil

    shutil.rmtree(folder)
    assert queries.audit(log=grown).differences
    actions.repair(by=operator(), log=grown, now=NOW)
    assert_sound(grown)
    assert tlog.Proof.parse(queries.proof(log=grown, index=3).file()).index == 3


@pytest.mark.feature("A21")
def test_a_database_restored_too_old_is_noticed_and_catches_up_from_the_files(grown: UUID) -> None:
    append(grown, entries(700, 705))
    forget_rows(grown, 300)
    assert ("head.ahead", "checkpoint") in found(grown)
    with pytest.raises(LogRolledBack) as refused:
        append(grown, entries(0, 1, "other"))
    assert (refused.value.found["signed"], refused.value.found["held"]) == (705, 300)
    done = actions.repair(by=operator(), log=grown, now=NOW)
    assert (done.size, done.recovered) == (705, 405)
    assert append(grown, entries(700, 706)).proofs[0][0] == 700
    assert_sound(grown)


def test_files_that_do_not_lead_to_the_signed_head_are_not_taken(grown: UUID, folder: Path) -> None:
    forget_rows(grown, 300)
    file = folder / "tile/entries/002.p/188"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(LogRolledBack):
        actions.repair(by=operator(), log=grown, now=NOW)
    assert queries.log(log=grown).size == 300
