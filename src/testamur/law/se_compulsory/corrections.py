"""Corrections of grades: rättelse (3:19), ändring (3:20) and prövning (10:23 skollagen). Pure.

A correction never alters a decision: it makes a new one that replaces the former. Grades cannot be appealed.
"""

from __future__ import annotations

from dataclasses import replace

from testamur.kernel.base.refused import Refused
from testamur.law.contract import Correction, Decision
from testamur.law.se_compulsory import tables
from testamur.law.se_compulsory.rules import check, scale


class NoSuchWay(Refused):
    """The law knows no such correction, or not for this kind of decision."""

    code = "se.compulsory.correction.unknown"


class WrongDecider(Refused):
    """Somebody else has to decide."""

    code = "se.compulsory.correction.wrong_decider"


class GroundMissing(Refused):
    """A ground that the law demands is not affirmed."""

    code = "se.compulsory.correction.ground_missing"


class NotHeard(Refused):
    """Pupil and guardian must have had the chance to speak, or it must be said why that was unnecessary (3:19)."""

    code = "se.compulsory.correction.not_heard"


class Lower(Refused):
    """A change may not lower the grade (3:20)."""

    code = "se.compulsory.correction.lower"


class Same(Refused):
    """The new value is the old one."""

    code = "se.compulsory.correction.same"


class Unexplained(Refused):
    """The catalogue must say why."""

    code = "se.compulsory.correction.unexplained"


def correct(correction: Correction) -> Decision:
    """The decision that replaces `correction.before`, by the way that `correction.reason` names."""
    ways = {"rectification": rattelse, "change": andring, "test": provning}
    if correction.reason not in ways:
        raise NoSuchWay(
            f"There is no correction {correction.reason!r}; there are {', '.join(ways)}.",
            field="reason",
            reason=correction.reason,
        )
    return ways[correction.reason](correction)


def rattelse(correction: Correction) -> Decision:
    """Rättelse of a slip of the pen, skollagen 3 kap. 19 §: the principal, either direction, after a hearing.

    Not for a poor judgement: the ground ``slip`` has to be affirmed. A new document is issued, the wrong one is
    destroyed if possible, the catalogue gets a note.
    """
    if correction.role != "principal":
        raise WrongDecider(
            "Only the principal rectifies a grade.", field="role", role=correction.role, needed="principal"
        )
    _grounds(correction)
    missing = sorted(set(tables.CORRECTIONS["rectification"].hears) - correction.heard)
    if missing and not correction.hearing_unneeded.strip():
        raise NotHeard(
            f"Let {' and '.join(missing)} speak first, or say why that is unnecessary.",
            field="heard",
            missing=tuple(missing),
        )
    return _replacing(correction)


def andring(correction: Correction) -> Decision:
    """Ändring of an obviously wrong decision, skollagen 3 kap. 20 §: by those who took it, never lower.

    The principal decides instead when one of them has left, is prevented, or several cannot agree; that ground is
    affirmed too. The dash is a decision as well and can be changed into a grade, never the other way.
    """
    if correction.role == "principal":
        instead = {code for code, _ in tables.PRINCIPAL_INSTEAD} & correction.grounds
        alone = len(set(correction.before.decided_by)) == 1
        if instead == {"deciders_disagree"} and alone:
            raise WrongDecider("One person decided, who cannot disagree alone.", field="grounds", role="principal")
        if not instead and not correction.by_deciders:
            raise WrongDecider(
                "Those who decided the grade change it; the principal only when one has left, is prevented, or "
                "they cannot agree.",
                field="role",
                role=correction.role,
                needed="teacher",
            )
    elif correction.role != "teacher" or not correction.by_deciders:
        raise WrongDecider("Those who decided the grade, and only they, change it.", field="role", role=correction.role)
    _grounds(correction)
    steps = [v.value for v in scale("grade", correction.before.period.ends).values]
    after = _replacing(correction)
    if steps.index(after.value) > steps.index(correction.before.value):
        raise Lower(
            f"A change may not lower {correction.before.value} to {after.value}.",
            field="value",
            before=correction.before.value,
            value=after.value,
        )
    return after


def provning(correction: Correction) -> Decision:
    """A new grade after a test of the whole subject, skollagen 10 kap. 23 §, by a teacher; flagged ``test``."""
    if correction.role != "teacher":
        raise WrongDecider("A teacher grades a test.", field="role", role=correction.role, needed="teacher")
    _grounds(correction)
    after = replace(correction.before, flags=correction.before.flags | {tables.TEST})
    return _replacing(replace(correction, before=after))


def _grounds(correction: Correction) -> None:
    for code, sentence in tables.CORRECTIONS[correction.reason].grounds:
        if code not in correction.grounds:
            raise GroundMissing(f"Not affirmed: {sentence}", field="grounds", ground=code, text=sentence)
    if not correction.explanation.strip():
        raise Unexplained("Say why; it goes to the catalogue.", field="explanation")


def _replacing(correction: Correction) -> Decision:
    """The new decision, itself lawful, different from the old one (a test may confirm it) and not before it."""
    before = correction.before
    if before.kind != "grade":
        raise NoSuchWay(f"A {before.kind} is not corrected this way.", field="before", kind=before.kind)
    if correction.value == before.value and correction.reason != "test":
        raise Same(f"The grade is {before.value} already.", field="value", value=before.value)
    if not any(name.strip() for name in correction.decided_by):
        raise WrongDecider("Nobody is named who decides.", field="decided_by", role=correction.role)
    after = replace(
        before,
        value=correction.value,
        reason=correction.reason,
        decided_by=correction.decided_by,
        decided_on=correction.decided_on,
        carried_over=False,
    )
    # The co-signature rule is about setting a grade; the principal who corrects one needs no licence.
    check(replace(after, flags=after.flags - {tables.UNLICENSED}))
    return after
