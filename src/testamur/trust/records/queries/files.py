"""What stands in the files of a record, wherever it lies now: in a pack of drafts or in the archive."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from testamur.trust.archive.queries import store
from testamur.trust.records import drafts
from testamur.trust.records.models import Issue, Record


def frozen(*, records: Sequence[UUID]) -> Mapping[UUID, Mapping[str, Any]]:
    """The snapshots of records, for code that has asked already whether its actor may read them.

    An unknown id, and a draft whose file is gone, is left out.
    """
    found: dict[UUID, Mapping[str, Any]] = {}
    for start in range(0, len(records), 500):
        some = records[start : start + 500]
        archived = set(Issue.objects.filter(record__in=some).values_list("record", flat=True))
        for record in sorted(archived):
            found[record] = json.loads(store().read(record, "record.json"))
        drafted = [record for record in some if record not in archived]
        for row in Record.objects.filter(id__in=drafted) if drafted else ():
            data = _draft(row)
            if data is not None:
                found[row.id] = json.loads(data)
    return found


def _draft(row: Record) -> bytes | None:
    try:
        return drafts.read_part(row.draft_file_id, row.draft_offset + row.size, row.json_size)
    except OSError:
        return None
