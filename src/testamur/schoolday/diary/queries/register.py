"""The diary of whole classes for a period, as ids and values: what becomes a class register."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from testamur.kernel.base.actor import Actor
from testamur.law.tables import ABOUT_PUPILS
from testamur.register.people.queries import chunks
from testamur.schoolday.diary.models import Absence, Assessment, Lesson, Mark, Remark
from testamur.schoolday.diary.rules.states import AbsenceKind, LessonState


@dataclass(frozen=True, slots=True)
class MarkLine:
    """A mark that stands."""

    pupil: UUID
    subject: str
    kind: str
    value: str
    term: UUID
    on: date
    weight: Decimal


@dataclass(frozen=True, slots=True)
class LessonLine:
    """A lesson that was given or cancelled; `absent` and `late` are pupils."""

    id: UUID
    on: date
    number: int | None
    subject: str
    topic: str
    teacher: UUID | None
    cancelled: bool
    absent: tuple[UUID, ...]
    late: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class AbsenceLine:
    """An absence that counts."""

    pupil: UUID
    on: date
    weight: Decimal
    excused: bool
    late: bool


@dataclass(frozen=True, slots=True)
class RemarkLine:
    """A remark that was not withdrawn."""

    pupil: UUID
    on: date
    kind: str
    text: str
    author: UUID


@dataclass(frozen=True, slots=True)
class TextLine:
    """A published assessment that nothing replaced."""

    pupil: UUID
    subject: str
    term: UUID
    value: str
    text: str
    plan: str


@dataclass(frozen=True, slots=True)
class ClassDiary:
    """Everything that the diary holds of one class from `first` to `last`."""

    marks: tuple[MarkLine, ...] = ()
    lessons: tuple[LessonLine, ...] = ()
    absences: tuple[AbsenceLine, ...] = ()
    remarks: tuple[RemarkLine, ...] = ()
    texts: tuple[TextLine, ...] = ()


def of_classes(
    *, by: Actor, path: str, groups: Mapping[UUID, Collection[UUID]], first: date, last: date
) -> dict[UUID, ClassDiary]:
    """The diary of classes (class → its pupils) of one school, each with what its pupils got in every group.

    Marks, absences and remarks follow the pupils, since subjects are taught in other groups too; lessons are those in
    which one of the class's pupils could be: the class's own, and those of other groups where one of them was absent.
    Raises NotAllowed without ``diary.register.read`` at `path`.
    """
    by.must("diary.register.read", path)
    class_of = {pupil: group for group, pupils in groups.items() for pupil in pupils}
    marks, texts = _marks(class_of, first, last), _texts(class_of, first, last)
    absences, missed = _absences(class_of, first, last)
    lessons = _lessons(groups, missed, class_of, first, last)
    remarks = _remarks(class_of, first, last)
    return {
        group: ClassDiary(
            tuple(marks[group]), tuple(lessons[group]), tuple(absences[group]), tuple(remarks[group]),
            tuple(texts[group]),
        )
        for group in groups
    }  # fmt: skip


def _marks(class_of: Mapping[UUID, UUID], first: date, last: date) -> dict[UUID, list[MarkLine]]:
    found: dict[UUID, list[MarkLine]] = defaultdict(list)
    later = Mark.objects.filter(replaces=OuterRef("pk"))
    for chunk in chunks(class_of):
        rows = (
            Mark.objects.filter(~Exists(later), pupil__in=chunk, task__on__range=(first, last))
            .exclude(value="")
            .exclude(task__kind__in=ABOUT_PUPILS)
            .order_by("task__on", "task__made_at", "made_at")
            .values_list(
                "pupil_id", "task__subject", "task__kind", "value", "task__term_id", "task__on", "task__weight"
            )
        )
        for row in rows:
            found[class_of[row[0]]].append(MarkLine(*row))
    return found


def _absences(
    class_of: Mapping[UUID, UUID], first: date, last: date
) -> tuple[dict[UUID, list[AbsenceLine]], dict[UUID, list[tuple[UUID, bool]]]]:
    """The absences by class, and who missed which lesson: lesson → (pupil, late)."""
    found: dict[UUID, list[AbsenceLine]] = defaultdict(list)
    missed: dict[UUID, list[tuple[UUID, bool]]] = defaultdict(list)
    for chunk in chunks(class_of):
        rows = (
            Absence.objects.filter(pupil__in=chunk, on__range=(first, last), void=False)
            .order_by("on", "id")
            .values_list("pupil_id", "lesson_id", "on", "weight", "excused", "kind")
        )
        for pupil, lesson, on, weight, excused, kind in rows:
            late = kind != AbsenceKind.ABSENT
            found[class_of[pupil]].append(AbsenceLine(pupil, on, weight, bool(excused), kind == AbsenceKind.LATE))
            missed[lesson].append((pupil, late))
    return found, missed


def _lessons(
    groups: Iterable[UUID],
    missed: Mapping[UUID, list[tuple[UUID, bool]]],
    class_of: Mapping[UUID, UUID],
    first: date,
    last: date,
) -> dict[UUID, list[LessonLine]]:
    own = set(groups)
    rows: dict[UUID, Lesson] = {}
    given = Q(on__range=(first, last)) & ~Q(state=LessonState.PLANNED)
    for chunk in chunks(own):
        rows |= {row.id: row for row in Lesson.objects.filter(given, group__in=chunk)}
    for chunk in chunks([lesson for lesson in missed if lesson not in rows]):
        rows |= {row.id: row for row in Lesson.objects.filter(given, id__in=chunk)}
    found: dict[UUID, list[LessonLine]] = defaultdict(list)
    for row in sorted(rows.values(), key=lambda r: (r.on, r.number or 0, r.starts, r.id)):
        gone = missed.get(row.id, [])
        at = ({row.group_id} & own) | {class_of[pupil] for pupil, _late in gone}
        for group in at:
            mine = [(pupil, late) for pupil, late in gone if class_of[pupil] == group]
            found[group].append(_line(row, mine))
    return found


def _line(row: Lesson, gone: Iterable[tuple[UUID, bool]]) -> LessonLine:
    missing = list(gone)
    return LessonLine(
        row.id, row.on, row.number, row.subject, row.topic, row.teacher, row.state == LessonState.CANCELLED,
        tuple(pupil for pupil, late in missing if not late), tuple(pupil for pupil, late in missing if late),
    )  # fmt: skip


def _remarks(class_of: Mapping[UUID, UUID], first: date, last: date) -> dict[UUID, list[RemarkLine]]:
    found: dict[UUID, list[RemarkLine]] = defaultdict(list)
    for chunk in chunks(class_of):
        rows = Remark.objects.filter(pupil__in=chunk, on__range=(first, last), withdrawn_at__isnull=True)
        for row in rows.order_by("on", "made_at", "id"):
            found[class_of[row.pupil_id]].append(RemarkLine(row.pupil_id, row.on, row.kind, row.text, row.made_by))
    return found


def _texts(class_of: Mapping[UUID, UUID], first: date, last: date) -> dict[UUID, list[TextLine]]:
    found: dict[UUID, list[TextLine]] = defaultdict(list)
    for chunk in chunks(class_of):
        rows = _published(first, last).filter(pupil__in=chunk).order_by("subject", "published_at", "id")
        for row in rows:
            line = TextLine(row.pupil_id, row.subject, row.term_id, row.value, row.text, row.plan)
            found[class_of[row.pupil_id]].append(line)
    return found


def _published(first: date, last: date) -> QuerySet[Assessment]:
    """Assessments of terms within the period whose successor, if there is one, is still a draft."""
    rows = Assessment.objects.filter(term__starts__gte=first, term__ends__lte=last, published_at__isnull=False)
    return rows.exclude(replaced_by__published_at__isnull=False)
