"""The archive writes once, re-reads before it counts, and finds every change."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from ocfl.object import Object
from ocfl.storage_root import StorageRoot

from testamur.kernel.base.actor import Actor, operator
from testamur.kernel.base.ids import random_id, urn
from testamur.kernel.base.refused import NotAllowed
from testamur.trust.archive import actions, queries, steps
from testamur.trust.archive.objects import ArchiveConflict, ArchiveDamaged
from testamur.trust.archive.ocfl import Store
from testamur.trust.archive.rules import Event, NewObject, object_path, premis

ORG = UUID(int=7)


@pytest.fixture
def data(tmp_path: Path, settings: object) -> Iterator[Path]:
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    return tmp_path  # type: ignore[return-value]


def new_object(record: UUID | None = None, body: bytes = b"%PDF-1.7 body") -> NewObject:
    record = record or random_id()
    about = json.dumps({"issuer": {"id": urn(ORG)}}).encode()
    return NewObject(record, ORG, {"record.pdf": body, "record.json": about, "evidence/salt": b"s" * 32})


def put(objects: list[NewObject], now: datetime) -> None:
    stored = queries.store().write(objects, created=now)
    actions.register(by=operator(), path="/", organisation=ORG, objects=stored, stored_at=now, now=now)


def passes(base: Path) -> bool:
    """The verdict of ocfl-py, warnings included."""
    ok, validator = Object().validate(str(base), log_warnings=True)
    assert not validator.log.messages, validator.log.messages
    return bool(ok)


def kinds(report: steps.AuditReport) -> set[str]:
    return {f.code for f in report.findings}


@pytest.mark.feature("A14", "A20", "A24")
def test_an_object_is_valid_ocfl_in_the_eyes_of_another_implementation(tmp_path: Path, now: datetime) -> None:
    store = Store(tmp_path / "archive")
    objects = [new_object() for _ in range(3)]
    store.write(objects, created=now)
    for o in objects:
        base = tmp_path / "archive" / object_path(o.record)
        assert passes(base)
    assert StorageRoot(root=str(tmp_path / "archive")).validate()


def test_a_later_version_adds_files_and_stays_valid(tmp_path: Path, now: datetime) -> None:
    store = Store(tmp_path / "archive")
    o = new_object()
    store.write([o], created=now)
    added = store.add_version(o.record, {"status/1.json": b"{}"}, created=now, message="Replaced")
    assert added.head == 2
    assert store.read(o.record, "status/1.json") == b"{}"
    assert store.read(o.record, "record.pdf") == o.files["record.pdf"]
    assert passes(tmp_path / "archive" / object_path(o.record))
    assert store.check(object_path(o.record)) == []
    with pytest.raises(ArchiveConflict):
        store.add_version(o.record, {"record.pdf": b"other"}, created=now, message="Never")


def test_writing_the_same_object_twice_changes_nothing_and_other_content_is_refused(
    tmp_path: Path, now: datetime
) -> None:
    store = Store(tmp_path / "archive")
    o = new_object()
    assert store.write([o], created=now) == store.write([o], created=now)
    with pytest.raises(ArchiveConflict):
        store.write([new_object(o.record, b"%PDF-1.7 forged")], created=now)
    assert store.read(o.record, "record.pdf") == o.files["record.pdf"]


def test_a_full_disk_leaves_no_half_object(tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path / "archive")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("testamur.trust.archive.ocfl.sync_tree", full)
    with pytest.raises(OSError, match="No space"):
        store.write([new_object()], created=now)
    assert list(store.objects()) == []
    assert list((tmp_path / "archive.staging").iterdir()) == []


def test_what_is_read_back_must_equal_what_was_written(
    tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path / "archive")
    monkeypatch.setattr("testamur.trust.archive.ocfl._read", lambda _path: b"rot")
    with pytest.raises(ArchiveDamaged):
        store.write([new_object()], created=now)


@pytest.mark.django_db
def test_the_audit_names_every_kind_of_damage(data: Path, now: datetime) -> None:
    good, changed, missing, extra, gone = (new_object() for _ in range(5))
    put([good, changed, missing, extra, gone], now)
    assert steps.audit(by=operator(), now=now).findings == ()
    root = data / "archive"
    (root / object_path(changed.record) / "v1/content/record.pdf").write_bytes(b"%PDF-1.7 bodY")
    (root / object_path(missing.record) / "v1/content/evidence/salt").unlink()
    (root / object_path(extra.record) / "v1/content/extra.txt").write_bytes(b"x")
    (root / object_path(gone.record)).rename(root / "elsewhere")
    report = steps.audit(by=operator(), now=now)
    assert kinds(report) == {"content-changed", "content-missing", "content-unlisted", "object-missing"}
    with pytest.raises(ArchiveDamaged):
        queries.store().read(changed.record, "record.pdf")


@pytest.mark.django_db
def test_a_rolled_back_or_swapped_inventory_is_found_by_the_index(data: Path, now: datetime) -> None:
    o = new_object()
    put([o], now)
    actions.add_files(by=operator(), path="/", record=o.record, files={"s.json": b"{}"}, message="m", now=now)
    base = data / "archive" / object_path(o.record)
    for name in ("inventory.json", "inventory.json.sha512"):
        (base / name).write_bytes((base / "v1" / name).read_bytes())
    assert "inventory-not-the-indexed-one" in kinds(steps.audit(by=operator(), now=now))


@pytest.mark.django_db
def test_the_index_is_rebuilt_from_the_objects_alone(data: Path, now: datetime) -> None:
    from testamur.trust.archive.models import ArchiveObject

    objects = [new_object() for _ in range(4)]
    put(objects, now)
    before = sorted(ArchiveObject.objects.values_list("record", "organisation", "inventory_sha512", "size"))
    ArchiveObject.objects.all().delete()
    assert kinds(steps.audit(by=operator(), now=now)) == {"object-not-indexed"}
    assert steps.rebuild_index(by=operator(), now=now) == 4
    assert sorted(ArchiveObject.objects.values_list("record", "organisation", "inventory_sha512", "size")) == before


@pytest.mark.django_db
def test_only_who_may_store_stores(data: Path, now: datetime) -> None:
    stored = queries.store().write([new_object()], created=now)
    nobody = Actor(id=UUID(int=5), identified_by="test")
    with pytest.raises(NotAllowed):
        actions.register(by=nobody, path="/", organisation=ORG, objects=stored, stored_at=now, now=now)


def test_premis_is_well_formed_whatever_the_name(now: datetime) -> None:
    from lxml import etree

    xml = premis(
        random_id(),
        name='Å <&> "Đặng".pdf',
        size=1,
        sha256="0" * 64,
        agent="Testamur",
        events=[Event("ingestion", now, "Stored & re-read")],
    )
    assert etree.fromstring(xml).findtext(".//{*}originalName") == 'Å <&> "Đặng".pdf'


def test_a_batch_is_flushed_once_and_fast(tmp_path: Path, now: datetime) -> None:
    store = Store(tmp_path / "archive")
    objects = [new_object(body=b"x" * 100_000) for _ in range(100)]
    began = time.process_time()  # how long a flush takes says what else is written on this machine
    store.write(objects, created=now)
    each = (time.process_time() - began) / len(objects)
    assert each < 0.05, f"{each * 1000:.1f} ms per object"
