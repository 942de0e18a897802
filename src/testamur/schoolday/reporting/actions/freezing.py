"""Keeping what a list holds, for good. For the verbs of this package."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Max

from testamur.schoolday.reporting.models import ListVersion, ResultList
from testamur.schoolday.reporting.rules.content import digest
from testamur.schoolday.reporting.rules.states import Reason


def freeze(row: ResultList, text: str, reason: Reason, by: UUID, now: datetime) -> None:
    """Keep what a list holds as its next version; part of the verbs that send and sign."""
    last = ListVersion.objects.filter(list=row).aggregate(last=Max("number"))["last"] or 0
    ListVersion.objects.create(
        list=row, number=last + 1, reason=reason, content=text, sha256=digest(text), made_by=by, made_at=now
    )
