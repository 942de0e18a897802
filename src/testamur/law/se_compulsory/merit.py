"""Merit value and eligibility for upper secondary school, reckoned from grades. Pure.

Sources: gymnasieförordningen (2010:2039) 7 kap. 2-4 §§, skollagen (2010:800) 16 kap. 29-32 §§.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from testamur.law.contract import Condition, Decision
from testamur.law.se_compulsory import tables
from testamur.law.se_compulsory.rules import OffScale, check_together, scale, subject


@dataclass(frozen=True, slots=True)
class Eligibility:
    """For which kinds of programme a pupil is eligible, and why (not).

    Attributes:
        passed: number of subjects with a pass.
        programmes: programme kind (``yrkes``, ``estetiska``, ``ek_hu_sa``, ``na_te``) → eligible.
        conditions: programme kind → its demands, met and unmet.
    """

    passed: int
    programmes: Mapping[str, bool]
    conditions: Mapping[str, tuple[Condition, ...]]


def standing(decisions: Sequence[Decision]) -> dict[str, str]:
    """Subject → value of the grade that stands: the latest of each subject, as a slutbetyg would have it.

    A pupil who changed from SV to SVA, from one språkval to another, or from NO to its subjects has the later one.
    """
    latest: dict[str, Decision] = {}
    grades = (d for d in decisions if d.kind == "grade")
    for d in sorted(grades, key=lambda d: (d.period.ends, d.decided_on or date.min)):
        known = subject(d.code)
        for code in [c for c in latest if c != known.code and _gives_way(c, known.code)]:
            del latest[code]
        latest[known.code] = d
    return {code: d.value for code, d in latest.items()}


def _gives_way(old: str, new: str) -> bool:
    """Whether the two cannot stand side by side, so that the older one gives way."""
    pair = {old, new}
    if any(pair == {one, other} for one, other in tables.EXCLUSIVE) or (old[:2] == new[:2] == "M2"):
        return True
    return new in subject(old).covers or old in subject(new).covers


def merit_value(values: Mapping[str, str], *, on: date) -> Decimal:
    """Meritvärde: the sum of the 16 best grades, and that of språkval (M2) as a 17th; 0 to 340, in steps of 2.5.

    `values` is subject → grade as on a slutbetyg, `on` the day of the slutbetyg. M1 and modersmål stand among the 16
    and can only displace a lower grade; the dash and F count 0; fewer than 16 grades are summed as they are.
    Raises `Refused` for a value off the scale, an unknown subject, or subjects that cannot stand together.
    """
    points = {code: _points(code, value, on) for code, value in _known(values).items()}
    extra = on >= tables.SPRAKVAL_EXTRA_FROM
    others = sorted((p for code, p in points.items() if not (extra and code.startswith("M2"))), reverse=True)
    sprakval = sum((p for code, p in points.items() if extra and code.startswith("M2")), Decimal(0))
    return sum(others[: tables.MERIT_BEST], Decimal(0)) + sprakval


def eligibility(values: Mapping[str, str], *, on: date) -> Eligibility:
    """For which kinds of national programme the grades suffice. Arguments and refusals as in `merit_value`."""
    known = _known(values)
    passed = {code for code, value in known.items() if _passes(code, value, on)}
    conditions: dict[str, tuple[Condition, ...]] = {}
    for programme in tables.PROGRAMMES:
        rows = [
            *(_pass_in(alternatives, known, passed) for alternatives in tables.PASS_ALWAYS),
            *(_pass_in((code,), known, passed) for code in programme.named),
            Condition(
                "eligibility.number",
                len(passed) >= programme.passed,
                f"Godkänt betyg i {len(passed)} ämnen, minst {programme.passed} krävs.",
                found=str(len(passed)),
                needed=str(programme.passed),
            ),
        ]
        conditions[programme.id] = tuple(rows)
    return Eligibility(len(passed), {p: all(c.met for c in rows) for p, rows in conditions.items()}, conditions)


def as_text(value: Decimal) -> str:
    """``160``, ``327.5``: no trailing zeros, no exponent."""
    return f"{value.normalize():f}"


def _known(values: Mapping[str, str]) -> dict[str, str]:
    check_together(values)
    return {subject(code).code: value for code, value in values.items()}


def _points(code: str, value: str, on: date) -> Decimal:
    step = scale("grade", on).find(value)
    if step is None:
        raise OffScale(f"{code}: {value!r} is not on the scale.", field="value", code=code, value=value)
    return step.points or Decimal(0)


def _passes(code: str, value: str, on: date) -> bool:
    step = scale("grade", on).find(value)
    if step is None:
        raise OffScale(f"{code}: {value!r} is not on the scale.", field="value", code=code, value=value)
    return bool(step.passed)


def _pass_in(alternatives: tuple[str, ...], values: Mapping[str, str], passed: set[str]) -> Condition:
    names = " eller ".join(subject(code).name for code in alternatives)
    met = any(code in passed for code in alternatives)
    found = next((values[code] for code in alternatives if code in values), "")
    text = f"Godkänt betyg i {names}." if met else f"Godkänt betyg i {names} saknas."
    return Condition("eligibility.subject", met, text, about=alternatives[0], found=found, needed="E")
