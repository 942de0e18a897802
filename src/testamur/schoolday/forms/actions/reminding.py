"""Reminding those whose answer is still to come."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from testamur.kernel.base.actor import Actor
from testamur.kernel.journal.actions import append
from testamur.schoolday.forms.actions.making import locked, must_write
from testamur.schoolday.forms.queries.results import unanswered
from testamur.schoolday.forms.rules import FormOver, RemindedToday

AT_A_TIME = 1000
"""Children named in one entry."""


@transaction.atomic
def remind_form(*, by: Actor, form: UUID, now: datetime, itself: bool = False) -> int:
    """Tell the families again whose answer is still to come; returns of how many children. Once a day at most.

    `itself`: it is the reminder before the last day, which comes once. Journal: ``forms.form.reminded/1``, one entry
    for each thousand children. Needs ``forms.form.remind``. Raises NotFound, FormOver, RemindedToday.
    """
    row, view = locked(form)
    must_write(by, view, "forms.form.remind")
    on = now.date()
    if not view.is_open(on):
        raise FormOver("The form is over.", form=str(form))
    if view.reminded_at is not None and timezone.localdate(view.reminded_at) == on and not itself:
        raise RemindedToday("Families were reminded today.", form=str(form))
    children = unanswered(form=view, on=on)
    row.reminded_at, row.reminded_itself = now, row.reminded_itself or itself
    row.save(update_fields=["reminded_at", "reminded_itself"])
    for start in range(0, max(len(children), 1), AT_A_TIME):
        pupils = [str(child) for child in children[start : start + AT_A_TIME]]
        refs = {"form": str(form), "unit": str(view.unit), "pupils": pupils}
        append(by=by, kind="forms.form.reminded/1", path=row.path, refs=refs, now=now)
    return len(children)
