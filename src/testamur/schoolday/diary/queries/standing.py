"""What is here already, for whoever brings rows of another diary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from testamur.register.people.queries import chunks
from testamur.schoolday.diary.models import Absence, Mark, Remark
from testamur.schoolday.diary.rules.lessons import Missing
from testamur.schoolday.diary.rules.states import AbsenceKind


@dataclass(frozen=True, slots=True)
class Stands:
    """An absence that counts, as it was registered."""

    id: UUID
    missing: Missing
    excused: bool | None


def known_marks(*, ids: Collection[UUID]) -> frozenset[str]:
    """Those of the ids that are marks of this diary, standing or not, as text."""
    rows = (Mark.objects.filter(id__in=chunk).values_list("id", flat=True) for chunk in chunks(ids))
    return frozenset(str(key) for some in rows for key in some)


def known_remarks(*, ids: Collection[UUID]) -> frozenset[str]:
    """Those of the ids that are remarks of this diary, withdrawn or not, as text."""
    rows = (Remark.objects.filter(id__in=chunk).values_list("id", flat=True) for chunk in chunks(ids))
    return frozenset(str(key) for some in rows for key in some)


def absences_in(*, lessons: Collection[UUID]) -> dict[UUID, tuple[Stands, ...]]:
    """Lesson → the absences that count in it. One query; who may see them is the caller's to ask."""
    found: dict[UUID, list[Stands]] = defaultdict(list)
    for chunk in chunks(dict.fromkeys(lessons)):
        for row in Absence.objects.filter(lesson__in=chunk, void=False).order_by("id"):
            one = Missing(row.pupil_id, AbsenceKind(row.kind), row.minutes)
            found[row.lesson_id].append(Stands(row.id, one, row.excused))
    return {key: tuple(some) for key, some in found.items()}
