"""The end of a class's year: results and awards confirmed, assessed again, promoted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.register.schools.rules import Role
from testamur.schoolday.diary.queries.marks import ENTER
from testamur.schoolday.diary.queries.rooms import room as room_of
from testamur.schoolday.diary.rules.moments import Moment, moments_of
from testamur.schoolday.diary.rules.rooms import Room
from testamur.schoolday.results.actions.decisions import corrected, recorded
from testamur.schoolday.results.models import Decision
from testamur.schoolday.results.moments import (
    PROMOTE,
    ClassYear,
    class_of,
    own_subjects,
    period_of,
    pupils_of,
    years_of,
)
from testamur.schoolday.results.rules import (
    AgreementMissing,
    Amendment,
    AwardGiven,
    Confirmed,
    MeritMissing,
    MomentBusy,
    NewDecision,
    NoSuchAward,
    NotThatResult,
    NotThePrincipals,
    NotWeak,
    PupilYear,
    Reason,
    TooManyAwards,
)

CONFIRM = "results.year.confirm"
REASSESS = "results.year.reassess"


@transaction.atomic
def confirm_year(*, by: Actor, group: UUID, pupils: Mapping[UUID, Confirmed], now: datetime) -> int:
    """Decide the year results (and awards) of these pupils as the assessments speak for them; returns how many.

    A result that stands and no longer follows, after a re-examination, is reckoned anew. Journal:
    ``results.decisions.recorded/1``, and ``results.decision.corrected/1`` for each result that is reckoned anew. Raises
    NotAllowed without ``results.year.confirm`` at the class, NotFound for a pupil of another class, NotThatResult when
    the assessments changed meanwhile, NoSuchAward, AgreementMissing, MeritMissing, MomentBusy.
    """
    room = class_of(by=by, verb=CONFIRM, group=group, on=now.date())
    year = years_of(room, pupils_of(room, now.date()))
    new: list[NewDecision] = []
    anew: list[tuple[PupilYear, str]] = []
    for pupil, said in pupils.items():
        one = _pupil(year, pupil)
        if not one.proposal.result or said.result != one.proposal.result:
            raise NotThatResult("The assessments speak for another result now.", field="result")
        if not one.result:
            new.append(_decision(room, one, year.rules.result, said.result, by, now))
        elif not one.settled:
            anew.append((one, said.result))
        if said.award and not one.award:
            new.append(_award(year, one, said, by, now))
    _record(by, new, now, group)
    for one, result in anew:
        _reckon(by, room, one.decisions[year.rules.result], result, now)
    return len(pupils)


@transaction.atomic
def give_award(*, by: Actor, group: UUID, pupil: UUID, value: str, why: str, now: datetime) -> None:
    """Give a pupil an award that follows from no result, beside those that it has; `why` stands in the transcript.

    Journal: ``results.decisions.recorded/1``. Raises NotAllowed without ``results.year.confirm`` at the class,
    NotFound, NoSuchAward, MeritMissing without `why`, AwardGiven, TooManyAwards, MomentBusy.
    """
    room = class_of(by=by, verb=CONFIRM, group=group, on=now.date())
    year = years_of(room, pupils_of(room, now.date()))
    one, words = _pupil(year, pupil), " ".join(why.split())
    if value not in year.rules.free_awards:
        raise NoSuchAward("There is no such award.", field="award")
    if not words:
        raise MeritMissing("Say what it is given for.", field="why")
    if (value, words[:200]) in one.further:
        raise AwardGiven("This award is given already, for the same.", field="why")
    kind = year.rules.award[0]
    code = next((code for code in year.rules.further_awards if (kind, code) not in one.decisions), None)
    if code is None:
        raise TooManyAwards("There is no room for another award.", field="award")
    _record(by, [_decision(room, one, (kind, code), value, by, now, comment=words[:200])], now, group)


@transaction.atomic
def reassess(
    *, by: Actor, group: UUID, pupil: UUID, kind: str, code: str, value: str, explanation: str, now: datetime
) -> None:
    """Assess again, after help, what keeps a pupil from completing the year; it counts instead of the former.

    `explanation`: what help there was. Journal: ``results.decision.corrected/1``. Raises NotAllowed without
    ``results.year.reassess`` at the class, or ``diary.mark.enter`` in a subject that `by` teaches there; NotFound,
    NotWeak, and what the pack refuses.
    """
    room = room_of(group=group, on=now.date())
    heads = by.may(REASSESS, room.path, group=group)
    room = class_of(by=by, verb=REASSESS if heads else ENTER, group=group, on=now.date())
    year = years_of(room, pupils_of(room, now.date()))
    one = _pupil(year, pupil)
    wanted = next((weak for weak in year.weak.get(pupil, ()) if (weak.kind, weak.code) == (kind, code)), None)
    if not heads and (wanted is None or not own_subjects(by, room, now.date())(wanted)):
        raise NotAllowed("Somebody else teaches this.", verb=REASSESS)
    if wanted is None:
        raise NotWeak("This does not stand in the way of completing the year.", field="code")
    rule = room.pack.corrections[Reason.RE_EXAMINATION.value]
    normal = room.pack.normalise_value(kind, code, value, room.year.terms[-1].ends)
    old = Decision.objects.select_for_update(of=("self",)).get(id=one.decisions[kind, code])
    amendment = Amendment(
        value=normal, reason=Reason.RE_EXAMINATION,
        role=(Role.CLASS_TEACHER if heads else Role.TEACHER).value, decided_by=(by.id,),
        decided_on=now.date(), grounds=frozenset(ground for ground, _text in rule.grounds), explanation=explanation,
    )  # fmt: skip
    corrected(by, old, amendment, now, told=True)


@transaction.atomic
def decide_promotion(*, by: Actor, group: UUID, pupil: UUID, value: str, why: str, now: datetime) -> None:
    """Let a pupil go up, or do the year again: the principal's decision once help was not enough.

    `why` stands with the decision. Journal: ``results.decisions.recorded/1``. Raises NotAllowed without
    ``results.year.promote`` at the class, NotFound, NotThePrincipals, and what the pack refuses.
    """
    room = class_of(by=by, verb=PROMOTE, group=group, on=now.date())
    year = years_of(room, pupils_of(room, now.date()))
    one = _pupil(year, pupil)
    if one.promotion or one.proposal.step != "principal_decides":
        raise NotThePrincipals("There is nothing for the principal to decide.", field="pupil")
    if year.rules.promotions.find(value) is None:
        raise NotFound("There is no such decision.", field="value")
    _record(by, [_decision(room, one, year.rules.promotion, value, by, now, comment=why.strip())], now, group)


def _pupil(year: ClassYear, pupil: UUID) -> PupilYear:
    found = year.years.get(pupil)
    if found is None:
        raise NotFound("There is no such pupil in this class.", field="pupil")
    return found


def _award(year: ClassYear, one: PupilYear, said: Confirmed, by: Actor, now: datetime) -> NewDecision:
    offer = next((offer for offer in one.proposal.awards if offer.award == said.award), None)
    if offer is None:
        raise NoSuchAward("The assessments speak for no such award.", field="award")
    if not said.agreed:
        raise AgreementMissing("The class has to recognise it.", field="agreed")
    flags = {year.rules.agreed}
    if any(need.code != "award.class_agrees" for need in offer.needs):
        if said.merit not in year.rules.merits or not said.why.strip():
            raise MeritMissing("Say what it is given for.", field="merit")
        flags.add(said.merit)
    return _decision(
        year.room, one, year.rules.award, said.award, by, now, comment=said.why.strip(), flags=frozenset(flags)
    )


def _decision(
    room: Room,
    one: PupilYear,
    slot: tuple[str, str],
    value: str,
    by: Actor,
    now: datetime,
    *,
    comment: str = "",
    flags: frozenset[str] = frozenset(),
) -> NewDecision:
    kind, code = slot
    return NewDecision(
        pupil=one.pupil, unit=room.school.id, path=room.school.path, pack=room.pack.id, kind=kind, code=code,
        value=value, period=period_of(room, _last(room)), year_level=room.level, decided_on=now.date(),
        decided_by=(by.id,), comment=comment, flags=flags,
    )  # fmt: skip


def _last(room: Room) -> Moment:
    return [one for one in moments_of(room) if not one.occasion][-1]


def _record(by: Actor, new: list[NewDecision], now: datetime, group: UUID) -> None:
    if not new:
        return
    try:
        with transaction.atomic():
            made = recorded(by, new, now, told=True, group=str(group))
    except IntegrityError as faster:
        raise MomentBusy("Somebody else decides this just now.", field="pupil") from faster
    if made.rejected:
        raise MomentBusy(made.rejected[0].message, field="pupil")


def _reckon(by: Actor, room: Room, decision: UUID, result: str, now: datetime) -> None:
    """The year result that follows from what was assessed again."""
    rule = room.pack.corrections[Reason.CHANGE.value]
    old = Decision.objects.select_for_update(of=("self",)).get(id=decision)
    amendment = Amendment(
        value=result, reason=Reason.CHANGE, role=Role.CLASS_TEACHER.value, decided_by=(by.id,), decided_on=now.date(),
        grounds=frozenset(ground for ground, _text in rule.grounds), explanation=rule.name,
    )  # fmt: skip
    corrected(by, old, amendment, now, told=True)
