"""Reports of absence and requests for leave: asked by guardians, agreed to by the other one, decided by the school."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal import actions as journal
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import days, is_free
from testamur.schoolday.diary.actions.changes import change, excusable
from testamur.schoolday.diary.models import Absence, Leave
from testamur.schoolday.diary.queries import leaves as queries
from testamur.schoolday.diary.queries.rooms import room
from testamur.schoolday.diary.rules import leaves as rules
from testamur.schoolday.diary.rules.leaves import NewLeave
from testamur.schoolday.diary.rules.rooms import Room
from testamur.schoolday.diary.rules.states import LeaveState

_AROUND = timedelta(days=45)
"""So far around the days that are asked for a row of days may reach."""
_WEEK = range(1, 6)


@transaction.atomic
def ask_leave(*, by: Actor, leave: NewLeave, now: datetime) -> UUID:
    """Report an absence of a pupil, or ask for leave, and return its id. Journal: ``diary.leave.asked/1``.

    A report made by the day itself, of days no further than a week ahead, on a ground that guardians may state is
    granted at once and excuses what is registered in its time; what reaches further waits for the school, leave waits
    for every other guardian with custody where the law wants all of them, then for the post that decides about so many
    days. Needs ``diary.leave.ask`` for the pupil. Raises not_found for a pupil of no class, ``diary.leave.invalid``,
    ``.no_school``, ``.ground``, ``.twice``, ``.year`` and ``.row``.
    """
    today = now.date()
    here = _class_of(leave.pupil, today)
    by.must("diary.leave.ask", here.path, person=leave.pupil, group=here.group.id)
    rules.check_period(leave, today)
    ground = rules.ground_of(here.pack.diary, leave.ground)
    rule = here.pack.diary.leave
    others = list(Leave.objects.filter(_near(leave, here), pupil=leave.pupil, state__in=queries.HOLD))
    _not_twice(leave, others)
    around = _school_days(here, leave.pupil, leave.first - _AROUND, leave.last + _AROUND)
    wanted = [day for day in around if leave.first <= day <= leave.last]
    if not wanted:
        raise rules.LeaveNoDays("There is no school on these days.", field="first")
    _within_limits(here, leave, others, around, wanted)
    custodians = people.custodians(child=leave.pupil, on=today) if rule.guardians > 1 else frozenset()
    first = rules.state_at_first(leave, ground, rule, today=today, missing=len(custodians - {by.id}))
    row = Leave(
        id=new_id(), pupil_id=leave.pupil, school_id=here.school.id, path=here.path, kind=leave.kind,
        ground=leave.ground, first=leave.first, last=leave.last, from_time=leave.from_time, to_time=leave.to_time,
        text=leave.text.strip(), days=len(wanted), asked_by=by.id, asked_at=now, consents=[str(by.id)],
        approver=rules.approver(rule, len(wanted)), state=first,
    )  # fmt: skip
    if first is LeaveState.GRANTED:
        row.decided_by, row.decided_at = by.id, now
    row.save(force_insert=True)
    excused = _excuse(row, by, now) if first is LeaveState.GRANTED else []
    _enter(by, "diary.leave.asked/1", row, now, state=first.value, absences=excused)
    return row.id


@transaction.atomic
def consent_leave(*, by: Actor, leave: UUID, now: datetime) -> LeaveState:
    """Agree, as the other guardian, to leave that was asked for, and return where it stands now.

    Once all with custody have agreed it waits for the school. Journal: ``diary.leave.consented/1``. Needs
    ``diary.leave.consent`` for the pupil. Raises not_found, and ``diary.leave.state`` when it does not wait for that.
    """
    row = _locked(leave)
    by.must("diary.leave.consent", row.path, person=row.pupil_id)
    if row.state != LeaveState.WAITING:
        raise rules.LeaveMoved("It does not wait for a guardian.", state=row.state)
    row.consents = list(dict.fromkeys([*row.consents, str(by.id)]))
    missing = people.custodians(child=row.pupil_id, on=now.date()) - {UUID(one) for one in row.consents}
    if not missing:
        row.state = LeaveState.ASKED
    row.save(update_fields=["consents", "state"])
    _enter(by, "diary.leave.consented/1", row, now, state=row.state)
    return LeaveState(row.state)


@transaction.atomic
def decide_leave(*, by: Actor, leave: UUID, granted: bool, why: str = "", now: datetime) -> None:
    """Grant or refuse leave, or take back what was granted. Journal: ``diary.leave.decided/1``.

    Granting excuses what is registered in its time, and what will be; taking it back opens those absences again. Needs
    ``diary.leave.decide`` at the pupil's class in the role that decides about so many days; the principal always may.
    Raises not_found, ``diary.leave.approver``, ``diary.leave.state``, and ``diary.leave.why`` for a refusal without
    a reason.
    """
    row = _locked(leave)
    placed = schools.placement(person=row.pupil_id, on=now.date())
    by.must(queries.DECIDE, row.path, group=placed.class_group if placed else None)
    if not rules.may_decide(row.approver, queries.roles(by, row.path)):
        raise rules.NotApprover("Leave of so many days is decided by another post.", post=row.approver)
    if row.state not in ({LeaveState.ASKED} if granted else set(queries.HOLD)):
        raise rules.LeaveMoved("It is decided already, or waits for the other guardian.", state=row.state)
    if not granted and not why.strip():
        raise rules.LeaveWhy("Say why.", field="why")
    former = row.state
    row.state = LeaveState.GRANTED if granted else LeaveState.REFUSED
    row.decided_by, row.decided_at, row.why = by.id, now, why.strip()
    row.save(update_fields=["state", "decided_by", "decided_at", "why"])
    touched = _excuse(row, by, now) if granted else (_reopen(row, by, now) if former == LeaveState.GRANTED else [])
    _enter(by, "diary.leave.decided/1", row, now, state=row.state, absences=touched)


@transaction.atomic
def withdraw_leave(*, by: Actor, leave: UUID, now: datetime) -> None:
    """Withdraw a report or request whose days are not over; absences that it excused are open again.

    Journal: ``diary.leave.withdrawn/1``. Needs ``diary.leave.withdraw`` for the pupil. Raises not_found,
    ``diary.leave.state`` and ``diary.leave.past``.
    """
    row = _locked(leave)
    placed = schools.placement(person=row.pupil_id, on=now.date())
    by.must("diary.leave.withdraw", row.path, person=row.pupil_id, group=placed.class_group if placed else None)
    if row.state not in queries.HOLD:
        raise rules.LeaveMoved("It is refused or withdrawn already.", state=row.state)
    if row.state == LeaveState.GRANTED and row.last < now.date():
        raise rules.LeavePast("The days are over.")
    former, row.state = row.state, LeaveState.WITHDRAWN
    row.save(update_fields=["state"])
    touched = _reopen(row, by, now) if former == LeaveState.GRANTED else []
    _enter(by, "diary.leave.withdrawn/1", row, now, state=row.state, absences=touched)


def _locked(leave: UUID) -> Leave:
    row = Leave.objects.select_for_update().filter(id=leave).first()
    if row is None:
        raise NotFound("There is no such request.", leave=str(leave))
    return row


def _class_of(pupil: UUID, on: date) -> Room:
    placed = schools.placement(person=pupil, on=on)
    if placed is None or placed.class_group is None:
        raise NotFound("The pupil is in no class today.", field="pupil")
    return room(group=placed.class_group, on=on)


def _near(leave: NewLeave, here: Room) -> Q:
    """Leaves that may count together with this one: of the school year, and shortly before and after."""
    return Q(
        first__lte=max(here.year.ends, leave.last + _AROUND), last__gte=min(here.year.starts, leave.first - _AROUND)
    )


def _not_twice(new: NewLeave, others: list[Leave]) -> None:
    for one in others:
        if one.first > new.last or one.last < new.first:
            continue
        apart = new.from_time and one.to_time and one.to_time <= new.from_time
        apart = apart or (one.from_time and new.to_time and new.to_time <= one.from_time)
        if not apart:
            raise rules.LeaveTwice("These days are reported or asked for already.", field="first", leave=str(one.id))


def _school_days(here: Room, pupil: UUID, first: date, last: date) -> list[date]:
    """The days on which the pupil has lessons; Monday to Friday, holidays aside, where there is no timetable."""
    groups = {one.id for one in schools.groups_of(persons=[pupil], on=max(first, here.year.starts))[pupil]}
    planned = schools.planned(on=(first, last), groups={*groups, here.group.id})
    if planned:
        return list(dict.fromkeys(one.on for one in planned))
    free = schools.holidays(path=here.school.path, first=first, last=last)
    return [d for d in days(first, last) if d.isoweekday() in _WEEK and not is_free(here.school.path, d, free)]


def _within_limits(here: Room, leave: NewLeave, others: list[Leave], around: list[date], wanted: list[date]) -> None:
    """Ask the law's limits, of which most grounds have none."""
    rule = here.pack.diary.leave
    if leave.ground not in rule.counts:
        return
    counted = [one for one in others if one.ground in rule.counts]
    year = _school_days(here, leave.pupil, here.year.starts, here.year.ends)
    used = {day for one in counted for day in {*year, *around} if one.first <= day <= one.last}
    rules.check_limits(
        rule, leave.ground, wanted, used=used, in_year=({*wanted} | used) & set(year), school_days=around
    )


def _excuse(row: Leave, by: Actor, now: datetime) -> list[Absence]:
    """Excuse what is registered in the leave's time and not excused yet."""
    absences = list(
        Absence.objects.select_for_update(of=("self",))
        .select_related("lesson")
        .filter(pupil=row.pupil_id, on__range=(row.first, row.last), void=False)
        .order_by("id")
    )
    fitting = [one for one in absences if one.excused is not True and excusable(one, row)]
    change(fitting, by=by, now=now, excused=True, ground=row.ground, leave_id=row.id)
    return fitting


def _reopen(row: Leave, by: Actor, now: datetime) -> list[Absence]:
    """Open again what the leave had excused."""
    excused = list(Absence.objects.select_for_update().filter(leave=row.id, void=False).order_by("id"))
    change(excused, by=by, now=now, excused=None, ground="", leave_id=None)
    return excused


def _enter(
    by: Actor, kind: str, row: Leave, now: datetime, *, state: str, absences: list[Absence] | None = None
) -> None:
    refs = {"leave": str(row.id), "pupil": str(row.pupil_id), "kind": row.kind, "state": state}
    journal.append(
        by=by, kind=kind, path=row.path, refs={**refs, "absences": [str(one.id) for one in absences or ()]}, now=now
    )
