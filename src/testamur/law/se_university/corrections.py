"""Corrections of results: rättelse (HF 6:23) and omprövning (HF 6:24). Pure.

A correction never alters a decision: it makes a new one that replaces the former, documented as any other. Before the
student has been told a result is simply changed; that is no correction. What is tried again on another day is another
result and no correction either.
"""

from __future__ import annotations

from dataclasses import replace

from testamur.kernel.base.refused import Refused
from testamur.law.contract import Correction, Decision
from testamur.law.se_university import tables
from testamur.law.se_university.rules import check
from testamur.law.se_university.values import rank


class NoSuchWay(Refused):
    """The ordinance knows no such correction."""

    code = "se.university.correction.unknown"


class WrongDecider(Refused):
    """Somebody else has to decide."""

    code = "se.university.correction.wrong_decider"


class GroundMissing(Refused):
    """A ground that the ordinance demands is not affirmed."""

    code = "se.university.correction.ground_missing"


class NotHeard(Refused):
    """Before a grade is lowered the student must have had the chance to speak, or it is said why not (FL 36 §)."""

    code = "se.university.correction.not_heard"


class Lower(Refused):
    """A re-examination may not lower the grade (HF 6:24), unless it was got by deceit."""

    code = "se.university.correction.lower"


class Same(Refused):
    """The new value is the old one."""

    code = "se.university.correction.same"


class Unexplained(Refused):
    """The list must say why."""

    code = "se.university.correction.unexplained"


class Backwards(Refused):
    """A correction is decided before what it corrects."""

    code = "se.university.correction.backwards"


def correct(correction: Correction) -> Decision:
    """The decision that replaces `correction.before`; raises `Refused` when the ordinance does not allow it.

    Any appointed examiner may correct, not only the one who decided. Rectification goes in either direction; where it
    lowers the grade, the student (``pupil``) is heard first. Re-examination never lowers it, except on the ground
    ``deceit``, and then after the same hearing.
    """
    rule = tables.CORRECTIONS.get(correction.reason)
    if rule is None:
        raise NoSuchWay(
            f"There is no correction {correction.reason!r}; there are {', '.join(tables.CORRECTIONS)}.",
            field="reason",
            reason=correction.reason,
        )
    if correction.role not in rule.roles or not any(name.strip() for name in correction.decided_by):
        raise WrongDecider("Only an examiner decides.", field="role", role=correction.role, needed="examiner")
    for code, sentence in rule.grounds:
        if code not in correction.grounds:
            raise GroundMissing(f"Not affirmed: {sentence}", field="grounds", ground=code, text=sentence)
    if not correction.explanation.strip():
        raise Unexplained("Say why; it goes to the list.", field="explanation")
    after = _replacing(correction)
    if rank(after.scale, after.value) < rank(after.scale, correction.before.value):
        _lowered(correction, never=rule.direction == "not_lower")
    return after


def _lowered(correction: Correction, *, never: bool) -> None:
    before = correction.before.value
    if never and tables.DECEIT[0] not in correction.grounds:
        raise Lower(
            f"A re-examination may not lower {before} to {correction.value}.",
            field="value",
            before=before,
            value=correction.value,
        )
    if "pupil" not in correction.heard and not correction.hearing_unneeded.strip():
        raise NotHeard(
            "Let the student speak before the grade is lowered, or say why that is unnecessary.",
            field="heard",
            missing=("pupil",),
        )


def _replacing(correction: Correction) -> Decision:
    """The new decision, itself lawful, different from the old one and not before it; the day of examination stays."""
    before = correction.before
    if correction.value == before.value:
        raise Same(f"The grade is {before.value} already.", field="value", value=before.value)
    if before.decided_on is not None and correction.decided_on < before.decided_on:
        raise Backwards(
            f"The decision of {before.decided_on} cannot be corrected on {correction.decided_on}.",
            field="decided_on",
            before=before.decided_on,
            decided_on=correction.decided_on,
        )
    after = replace(
        before,
        value=correction.value,
        reason=correction.reason,
        decided_by=correction.decided_by,
        decided_on=correction.decided_on,
        carried_over=False,
    )
    check(after)
    return after
