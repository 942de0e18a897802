"""What questions to the school hold of one person, for the person's own extract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.sheet import Sheet
from testamur.schoolday.support.models import Word

_TOLD = ("asked", "more", "answer")


def held(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:  # noqa: ARG001 - the shape of all sections
    """The asker's own questions about the person, with their answers; what colleagues wrote to each other is left out.

    Needs ``keeping.extract.see`` for the person.
    """
    by.must("keeping.extract.see", person=person)
    about = Q(question__child=person) | (Q(question__child=None) if by.id == person else Q(pk__in=[]))
    rows = Word.objects.filter(about, question__asked_by=by.id, said__in=_TOLD).order_by("at")
    columns = ("question__title", "at", "said", "text")
    yield Sheet("questions", ("title", *columns[1:]), rows.values_list(*columns).iterator(chunk_size=2000))
