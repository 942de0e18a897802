"""One class year as it stands this very moment, and which of a school's documents may not be signed yet."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.jobs.rules import step_actor
from testamur.register.schools import queries as schools
from testamur.schoolday.transcripts import looking
from testamur.schoolday.transcripts.rules import Look
from testamur.schoolday.transcripts.steps.making import MAKE, verified_documents
from testamur.trust.records.queries import RecordView, WorkView, works
from testamur.trust.records.queries.progress import progress

_READER = step_actor("transcripts", "records.record.read")


def look(*, by: Actor, group: UUID, now: datetime) -> Look | None:
    """A class year counted this moment, pupil by pupil; None where the class has none.

    Needs ``transcripts.standing.see`` at the school and for the class. Names nobody.
    """
    told = looking.frame(group)
    if told is None:
        return None
    by.must("transcripts.standing.see", told.school.path, group=group)
    return looking.look(told, today=now.date())


def classes_of(records: Iterable[RecordView]) -> dict[UUID, UUID | None]:
    """The class of each of the records that rest on a verified class, None where the pupil is in none.

    Other documents are left out. A pupil's class is that of the day on which the record is issued; of a former school
    year, that of its last day: a correction is issued later, when the pupil is in another class or gone.
    """
    codes = verified_documents()
    due = [one for one in records if one.document_type in codes and one.subject_kind == "pupil"]
    ends = {
        (body, year.code): year.ends
        for body in {one.organisation for one in due}
        for year in schools.school_years(body)
    }
    by_day: dict[date, list[RecordView]] = defaultdict(list)
    for one in due:
        by_day[min(one.issued_on, ends.get((one.organisation, one.period.split(" ")[0]), date.max))].append(one)
    found: dict[UUID, UUID | None] = {}
    for day, some in by_day.items():
        places = schools.placements(persons=[one.subject for one in some], on=day)
        found |= {one.id: places[one.subject].class_group if one.subject in places else None for one in some}
    return found


def unverified(records: Iterable[RecordView], *, now: datetime) -> frozenset[UUID]:
    """Those of the records that nobody may sign yet: the class is not verified, or they say what was decided before.

    For surfaces that tell of it beforehand; that none is marked ready is `holding`'s matter.
    """
    of = classes_of(records)
    seen = {group: _seen(group, now) for group in set(of.values())}
    return frozenset(
        record
        for record, group in of.items()
        if (look := seen[group]) is None or not look.is_verified or record in _outdated(look)
    )


def _seen(group: UUID | None, now: datetime) -> Look | None:
    told = looking.frame(group) if group is not None else None
    return looking.look(told, today=now.date()) if told is not None else None


def _outdated(seen: Look) -> frozenset[UUID]:
    """Documents of the class that decisions were made after: the word is for those, and not for what they say."""
    documents = (one.document for one in seen.pupils if one.document is not None)
    return frozenset(one.record for one in documents if one.outdated)


def under_way(*, by: Actor, look: Look) -> WorkView | None:
    """The making of documents of a class that is not over, or None. Needs ``transcripts.standing.see`` there."""
    by.must("transcripts.standing.see", look.path, group=look.group)
    found = works(by=_READER, path=look.path, limit=20)
    mine = (one for one in found if one.kind == MAKE and str(look.group) in one.asked.get("groups", ()))
    return next((one for one in mine if one.ended is None), None)


def booklets(*, by: Actor, look: Look) -> tuple[str, dict[str, int]] | None:
    """Short name of the document of a pupil's whole schooling, and how many of the class's stand in each state.

    None where the rules know none. Needs ``transcripts.standing.see`` at the school and for the class.
    """
    by.must("transcripts.standing.see", look.path, group=look.group)
    told = looking.frame(look.group)
    pack = schools.pack_of(look.unit, on=told.year.ends) if told is not None else ""
    found = looking.growing_document(pack)
    if told is None or found is None:
        return None
    short, document = found
    pupils = [one.pupil for one in look.pupils]
    made = progress(unit=look.unit, document_type=document.code, periods=told.periods, subjects=pupils)
    return short, dict(Counter(one.state.value for one in made.values()))
