"""Reading the archive."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from uuid import UUID

from django.conf import settings

from testamur.trust.archive.models import ArchiveObject
from testamur.trust.archive.objects import Objects
from testamur.trust.archive.ocfl import Store
from testamur.trust.archive.rules import StoredObject


def store() -> Objects:
    """The location: the bucket of ``TESTAMUR_ARCHIVE_URL``, otherwise the folder ``<data>/archive``."""
    if settings.ARCHIVE_URL:
        return _bucket(settings.ARCHIVE_URL, settings.S3_ENDPOINT, settings.S3_REGION)
    return Store(Path(settings.DATA) / "archive")


@cache
def _bucket(url: str, endpoint: str, region: str) -> Objects:
    """One for each process: its connections are kept."""
    from testamur.trust.archive.s3 import Bucket  # the library is slow to load, and most installations have a disk

    return Bucket(url, endpoint=endpoint, region=region)


def stored(record: UUID) -> StoredObject | None:
    """What the index says of a record."""
    row = ArchiveObject.objects.filter(record=record).first()
    return StoredObject(row.record, row.head, row.inventory_sha512, row.size) if row else None


def index() -> Iterator[StoredObject]:
    """Every row of the index."""
    for row in ArchiveObject.objects.order_by("record").iterator(chunk_size=2000):
        yield StoredObject(row.record, row.head, row.inventory_sha512, row.size)
