"""Registrations as the school and as a guardian sees them, and readers whom nothing reaches."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from testamur.exchange.notifications.models import Item, Registration
from testamur.exchange.notifications.queries.readers import guardians_of
from testamur.exchange.notifications.rules.families import Outcome
from testamur.exchange.notifications.rules.registrations import (
    OPEN_STATES,
    RegistrationState,
    RegistrationView,
    Route,
    may_confirm,
)
from testamur.kernel.base.actor import Actor, Grant
from testamur.register.people import queries as people
from testamur.register.people.rules import PersonView
from testamur.register.schools import queries as schools

SEE = "notices.registration.see"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A registration that the school has to decide.

    Attributes:
        pupil: as the viewer may see him or her.
        guardians: who it may be; empty where the viewer may not see the pupil's guardians.
        seems: the guardian whom the number speaks for, where it speaks for one.
        group: code of the pupil's class.
        ready: the address is proved (or is the number that called), so that the school may confirm.
    """

    registration: RegistrationView
    pupil: PersonView
    guardians: tuple[PersonView, ...]
    seems: UUID | None
    group: str
    ready: bool


def waiting(
    *, by: Actor, path: str, now: datetime, groups: Collection[UUID] = (), limit: int = 200
) -> tuple[Waiting, ...]:
    """Open registrations of pupils at or below `path`, oldest first; of a class teacher those of `groups`.

    Raises NotAllowed without ``notices.registration.see`` at the path, or for each of the groups.
    """
    rows = Registration.objects.filter(state__in=OPEN_STATES, pupil__isnull=False, expires_at__gt=now)
    if groups:
        rooms = schools.groups_by_id(groups)
        for room in rooms.values():
            by.must(SEE, room.path, group=room.id)
        members = schools.members_of(groups=rooms, on=now.date())
        rows = rows.filter(pupil__in=[one.person for some in members.values() for one in some])
    else:
        by.must(SEE, path)
        rows = rows.filter(path__startswith=path)
    found = list(rows.order_by("made_at", "id")[:limit])
    pupils = {row.pupil for row in found if row.pupil is not None}
    if not groups:  # who has gone to another school is that school's to know
        pupils = {pupil for pupil, kept in people.paths(pupils).items() if kept.startswith(path)}
    names = people.people(by=by, ids=pupils, numbers=False)
    # whoever decides has to choose among the guardians; those of a protected pupil are hidden all the same
    sees = replace(by, grants=(*by.grants, Grant("registration", "/", ("people.guardianship.see",))))
    held = people.guardians(by=sees, children=pupils, on=now.date())
    places = schools.placements(persons=pupils, on=now.date())
    reach = {pupil: set(guardians_of(pupil=pupil, on=now.date())) for pupil in pupils}
    return tuple(
        Waiting(
            registration=_view(row),
            pupil=names[row.pupil],
            guardians=tuple(g.guardian for g in held[row.pupil] if g.guardian.id in reach[row.pupil]),
            seems=row.guardian,
            group=places[row.pupil].class_code if row.pupil in places else "",
            ready=may_confirm(RegistrationState(row.state), Route(row.route), replace=row.replace),
        )
        for row in found
        if row.pupil is not None and row.pupil in pupils and row.pupil in names
    )


def own_registrations(*, by: Actor) -> tuple[RegistrationView, ...]:
    """The actor's own that are active, newest first."""
    rows = Registration.objects.filter(guardian=by.id, state=RegistrationState.ACTIVE, pupil__isnull=False)
    return tuple(map(_view, rows.order_by("-made_at", "-id")[:100]))


@dataclass(frozen=True, slots=True)
class Unreached:
    """A reader whom something could not be told, and when that was last tried."""

    person: PersonView
    at: datetime


def unreached(*, by: Actor, path: str, limit: int = 200) -> tuple[Unreached, ...]:
    """Readers of pupils at or below `path` whom no address reaches, latest first. Needs ``notices.registration.see``.

    Raises NotAllowed.
    """
    by.must(SEE, path)
    rows = Item.objects.filter(path__startswith=path, outcome=Outcome.UNREACHED)
    latest = dict(rows.values_list("person").annotate(at=Max("told_at")).order_by("-at", "person")[:limit])
    names = people.people(by=by, ids=latest, numbers=False)
    return tuple(Unreached(names[person], at) for person, at in latest.items() if person in names and at is not None)


def _view(row: Registration) -> RegistrationView:
    return RegistrationView(
        id=row.id,
        pupil=row.pupil,
        path=row.path,
        route=Route(row.route),
        kind=row.kind,
        value=row.value,
        name=row.name,
        replace=row.replace,
        guardian=row.guardian,
        state=RegistrationState(row.state),
        made_at=row.made_at,
        proved_at=row.proved_at,
        decided_at=row.decided_at,
    )
