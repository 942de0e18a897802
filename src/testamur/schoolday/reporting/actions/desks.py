"""Whom to write to about what (rows B27, B35)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.people.rules import ContactKind, NewContact, normalise_contact
from testamur.register.schools import queries as schools
from testamur.schoolday.reporting.models import DeskAddress
from testamur.schoolday.reporting.rules.states import Desk


@transaction.atomic
def set_desk(*, by: Actor, path: str, desk: Desk, email: str, now: datetime) -> None:
    """Say where mail about a matter goes for a unit and all below it; the empty text takes the address away.

    Needs ``reporting.desk.set`` at `path`. Raises NotFound for a path without a unit, ContactInvalid for what is no
    address. Journal: ``reporting.desk.set/1``, without the address.
    """
    by.must("reporting.desk.set", path)
    if schools.unit_at(path) is None:
        raise NotFound("There is no such unit.", field="path")
    wanted = email.strip()
    if wanted:
        value = normalise_contact(NewContact(ContactKind.EMAIL, wanted)).value
        DeskAddress.objects.update_or_create(path=path, desk=Desk(desk), defaults={"email": value})
    else:
        DeskAddress.objects.filter(path=path, desk=Desk(desk)).delete()
    told = {"desk": Desk(desk).value, "set": bool(wanted)}
    append(by=by, kind="reporting.desk.set/1", path=path, refs=told, now=now)
