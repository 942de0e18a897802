"""Reading the archive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from django.conf import settings

from testamur.trust.archive.models import ArchiveObject
from testamur.trust.archive.ocfl import Store
from testamur.trust.archive.rules import StoredObject


def store() -> Store:
    """The first location (`<data>/archive`)."""
    return Store(Path(settings.DATA) / "archive")


def stored(record: UUID) -> StoredObject | None:
    """What the index says of a record."""
    row = ArchiveObject.objects.filter(record=record).first()
    return StoredObject(row.record, row.head, row.inventory_sha512, row.size) if row else None


def index() -> Iterator[StoredObject]:
    """Every row of the index."""
    for row in ArchiveObject.objects.order_by("record").iterator(chunk_size=2000):
        yield StoredObject(row.record, row.head, row.inventory_sha512, row.size)
