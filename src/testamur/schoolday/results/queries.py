"""Reading decisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.db.models.functions import Length

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.base.sheet import Sheet
from testamur.law.contract import Decision as Facts
from testamur.law.contract import Period
from testamur.register.people.queries import chunks
from testamur.schoolday.results.models import Decision, SigningChoice


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision: who decided, in which role it was corrected and why, and the facts as packs see them (no names)."""

    id: UUID
    pupil: UUID
    pack: str
    decided_by: tuple[UUID, ...]
    facts: Facts
    made_at: datetime
    replaces: UUID | None = None
    role: str = ""
    explanation: str = ""
    unit: UUID | None = None
    """The school at which it was made."""


def standing(
    *, by: Actor, path: str, unit: UUID, school_year: str, term: str | None = None, pupils: Iterable[UUID] | None = None
) -> Mapping[UUID, tuple[DecisionRow, ...]]:
    """The decisions that stand (not replaced) at a school for a year, and one term of it when given, by pupil.

    Raises NotAllowed without ``results.decision.read`` at `path`.
    """
    by.must("results.decision.read", path)
    rows = Decision.objects.filter(unit=unit, school_year=school_year, replaced_by__isnull=True)
    if term is not None:
        rows = rows.filter(term=term)
    if pupils is not None:
        rows = rows.filter(pupil__in=list(pupils))
    found: dict[UUID, list[DecisionRow]] = defaultdict(list)
    for row in rows.order_by("pupil", "kind", "code").iterator(chunk_size=2000):
        found[row.pupil].append(facts_of(row))
    return {pupil: tuple(decisions) for pupil, decisions in found.items()}


def earlier(*, by: Actor, path: str, pupils: Iterable[UUID], before: str) -> Mapping[UUID, tuple[DecisionRow, ...]]:
    """Standing decisions of school years before `before` at any school, oldest first, by pupil (for booklets)."""
    by.must("results.decision.read", path)
    found: dict[UUID, list[DecisionRow]] = defaultdict(list)
    rows = Decision.objects.filter(pupil__in=list(pupils), school_year__lt=before, replaced_by__isnull=True)
    for row in rows.order_by("school_year", "kind", "code").iterator(chunk_size=2000):
        found[row.pupil].append(facts_of(row))
    return {pupil: tuple(decisions) for pupil, decisions in found.items()}


_CHUNK = 800
"""Pupils and codes together stay below the variable limit of every SQLite build."""
_QUICK = ("pupil", "id", "kind", "code", "value", "year_level", "decided_on", "flags", "reason", "length")


@dataclass(frozen=True, slots=True)
class YearEnd:
    """A pupil's standing decisions of the end of a year: their ids, what they say, when the newest was made.

    `facts` are without their comments, but for `longest`, the code and length of the longest one.
    """

    ids: tuple[UUID, ...]
    facts: tuple[Facts, ...]
    longest: tuple[str, int]
    newest: datetime


def year_ends(*, unit: UUID, period: Period, pupils: Collection[UUID]) -> Mapping[UUID, YearEnd]:
    """What stands at the end of a year about some pupils of a school; `period` is the last one of the year. No names.

    For packages above, which ask themselves who may see it. Who has none is left out. Some thousand rows for a class:
    only what is counted is read of each.
    """
    found: dict[UUID, list[tuple[Any, ...]]] = defaultdict(list)
    newest: dict[UUID, datetime] = {}
    for some in chunks(dict.fromkeys(pupils), _CHUNK):
        rows = Decision.objects.filter(
            pupil__in=some, unit=unit, school_year=period.school_year, term__in=["", period.term], occasion="",
            replaced_by__isnull=True,
        )  # fmt: skip
        newest.update(rows.values("pupil").annotate(last=Max("made_at")).values_list("pupil", "last"))
        for row in rows.annotate(length=Length("comment")).values_list(*_QUICK):
            found[row[0]].append(row)
    return {
        pupil: YearEnd(
            tuple(row[1] for row in rows),
            tuple(_quick(row, period) for row in rows),
            max(((row[3], row[9]) for row in rows), key=lambda pair: pair[1]),
            newest[pupil],
        )
        for pupil, rows in found.items()
    }


def _quick(row: tuple[Any, ...], period: Period) -> Facts:
    _pupil, _id, kind, code, value, level, on, flags, reason, _length = row
    return Facts(
        kind=kind, code=code, value=value, period=period, year_level=level, decided_on=on, reason=reason,
        flags=frozenset(flags),
    )  # fmt: skip


def history(*, by: Actor, path: str, decision: UUID) -> tuple[DecisionRow, ...]:
    """A decision and those it took the place of, oldest first. Raises NotAllowed, NotFound at another place."""
    by.must("results.decision.read", path)
    found: list[DecisionRow] = []
    at: UUID | None = decision
    while at is not None:
        row = Decision.objects.filter(id=at, path__startswith=path).first()
        if row is None:
            raise NotFound("There is no such decision.", field="decision")
        found.append(facts_of(row))
        at = row.replaces_id
    return tuple(reversed(found))


