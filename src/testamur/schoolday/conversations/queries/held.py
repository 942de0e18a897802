"""What conversations hold of one person, for the person's own extract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.sheet import Sheet
from testamur.schoolday.conversations.models import Post, Reading, Telling


def held(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:  # noqa: ARG001 - the shape of all sections
    """What the asker wrote about the person, and what stands in the asker's own threads; to oneself all that one wrote.

    What a pupil wrote to the school is no guardian's to read, nor that it was written; nobody else's threads are. Needs
    ``keeping.extract.see`` for the person.
    """
    by.must("keeping.extract.see", person=person)
    oneself = by.id == person
    mine = Q(thread__person=by.id, thread__child=person) | Q(author=by.id, child=person)
    columns = ("conversation__subject", "at", "side", "text", "withdrawn_at")
    found = Post.objects.filter(mine | Q(author=person) if oneself else mine)
    rows = found.order_by("at", "id").values_list(*columns)
    yield Sheet("messages", ("subject", *columns[1:]), rows.iterator(chunk_size=2000))
    if not oneself:
        return
    read = Reading.objects.filter(person=person, seen_at__isnull=False).order_by("seen_at")
    yield Sheet(
        "messages_read", ("subject", "seen_at"), iter(list(read.values_list("conversation__subject", "seen_at")))
    )
    letters = Telling.objects.filter(person=person).values_list("pace", "changed_at")
    yield Sheet("messages_letters", ("pace", "changed_at"), iter(list(letters)))
