"""Which documents belong to a result list: they are signed with it, on its own page, or not at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.law.contract import Pack
from testamur.law.tables import PACKS
from testamur.schoolday.reporting.models import ListRow, ResultList
from testamur.schoolday.reporting.queries.heads import counted, head_of
from testamur.schoolday.reporting.queries.reach import READ
from testamur.schoolday.reporting.rules.states import ListState
from testamur.schoolday.reporting.rules.views import ListHead
from testamur.trust.records.queries import hands


def _types(pack: Pack) -> tuple[str, ...]:
    law = pack.results
    return (pack.documents[law.list_document].code, pack.documents[law.certificate].code) if law is not None else ()


TYPES = frozenset(code for pack in PACKS.values() for code in _types(pack))
"""Kinds of document that are signed with their list alone (``se.university.resultatlista`` …)."""


def waiting_lists(*, by: Actor, records: Collection[UUID]) -> tuple[tuple[ListHead, int], ...]:
    """The sent lists whose documents `records` are, with how many of these are of each; longest waiting first.

    Those that were sent to `by`, or that `by` may read.
    """
    if not records:
        return ()
    owners = _owners(records)
    found = counted().filter(id__in=set(owners.values()), state=ListState.SENT).order_by("sent_at", "number")
    return tuple(
        (head_of(row), sum(one == row.id for one in owners.values()))
        for row in found
        if row.examiner == by.id or by.may(READ, row.path)
    )


def list_in(*, by: Actor, ceremony: UUID) -> UUID | None:
    """The list whose documents one of `by`'s own ceremonies is or was over; None for a ceremony of other documents.

    A ceremony that came to nothing has no documents any more.
    """
    found = ResultList.objects.filter(record__in=hands.in_ceremony(by=by, ceremony=ceremony))
    return found.values_list("id", flat=True).first()


def _owners(records: Collection[UUID]) -> Mapping[UUID, UUID]:
    """By record: its list."""
    own = ResultList.objects.filter(record__in=records).values_list("record", "id")
    rows = ListRow.objects.filter(certificate__in=records).values_list("certificate", "list")
    return {record: one for record, one in (*own, *rows) if record is not None}
