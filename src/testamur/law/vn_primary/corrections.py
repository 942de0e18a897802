"""How a Vietnamese primary transcript is put right. Pure. A correction makes a new decision, it alters none.

A slip is corrected by whoever wrote it; on paper the former text stays readable under a red line, the new text stands
above it with the corrector's signature (`CorrectionRule.shown_as` = ``strike_through``). A re-examination follows help
(art. 11) or an unusual test result (art. 7.1.d) and counts instead of the former assessment; the year result is then
reckoned anew.
"""

from __future__ import annotations

from dataclasses import replace

from testamur.kernel.base.refused import Refused
from testamur.law.contract import Correction, Decision
from testamur.law.vn_primary import tables
from testamur.law.vn_primary.rules import check


class NoSuchWay(Refused):
    """The rules know no such correction, or not for this kind of decision."""

    code = "vn.primary.correction.unknown"


class WrongDecider(Refused):
    """Somebody else has to decide."""

    code = "vn.primary.correction.wrong_decider"


class GroundMissing(Refused):
    """A ground that the rules demand is not affirmed, or not explained."""

    code = "vn.primary.correction.ground_missing"


class Same(Refused):
    """The new value is the old one."""

    code = "vn.primary.correction.same"


ASSESSED_AGAIN = ("level", "test", "quality", "competence")
RECKONED = ("year_result",)
"""What follows from others: it is reckoned anew after a re-examination (``change``), and never re-examined itself."""


def correct(correction: Correction) -> Decision:
    """The decision that replaces `correction.before`, flagged ``retest`` after a re-examination."""
    rule = tables.CORRECTIONS.get(correction.reason)
    again = correction.reason == "re-examination"
    before = correction.before
    wrong = (again and before.kind not in ASSESSED_AGAIN) or (
        correction.reason == "change" and before.kind not in RECKONED
    )
    if rule is None or wrong:
        raise NoSuchWay(
            f"A {before.kind} is not corrected by {correction.reason!r}; there are {', '.join(tables.CORRECTIONS)}.",
            field="reason",
            reason=correction.reason,
        )
    if correction.role not in rule.roles or not any(n.strip() for n in correction.decided_by):
        raise WrongDecider(f"This is decided by a named {' or '.join(rule.roles)}.", field="role", role=correction.role)
    if correction.reason == "rectification" and not correction.by_deciders:
        raise WrongDecider("Whoever wrote it corrects the slip.", field="role", role=correction.role)
    for code, sentence in rule.grounds:
        if code not in correction.grounds:
            raise GroundMissing(f"Not affirmed: {sentence}", field="grounds", ground=code, text=sentence)
    if not correction.explanation.strip():
        raise GroundMissing("Say why; it is kept with the transcript.", field="explanation")
    if correction.value == before.value and not again:
        raise Same(f"The value is {before.value} already.", field="value", value=before.value)
    after = replace(
        before,
        value=correction.value,
        reason=correction.reason,
        decided_by=correction.decided_by,
        decided_on=correction.decided_on,
        flags=before.flags | {tables.RETEST} if again else before.flags,
    )
    check(after)
    return after
