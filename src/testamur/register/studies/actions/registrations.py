"""Registering students for occasions, and ending that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal import actions as journal
from testamur.register.people.actions import bulk
from testamur.register.people.actions.checks import unless_conflict
from testamur.register.people.queries import chunks
from testamur.register.people.rules import common_path, ids_digest
from testamur.register.studies import queries
from testamur.register.studies.actions.checks import Values, fresh, known_persons
from testamur.register.studies.models import Registration
from testamur.register.studies.rules import Ended, NewRegistration, RegistrationEnd

_FIELDS = ("id", "person", "occasion", "registered_on", "ended_on", "ended")
_ENDING = ("ended_on", "ended")


class RegistrationDiffers(Refused):
    """The student is registered for the occasion already, from another day or with another end."""

    code = "studies.registration.differs"


class RegistrationInvalid(Refused):
    """A registration would end before it began, or without a reason."""

    code = "studies.registration.invalid"


class NotRegistered(Refused):
    """The student has no registration for that occasion."""

    code = "studies.registration.none"


@transaction.atomic
def register_students(*, by: Actor, registrations: Sequence[NewRegistration], now: datetime) -> int:
    """Register students for occasions; returns how many were not there before. All or none.

    Needs ``studies.registration.add`` at each occasion's path. Raises ``not_found`` and
    ``studies.registration.differs``; a registration that has ended is not taken up again. Journal:
    ``studies.registrations.added/1``, unless all stood there.
    """
    places = _places(by, "studies.registration.add", [new.occasion for new in registrations])
    known_persons([new.person for new in registrations])
    kept: dict[tuple[UUID, UUID], Values] = {
        key: (row.registered_on,) for key, row in _rows({new.occasion for new in registrations}).items()
    }
    asked: list[tuple[tuple[UUID, UUID], Values]] = [
        ((new.occasion, new.person), (new.registered_on,)) for new in registrations
    ]
    found = [registrations[index] for index in fresh(asked, kept, _differs)]
    if not found:
        return 0
    rows = [(new_id(), new.person, new.occasion, new.registered_on, None, Ended.NOT.value) for new in found]
    with unless_conflict(_differs()):
        bulk.insert(Registration, _FIELDS, rows)
    journal.append(
        by=by,
        kind="studies.registrations.added/1",
        path=common_path({places[new.occasion] for new in found}),
        now=now,
        refs={"count": len(rows), "digest": ids_digest(row[0] for row in rows)},
    )
    return len(rows)


@transaction.atomic
def end_registration(*, by: Actor, ends: Sequence[RegistrationEnd], now: datetime) -> int:
    """Say from which day students no longer hold their registrations; returns how many did not stand so before.

    Needs ``studies.registration.end`` at each occasion's path. Raises ``not_found``, ``studies.registration.none``,
    ``studies.registration.invalid`` (before the first day, no reason) and ``studies.registration.differs`` (ended in
    another way already). Journal: ``studies.registrations.ended/1``, unless all stood so.
    """
    places = _places(by, "studies.registration.end", [one.occasion for one in ends])
    rows = _rows({one.occasion for one in ends})
    for index, one in enumerate(ends):
        row = rows.get((one.occasion, one.person))
        if row is None:
            raise NotRegistered("The student is not registered there.", field="person", index=index)
        if one.why is Ended.NOT or one.on < row.registered_on:
            raise RegistrationInvalid(
                "A registration ends for a reason, and not before it begins.", field="ended", index=index
            )
    kept: dict[tuple[UUID, UUID], Values] = {
        key: (row.ended_on, row.ended) for key, row in rows.items() if row.ended_on is not None
    }
    asked: list[tuple[tuple[UUID, UUID], Values]] = [
        ((one.occasion, one.person), (one.on, one.why.value)) for one in ends
    ]
    found = [ends[index] for index in fresh(asked, kept, _differs)]
    if not found:
        return 0
    changed = [(one.on, one.why.value, rows[one.occasion, one.person].id) for one in found]
    bulk.update(Registration, _ENDING, changed)
    journal.append(
        by=by,
        kind="studies.registrations.ended/1",
        path=common_path({places[one.occasion] for one in found}),
        now=now,
        refs={"count": len(changed), "digest": ids_digest(row[2] for row in changed)},
    )
    return len(changed)


def _places(by: Actor, verb: str, occasions: Sequence[UUID]) -> dict[UUID, str]:
    paths = {key: one.path for key, one in queries.occasions_by_id(occasions).items()}
    for index, occasion in enumerate(occasions):
        if occasion not in paths:
            raise NotFound("There is no such occasion.", field="occasion", index=index)
    for path in set(paths.values()):
        by.must(verb, path)
    return paths


def _rows(occasions: set[UUID]) -> dict[tuple[UUID, UUID], Registration]:
    rows = (Registration.objects.select_for_update().filter(occasion__in=part) for part in chunks(sorted(occasions)))
    return {(row.occasion_id, row.person_id): row for some in rows for row in some}


def _differs() -> RegistrationDiffers:
    return RegistrationDiffers("The student is registered there already, in other days.", field="registered_on")
