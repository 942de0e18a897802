"""A list of deletion from its proposal to its end: proposed, approved by one person, carried out by another."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import IntegrityError, transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.schools import queries as schools
from testamur.schoolday.keeping import owners
from testamur.schoolday.keeping.models import DeletionList, ListItem
from testamur.schoolday.keeping.rules import (
    Category,
    ListChanged,
    ListStands,
    ListState,
    NothingToDelete,
    limit,
    must_be_another,
    must_move,
    term_of,
)

_STANDS = "There is an open list of that kind already."


@transaction.atomic
def propose_list(*, by: Actor, unit: UUID, category: Category, now: datetime) -> UUID:
    """Propose to delete what the plan lets go at one school; returns the list's id.

    Journal: ``keeping.list.proposed/1``. Needs ``keeping.list.propose`` at the school. Raises NotFound, NoDeletion,
    ListStands, NothingToDelete.
    """
    school = schools.unit(unit)
    if school is None:
        raise NotFound("There is no such school.", unit=str(unit))
    by.must("keeping.list.propose", school.path)
    before = limit(school.country, category, now.date())
    closed = [ListState.DONE, ListState.DROPPED]
    if DeletionList.objects.filter(unit=unit, category=category).exclude(state__in=closed).exists():
        raise ListStands(_STANDS)
    rows = [one.hex for one in owners.old(school=unit, path=school.path, category=category, before=before)]
    if not rows:
        raise NothingToDelete("Everything of that kind is younger than the plan asks for.")
    made = DeletionList(
        id=new_id(), unit_id=unit, path=school.path, category=category, before=before,
        source=term_of(school.country, category).source, count=len(rows), digest=digest_of(rows), proposed_by=by.id,
        proposed_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:  # somebody else proposed in the same moment
        raise ListStands(_STANDS) from None
    ListItem.objects.bulk_create((ListItem(list=made, row=row) for row in rows), batch_size=500)
    _tell(by, "proposed", made, now)
    return made.id


@transaction.atomic
def approve_list(*, by: Actor, list: UUID, digest: str, now: datetime) -> None:  # noqa: A002 - what it is about
    """Approve a list that was looked at: `digest` is the one of what was shown. Journal: ``keeping.list.approved/1``.

    Needs ``keeping.list.approve`` at the school. Raises NotFound, WrongState, ListChanged.
    """
    row = _locked(list)
    by.must("keeping.list.approve", row.path)
    must_move(ListState(row.state), ListState.APPROVED)
    if digest != row.digest:
        raise ListChanged("Look at the list again: it is not the one that was shown.")
    row.state, row.approved_by, row.approved_at = ListState.APPROVED, by.id, now
    row.save(update_fields=["state", "approved_by", "approved_at"])
    _tell(by, "approved", row, now)


@transaction.atomic
def drop_list(*, by: Actor, list: UUID, now: datetime) -> None:  # noqa: A002 - as above
    """Delete nothing of a list. Journal: ``keeping.list.dropped/1``. Needs ``keeping.list.approve`` at the school."""
    row = _locked(list)
    by.must("keeping.list.approve", row.path)
    must_move(ListState(row.state), ListState.DROPPED)
    row.state = ListState.DROPPED
    row.save(update_fields=["state"])
    _tell(by, "dropped", row, now)


@transaction.atomic
def carry_out(*, by: Actor, list: UUID, now: datetime) -> None:  # noqa: A002 - as above
    """Let an approved list be carried out in the background, by somebody else than who approved it.

    From here the database lets its rows go. Journal: ``keeping.list.started/1``. Needs ``keeping.list.carry`` at the
    school. Raises NotFound, WrongState, SamePerson.
    """
    row = _locked(list)
    by.must("keeping.list.carry", row.path)
    must_move(ListState(row.state), ListState.RUNNING)
    must_be_another(row.approved_by, by.id)
    row.state, row.carried_by, row.started_at = ListState.RUNNING, by.id, now
    row.save(update_fields=["state", "carried_by", "started_at"])
    _tell(by, "started", row, now)


def digest_of(rows: list[str]) -> str:
    """SHA-256 over the ids in their order, one a line: what a reviewer approves, and what the journal keeps."""
    return sha256("\n".join(rows).encode()).hexdigest()


def _locked(id: UUID) -> DeletionList:  # noqa: A002 - the name that every query uses
    row = DeletionList.objects.select_for_update().filter(id=id).first()
    if row is None:
        raise NotFound("There is no such list.", list=str(id))
    return row


def _tell(by: Actor, what: str, row: DeletionList, now: datetime) -> None:
    refs = {
        "list": str(row.id), "unit": str(row.unit_id), "category": row.category, "count": row.count,
        "digest": row.digest,
    }  # fmt: skip
    append(by=by, kind=f"keeping.list.{what}/1", path=row.path, refs=refs, now=now)
