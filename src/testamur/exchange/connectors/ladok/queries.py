"""Reading transfers: for the office, for the page of a list, for the command line. Ids; names are the reader's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from testamur.exchange.connectors.ladok.settings import REGISTRY, is_set_up
from testamur.exchange.connectors.models import FeedCursor, Transfer, TransferRow
from testamur.kernel.base.actor import Actor
from testamur.register.people.queries import chunks


@dataclass(frozen=True, slots=True)
class TransferRowView:
    """One result on its way.

    Attributes:
        row: the list's own row.
        state: ``waiting``, ``draft``, ``ready``, ``attested``, ``differs``, ``refused``.
        message: the registry's own words, or ours; `fault` the registry's id of the fault, for its support.
        theirs: what the registry holds instead: ``value``, ``examined_on``, ``state``; None without a difference.
    """

    row: UUID
    person: UUID
    state: str
    message: str
    fault: str
    theirs: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class TransferView:
    """The way of one signed list.

    Attributes:
        state: ``waiting``, ``sending``, ``ready`` (to be attested in the registry), ``attested``, ``differs``,
            ``failed``.
        error: code of what keeps it; `message` in words.
        counts: rows by state.
        rows: only where one transfer is asked for.
    """

    id: UUID
    list: UUID
    number: int
    path: str
    state: str
    tries: int
    next_at: datetime | None
    error: str
    message: str
    begun_at: datetime
    done_at: datetime | None
    counts: Mapping[str, int]
    rows: tuple[TransferRowView, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """How the connection stands: transfers by state, how far the feed was read."""

    set_up: bool
    transfers: Mapping[str, int]
    feed_at: datetime | None
    feed_entry: str
    oldest_waiting: datetime | None


def transfers(*, by: Actor, path: str, states: Collection[str] = (), limit: int = 500) -> tuple[TransferView, ...]:
    """Transfers of the lists at or below `path`, those longest on their way first; of some states where asked.

    Needs ``connectors.registry.see`` at `path`.
    """
    by.must("connectors.registry.see", path)
    rows = Transfer.objects.filter(path__startswith=path)
    if states:
        rows = rows.filter(state__in=list(states))
    found = list(rows.order_by("begun_at", "number")[:limit])
    counts = _counts([row.id for row in found])
    return tuple(_view(row, counts.get(row.id, {})) for row in found)


def transfer_of(*, by: Actor, list: UUID) -> TransferView | None:  # noqa: A002 - a list is what all this is about
    """The transfer of a list with its rows; None while it is not signed or no registry is set up.

    Needs ``connectors.registry.see`` or ``reporting.list.read`` at the list's path.
    """
    row = Transfer.objects.filter(list=list).first()
    if row is None:
        return None
    if not by.may("reporting.list.read", row.path):
        by.must("connectors.registry.see", row.path)
    rows = tuple(
        TransferRowView(one.row, one.person, one.state, one.message, one.fault, one.theirs)
        for one in TransferRow.objects.filter(transfer=row.id).order_by("id")
    )
    return _view(row, Counter(one.state for one in rows), rows)


def standing(*, by: Actor, path: str = "/") -> Standing:
    """How the connection stands. Needs ``connectors.registry.see`` at `path`."""
    by.must("connectors.registry.see", path)
    rows = Transfer.objects.filter(path__startswith=path)
    counted = dict(rows.values_list("state").annotate(n=Count("*")).order_by("state"))
    oldest = rows.filter(state__in=["waiting", "sending"]).order_by("begun_at").first()
    cursor = FeedCursor.objects.filter(registry=REGISTRY).first()
    return Standing(
        is_set_up(), counted, cursor.at if cursor else None, cursor.entry if cursor else "",
        oldest.begun_at if oldest else None,
    )  # fmt: skip


def _counts(transfers_: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    found: dict[UUID, dict[str, int]] = {}
    for chunk in chunks(transfers_, 500):
        rows = TransferRow.objects.filter(transfer__in=chunk).values_list("transfer_id", "state").annotate(n=Count("*"))
        for transfer, state, count in rows.order_by():
            found.setdefault(transfer, {})[state] = count
    return found


def _view(row: Transfer, counts: Mapping[str, int], rows: tuple[TransferRowView, ...] = ()) -> TransferView:
    return TransferView(
        row.id, row.list, row.number, row.path, row.state, row.tries, row.next_at, row.error, row.message,
        row.begun_at, row.done_at, dict(counts), rows,
    )  # fmt: skip
