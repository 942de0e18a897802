"""Reports of absence and requests for leave: what a guardian may ask for, whose word is needed, who decides."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from testamur.kernel.base.refused import Refused
from testamur.law.diary import Diary, Ground, LeaveRule
from testamur.schoolday.diary.rules.lessons import overlaps
from testamur.schoolday.diary.rules.states import LeaveKind, LeaveState

LONGEST = 366
BACK = timedelta(days=30)
"""So far back an absence may be explained."""
AT_ONCE = timedelta(days=7)
"""So far ahead guardians report an absence on their own word."""
ACTS_FOR_ALL = frozenset({"principal", "operator"})


class LeaveInvalid(Refused):
    """The days or hours are none, or lie too far away."""

    code = "diary.leave.invalid"


class LeaveNoDays(Refused):
    """There is no school on these days."""

    code = "diary.leave.no_school"


class LeaveGround(Refused):
    """The law knows no such ground."""

    code = "diary.leave.ground"


class LeaveYear(Refused):
    """More days in the school year than the law lets guardians excuse."""

    code = "diary.leave.year"


class LeaveRow(Refused):
    """More days in a row than the law lets guardians excuse."""

    code = "diary.leave.row"


class LeaveTwice(Refused):
    """These days are reported or asked for already."""

    code = "diary.leave.twice"


class LeaveMoved(Refused):
    """It was decided or withdrawn meanwhile, or waits for the other guardian."""

    code = "diary.leave.state"


class LeavePast(Refused):
    """The days are over: what was excused stays."""

    code = "diary.leave.past"


class NotApprover(Refused):
    """Leave of so many days is for somebody else to decide."""

    code = "diary.leave.approver"


class LeaveWhy(Refused):
    """A refusal says why."""

    code = "diary.leave.why"


@dataclass(frozen=True, slots=True)
class NewLeave:
    """What a guardian reports or asks for. Hours are for part of one day."""

    pupil: UUID
    kind: LeaveKind
    ground: str
    first: date
    last: date
    from_time: time | None = None
    to_time: time | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class LeaveView:
    """A report or request. `days`: school days; `approver`: the post that decides; `consents`: guardians who agreed."""

    id: UUID
    pupil: UUID
    school: UUID
    path: str
    kind: LeaveKind
    ground: str
    first: date
    last: date
    from_time: time | None
    to_time: time | None
    text: str
    days: int
    asked_by: UUID
    asked_at: datetime
    consents: tuple[UUID, ...]
    approver: str
    state: LeaveState
    decided_by: UUID | None
    decided_at: datetime | None
    why: str

    def covers(self, on: date, starts: time, ends: time) -> bool:
        """Whether a lesson on that day at these hours falls within it."""
        return self.first <= on <= self.last and overlaps(starts, ends, self.from_time, self.to_time)


def check_period(new: NewLeave, today: date) -> None:
    """Raise `LeaveInvalid` for days or hours that are none or too far away."""
    if new.last < new.first or (new.last - new.first).days > LONGEST:
        raise LeaveInvalid("The last day lies before the first, or far behind it.", field="last")
    if new.from_time is not None or new.to_time is not None:
        if new.first != new.last:
            raise LeaveInvalid("Hours are for one day.", field="to_time")
        if new.from_time is not None and new.to_time is not None and new.to_time <= new.from_time:
            raise LeaveInvalid("The hours end before they begin.", field="to_time")
    if new.kind is LeaveKind.LEAVE and new.first < today:
        raise LeaveInvalid("Leave is asked for beforehand or on the first day.", field="first")
    if new.first < today - BACK or new.last > today + timedelta(days=LONGEST):
        raise LeaveInvalid("These days lie too far away.", field="first")


def ground_of(diary: Diary, code: str) -> Ground:
    """The ground with that code. Raises `LeaveGround`, with those that there are."""
    found = next((one for one in diary.grounds if one.code == code), None)
    if found is None:
        accepted = ", ".join(one.code for one in diary.grounds)
        raise LeaveGround("The law knows no such ground.", field="ground", accepted=accepted)
    return found


def approver(rule: LeaveRule, days: int) -> str:
    """The post that decides leave of so many school days."""
    return next(post for most, post in rule.approvers if most is None or days <= most)


def may_decide(post: str, roles: Collection[str]) -> bool:
    """Whether somebody with these roles at the place decides what is for `post`; the principal always does."""
    return bool(ACTS_FOR_ALL & set(roles)) or post in roles


def state_at_first(new: NewLeave, ground: Ground, rule: LeaveRule, *, today: date, missing: int) -> LeaveState:
    """Where a report or request begins; `missing`: guardians with custody who have not agreed.

    A report made by the day itself, for a ground that guardians may state, needs nobody's answer when it reaches no
    further than a week: else a journey would be reported as illness, past who decides about leave.
    """
    if new.kind is LeaveKind.REPORT:
        at_once = "guardian" in ground.by and new.first >= today and new.last <= today + AT_ONCE
        return LeaveState.GRANTED if at_once else LeaveState.ASKED
    return LeaveState.WAITING if rule.guardians > 1 and missing else LeaveState.ASKED


def check_limits(
    rule: LeaveRule,
    ground: str,
    wanted: Collection[date],
    *,
    used: Collection[date],
    in_year: Collection[date],
    school_days: Sequence[date],
) -> None:
    """Raise `LeaveYear` or `LeaveRow` when a ground that is counted exceeds what guardians may excuse.

    `wanted`, `used`: school days asked for now, and taken before; `in_year`: those of both that lie in the school
    year; `school_days`: the days with school around them, in order.
    """
    if ground not in rule.counts:
        return
    if rule.days_in_row is not None and longest_run({*wanted, *used}, school_days) > rule.days_in_row:
        raise LeaveRow("These are more days in a row than guardians may excuse.", field="last", most=rule.days_in_row)
    if rule.days_per_year is not None and len(set(in_year)) > rule.days_per_year:
        left = max(0, rule.days_per_year - len(set(in_year) - set(wanted)))
        raise LeaveYear(
            "These are more days in the school year than guardians may excuse.",
            field="last", most=rule.days_per_year, left=left,
        )  # fmt: skip


def longest_run(taken: Collection[date], school_days: Iterable[date]) -> int:
    """The most school days one after the other that are all taken; days without school between do not break a row."""
    best = run = 0
    for day in school_days:
        run = run + 1 if day in taken else 0
        best = max(best, run)
    return best
