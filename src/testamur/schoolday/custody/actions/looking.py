"""Looking a pupil up: a reason first, then the whole history for half an hour."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.journal.actions import append
from testamur.schoolday.custody import queries
from testamur.schoolday.custody.models import Guess, LookUp
from testamur.schoolday.custody.queries.reach import lent
from testamur.schoolday.custody.rules import GUESSES, OPEN_FOR, NobodyFound, Purpose, TooMany, said
from testamur.trust.records.actions import seeing
from testamur.trust.records.originals import Fetched

HOUR = timedelta(hours=1)


def look_up(
    *, by: Actor, path: str, number: str, birth_date: date | None, purpose: Purpose, text: str, now: datetime
) -> UUID:
    """Open the history of the pupil with that number and date of birth; returns the look-up's id.

    Needs ``custody.lookup.open`` at `path`. The pupil is or was one of a school there; to anybody else the answer is
    the same as for a number that nobody has. Raises SayWhy, NobodyFound, TooMany. Journal: ``custody.lookup.opened/1``
    with the person, so that the family reads who looked, and why.
    """
    by.must("custody.lookup.open", path)
    why = said(text)
    must_not_guess(by, now)
    person = queries.pupil_of(number=number, birth_date=birth_date, path=path, on=now.date())
    if person is None:
        note_guess(by=by, path=path, now=now)
        raise NobodyFound("Nobody of that number and date of birth is or was a pupil here.", field="number")
    return _open(by=by, path=path, person=person, purpose=purpose, why=why, now=now)


@transaction.atomic
def _open(*, by: Actor, path: str, person: UUID, purpose: Purpose, why: str, now: datetime) -> UUID:
    row = LookUp(
        id=new_id(), person=person, by_person=by.id, path=path, purpose=purpose.value, text=why, opened_at=now,
        ends_at=now + OPEN_FOR,
    )  # fmt: skip
    row.save(force_insert=True)
    refs = {"lookup": str(row.id), "person": str(person), "purpose": purpose.value}
    append(by=by, kind="custody.lookup.opened/1", path=path, refs=refs, now=now)
    return row.id


def must_not_guess(by: Actor, now: datetime) -> None:
    """Raise TooMany after `GUESSES` numbers of an hour that led to nobody."""
    if Guess.objects.filter(by_person=by.id, at__gt=now - HOUR).count() >= GUESSES:
        raise TooMany("So many numbers led to nobody: try again in an hour.", field="number")


@transaction.atomic
def note_guess(*, by: Actor, path: str, now: datetime) -> None:
    """Kept although the search is refused, so that numbers cannot be tried one after another."""
    Guess.objects.filter(at__lte=now - HOUR).delete()
    Guess.objects.create(by_person=by.id, at=now)
    append(by=by, kind="custody.lookup.failed/1", path=path, refs={}, now=now)


@transaction.atomic
def fetch_original(*, by: Actor, lookup: UUID, record: UUID, now: datetime) -> Fetched:
    """The original of one of the pupil's documents, of whatever school, while the look-up is open.

    Raises LookUpEnded, NotFound, OriginalDamaged. Kept as a retrieval. Journal: ``custody.original.fetched/1`` beside
    the retrieval's own entry. Needs ``custody.lookup.open`` where the look-up was opened.
    """
    opened = queries.opened(by=by, lookup=lookup, now=now)
    by.must("custody.lookup.open", opened.path)
    one = queries.document(by=by, lookup=lookup, record=record, now=now)
    fetched = seeing.original(by=lent(by, one.path, "records.record.read"), record=record, now=now)
    refs = {"lookup": str(lookup), "record": str(record), "person": str(opened.person)}
    append(by=by, kind="custody.original.fetched/1", path=opened.path, refs=refs, now=now)
    return fetched
