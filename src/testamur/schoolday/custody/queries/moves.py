"""Transfers, as the two schools see them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.schoolday.custody.models import Transfer
from testamur.schoolday.custody.rules import TransferState, TransferView


def transfers(*, by: Actor, path: str, limit: int = 200) -> tuple[TransferView, ...]:
    """Transfers from or to schools at or below `path`, those under way first. Needs ``custody.transfer.see`` there."""
    by.must("custody.transfer.see", path)
    rows = list(
        Transfer.objects.filter(Q(sender_path__startswith=path) | Q(receiver_path__startswith=path)).order_by(
            "-asked_at"
        )[:limit]
    )
    waiting = (TransferState.ASKED, TransferState.RELEASED)
    return tuple(view(row) for row in sorted(rows, key=lambda row: row.state not in waiting))


def transfer(*, by: Actor, transfer: UUID) -> TransferView:
    """One transfer, for the two schools and those above them. Raises NotFound, to others too."""
    row = Transfer.objects.filter(id=transfer).first()
    places = () if row is None else (row.sender_path, row.receiver_path)
    if row is None or not any(by.may("custody.transfer.see", path) for path in places):
        raise NotFound("There is no such transfer.", transfer=str(transfer))
    return view(row)


def view(row: Transfer) -> TransferView:
    """The row as a value."""
    return TransferView(
        row.id, row.pupil, row.sender, row.receiver, row.asked_by, row.asked_at, row.reason, TransferState(row.state),
        row.last_day, row.why, row.answered_at,
    )  # fmt: skip
