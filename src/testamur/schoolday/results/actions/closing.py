"""Closing a moment of a class's year: what its teachers entered becomes decisions."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Role
from testamur.schoolday.diary.rules.moments import Moment, moment_of
from testamur.schoolday.diary.rules.rooms import Room
from testamur.schoolday.results.actions.decisions import NotACorrection, corrected, recorded
from testamur.schoolday.results.models import Decision
from testamur.schoolday.results.moments import CLOSE, class_of, period_of, pupils_of, state_of
from testamur.schoolday.results.rules import (
    Amendment,
    Closed,
    CommentTooLong,
    Line,
    MomentBusy,
    MomentIncomplete,
    NewDecision,
    Reason,
)


@transaction.atomic
def close_moment(
    *, by: Actor, group: UUID, moment: str, now: datetime, complete: bool = True, explanation: str = ""
) -> Closed:
    """Decide everything that is entered at a moment; each value is decided by who entered it.

    What was decided before and entered anew since is put right as a slip (``rectification``) when `explanation` says
    why; without one it stays as it is. What the law refuses of that is told and not made. `complete`: refused while
    anything is missing. Journal: ``results.decisions.recorded/1`` with the class, its pupils and the moment, and
    ``results.decision.corrected/1`` for each correction. Raises NotAllowed without ``results.moment.close`` at the
    class, NotFound, NoMoments, MomentIncomplete, CommentTooLong, MomentBusy when somebody else closes it just now.
    """
    room = class_of(by=by, verb=CLOSE, group=group, on=now.date())
    chosen = moment_of(room, moment)
    state = state_of(room, chosen, pupils_of(room, now.date()))
    if complete and state.lacking:
        raise MomentIncomplete(
            f"{state.lacking} values are missing.", field="complete", missing=state.lacking, pupils=len(state.missing)
        )
    if state.long:
        raise CommentTooLong("A comment is too long for the transcript.", field="comment", count=len(state.long))
    made = 0
    if state.fresh:
        try:
            with transaction.atomic():
                new = [_decision(room, chosen, line, now) for line in state.fresh]
                made = recorded(by, new, now, told=True, group=str(group), moment=chosen.code).added
        except IntegrityError as faster:
            raise MomentBusy("Somebody else closes this moment just now.", field="moment") from faster
    if not explanation.strip():
        return Closed(made, 0)
    refused: list[tuple[Line, str]] = []
    right = 0
    for line in state.changed:
        code = _put_right(by, room, line, explanation, now)
        if code:
            refused.append((line, code))
        else:
            right += 1
    return Closed(made, right, tuple(refused))


def _decision(room: Room, moment: Moment, line: Line, now: datetime) -> NewDecision:
    return NewDecision(
        pupil=line.pupil, unit=room.school.id, path=room.school.path, pack=room.pack.id, kind=line.kind, code=line.code,
        value=line.entered, period=period_of(room, moment), year_level=room.level, decided_on=now.date(),
        decided_by=(line.by,), comment=line.comment, occasion=moment.occasion,
    )  # fmt: skip


def _put_right(by: Actor, room: Room, line: Line, explanation: str, now: datetime) -> str:
    """Correct one decision to what was entered anew; the code of the refusal where the law does not let it pass."""
    if line.decision is None:
        return NotACorrection.code
    old = Decision.objects.select_for_update(of=("self",)).get(id=line.decision)
    rule = room.pack.corrections.get(Reason.RECTIFICATION.value)
    amendment = Amendment(
        value=line.entered,
        reason=Reason.RECTIFICATION,
        role=_role(line.by, room, now.date()),
        decided_by=(line.by,),
        decided_on=now.date(),
        grounds=frozenset(code for code, _text in rule.grounds) if rule is not None else frozenset(),
        explanation=explanation,
    )
    try:
        with transaction.atomic():
            corrected(by, old, amendment, now, told=True)
    except Refused as refused:
        return refused.code
    return ""


def _role(person: UUID, room: Room, on: date) -> str:
    """The post in which somebody put a value right: that of a class teacher where the class is theirs."""
    posts = schools.posts_of(person=person, on=on)
    heads = any(post.role == Role.CLASS_TEACHER and post.group == room.group.id for post in posts)
    return Role.CLASS_TEACHER.value if heads else Role.TEACHER.value
