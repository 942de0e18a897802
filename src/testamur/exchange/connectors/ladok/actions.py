"""What people decide about transfers: resolve a difference, try again."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction

from testamur.exchange.connectors.ladok import ledger
from testamur.exchange.connectors.models import Transfer, TransferRow
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal.actions import append


class NoDifference(Refused):
    """The row does not differ from the registry's (any more)."""

    code = "connectors.registry.no_difference"


class AttestedThere(Refused):
    """The registry's result is attested: it is changed inside the registry alone."""

    code = "connectors.registry.attested_there"


class UnderWay(Refused):
    """The transfer is being sent just now, or is done: there is nothing to try again."""

    code = "connectors.registry.under_way"


@transaction.atomic
def resolve_difference(*, by: Actor, row: UUID, keep: Literal["ours", "theirs"], now: datetime) -> None:
    """Decide about a row that the registry holds another result for; `row` is the list's own row.

    ``theirs``: nothing more is sent for this row; what was signed here stands and is corrected here. ``ours``: the
    registry's draft, exactly as it was shown, is replaced; when it was changed since, the difference is shown anew.
    Needs ``connectors.registry.resolve`` at the list's path. Raises ``not_found``, `NoDifference`, `AttestedThere`.
    Journal: ``connectors.registry.resolved/1``.
    """
    held = TransferRow.objects.select_for_update().filter(row=row).select_related("transfer").first()
    if held is None:
        raise NotFound("There is no such row on its way to the registry.", field="row")
    transfer = held.transfer
    by.must("connectors.registry.resolve", transfer.path)
    if held.state != "differs" or held.theirs is None:
        raise NoDifference("This row does not differ from the registry's.", field="row")
    theirs = held.theirs
    if keep == "theirs":
        held.state, held.fault = "refused", ledger.THEIRS_KEPT
        held.message = "The registry's result was kept."
    elif theirs["state"] in {"attested", "annulled"}:
        raise AttestedThere("The registry's result is attested: it is changed inside the registry.", field="keep")
    else:
        held.state, held.result, held.stamp = "waiting", theirs["result"], theirs["stamp"]
        held.fault = held.message = ""
    held.save(update_fields=["state", "fault", "message", "result", "stamp"])
    _go_on(transfer, now)
    refs = {"transfer": str(transfer.id), "list": str(transfer.list), "row": str(row), "keep": keep}
    append(by=by, kind="connectors.registry.resolved/1", path=transfer.path, refs=refs, now=now)


@transaction.atomic
def retry(*, by: Actor, transfer: UUID, now: datetime) -> int:
    """Try refused rows again at once, and a transfer that waits; returns how many rows. Differences stay.

    Needs ``connectors.registry.retry`` at the list's path. Raises ``not_found`` and `UnderWay`. Journal:
    ``connectors.registry.retried/1``.
    """
    held = Transfer.objects.select_for_update().filter(id=transfer).first()
    if held is None:
        raise NotFound("There is no such transfer.", field="transfer")
    by.must("connectors.registry.retry", held.path)
    if held.state in {"attested", "ready"} or (held.lease_until is not None and held.lease_until > now):
        raise UnderWay("There is nothing to try again.", field="transfer")
    refused = TransferRow.objects.filter(transfer=transfer, state="refused").exclude(fault=ledger.THEIRS_KEPT)
    rows = refused.update(state="waiting", message="", fault="", theirs=None)
    _go_on(held, now)
    refs = {"transfer": str(held.id), "list": str(held.list), "number": held.number, "rows": rows}
    append(by=by, kind="connectors.registry.retried/1", path=held.path, refs=refs, now=now)
    return rows


def _go_on(transfer: Transfer, now: datetime) -> None:
    """Where the transfer stands now: with a row that waits it is sent at once."""
    rows = TransferRow.objects.filter(transfer=transfer.id)
    state = "waiting" if not rows.exists() else ledger.rest_state(transfer.id)
    if rows.filter(state__in=["waiting", "draft"]).exclude(fault=ledger.THEIRS_KEPT).exists():
        state = "waiting"
    transfer.state, transfer.next_at, transfer.done_at = state, now if state == "waiting" else None, None
    transfer.lease_until, transfer.tries, transfer.error, transfer.message = None, 0, "", ""
    transfer.save(update_fields=["state", "next_at", "done_at", "lease_until", "tries", "error", "message"])
