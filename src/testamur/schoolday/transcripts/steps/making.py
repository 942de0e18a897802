"""The documents of verified classes: made in the background, and marked ready while the word about the class holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.law.contract import DocumentType
from testamur.law.tables import PACKS
from testamur.schoolday.transcripts.looking import Frame, frame, look
from testamur.schoolday.transcripts.models import Verification
from testamur.trust.records import actions
from testamur.trust.records.queries.progress import progress
from testamur.trust.records.rules import State

MAKE = "transcripts.make"
"""Kind of the work."""


def verified_documents() -> frozenset[str]:
    """Full codes of the documents that nobody may sign before the class is verified."""
    return frozenset(d.code for pack in PACKS.values() for d in pack.documents.values() if d.verified)


@transaction.atomic
def ready(*, by: Actor, group: UUID, documents: Iterable[DocumentType], now: datetime) -> int:
    """Mark the drafts of a verified class ready to sign; returns how many. Nothing happens while it is not verified.

    Needs ``records.record.ready`` at the school.
    """
    told = frame(group)
    if told is None or not _holds(told, now):
        return 0
    drafts = [record for document in documents for record in _drafts(told, document, now)]
    if drafts:
        actions.mark_ready(by=by, path=told.school.path, records=drafts, now=now)
    return len(drafts)


def _holds(told: Frame, now: datetime) -> bool:
    """Whether the class is verified; the word cannot be taken back before the transaction ends."""
    rows = Verification.objects.select_for_update().filter(group=told.group.id, withdrawn_at__isnull=True)
    return rows.first() is not None and look(told, today=now.date()).is_verified


def _drafts(told: Frame, document: DocumentType, now: datetime) -> Sequence[UUID]:
    pupils = [one.pupil for one in look(told, today=now.date()).pupils]
    found = progress(unit=told.school.id, document_type=document.code, periods=told.periods, subjects=pupils)
    return [one.record for one in found.values() if one.state is State.DRAFTED]
