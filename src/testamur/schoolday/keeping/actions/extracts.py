"""Asking for everything that is held of a person, and fetching the file (GDPR article 15)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.schoolday.keeping import queries
from testamur.schoolday.keeping.extract.files import file_of
from testamur.schoolday.keeping.models import Extract
from testamur.schoolday.keeping.rules import KEEP, ExtractState, ExtractWaits


@transaction.atomic
def ask_extract(*, by: Actor, person: UUID, locale: str = "", now: datetime) -> UUID:
    """Ask for an extract about oneself or a child; returns its id. It is made in the background.

    Journal: ``keeping.extract.asked/1``. Needs ``keeping.extract.make`` for the person. Raises ExtractWaits while one
    is being made.
    """
    by.must("keeping.extract.make", person=person)
    waiting = Extract.objects.filter(person=person, asked_by=by.id, state=ExtractState.ASKED, expires_at__gt=now)
    if waiting.exists():
        raise ExtractWaits("One is being made already.")
    row = Extract(
        id=new_id(), person=person, asked_by=by.id, identified_by=by.identified_by, locale=locale[:8], asked_at=now,
        expires_at=now + KEEP,
    )  # fmt: skip
    row.save(force_insert=True)
    refs = {"extract": str(row.id), "person": str(person)}
    append(by=by, kind="keeping.extract.asked/1", path="/", refs=refs, now=now)
    return row.id


@transaction.atomic
def fetch_extract(*, by: Actor, extract: UUID, now: datetime) -> Path:
    """The file, for whoever asked for it and still reaches the person. Journal: ``keeping.extract.fetched/1``.

    Needs ``keeping.extract.see`` for the person. Raises NotFound.
    """
    found = queries.extract(by=by, id=extract, now=now)
    by.must("keeping.extract.see", person=found.person)
    path = file_of(found.id)
    if found.state is not ExtractState.MADE or not path.exists():
        raise NotFound("There is no such extract.", extract=str(extract))
    Extract.objects.filter(id=found.id).update(fetched_at=now)
    refs = {"extract": str(found.id), "person": str(found.person), "sha256": found.sha256}
    append(by=by, kind="keeping.extract.fetched/1", path="/", refs=refs, now=now)
    return path
