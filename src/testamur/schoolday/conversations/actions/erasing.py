"""Deleting conversations that a reviewed list names, with their attachments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.journal.actions import append
from testamur.schoolday.conversations import files
from testamur.schoolday.conversations.models import Attachment, Conversation, Member, Post, Reading, Thread
from testamur.schoolday.conversations.queries.old import aways, conversations


@transaction.atomic
def erase(
    *, by: Actor, school: UUID, path: str, what: str, rows: Sequence[UUID], before: date, because: UUID, now: datetime
) -> int:
    """Delete those of the rows that are still old; returns how many. `because` is the list's id.

    Everything written in a conversation goes with it. A file that no other post names goes from the disk after the
    commit; where the process dies in between, the tidying step finds it.

    Journal: ``conversations.rows.erased/1`` with the count. Needs ``retention.row.erase`` at the school.
    """
    by.must("retention.row.erase", path)
    found = list(conversations(path, before).filter(id__in=rows).values_list("id", flat=True))
    enclosed = Attachment.objects.filter(post__conversation__in=found)
    digests = set(enclosed.values_list("digest", flat=True))
    enclosed.delete()
    for table in (Post, Thread, Member, Reading):
        table._default_manager.filter(conversation__in=found).delete()  # noqa: SLF001 - Django's own way to rows
    Conversation.objects.filter(id__in=found).delete()
    gone = len(found) + aways(path, before).filter(id__in=rows).delete()[0]
    refs = {"unit": str(school), "what": what, "count": gone, "list": str(because)}
    append(by=by, kind="conversations.rows.erased/1", path=path, refs=refs, now=now)
    transaction.on_commit(lambda: _remove(digests, now))
    return gone


def _remove(digests: Iterable[str], now: datetime) -> None:
    """Remove the files that nobody names any more; one that was sent again today waits for the tidying step."""
    for digest in digests:
        if files.is_loose(digest, now=now) and not Attachment.objects.filter(digest=digest).exists():
            files.remove(digest)