def one(decision: UUID) -> DecisionRow | None:
    """One decision, replaced or not, or None. For packages above, which ask themselves who may see it."""
    row = Decision.objects.filter(id=decision).first()
    return None if row is None else facts_of(row)


def of_year(*, unit: UUID, school_year: str, pupil: UUID) -> tuple[DecisionRow, ...]:
    """What stands about one pupil of a school in a year. For packages above, which ask themselves who may see it."""
    rows = Decision.objects.filter(unit=unit, school_year=school_year, pupil=pupil, replaced_by__isnull=True)
    return tuple(map(facts_of, rows.order_by("kind", "code", "term", "occasion")))


def facts_of(row: Decision) -> DecisionRow:
    """A row of the table as everyone else sees it."""
    told = row.correction or {}
    return DecisionRow(
        id=row.id,
        pupil=row.pupil,
        pack=row.pack,
        decided_by=tuple(UUID(p) for p in row.decided_by),
        facts=Facts(
            kind=row.kind,
            code=row.code,
            value=row.value,
            period=Period(row.school_year, row.term, row.starts, row.ends),
            year_level=row.year_level,
            comment=row.comment,
            decided_on=row.decided_on,
            reason=row.reason,
            flags=frozenset(row.flags),
            occasion=row.occasion,
            scale=row.scale,
        ),
        made_at=row.made_at,
        replaces=row.replaces_id,
        role=told.get("role", ""),
        explanation=told.get("explanation", ""),
        unit=row.unit,
    )


def values_of(ids: Iterable[UUID]) -> dict[UUID, str]:
    """What these decisions say, replaced or not. For documents that show what was put right."""
    return {
        key: value
        for some in chunks(dict.fromkeys(ids), _CHUNK)
        for key, value in Decision.objects.filter(id__in=some).values_list("id", "value")
    }


def signing_choices(*, by: Actor, path: str, unit: UUID) -> Mapping[str, str]:
    """Who signs a kind of document (``principal``, ``delegate``) where the school has chosen, by document type.

    Raises NotAllowed without ``results.decision.read`` at `path`.
    """
    by.must("results.decision.read", path)
    return dict(SigningChoice.objects.filter(unit=unit).values_list("document_type", "signer"))


def delegated(*, unit: UUID) -> frozenset[str]:
    """Types of documents that a delegate of the principal signs at a school; for planning."""
    rows = SigningChoice.objects.filter(unit=unit, signer="delegate")
    return frozenset(rows.values_list("document_type", flat=True))


# --- of a university ---------------------------------------------------------------------------

_RESULT = (
    "id", "pupil", "unit", "path", "pack", "kind", "code", "value", "scale", "occasion", "decided_on", "reason",
    "replaces", "replaced_by",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    """A decided result of a university: its place, its value, the day of its examination (`occasion`, ISO).

    `replaced`: a correction took its place.
    """

    id: UUID
    pupil: UUID
    unit: UUID
    path: str
    pack: str
    kind: str
    code: str
    value: str
    scale: str
    occasion: str
    decided_on: date
    reason: str
    replaces: UUID | None
    replaced: bool


def results_of(*, path: str, codes: Collection[str], pupils: Iterable[UUID]) -> Mapping[UUID, tuple[Result, ...]]:
    """Standing decisions on these codes at or below `path`, by pupil, in order of examination.

    For packages above, which ask themselves who may see them.
    """
    found: dict[UUID, list[Result]] = defaultdict(list)
    for some in chunks(dict.fromkeys(pupils), _CHUNK):
        rows = Decision.objects.filter(pupil__in=some, code__in=list(codes), path__startswith=path)
        for row in rows.filter(replaced_by__isnull=True).order_by("occasion", "id").values_list(*_RESULT):
            found[row[1]].append(_result(row))
    return {pupil: tuple(results) for pupil, results in found.items()}


def results_by_id(ids: Iterable[UUID]) -> dict[UUID, Result]:
    """Decisions by id, replaced ones too; an unknown id is left out. For packages above, as `results_of`."""
    return {
        row[0]: _result(row)
        for some in chunks(dict.fromkeys(ids), _CHUNK)
        for row in Decision.objects.filter(id__in=some).values_list(*_RESULT)
    }


def results_about(*, pupil: UUID, kinds: Collection[str]) -> Iterator[Result]:
    """All decisions of these kinds about one person, replaced ones too, the latest examination first; as above."""
    rows = Decision.objects.filter(pupil=pupil, kind__in=list(kinds)).order_by("-occasion", "-decided_on", "-id")
    yield from map(_result, rows.values_list(*_RESULT))


def _result(row: tuple[Any, ...]) -> Result:
    told = (*row[:-1], row[-1] is not None)
    return Result(*told)


def held(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:  # noqa: ARG001 - the shape of all sections
    """Every decided value about a person, replaced ones too, for the person's own extract; not who decided.

    Needs ``keeping.extract.see`` for the person.
    """
    by.must("keeping.extract.see", person=person)
    columns = ("unit", "school_year", "term", "kind", "code", "value", "comment", "decided_on", "reason")
    rows = Decision.objects.filter(pupil=person).order_by("decided_on", "id")
    yield Sheet("decisions", columns, iter(list(rows.values_list(*columns))))
