"""Keeping what a list holds, for good. For the verbs of this package."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Max

from testamur.schoolday.reporting.models import ListRow, ListVersion, ResultList
from testamur.schoolday.reporting.queries.versions import frozen
from testamur.schoolday.reporting.rules.content import digest
from testamur.schoolday.reporting.rules.lists import ListChanged
from testamur.schoolday.reporting.rules.states import Reason


def freeze(row: ResultList, text: str, reason: Reason, by: UUID, now: datetime) -> None:
    """Keep what a list holds as its next version; part of the verbs that send and sign."""
    last = ListVersion.objects.filter(list=row).aggregate(last=Max("number"))["last"] or 0
    ListVersion.objects.create(
        list=row, number=last + 1, reason=reason, content=text, sha256=digest(text), made_by=by, made_at=now
    )


def must_be_unchanged(row: ResultList, rows: tuple[ListRow, ...]) -> None:
    """Raise `ListChanged` unless a sent list still holds what was frozen when it was sent.

    Verbs and triggers let nobody change it; this finds what passed them by.
    """
    kept = ListVersion.objects.filter(list=row, reason=Reason.SENT).order_by("-number").first()
    now = digest(frozen(row, rows))
    if kept is None or not row.sent_sha256 == kept.sha256 == digest(kept.content) == now:
        raise ListChanged(
            "The list is not what was sent any more. Nothing is decided by it: have it looked into.",
            field="list",
            sent=row.sent_sha256,
            found=now,
        )
