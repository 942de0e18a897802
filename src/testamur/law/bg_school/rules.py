"""What a decision and a set of decisions must satisfy in Bulgarian school. Pure.

Every breach is a `Refused` whose code starts with ``bg.school``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from testamur.kernel.base.refused import Refused
from testamur.law.bg_school import tables
from testamur.law.bg_school.subjects import BY_CODE, SUBJECTS
from testamur.law.contract import Decision, Scale, Subject

_ABSENCES = re.compile(r"[0-9]{1,4}(\.(5|33|67))?")
"""Halves; thirds before the autumn of 2017."""


class KindUnknown(Refused):
    """The pack knows no such kind of decision, or no scale for it."""

    code = "bg.school.kind.unknown"


class CodeUnknown(Refused):
    """The code names no subject or fact of the pack."""

    code = "bg.school.code.unknown"


class OffScale(Refused):
    """The value is not on the scale."""

    code = "bg.school.value.off_scale"


class NotInForce(Refused):
    """No scale was in force on that day."""

    code = "bg.school.scale.none_in_force"


class PeriodUnknown(Refused):
    """The term or occasion is none of the pack's."""

    code = "bg.school.period.unknown"


class YearUnknown(Refused):
    """There is no such grade."""

    code = "bg.school.year.unknown"


class WordsOnly(Refused):
    """Grades 1-3 have no six-point marks, only words."""

    code = "bg.school.grade.words_only"


class NumbersOnly(Refused):
    """Above grade 3 words stand for marks only where the pupil has special needs (flag ``special_needs``)."""

    code = "bg.school.level.numbers_only"


class NotTaught(Refused):
    """The subject does not belong to that grade."""

    code = "bg.school.subject.not_in_grade"


class Twice(Refused):
    """Two decisions for the same subject and period."""

    code = "bg.school.set.twice"


class Both(Refused):
    """A number and words for the same subject and period."""

    code = "bg.school.set.number_and_words"


def scale(kind: str, on: date) -> Scale:
    """The scale for ``grade`` or ``level`` in force on that day; raises `KindUnknown`, `NotInForce`."""
    found = tables.SCALES.get(kind)
    if found is None:
        raise KindUnknown(f"There is no scale for {kind!r}.", field="kind", kind=kind)
    if on < found.valid_from:
        raise NotInForce(f"No scale for {kind!r} was in force on {on}.", field="period", kind=kind, on=on)
    return found


def subjects_for(year_level: int) -> tuple[Subject, ...]:
    """Subjects of that grade, in order."""
    return tuple(s for s in SUBJECTS if not s.years or year_level in s.years)


def check(decision: Decision) -> None:
    """Raise `Refused` when the decision is not lawful by itself."""
    if decision.kind not in tables.KINDS:
        raise KindUnknown(f"{decision.kind!r} is no kind of decision here.", field="kind", kind=decision.kind)
    if decision.year_level not in tables.YEAR_LEVELS:
        raise YearUnknown(
            f"There is no grade {decision.year_level}.", field="year_level", year_level=decision.year_level
        )
    if decision.period.term not in {"", *tables.TERMS} or decision.occasion:
        raise PeriodUnknown(
            f"Terms are I and II, and marks belong to their end; found {decision.period.term!r} {decision.occasion!r}.",
            field="period",
            term=decision.period.term,
            occasion=decision.occasion,
        )
    if decision.kind == "fact":
        _check_fact(decision)
    elif decision.kind != "comment":
        _check_subject(decision)
        _check_years(decision)
        _check_value(decision)


def _check_fact(decision: Decision) -> None:
    if decision.code not in tables.FACTS:
        raise CodeUnknown(f"{decision.code!r} is no fact of this pack.", field="code", code=decision.code)
    if not _ABSENCES.fullmatch(decision.value):
        raise OffScale(
            f"Absences are counted in whole and half ones; found {decision.value!r}.",
            field="value",
            value=decision.value,
        )


def _check_subject(decision: Decision) -> None:
    known = BY_CODE.get(decision.code)
    if known is None:
        raise CodeUnknown(f"There is no subject {decision.code!r}.", field="code", code=decision.code)
    if known.years and decision.year_level not in known.years:
        raise NotTaught(
            f"{known.name} is not taught in grade {decision.year_level}.",
            field="code",
            code=decision.code,
            year_level=decision.year_level,
        )


def _check_years(decision: Decision) -> None:
    early = decision.year_level in tables.WORD_ONLY_YEARS
    if decision.kind == "grade" and early:
        raise WordsOnly(
            f"Grade {decision.year_level} has words instead of marks.",
            field="kind",
            year_level=decision.year_level,
        )
    if decision.kind == "level" and not early and tables.SPECIAL not in decision.flags:
        raise NumbersOnly(
            f"Grade {decision.year_level} has marks; words are for pupils with special needs.",
            field="kind",
            year_level=decision.year_level,
            flag=tables.SPECIAL,
        )


def _check_value(decision: Decision) -> None:
    in_force = scale(decision.kind, decision.period.ends)
    if in_force.find(decision.value) is None:
        accepted = ", ".join(v.value for v in in_force.values)
        raise OffScale(
            f"{decision.value!r} is not on the scale {accepted}.",
            field="value",
            value=decision.value,
            accepted=accepted,
        )


def check_set(decisions: Sequence[Decision]) -> None:
    """Raise `Refused` when decisions about one pupil are not lawful together: one value per subject and period."""
    seen: set[tuple[str, str, str]] = set()
    for d in decisions:
        place = (d.kind, d.code, d.period.label)
        if place in seen and d.kind != "comment":
            raise Twice(f"{d.code} stands twice in {d.period.label}.", field="decisions", code=d.code)
        seen.add(place)
    for kind, code, label in sorted(seen):
        if kind == "level" and ("grade", code, label) in seen:
            raise Both(f"{code} has a number and words in {label}.", field="decisions", code=code)
