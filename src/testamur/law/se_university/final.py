"""What the modules of a course say about its final grade (row B17). Pure; proposes, never decides.

A rule of the syllabus fills the grade only where one value follows. Where it does not, the value stays empty and the
reason says why; the examiner sets the grade. Decision 0018 of the house holds what the law leaves open.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from testamur.kernel.base.refused import Refused
from testamur.law.results import FinalGrade, ModuleResult
from testamur.law.se_university.values import passed, scale_of, step_of


class RuleUnknown(Refused):
    """There is no such rule for a final grade."""

    code = "se.university.final.rule_unknown"


_TWO_STEPS = 2
"""A scale of so many steps says only pass or fail: it has one passing value."""


def finished(module: ModuleResult) -> bool:
    """Whether the module is done: credited, or with a grade that passes. Raises as `values.step_of`."""
    return module.credited or (bool(module.value) and passed(module.scale, module.value))


def final(rule: str, scale: str, modules: Sequence[ModuleResult]) -> FinalGrade:
    """The final grade that follows by `rule` on the course's `scale`; see `law.results.FinalGrade`.

    ``single_module`` and ``deciding_module`` copy that module's grade, where it can be copied (`_copied`);
    ``mean_rounded`` is the mean of the modules' numbers weighted by credits, half up; ``manual`` never has a value.
    The date is that of the last module that was passed; credited modules have none. Raises `RuleUnknown`,
    `ScaleUnknown`, `OffScale`.
    """
    scale_of(scale)
    if rule not in _RULES:
        known = ", ".join(_RULES)
        raise RuleUnknown(f"There is no rule {rule[:40]!r}; there are {known}.", field="rule", accepted=known)
    missing = tuple(m.code for m in modules if not finished(m))
    if missing or not modules:
        deciding = rule == "deciding_module" and any(m.deciding and m.code in missing for m in modules)
        return FinalGrade(False, "", None, "deciding_missing" if deciding else "modules_missing", missing)
    value, reason = _RULES[rule](scale, modules)
    days = [m.examined_on for m in modules if m.examined_on is not None and not m.credited]
    return FinalGrade(True, value, max(days, default=None), reason)


def _single(scale: str, modules: Sequence[ModuleResult]) -> tuple[str, str]:
    """A course of one module has its grade; one of several is graded by hand."""
    if len(modules) != 1:
        return "", "manual"
    return _copied(scale, modules[0], "single_module")


def _deciding(scale: str, modules: Sequence[ModuleResult]) -> tuple[str, str]:
    """The one module that the syllabus names; ``deciding_missing`` where it names none, by hand where it names two."""
    named = [m for m in modules if m.deciding]
    if len(named) != 1:
        return "", "manual" if named else "deciding_missing"
    return _copied(scale, named[0], "deciding_module")


def _copied(scale: str, module: ModuleResult, reason: str) -> tuple[str, str]:
    """The module's grade on the course's scale: the same one, or the only passing value of a pass-or-fail scale.

    A grade of another scale is not translated: nothing says that a 5 is an A.
    """
    if module.credited:
        return "", "credited"
    if module.scale == scale:
        return module.value, reason
    only = _only_pass(scale)
    return (only, reason) if only else ("", "manual")


def _mean(scale: str, modules: Sequence[ModuleResult]) -> tuple[str, str]:
    """The mean of numbers, weighted by credits, rounded half up to a step of the course's scale.

    Modules that are only passed or failed do not take part. One that takes part without a number, or on another scale
    than the course, leaves the mean open.
    """
    taking = [m for m in modules if not _only_pass(m.scale)]
    if any(m.credited for m in taking):
        return "", "credited"
    numbers = [(step_of(m.scale, m.value).points, m.credits) for m in taking if m.scale == scale]
    weight = sum((Fraction(hp) for _, hp in numbers), Fraction(0))
    if len(numbers) < len(taking) or any(points is None for points, _ in numbers) or weight <= 0:
        return "", "no_number"
    total = sum((Fraction(points) * Fraction(hp) for points, hp in numbers if points is not None), Fraction(0))
    nearest = math.floor(total / weight + Fraction(1, 2))
    found = next((v.value for v in scale_of(scale).values if v.points == nearest), None)
    return (found, "mean_rounded") if found else ("", "no_number")


def _only_pass(scale: str) -> str:
    """The one passing value of a pass-or-fail scale; empty for a scale of more steps."""
    values = scale_of(scale).values
    return values[-1].value if len(values) == _TWO_STEPS else ""


def _manual(_scale: str, _modules: Sequence[ModuleResult]) -> tuple[str, str]:
    return "", "manual"


_RULES: Mapping[str, Callable[[str, Sequence[ModuleResult]], tuple[str, str]]] = {
    "manual": _manual,
    "single_module": _single,
    "deciding_module": _deciding,
    "mean_rounded": _mean,
}
