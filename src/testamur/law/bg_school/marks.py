"""How marks become averages, words and proposals. Pure, exact: nothing is rounded before the end.

Success over subjects is the mean of the subjects' means, each subject counting once however many marks it has
(`success`). The other method in use, the mean of all marks, is `mean_of_all`; the diary shows the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from testamur.law.bg_school import tables
from testamur.law.diary import MarkFact, Proposal

_DAILY = frozenset(code for code, _, closes, _ in tables.MARK_KINDS if not closes)
_CENT = Decimal("0.01")
_WHOLE = Decimal(1)


def rounded(exact: Fraction, step: Decimal = _CENT) -> Decimal:
    """To hundredths (or wholes), half up; exact, since marks and weights are short decimals."""
    scaled = exact / Fraction(step)
    whole = (scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)
    return (Decimal(whole) * step).quantize(step, ROUND_HALF_UP)


def shown(value: Decimal) -> str:
    """``4,83``."""
    return f"{value:f}".replace(".", ",")


def mean(marks: Iterable[MarkFact]) -> Fraction | None:
    """Weighted mean of the marks of the day, exact; words and marks that close a period do not count."""
    total = weight = Decimal(0)  # points and weights are short decimals: their sums are exact, and far quicker
    for mark in marks:
        step = tables.SIX.find(mark.value)
        if mark.kind not in _DAILY or step is None or step.points is None or mark.weight <= 0:
            continue
        total += step.points * mark.weight
        weight += mark.weight
    return Fraction(total) / Fraction(weight) if weight else None


def average(marks: Sequence[MarkFact]) -> Decimal | None:
    """The mean with two decimals."""
    found = mean(marks)
    return None if found is None else rounded(found)


def success(marks: Sequence[MarkFact]) -> Decimal | None:
    """Mean of the subjects' means, with two decimals."""
    subjects = dict.fromkeys(m.subject for m in marks)
    means = [found for s in subjects if (found := mean(m for m in marks if m.subject == s)) is not None]
    return rounded(sum(means, Fraction(0)) / len(means)) if means else None


def mean_of_all(marks: Sequence[MarkFact]) -> Decimal | None:
    """The other method: the mean of all marks, so that a subject with more marks counts for more."""
    return average(marks)


def diploma(first: Sequence[Decimal], second: Sequence[Decimal]) -> Decimal | None:
    """Mean of the means of a diploma's two parts (compulsory, chosen); state examinations are shown, not counted."""
    parts = [sum(map(Fraction, part), Fraction(0)) / len(part) for part in (first, second) if part]
    return rounded(sum(parts, Fraction(0)) / len(parts)) if parts else None


def word(value: Decimal) -> str:
    """``много добър`` for 4.83."""
    return next(name for least, name in tables.WORD_BANDS if value >= least or least == 0)


def propose_term(marks: Sequence[MarkFact]) -> Proposal | None:
    """The mean of the marks of the latest term among them, rounded to a whole, half up."""
    daily = [m for m in marks if m.kind in _DAILY]
    latest = max((tables.TERMS.index(m.term) for m in daily if m.term in tables.TERMS), default=None)
    if latest is None:
        return None
    mine = [m for m in daily if m.term == tables.TERMS[latest]]
    exact = mean(mine)
    if exact is None:
        return None
    value = rounded(exact, _WHOLE)
    count = sum(1 for m in mine if tables.SIX.find(m.value) and m.weight > 0)
    marks_word = "текуща оценка" if count == 1 else "текущи оценки"
    return Proposal(
        f"{value}",
        f"Средно {shown(rounded(exact))} от {count} {marks_word} за {tables.TERM_NAMES[tables.TERMS[latest]]}.",
    )


def propose_annual(marks: Sequence[MarkFact]) -> Proposal | None:
    """From the two marks of the terms; midway between two marks the second term decides which.

    A subject that was taught in the second term alone is closed by that term's mark.
    """
    terms = {m.term: int(m.value) for m in marks if m.kind == "term" and tables.SIX.find(m.value)}
    first, second = (terms.get(t) for t in tables.TERMS)
    if second is None:
        return None
    if first is None:
        return Proposal(str(second), f"Изучаван само през втория срок: срочна оценка {second}.")
    total = first + second
    why = f"Срочни оценки {first} и {second}"
    if total % 2 == 0:
        return Proposal(str(total // 2), f"{why}: средно {total // 2}.")
    value = (total + 1) // 2 if second > first else total // 2
    return Proposal(str(value), f"{why}: средно {shown(Decimal(total) / 2)}, закръглено към оценката за втория срок.")
