"""Moving a pupil: the receiving school asks, the former one lets go, the receiving one accepts; no day in between."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.people import actions as people
from testamur.register.people import queries as persons
from testamur.register.schools import actions as schools
from testamur.register.schools import queries as school_queries
from testamur.register.schools.rules import EnrolmentView, NewEnrolment, UnitView
from testamur.schoolday.custody import queries
from testamur.schoolday.custody.actions.looking import must_not_guess, note_guess
from testamur.schoolday.custody.models import Transfer
from testamur.schoolday.custody.queries.reach import lent
from testamur.schoolday.custody.rules import (
    DayOutside,
    NobodyFound,
    NotAPupil,
    TransferOver,
    TransferState,
    TransferTaken,
    said,
)

_FAR = timedelta(days=366)


def ask_transfer(
    *, by: Actor, receiver: UUID, number: str, birth_date: date | None, reason: str, now: datetime
) -> UUID:
    """The receiving school asks for a pupil whose number and date of birth the family has told; returns the id.

    Needs ``custody.transfer.ask`` at the receiving school. Nothing about the pupil is told to it before the former
    school has let go. Raises SayWhy, NobodyFound, NotAPupil, TransferTaken. Journal: ``custody.transfer.asked/1``.
    """
    school = _school(receiver)
    by.must("custody.transfer.ask", school.path)
    why = said(reason)
    must_not_guess(by, now)
    pupil = queries.pupil_of(number=number, birth_date=birth_date, path="/", on=now.date())
    places = _open_places(pupil) if pupil is not None else ()
    if pupil is None or not places:
        note_guess(by=by, path=school.path, now=now)
        raise NobodyFound("No school has a pupil of that number and date of birth.", field="number")
    if any(one.school == receiver for one in places):
        raise NotAPupil("The pupil is at this school already.", field="number")
    sender = _school(places[0].school)
    row = Transfer(
        id=new_id(), pupil=pupil, sender=sender.id, sender_path=sender.path, receiver=school.id,
        receiver_path=school.path, asked_by=by.id, asked_at=now, reason=why,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            _note(by, row, "asked", school.path, now)
    except IntegrityError as error:
        raise TransferTaken("A transfer of this pupil is under way already.", field="number") from error
    return row.id


@transaction.atomic
def release_transfer(*, by: Actor, transfer: UUID, last_day: date, now: datetime) -> None:
    """The former school agrees and says which day is the pupil's last there.

    Needs ``custody.transfer.release`` at the former school. Raises NotFound, TransferOver, DayOutside, NotAPupil.
    Journal: ``custody.transfer.released/1``.
    """
    row = _row(transfer)
    by.must("custody.transfer.release", row.sender_path)
    mine = [one for one in _open_places(row.pupil) if one.school == row.sender]
    if not mine:
        raise NotAPupil("The pupil is no pupil of this school any more.")
    if not max(one.starts for one in mine) <= last_day <= now.date() + _FAR:
        raise DayOutside("The last day lies after the pupil came and within a year.", field="last_day")
    _move(row, TransferState.RELEASED, now)
    row.last_day = last_day
    row.save(update_fields=["last_day", "state", "answered_at"])
    _note(by, row, "released", row.sender_path, now)


@transaction.atomic
def accept_transfer(*, by: Actor, transfer: UUID, group: UUID | None, year_level: int | None, now: datetime) -> None:
    """The receiving school takes the pupil from the day after the last one: not a day without a school.

    The former enrolments end, the new one begins, and the register keeps the pupil (and guardians whose children all go
    along) at the new school, which from now on reads the whole history. Needs ``custody.transfer.accept`` at the
    receiving school. Raises NotFound, TransferOver, and what enrolling raises.
    Journal: ``custody.transfer.accepted/1``.
    """
    row = _row(transfer)
    by.must("custody.transfer.accept", row.receiver_path)
    _move(row, TransferState.ACCEPTED, now)
    row.save(update_fields=["state", "answered_at"])
    assert row.last_day is not None  # the database keeps it so
    ends = {one.id: row.last_day for one in _open_places(row.pupil) if one.school == row.sender}
    if not ends:
        raise NotAPupil("The pupil is no pupil of the former school any more.")
    first = row.last_day + timedelta(days=1)
    schools.end_enrolments(by=lent(by, row.sender_path, "schools.enrolment.end"), ends=ends, now=now)
    new = [NewEnrolment(row.pupil, row.receiver, first, year_level=year_level)]
    if group is not None:
        new = [NewEnrolment(row.pupil, row.receiver, first, group=group, year_level=year_level)]
    schools.add_enrolments(by=lent(by, row.receiver_path, "schools.enrolment.add"), enrolments=new, now=now)
    going = _family(row.pupil, now.date())
    places = persons.paths(going)
    movers = by
    for path in {*places.values(), row.receiver_path}:
        movers = lent(movers, path, "people.person.move")
    people.move_persons(by=movers, ids=going, to=row.receiver_path, now=now)
    _note(by, row, "accepted", row.receiver_path, now)


@transaction.atomic
def refuse_transfer(*, by: Actor, transfer: UUID, why: str, now: datetime) -> None:
    """The former school does not let go, or the receiving one does not take the pupil; nothing has changed.

    Needs ``custody.transfer.release`` at the former school, or ``custody.transfer.accept`` at the receiving one. Raises
    NotFound, TransferOver, SayWhy. Journal: ``custody.transfer.refused/1``.
    """
    row = _row(transfer)
    sending = by.may("custody.transfer.release", row.sender_path)
    if not sending:
        by.must("custody.transfer.accept", row.receiver_path)
    row.why = said(why)
    _move(row, TransferState.REFUSED, now)
    row.save(update_fields=["state", "answered_at", "why"])
    _note(by, row, "refused", row.sender_path if sending else row.receiver_path, now)


@transaction.atomic
def withdraw_transfer(*, by: Actor, transfer: UUID, now: datetime) -> None:
    """The school that asked takes it back. Needs ``custody.transfer.ask`` there. Raises NotFound, TransferOver.

    Journal: ``custody.transfer.withdrawn/1``.
    """
    row = _row(transfer)
    by.must("custody.transfer.ask", row.receiver_path)
    _move(row, TransferState.WITHDRAWN, now)
    row.save(update_fields=["state", "answered_at"])
    _note(by, row, "withdrawn", row.receiver_path, now)


def _row(transfer: UUID) -> Transfer:
    row = Transfer.objects.select_for_update().filter(id=transfer).first()
    if row is None:
        raise NotFound("There is no such transfer.", transfer=str(transfer))
    return row


_BEFORE = {
    TransferState.RELEASED: {TransferState.ASKED},
    TransferState.ACCEPTED: {TransferState.RELEASED},
    TransferState.REFUSED: {TransferState.ASKED, TransferState.RELEASED},
    TransferState.WITHDRAWN: {TransferState.ASKED, TransferState.RELEASED},
}


def _move(row: Transfer, state: TransferState, now: datetime) -> None:
    if TransferState(row.state) not in _BEFORE[state]:
        raise TransferOver("Somebody has answered this transfer already, or it is not that far yet.", state=row.state)
    row.state, row.answered_at = state.value, now


def _note(by: Actor, row: Transfer, act: str, path: str, now: datetime) -> None:
    refs = {"transfer": str(row.id), "person": str(row.pupil), "from": str(row.sender), "to": str(row.receiver)}
    append(by=by, kind=f"custody.transfer.{act}/1", path=path, refs=refs, now=now)


def _open_places(pupil: UUID) -> tuple[EnrolmentView, ...]:
    return school_queries.open_enrolments(persons=[pupil])


def _school(id: UUID) -> UnitView:  # noqa: A002 - the name that every query uses
    unit = school_queries.unit(id)
    if unit is None:
        raise NotFound("There is no such school.", field="receiver")
    return unit


def _family(pupil: UUID, on: date) -> list[UUID]:
    """The pupil, and those guardians whose only ward the pupil is."""
    guardians = persons.custodians(child=pupil, on=on)
    wards = persons.wards_of(guardians=guardians, on=on)
    return [pupil, *sorted(one for one in guardians if wards.get(one) == frozenset({pupil}))]
