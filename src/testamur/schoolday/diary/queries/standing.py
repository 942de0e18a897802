"""What stands already, for whoever brings rows of another diary: absences by lesson."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from testamur.register.people.queries import chunks
from testamur.schoolday.diary.models import Absence
from testamur.schoolday.diary.rules.lessons import Missing
from testamur.schoolday.diary.rules.states import AbsenceKind


@dataclass(frozen=True, slots=True)
class Stands:
    """An absence that counts, as it was registered."""

    id: UUID
    missing: Missing
    excused: bool | None


def absences_in(*, lessons: Collection[UUID]) -> dict[UUID, tuple[Stands, ...]]:
    """Lesson → the absences that count in it. One query; who may see them is the caller's to ask."""
    found: dict[UUID, list[Stands]] = defaultdict(list)
    for chunk in chunks(dict.fromkeys(lessons)):
        for row in Absence.objects.filter(lesson__in=chunk, void=False).order_by("id"):
            one = Missing(row.pupil_id, AbsenceKind(row.kind), row.minutes)
            found[row.lesson_id].append(Stands(row.id, one, row.excused))
    return {key: tuple(some) for key, some in found.items()}
