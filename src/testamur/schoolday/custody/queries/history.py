"""One pupil's history over all schools, for whoever has opened it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.jobs.rules import step_actor
from testamur.register.people import queries as people
from testamur.register.people.rules import Scheme
from testamur.register.schools import queries as schools
from testamur.register.schools.queries.setup import pupils_ever
from testamur.schoolday.custody.models import LookUp
from testamur.schoolday.custody.rules import LookUpEnded, LookUpView, Purpose, Stay, stays
from testamur.trust.records.queries import finding
from testamur.trust.records.queries.listing import RecordView
from testamur.trust.records.rules import SEEN_BY_CITIZENS

_READER = step_actor("custody", "records.record.read", "people.details.see", "people.protected.see")
"""Reads what a look-up that was allowed shows: documents of all schools, and the date of birth to compare with."""
MOST_DOCUMENTS = 500


def pupil_of(*, number: str, birth_date: date | None, path: str, on: date) -> UUID | None:
    """The pupil with that number who is or was at a school at or below `path`; None also when the birthday differs.

    A number of the installation's own (local) is none. Without a date of birth nobody is found.
    """
    told = number.strip()
    holders = (
        people.holder_of_identifier(scheme=scheme, value=told, on=on) for scheme in Scheme if scheme is not Scheme.LOCAL
    )
    found = [holder for holder in holders if holder is not None] if told else []
    for person in pupils_ever(persons=found, path=path):
        view = people.person(by=_READER, id=person)
        if view is not None and birth_date is not None and view.birth_date == birth_date:
            return person
    return None


def opened(*, by: Actor, lookup: UUID, now: datetime) -> LookUpView:
    """One's own look-up while it is open. Raises NotFound for anybody else's, LookUpEnded."""
    row = LookUp.objects.filter(id=lookup, by_person=by.id).first()
    if row is None:
        raise NotFound("There is no such look-up.", lookup=str(lookup))
    if row.ends_at <= now:
        raise LookUpEnded("This look-up has ended; say again what it is for.")
    return _view(row)


def recent(*, by: Actor, since: datetime) -> tuple[LookUpView, ...]:
    """One's own look-ups, newest first."""
    rows = LookUp.objects.filter(by_person=by.id, opened_at__gte=since).order_by("-opened_at")[:50]
    return tuple(map(_view, rows))


def documents(*, by: Actor, lookup: UUID, now: datetime) -> tuple[RecordView, ...]:
    """Every issued document about the pupil, of all schools, newest first. Raises as `opened`."""
    person = opened(by=by, lookup=lookup, now=now).person
    found = finding.find(by=_READER, path="/", subjects=[person], states=list(SEEN_BY_CITIZENS), limit=MOST_DOCUMENTS)
    return tuple(line.record for line in found.lines)


def document(*, by: Actor, lookup: UUID, record: UUID, now: datetime) -> RecordView:
    """One of them. Raises NotFound, and as `opened`."""
    for one in documents(by=by, lookup=lookup, now=now):
        if one.id == record:
            return one
    raise NotFound("The pupil has no such document.", record=str(record))


def history(*, by: Actor, lookup: UUID, now: datetime) -> tuple[Stay, ...]:
    """At which schools the pupil was from when to when, oldest first, with days in between. Raises as `opened`."""
    person = opened(by=by, lookup=lookup, now=now).person
    return schooling(person)


def schooling(person: UUID) -> tuple[Stay, ...]:
    """The stays of a pupil; asks nobody's permission, the callers do."""
    rows = schools.enrolments_of(person=person)
    found = stays([(row.school, row.starts, row.ends, row.year_level) for row in rows])
    return tuple(one for one in found if one.ends is None or one.ends >= one.starts - timedelta(days=1))


def _view(row: LookUp) -> LookUpView:
    return LookUpView(
        row.id, row.person, row.by_person, row.path, Purpose(row.purpose), row.text, row.opened_at, row.ends_at
    )
