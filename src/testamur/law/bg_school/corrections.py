"""How an obvious error in a Bulgarian school document is put right. Pure. A correction makes a new decision."""

from __future__ import annotations

from dataclasses import replace

from testamur.kernel.base.refused import Refused
from testamur.law.bg_school import tables
from testamur.law.bg_school.rules import check
from testamur.law.contract import Correction, Decision


class NoSuchWay(Refused):
    """The rules know no such correction."""

    code = "bg.school.correction.unknown"


class WrongDecider(Refused):
    """Somebody else has to decide."""

    code = "bg.school.correction.wrong_decider"


class GroundMissing(Refused):
    """A ground that the rules demand is not affirmed, or not explained."""

    code = "bg.school.correction.ground_missing"


class Same(Refused):
    """The new value is the old one."""

    code = "bg.school.correction.same"


def correct(correction: Correction) -> Decision:
    """The decision that replaces `correction.before`: the head's order puts an obvious error right."""
    rule = tables.CORRECTIONS.get(correction.reason)
    before = correction.before
    if rule is None:
        raise NoSuchWay(
            f"Nothing is corrected by {correction.reason!r}; there is {', '.join(tables.CORRECTIONS)}.",
            field="reason",
            reason=correction.reason,
        )
    if correction.role not in rule.roles or not any(n.strip() for n in correction.decided_by):
        raise WrongDecider("The head of the school decides, by name.", field="role", role=correction.role)
    for code, sentence in rule.grounds:
        if code not in correction.grounds:
            raise GroundMissing(f"Not affirmed: {sentence}", field="grounds", ground=code, text=sentence)
    if not correction.explanation.strip():
        raise GroundMissing("Say why; it is kept with the document.", field="explanation")
    if correction.value == before.value:
        raise Same(f"The value is {before.value} already.", field="value", value=before.value)
    after = replace(
        before,
        value=correction.value,
        reason=correction.reason,
        decided_by=correction.decided_by,
        decided_on=correction.decided_on,
    )
    check(after)
    return after
