"""What a decision and a set of decisions must satisfy at a Swedish university. Pure.

Every breach is a `Refused` whose code starts with ``se.university``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import NoReturn

from testamur.kernel.base.refused import Refused
from testamur.law.contract import Decision
from testamur.law.se_university import tables
from testamur.law.se_university.values import scale_of, step_of


class KindUnknown(Refused):
    """The pack knows no such kind of decision."""

    code = "se.university.kind.unknown"


class ScaleOfCourse(Refused):
    """Which scale holds is said by the course's syllabus, not by the law."""

    code = "se.university.scale.of_course"


class CodeMalformed(Refused):
    """No code of a course (``DV1574``) or of a module (``DV1574/1405``)."""

    code = "se.university.code.malformed"


class PeriodUnknown(Refused):
    """The term is none of the pack's."""

    code = "se.university.period.unknown"


class YearUnknown(Refused):
    """A result of a course belongs to no year level."""

    code = "se.university.year.unknown"


class DateMissing(Refused):
    """The day of examination is not told, or is no day."""

    code = "se.university.examined.missing"


class DateLater(Refused):
    """The day of examination is after the day of the decision."""

    code = "se.university.examined.later"


class NotInForce(Refused):
    """The scale was not in force on the day of examination."""

    code = "se.university.scale.none_in_force"


class Twice(Refused):
    """Two decisions for the same module or course and the same day of examination."""

    code = "se.university.set.twice"


class Scales(Refused):
    """One module or course has one scale for all attempts in a set."""

    code = "se.university.set.two_scales"


_PART = r"[A-ZÅÄÖ0-9](?:[A-ZÅÄÖ0-9.-]{0,18}[A-ZÅÄÖ0-9])?"
_CODE = re.compile(rf"({_PART})(?:/({_PART}))?")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def scale(kind: str) -> NoReturn:
    """Always refused: `KindUnknown`, or `ScaleOfCourse`, since `law.results.Results.scales` has the scales by id."""
    _kind(kind)
    raise ScaleOfCourse(
        f"The syllabus of the course says which of the scales {', '.join(tables.SCALES)} holds.",
        field="scale",
        accepted=", ".join(tables.SCALES),
    )


def parts(kind: str, code: str) -> tuple[str, str]:
    """Course and module of a code (no module: empty); raises `KindUnknown`, `CodeMalformed`."""
    _kind(kind)
    found = _CODE.fullmatch(code)
    if found is None or (found[2] is None) is (kind == tables.MODULE):
        wanted = "DV1574/1405" if kind == tables.MODULE else "DV1574"
        raise CodeMalformed(
            f"A code of a {kind} is written like {wanted}; found {code[:60]!r}.", field="code", code=code[:60], near=()
        )
    return found[1], found[2] or ""


def normalise_code(kind: str, text: str) -> str:
    """``dv1574 / 1405`` → ``DV1574/1405``; raises as `parts`. The pack has no list of courses to look it up in."""
    code = "".join(text[:120].split()).upper()
    parts(kind, code)
    return code


def examined_on(decision: Decision) -> date:
    """The day of examination, from the decision's occasion; raises `DateMissing`."""
    try:
        if _ISO.fullmatch(decision.occasion):
            return date.fromisoformat(decision.occasion)
    except ValueError:
        pass
    raise DateMissing(
        f"Give the day of examination as YYYY-MM-DD; found {decision.occasion[:40]!r}.",
        field="examined_on",
        occasion=decision.occasion[:40],
    )


def check(decision: Decision) -> None:
    """Raise `Refused` when the decision is not lawful by itself: code, scale, value, day of examination."""
    _kind(decision.kind)
    if decision.year_level not in tables.YEAR_LEVELS:
        raise YearUnknown(
            "A result of a course belongs to no year level.", field="year_level", year_level=decision.year_level
        )
    if decision.period.term not in tables.TERMS:
        raise PeriodUnknown(
            f"Terms are {' and '.join(tables.TERMS)}; found {decision.period.term!r}.",
            field="period",
            term=decision.period.term,
        )
    parts(decision.kind, decision.code)
    step_of(decision.scale, decision.value)
    day = examined_on(decision)
    if day < scale_of(decision.scale).valid_from:
        raise NotInForce(f"The scale was not in force on {day}.", field="examined_on", on=day, scale=decision.scale)
    if decision.decided_on is not None and day > decision.decided_on:
        raise DateLater(
            f"The examination on {day} is after the decision on {decision.decided_on}.",
            field="examined_on",
            examined_on=day,
            decided_on=decision.decided_on,
        )


def check_set(decisions: Sequence[Decision]) -> None:
    """Raise `Refused` when decisions about one student are not lawful together.

    One result for each module or course and day of examination; all attempts at it on one scale within a period.
    """
    seen: set[tuple[str, str, str, str]] = set()
    scales: dict[tuple[str, str], str] = {}
    for d in decisions:
        if d.slot in seen:
            raise Twice(f"{d.code} stands twice on {d.occasion}.", field="decisions", code=d.code, occasion=d.occasion)
        seen.add(d.slot)
        if scales.setdefault((d.code, d.period.label), d.scale) != d.scale:
            raise Scales(f"{d.code} has two scales in {d.period.label}.", field="decisions", code=d.code)


def _kind(kind: str) -> None:
    if kind not in tables.KINDS:
        raise KindUnknown(f"{kind!r} is no kind of decision here.", field="kind", kind=kind)
