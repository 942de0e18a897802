"""No transcript is marked ready before its class is verified: a rule of the verb, whoever calls it.

Named in the setting ``READY_RULES``, by which the records, which lie below, come to ask for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from testamur.kernel.jobs.rules import step_actor
from testamur.schoolday.transcripts.models import Verification
from testamur.schoolday.transcripts.queries.classes import classes_of, unverified
from testamur.schoolday.transcripts.rules import NotVerified
from testamur.trust.records import queries as records_queries

_READER = step_actor("transcripts", "records.record.read")


def must_be_verified(*, records: Sequence[UUID], now: datetime) -> None:
    """Raise `NotVerified` when one of the records is a transcript of a class that nobody's word covers, or is outdated.

    Inside the transaction that marks them ready: the word cannot be taken back before it ends.
    """
    views = records_queries.by_ids(by=_READER, records=records)
    groups = {group for group in classes_of(views).values() if group is not None}
    if groups:
        words = Verification.objects.select_for_update().filter(group__in=groups, withdrawn_at__isnull=True)
        list(words.order_by("group"))  # in one order, whoever else locks several
    held = unverified(views, now=now)
    if held:
        raise NotVerified(
            "The class is not verified, or what the document says has changed since.", field="records", count=len(held)
        )
