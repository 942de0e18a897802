"""What forms hold of one person, for the person's own extract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.sheet import Sheet
from testamur.schoolday.forms.models import Answer


def held(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:  # noqa: ARG001 - the shape of all sections
    """The asker's own answers and consents about the person, every version; another guardian's are left out.

    Needs ``keeping.extract.see`` for the person.
    """
    by.must("keeping.extract.see", person=person)
    columns = ("version", "word", "values", "language", "at", "method")
    rows = Answer.objects.filter(child=person, person=by.id).order_by("at", "version")
    yield Sheet("form_answers", columns, rows.values_list(*columns).iterator(chunk_size=2000))
