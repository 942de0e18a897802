"""The archive in an object store: the same tree, whole or not there, and a store that is away is a disk that refuses.

The store is moto's server on loopback, which answers as S3 does.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import boto3
import pytest
from moto.server import ThreadedMotoServer
from ocfl.storage_root import StorageRoot

from testamur.kernel.base.actor import operator
from testamur.trust.archive import actions, queries, steps
from testamur.trust.archive.objects import ArchiveConflict, ArchiveDamaged
from testamur.trust.archive.rules import object_path
from testamur.trust.archive.s3 import Bucket, UnreachableError
from tests.trust.archive.test_archive import new_object

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.feature("A14", "D10")
ORG = UUID(int=7)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The store's address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def client(address: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> S3Client:
    """A bucket of the test's own, with a client that looks at it from outside."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    made = boto3.client("s3", endpoint_url=address, region_name="us-east-1")
    made.create_bucket(Bucket=name_of(request))
    return made


def name_of(request: pytest.FixtureRequest) -> str:
    """A bucket's name for this test."""
    return f"b{abs(hash(request.node.nodeid)):x}"


@pytest.fixture
def bucket(client: S3Client, address: str, request: pytest.FixtureRequest) -> Bucket:
    """The archive in that bucket."""
    return Bucket(f"s3://{name_of(request)}/records", endpoint=address, region="us-east-1")


def down(client: S3Client, name: str, to: Path) -> Path:
    """Everything in the bucket as files."""
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=name):
        for one in page["Contents"]:
            path = to / one["Key"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(client.get_object(Bucket=name, Key=one["Key"])["Body"].read())
    return to / "records"


def test_what_lies_in_the_store_is_valid_ocfl_once_it_is_files(
    bucket: Bucket, client: S3Client, tmp_path: Path, now: datetime, request: pytest.FixtureRequest
) -> None:
    objects = [new_object() for _ in range(3)]
    bucket.write(objects, created=now)
    bucket.add_version(objects[0].record, {"status/1.json": b"{}"}, created=now, message="Replaced")
    assert StorageRoot(root=str(down(client, name_of(request), tmp_path))).validate()
    assert bucket.read(objects[0].record, "status/1.json") == b"{}"
    assert bucket.read(objects[0].record, "record.pdf") == objects[0].files["record.pdf"]
    assert sorted(bucket.objects()) == sorted(object_path(o.record) for o in objects)
    assert [bucket.check(place) for place in bucket.objects()] == [[], [], []]


def test_the_same_object_again_changes_nothing_and_another_is_refused(bucket: Bucket, now: datetime) -> None:
    one = new_object()
    assert bucket.write([one], created=now) == bucket.write([one], created=now)
    with pytest.raises(ArchiveConflict):
        bucket.write([new_object(one.record, b"%PDF-1.7 forged")], created=now)
    assert bucket.read(one.record, "record.pdf") == one.files["record.pdf"]
    with pytest.raises(ArchiveConflict):
        bucket.add_version(one.record, {"record.pdf": b"other"}, created=now, message="Never")


def test_what_a_killed_writer_left_is_no_object_and_is_written_over(
    bucket: Bucket, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = new_object()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Bucket, "_finish", killed)
        with pytest.raises(KeyboardInterrupt):
            bucket.write([one], created=now)
    assert list(bucket.objects()) == []
    assert bucket.standing(one.record) is None
    [stored] = bucket.write([one], created=now)
    assert bucket.standing(one.record) == stored
    assert bucket.check(object_path(one.record)) == []


def test_a_version_whose_last_file_was_not_written_is_still_vouched_for(
    bucket: Bucket, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = new_object()
    bucket.write([one], created=now)
    put = Bucket._put

    def until_the_sidecar(self: Bucket, path: str, data: bytes) -> None:
        if path == f"{object_path(one.record)}/inventory.json.sha512":
            raise KeyboardInterrupt
        put(self, path, data)

    with monkeypatch.context() as patch:
        patch.setattr(Bucket, "_put", until_the_sidecar)
        with pytest.raises(KeyboardInterrupt):
            bucket.add_version(one.record, {"s.json": b"{}"}, created=now, message="m")
    assert bucket.read(one.record, "s.json") == b"{}"
    assert bucket.check(object_path(one.record)) == []


def test_two_first_writers_cannot_both_be_the_first(bucket: Bucket, now: datetime) -> None:
    one, other = new_object(), new_object()
    path = f"{object_path(one.record)}/inventory.json"
    bucket.write([other], created=now)
    assert bucket._put_first(path, bucket.get(f"{object_path(other.record)}/inventory.json"))
    assert not bucket._put_first(path, b"{}")
    with pytest.raises(ArchiveConflict):
        bucket.write([one], created=now)


def test_rot_in_the_store_is_found(
    bucket: Bucket, client: S3Client, now: datetime, request: pytest.FixtureRequest
) -> None:
    one = new_object()
    bucket.write([one], created=now)
    place = object_path(one.record)
    client.put_object(Bucket=name_of(request), Key=f"records/{place}/v1/content/record.pdf", Body=b"%PDF-1.7 bodY")
    client.put_object(Bucket=name_of(request), Key=f"records/{place}/v1/content/extra", Body=b"x")
    client.delete_object(Bucket=name_of(request), Key=f"records/{place}/v1/content/evidence/salt")
    assert {f.code for f in bucket.check(place)} == {"content-changed", "content-unlisted", "content-missing"}
    with pytest.raises(ArchiveDamaged):
        bucket.read(one.record, "record.pdf")


def test_a_store_that_is_away_is_a_disk_that_refuses(
    client: S3Client, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UnreachableError):
        Bucket("s3://there-is-none/x", endpoint=client.meta.endpoint_url, region="us-east-1")
    with pytest.raises(ValueError, match="no address"):
        Bucket("https://example.org/x")


@pytest.mark.django_db
def test_the_product_keeps_its_originals_there_when_it_is_told_to(
    bucket: Bucket, address: str, now: datetime, settings: Any, request: pytest.FixtureRequest
) -> None:
    settings.ARCHIVE_URL, settings.S3_ENDPOINT = f"s3://{name_of(request)}/records", address
    settings.S3_REGION = "us-east-1"
    objects = [new_object() for _ in range(4)]
    stored = queries.store().write(objects, created=now)
    actions.register(by=operator(), path="/", organisation=ORG, objects=stored, stored_at=now, now=now)
    assert steps.audit(by=operator(), now=now).findings == ()
    from testamur.trust.archive.models import ArchiveObject

    before = sorted(ArchiveObject.objects.values_list("record", "organisation", "inventory_sha512", "size"))
    ArchiveObject.objects.all().delete()
    assert steps.rebuild_index(by=operator(), now=now) == 4
    assert sorted(ArchiveObject.objects.values_list("record", "organisation", "inventory_sha512", "size")) == before
