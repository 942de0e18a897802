"""The school's word on a registration: whose address it is, or that it is nobody's."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.exchange.notifications.actions.activating import activate
from testamur.exchange.notifications.models import Registration
from testamur.exchange.notifications.queries.readers import guardians_of
from testamur.exchange.notifications.rules.registrations import (
    OPEN_STATES,
    NotGuardian,
    NotOpen,
    RegistrationState,
    Route,
    may_confirm,
)
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.actions import append
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools


@transaction.atomic
def confirm_registration(*, by: Actor, registration: UUID, guardian: UUID, now: datetime) -> None:
    """Say which guardian of the pupil it is: the address becomes the guardian's, and messages go there.

    Needs ``notices.registration.confirm`` where the pupil is kept, or for a group that the pupil is in (a class
    teacher's own). Journal: ``notices.registration.confirmed/1``. Raises NotFound, NotAllowed; NotOpen for one that is
    decided or whose address nobody proved; NotGuardian.
    """
    row = _open(by, registration, "notices.registration.confirm", now)
    assert row.pupil is not None
    if not may_confirm(RegistrationState(row.state), Route(row.route), replace=row.replace):
        raise NotOpen("The code that was sent to the address has not come back yet.", field="registration")
    if guardian not in guardians_of(pupil=row.pupil, on=now.date()):
        raise NotGuardian("This person is no guardian who reaches the pupil today.", field="guardian")
    row.decided_by, row.decided_at = by.id, now
    activate(by, row, guardian, now)
    row.save()
    refs = {"registration": str(row.id), "pupil": str(row.pupil), "guardian": str(guardian)}
    append(by=by, kind="notices.registration.confirmed/1", path=row.path, refs=refs, now=now)


@transaction.atomic
def refuse_registration(*, by: Actor, registration: UUID, now: datetime) -> None:
    """Say no to a registration; its address is forgotten.

    Needs ``notices.registration.refuse`` as `confirm_registration`. Journal: ``notices.registration.refused/1``.
    Raises NotFound, NotAllowed, NotOpen.
    """
    row = _open(by, registration, "notices.registration.refuse", now)
    row.state, row.decided_by, row.decided_at, row.value, row.name = RegistrationState.REFUSED, by.id, now, "", ""
    row.save()
    refs = {"registration": str(row.id), "pupil": str(row.pupil)}
    append(by=by, kind="notices.registration.refused/1", path=row.path, refs=refs, now=now)


def _open(by: Actor, registration: UUID, verb: str, now: datetime) -> Registration:
    row = Registration.objects.select_for_update().filter(id=registration, pupil__isnull=False).first()
    if row is None or row.pupil is None:
        raise NotFound("There is no such registration.", field="registration")
    groups = schools.groups_of(persons=[row.pupil], on=now.date())[row.pupil]
    kept = people.paths([row.pupil]).get(row.pupil, row.path)  # a former school has no say
    if not by.may(verb, kept) and not any(by.may(verb, group.path, group=group.id) for group in groups):
        raise NotAllowed("You may not do this here.", verb=verb, path=kept)
    if row.state not in OPEN_STATES or now >= row.expires_at:
        raise NotOpen("This registration is decided already.", field="registration")
    return row
