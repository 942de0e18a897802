"""A class teacher puts right what was written by mistake in the own class."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Role
from testamur.schoolday.results import queries as results
from testamur.schoolday.results.actions import correct_decision
from testamur.schoolday.results.queries import DecisionRow
from testamur.schoolday.results.rules import Amendment, Reason
from testamur.schoolday.transcripts.looking import Frame, frame
from testamur.schoolday.transcripts.rules import NoTranscripts


@transaction.atomic
def correct(*, by: Actor, decision: UUID, value: str, explanation: str, slip: bool, now: datetime) -> UUID:
    """Take the place of a decision that was a slip of the pen; returns the id of the new one.

    Whoever decided it corrects it, as the law of the school's form says (`law.contract.Pack.correct`); `slip` affirms
    that it was one. The class has to be verified anew; its new document shows the former text struck out, is signed by
    the corrector, and confirmed by the principal's signature. Needs ``transcripts.correction.make`` at the school and
    for the pupil's class. Raises NotFound, NoTranscripts, and what `results.actions.correct_decision` raises. Journal:
    ``transcripts.correction.made/1`` beside that of the decision.
    """
    row = results.one(decision)
    if row is None:
        raise NotFound("There is no such decision.", field="decision")
    told = class_of(row)
    by.must("transcripts.correction.make", told.school.path, group=told.group.id)
    held = {post.role for post in schools.posts_of(person=by.id, on=now.date()) if post.unit == told.school.id}
    amendment = Amendment(
        value=value,
        reason=Reason.RECTIFICATION,
        role=Role.CLASS_TEACHER.value if Role.CLASS_TEACHER in held else Role.TEACHER.value,
        decided_by=(by.id,),
        decided_on=now.date(),
        grounds=frozenset({"slip"} if slip else ()),
        explanation=explanation,
    )
    # the right to correct in the own class is this verb's; the register of results asks for one at the whole school
    grant = Grant("corrector", told.school.path, ("results.decision.rectification",))
    new = correct_decision(by=replace(by, grants=(grant,)), decision=decision, amendment=amendment, now=now)
    told_refs = {"decision": str(new), "replaces": str(decision), "group": str(told.group.id)}
    append(by=by, kind="transcripts.correction.made/1", path=told.school.path, refs=told_refs, now=now)
    return new


def class_of(row: DecisionRow) -> Frame:
    """The class in which the pupil of a decision was when the year ended. Raises NoTranscripts."""
    place = schools.placement(person=row.pupil, on=row.facts.period.ends)
    told = frame(place.class_group) if place is not None and place.class_group is not None else None
    if told is None or told.school.id != row.unit:
        raise NoTranscripts("The class has no transcripts that are verified.", field="decision")
    return told
