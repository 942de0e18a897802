"""Writing the archive."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.journal.actions import append
from testamur.trust.archive.models import ArchiveObject
from testamur.trust.archive.queries import store
from testamur.trust.archive.rules import StoredObject


@transaction.atomic
def register(
    *,
    by: Actor,
    path: str,
    organisation: UUID,
    objects: Sequence[StoredObject],
    stored_at: datetime,
    now: datetime,
) -> None:
    """Enter written and re-read objects in the index (`Store.write` comes first, outside the transaction).

    Entering the same objects again changes nothing. Journal: ``archive.objects.stored/1`` with the count and one digest
    over the inventories.
    """
    by.must("archive.object.store", path)
    ArchiveObject.objects.bulk_create(
        [
            ArchiveObject(
                record=o.record,
                organisation=organisation,
                head=o.head,
                inventory_sha512=o.inventory_sha512,
                size=o.size,
                stored_at=stored_at,
                checked_at=now,
            )
            for o in objects
        ],
        ignore_conflicts=True,
    )
    digest = hashlib.sha256("".join(sorted(o.inventory_sha512 for o in objects)).encode()).hexdigest()
    append(
        by=by,
        kind="archive.objects.stored/1",
        path=path,
        now=now,
        refs={"count": len(objects), "inventories_sha256": digest},
    )


def add_files(
    *, by: Actor, path: str, record: UUID, files: Mapping[str, bytes], message: str, now: datetime
) -> StoredObject:
    """Add evidence to a stored object as a new version (a status note, a renewal); content is never rewritten.

    Journal: ``archive.object.extended/1``. Raises ArchiveConflict when a path exists already.
    """
    by.must("archive.object.extend", path)
    added = store().add_version(record, files, created=now, message=message)
    with transaction.atomic():
        ArchiveObject.objects.filter(record=record).update(
            head=added.head, inventory_sha512=added.inventory_sha512, size=added.size, checked_at=now
        )
        append(
            by=by,
            kind="archive.object.extended/1",
            path=path,
            now=now,
            refs={"record": str(record), "head": added.head, "inventory_sha512": added.inventory_sha512},
        )
    return added
