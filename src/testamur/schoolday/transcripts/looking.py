"""A class year as it stands this very moment: counted from decisions and documents, without a name of anybody.

Twelve queries for a class. Reads nothing of a person but whether a legal document could name the pupil, so that no
reading of legal names is journalled for counting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from testamur.law.contract import DocumentType, Lack, Period
from testamur.law.tables import PACKS
from testamur.register.people.gaps import former_numbers, renumbered, undocumented
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupKind, GroupView, Role, SchoolYearView, UnitView
from testamur.schoolday.results import queries as results
from testamur.schoolday.results.queries import YearEnd
from testamur.schoolday.transcripts.models import Handover, Verification
from testamur.schoolday.transcripts.rules import Document, HandoverState, Look, PupilYear, Verified, digest, step_of
from testamur.trust.records.queries import frozen
from testamur.trust.records.queries.progress import Progress, progress

UNNAMED = Lack("missing.person")
"""No legal document can name the pupil: the identity number or the date of birth is missing."""
_RECTIFIED = frozenset({"rectification"})


@dataclass(frozen=True, slots=True)
class Frame:
    """A class with its school and year, and the document that the rules of the school want of each pupil."""

    group: GroupView
    school: UnitView
    year: SchoolYearView
    document: DocumentType

    @property
    def term(self) -> str:
        """Code of the last term, at whose end the year is documented; empty where the year has none."""
        return self.year.terms[-1].code if self.year.terms else ""

    @property
    def periods(self) -> tuple[str, ...]:
        """What the document's period may be called."""
        return (f"{self.year.code} {self.term}".strip(), self.year.code)

    def day(self, today: date) -> date:
        """The day whose classes and posts count: as documents that are made today reckon it."""
        last = self.year.terms[-1] if self.year.terms else self.year
        return min(max(today, last.starts), last.ends)


def verified_document(pack: str) -> DocumentType | None:
    """The document of each pupil and year that a pack lets nobody sign before the class is verified."""
    if pack not in PACKS:
        return None
    return next((d for d in PACKS[pack].documents.values() if d.verified and d.routine), None)


def growing_document(pack: str) -> tuple[str, DocumentType] | None:
    """The document of each pupil's whole schooling, with its short name; None where the rules know none."""
    documents = PACKS[pack].documents if pack in PACKS else {}
    return next(((short, d) for short, d in documents.items() if d.verified and d.grows), None)


def frame(group: UUID) -> Frame | None:
    """The frame of a class; None for what is no class, or one whose rules know no such document."""
    found = schools.group_and_year(group)
    if found is None or found[0].kind is not GroupKind.CLASS:
        return None
    one, year = found
    school = schools.unit(one.school)
    if school is None:
        return None
    document = verified_document(schools.pack_of(school.id, on=year.ends))
    return Frame(one, school, year, document) if document is not None else None


def look(told: Frame, *, today: date) -> Look:
    """Count a class year anew. Asks nobody who may see it."""
    group, school, year = told.group, told.school, told.year
    day = told.day(today)
    members = [row.person for row in schools.members(group=group.id, on=day)]
    last = year.terms[-1] if year.terms else year
    period = Period(year.code, told.term, last.starts, last.ends)
    ends = results.year_ends(unit=school.id, period=period, pupils=members)
    sum_ = digest({pupil: ends[pupil].ids if pupil in ends else () for pupil in members})
    word = verification(group.id, sum_)
    made = documents(told, members, ends)
    nameless = undocumented(pupils=members)
    level = group.year_level or 0
    return Look(
        group=group.id,
        unit=school.id,
        path=school.path,
        school_year=year.code,
        term=told.term,
        code=group.code,
        year_level=level,
        pupils=tuple(
            _pupil(told, pupil, ends.get(pupil), made.get(pupil), level,
                   verified=word is not None and word.covers, nameless=pupil in nameless)
            for pupil in members
        ),
        digest=sum_,
        verified=word,
        class_teacher=schools.holder(role=Role.CLASS_TEACHER, on=day, group=group.id),
    )  # fmt: skip


def _pupil(
    told: Frame, pupil: UUID, end: YearEnd | None, document: Document | None, level: int, *, verified: bool,
    nameless: bool
) -> PupilYear:  # fmt: skip
    facts = end.facts if end is not None else ()
    reach = max((one.year_level for one in facts), default=level)
    lacks = told.document.lacks(facts, reach) if told.document.lacks is not None else ()
    lacks = (UNNAMED, *lacks) if nameless else lacks
    if end is not None and told.document.comment_limit and end.longest[1] > told.document.comment_limit:
        lacks = (*lacks, Lack("comment_too_long", end.longest[0]))
    shown = document is not None and document.state == "published" and not document.outdated
    rectified = 0 if shown else sum(one.reason in _RECTIFIED for one in facts)
    return PupilYear(pupil, step_of(lacks, document, verified=verified), lacks, document, rectified)


def verification(group: UUID, now_digest: str) -> Verified | None:
    """The word that stands about a class, and whether it covers these data."""
    row = Verification.objects.filter(group=group, withdrawn_at__isnull=True).first()
    return None if row is None else Verified(row.id, row.verified_by, row.verified_at, row.digest == now_digest)


def documents(told: Frame, pupils: Sequence[UUID], ends: Mapping[UUID, YearEnd]) -> dict[UUID, Document]:
    """The newest version of each pupil's document, and where it stands on its way to the ministry's store."""
    found = progress(
        unit=told.school.id, document_type=told.document.code, periods=told.periods, subjects=pupils
    )  # fmt: skip
    records = [one.record for one in found.values() if one.state.value == "published"]
    ways = {row.record: row for row in Handover.objects.filter(record__in=records)} if records else {}
    former = _renumbered(found)
    return {
        pupil: _document(one, ends.get(pupil), ways.get(one.record), renumbered=pupil in former)
        for pupil, one in found.items()
    }


def _renumbered(made: Mapping[UUID, Progress]) -> frozenset[UUID]:
    """Pupils whose document names a number that is no longer theirs.

    A number that ended before the document was made is not on it; the few that ended since are looked up in the file.
    """
    ended = renumbered(pupils=list(made))
    maybe = {pupil: made[pupil].record for pupil, on in ended.items() if on >= made[pupil].made_at.date()}
    if not maybe:
        return frozenset()
    said = frozen(records=sorted(maybe.values()))
    names = {
        pupil: str(said[record]["subject"]["identifier"]["value"]) for pupil, record in maybe.items() if record in said
    }
    return former_numbers(names)


def _document(one: Progress, end: YearEnd | None, way: Handover | None, *, renumbered: bool) -> Document:
    return Document(
        record=one.record,
        version=one.version,
        state=one.state.value,
        code=one.code,
        held=one.held,
        declined=one.declined,
        outdated=renumbered or (end is not None and end.newest > one.made_at),
        renumbered=renumbered,
        rectifies=one.replaced_because == "rectification",
        signers=one.signers,
        handover=HandoverState(way.state) if way is not None else None,
        handover_code=way.code if way is not None else "",
        handover_message=way.message if way is not None else "",
    )
