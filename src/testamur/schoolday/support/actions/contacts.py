"""Named contacts of a school or body: entered, changed, removed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.schools import queries as schools
from testamur.schoolday.support.models import Contact
from testamur.schoolday.support.rules import NewContact, check_contact


@transaction.atomic
def enter_contact(*, by: Actor, unit: UUID, contact: NewContact, now: datetime) -> UUID:
    """Enter whom one reaches at a unit; returns its id. Journal: ``support.contact.entered/1``, without names.

    Needs ``support.contact.edit`` at the unit. Raises NotFound, ContactInvalid.
    """
    found = schools.unit(unit)
    if found is None:
        raise NotFound("There is no such unit.", field="unit")
    by.must("support.contact.edit", found.path)
    check_contact(contact)
    row = Contact(unit=unit, path=found.path)
    _fill(row, contact)
    row.save(force_insert=True)
    append(by=by, kind="support.contact.entered/1", path=row.path, refs=_refs(row), now=now)
    return row.id


@transaction.atomic
def change_contact(*, by: Actor, contact: UUID, to: NewContact, now: datetime) -> None:
    """Change a contact. Journal: ``support.contact.changed/1``, without names.

    Needs ``support.contact.edit`` at its unit. Raises NotFound, ContactInvalid.
    """
    row = _locked(by, contact)
    check_contact(to)
    _fill(row, to)
    row.save()
    append(by=by, kind="support.contact.changed/1", path=row.path, refs=_refs(row), now=now)


@transaction.atomic
def remove_contact(*, by: Actor, contact: UUID, now: datetime) -> None:
    """Remove a contact. Journal: ``support.contact.removed/1``. Needs ``support.contact.edit``. Raises NotFound."""
    row = _locked(by, contact)
    refs = _refs(row)
    row.delete()
    append(by=by, kind="support.contact.removed/1", path=row.path, refs=refs, now=now)


def _locked(by: Actor, contact: UUID) -> Contact:
    row = Contact.objects.select_for_update().filter(id=contact).first()
    if row is None:
        raise NotFound("There is no such contact.", field="contact")
    by.must("support.contact.edit", row.path)
    return row


def _fill(row: Contact, new: NewContact) -> None:
    row.name, row.role, row.hours = new.name.strip()[:120], new.role.strip()[:120], new.hours.strip()[:120]
    row.phone, row.email, row.address = new.phone.strip()[:40], new.email.strip()[:254], new.address.strip()[:200]
    row.open, row.place = new.open, new.place


def _refs(row: Contact) -> dict[str, object]:
    return {"contact": str(row.id), "unit": str(row.unit), "open": row.open}
