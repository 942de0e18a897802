"""Removing files that no post names."""

from __future__ import annotations

from datetime import datetime

from testamur.kernel.base.actor import Actor
from testamur.kernel.journal.actions import append
from testamur.schoolday.conversations import files
from testamur.schoolday.conversations.models import Attachment


def tidy_files(*, by: Actor, now: datetime) -> int:
    """Remove stored files that are older than a day and that no post came to name; returns how many.

    Journal: ``conversations.files.tidied/1``, where there were some. Needs ``conversations.file.tidy``.
    """
    by.must("conversations.file.tidy")
    gone = 0
    for digest in list(files.loose(now=now)):
        if not Attachment.objects.filter(digest=digest).exists():
            files.remove(digest)
            gone += 1
    if gone:
        append(by=by, kind="conversations.files.tidied/1", path="/", refs={"count": gone}, now=now)
    return gone
