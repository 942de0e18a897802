"""What a student's decisions add up to: attempts (HF 6:22), and courses and credits passed. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from testamur.law.contract import Decision
from testamur.law.se_university import tables
from testamur.law.se_university.values import passed, rank


@dataclass(frozen=True, slots=True)
class Attempts:
    """How often a student tried a module or course.

    Attributes:
        failed: attempts without a passing grade, each day of examination once.
        passed: whether one of them passed.
        other_examiner: the student may ask for another examiner (HF 6 kap. 22 §).
    """

    failed: int
    passed: bool
    other_examiner: bool


def attempts(decisions: Sequence[Decision], code: str) -> Attempts:
    """The attempts at that module (``DV1574/1405``) or course among one student's decisions; raises as `values.passed`.

    Of two decisions for one day the later one counts: it corrects the former.
    """
    done = [passed(d.scale, d.value) for d in _standing(decisions) if d.code == code]
    failed = done.count(False)
    return Attempts(failed, any(done), failed >= tables.FAILED_ATTEMPTS and not any(done))


def summary(decisions: Sequence[Decision]) -> Mapping[str, Any]:
    """Courses and modules with the best grade so far, credits passed, and where another examiner may be asked for.

    Keys: ``courses`` and ``modules`` (code → ``{"value", "scale", "passed", "examined_on", "credits"}``), ``credits``
    (text; whole courses, and modules of courses that are not passed whole), ``other_examiner`` (codes). Credits are
    known only where a decision has the flag ``hp:<number>``; else they count as 0 and read as an empty text. Empty
    without decisions; raises as `values.passed`.
    """
    if not decisions:
        return {}
    best: dict[str, Decision] = {}
    for d in _standing(decisions):
        former = best.get(d.code)
        # grades of two scales cannot be compared: the later attempt stands
        if former is None or former.scale != d.scale or _rank(d) > _rank(former):
            best[d.code] = d
    courses = {d.code: _entry(d) for d in best.values() if d.kind == tables.COURSE}
    modules = {d.code: _entry(d) for d in best.values() if d.kind != tables.COURSE}
    done = {code for code, entry in courses.items() if entry["passed"]}
    counted = [courses[code] for code in done]
    counted += [e for code, e in modules.items() if e["passed"] and code.partition("/")[0] not in done]
    total = sum((Decimal(e["credits"]) for e in counted if e["credits"]), Decimal(0))
    return {
        "courses": courses,
        "modules": modules,
        "credits": f"{total.normalize():f}",
        "other_examiner": sorted(code for code in best if attempts(decisions, code).other_examiner),
    }


def _standing(decisions: Sequence[Decision]) -> list[Decision]:
    """One decision for each module or course and day of examination, the latest; in order of those days."""
    latest: dict[tuple[str, str], Decision] = {}
    for d in sorted(decisions, key=_decided):
        latest[d.code, d.occasion] = d
    return list(latest.values())


def _decided(decision: Decision) -> tuple[str, str]:
    return decision.occasion, decision.decided_on.isoformat() if decision.decided_on else ""


def _rank(decision: Decision) -> int:
    return rank(decision.scale, decision.value)


def _entry(decision: Decision) -> dict[str, Any]:
    return {
        "value": decision.value,
        "scale": decision.scale,
        "passed": passed(decision.scale, decision.value),
        "examined_on": decision.occasion,
        "credits": _credits(decision),
    }


def _credits(decision: Decision) -> str:
    told = sorted(f.removeprefix(tables.CREDITS) for f in decision.flags if f.startswith(tables.CREDITS))
    try:
        hp = Decimal(told[0]) if told else None
    except InvalidOperation:
        hp = None
    return f"{hp.normalize():f}" if hp is not None and hp.is_finite() else ""
