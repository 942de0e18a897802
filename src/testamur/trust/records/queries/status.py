"""Reading status lists. Public: they name nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from testamur.kernel.base.refused import NotFound
from testamur.kernel.proofs import status
from testamur.trust.records.models import StatusList


@dataclass(frozen=True, slots=True)
class WaitingStatusList:
    """A status list that is signed but not yet logged."""

    id: UUID
    note: bytes


@dataclass(frozen=True, slots=True)
class StatusListView:
    """The newest published status list of an organisation; `keys_size` is the size of its compressed keys in bytes."""

    id: UUID
    organisation: UUID
    made_at: datetime
    entries: int
    replaced: int
    annulled: int
    log_index: int
    keys_size: int


def waiting_status_list(organisation: UUID) -> WaitingStatusList | None:
    """The list that was drawn up and is not in the log yet."""
    row = StatusList.objects.filter(organisation=organisation, log_index__isnull=True).first()
    return WaitingStatusList(row.id, row.note.encode()) if row else None


def status_list(organisation: UUID) -> StatusListView | None:
    """What the newest published status list is about. Public: it names nobody."""
    row = _newest(organisation)
    if row is None or row.log_index is None:
        return None
    return StatusListView(
        row.id,
        row.organisation,
        row.made_at,
        row.entries,
        row.replaced,
        row.annulled,
        row.log_index,
        len(row.keys or b""),
    )


def status_file(organisation: UUID) -> dict[str, Any]:
    """The newest published list as anyone may have it (docs/formats.md §12). Raises NotFound."""
    row = _newest(organisation)
    if row is None:
        raise NotFound("There is no status list of this organisation.", organisation=str(organisation))
    return status.assemble(row.note.encode(), bytes(row.keys or b""), row.proof.encode())


def _newest(organisation: UUID) -> StatusList | None:
    rows = StatusList.objects.filter(organisation=organisation, log_index__isnull=False, keys__isnull=False)
    return rows.order_by("-entries").first()
