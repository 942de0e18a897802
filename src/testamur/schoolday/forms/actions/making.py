"""Making a form: a draft that can be changed, a publication that freezes it, its end, its replacement."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupView
from testamur.schoolday.forms.models import Form, Target
from testamur.schoolday.forms.queries.forms import form as form_by_id
from testamur.schoolday.forms.rules import (
    Draft,
    FormFrozen,
    FormInvalid,
    FormOver,
    FormView,
    State,
    check_draft,
    check_ready,
    digest,
)

WRITE = "forms.form.write"


@transaction.atomic
def draft_form(*, by: Actor, form: Draft, now: datetime) -> UUID:
    """Begin a form; nobody is told yet. Returns its id. Journal: ``forms.form.drafted/1``.

    Needs ``forms.form.write`` for each of its groups, or at the unit. Raises NotFound, FormInvalid.
    """
    new = check_draft(form)
    path = _place(by, new)
    row = Form(id=form.id or new_id(), path=path, made_by=by.id, made_at=now, state=State.DRAFT)
    _write(row, new, now)
    row.save(force_insert=True)
    _aim(row, new)
    append(by=by, kind="forms.form.drafted/1", path=path, refs={"form": str(row.id)}, now=now)
    return row.id


@transaction.atomic
def change_form(*, by: Actor, form: UUID, draft: Draft, now: datetime) -> None:
    """Write a draft anew. Journal: ``forms.form.changed/1``.

    Needs ``forms.form.write`` where it was and where it is now. Raises NotFound, FormInvalid, FormFrozen.
    """
    row, view = _mine(by, form)
    if row.state != State.DRAFT:
        raise FormFrozen("The form is published: replace it instead.", form=str(form))
    new = check_draft(draft)
    row.path = _place(by, new)
    _write(row, new, now)
    row.save()
    _aim(row, new)
    append(by=by, kind="forms.form.changed/1", path=row.path, refs={"form": str(view.id)}, now=now)


@transaction.atomic
def publish_form(*, by: Actor, form: UUID, now: datetime) -> str:
    """Send a draft to those it is for; from now on it is frozen. Returns its digest. The form it replaces is closed.

    Journal: ``forms.form.published/1``, which tells the families. Needs ``forms.form.write``. Raises NotFound,
    FormInvalid, FormFrozen.
    """
    row, view = _mine(by, form)
    if row.state != State.DRAFT:
        raise FormFrozen("It is published already.", form=str(form))
    check_ready(view.draft, now.date())
    row.state, row.published_at, row.digest = State.PUBLISHED, now, digest(view.id, view.draft)
    row.save(update_fields=["state", "published_at", "digest"])
    if row.replaces_id is not None:
        Form.objects.filter(id=row.replaces_id, state=State.PUBLISHED).update(state=State.CLOSED, closed_at=now)
    told = {"digest": row.digest, **({"replaces": str(row.replaces_id)} if row.replaces_id else {})}
    append(by=by, kind="forms.form.published/1", path=row.path, refs=_to(view, now) | told, now=now)
    return row.digest


@transaction.atomic
def close_form(*, by: Actor, form: UUID, now: datetime) -> None:
    """End a form before its last day: nothing can be answered any more, consents that stand go on.

    Journal: ``forms.form.closed/1``. Needs ``forms.form.write``. Raises NotFound, FormOver when it is not open.
    """
    row, _view = _mine(by, form)
    if row.state != State.PUBLISHED:
        raise FormOver("It is not open.", form=str(form))
    row.state, row.closed_at = State.CLOSED, now
    row.save(update_fields=["state", "closed_at"])
    append(by=by, kind="forms.form.closed/1", path=row.path, refs={"form": str(row.id)}, now=now)


@transaction.atomic
def replace_form(*, by: Actor, form: UUID, now: datetime) -> UUID:
    """A draft with the content of a published form, which is closed when the draft is published; returns its id.

    Journal: ``forms.form.drafted/1``. Needs ``forms.form.write``. Raises NotFound, FormOver for a draft.
    """
    row, view = _mine(by, form)
    if row.state == State.DRAFT:
        raise FormOver("A draft is changed, not replaced.", form=str(form))
    new = Form(id=new_id(), path=row.path, made_by=by.id, made_at=now, state=State.DRAFT, replaces=row)
    _write(new, view.draft, now)
    new.save(force_insert=True)
    _aim(new, view.draft)
    refs = {"form": str(new.id), "replaces": str(row.id)}
    append(by=by, kind="forms.form.drafted/1", path=row.path, refs=refs, now=now)
    return new.id


@transaction.atomic
def discard_form(*, by: Actor, form: UUID, now: datetime) -> None:
    """Throw a draft away. Journal: ``forms.form.discarded/1``. Needs ``forms.form.write``.

    Raises NotFound, FormFrozen.
    """
    row, _view = _mine(by, form)
    if row.state != State.DRAFT:
        raise FormFrozen("What was published stays.", form=str(form))
    path = row.path
    Target.objects.filter(form=row).delete()
    row.delete()
    append(by=by, kind="forms.form.discarded/1", path=path, refs={"form": str(form)}, now=now)


def locked(form: UUID) -> tuple[Form, FormView]:
    """The form's row, held until the transaction ends, and what it says. Raises NotFound."""
    row = Form.objects.select_for_update().filter(id=form).first()
    view = form_by_id(form)
    if row is None or view is None:
        raise NotFound("There is no such form.", form=str(form))
    return row, view


def must_write(by: Actor, view: FormView, verb: str = WRITE) -> None:
    """Raise NotAllowed unless `by` may do it for each group of the form, or at its unit."""
    groups = schools.groups_by_id(view.groups).values()
    if not groups or by.may(verb, view.path):
        by.must(verb, view.path)
    for one in groups:
        if not by.may(verb, view.path):
            by.must(verb, one.path, group=one.id)


def _mine(by: Actor, form: UUID) -> tuple[Form, FormView]:
    row, view = locked(form)
    must_write(by, view)
    return row, view


def _place(by: Actor, draft: Draft) -> str:
    """The path of a form, and whether it may be made there: its only group's, else its unit's."""
    unit = schools.unit(draft.unit)
    if unit is None:
        raise NotFound("There is no such unit.", field="unit")
    found = schools.groups_by_id(draft.groups)
    groups: list[GroupView] = [found[one] for one in dict.fromkeys(draft.groups) if one in found]
    if len(groups) != len(set(draft.groups)):
        raise NotFound("There is no such group.", field="groups")
    if any(one.school != unit.id for one in groups):
        raise FormInvalid("The group belongs to another school.", field="groups")
    if not groups:
        by.must(WRITE, unit.path)
    for one in groups:
        by.must(WRITE, one.path, group=one.id)
    return groups[0].path if len(groups) == 1 else unit.path


def _write(row: Form, draft: Draft, now: datetime) -> None:
    row.unit, row.whole, row.audience = draft.unit, not draft.groups, draft.audience.value
    row.content, row.last_day, row.changed_at = draft.content.plain(), draft.last_day, now
    row.consent, row.purpose, row.needs = draft.consent.value, draft.purpose.value, draft.needs.value
    row.revocable, row.holds_until, row.named = draft.revocable, draft.holds_until, draft.named


def _aim(row: Form, draft: Draft) -> None:
    Target.objects.filter(form=row).delete()
    Target.objects.bulk_create([Target(form=row, group=one) for one in dict.fromkeys(draft.groups)])


def _to(view: FormView, now: datetime) -> dict[str, Any]:
    """Whom the entry is about, as the notices read it: a unit, one group, or the pupils of several."""
    refs: dict[str, Any] = {"form": str(view.id), "unit": str(view.unit), "group": ""}
    if len(view.groups) == 1:
        refs["group"] = str(view.groups[0])
    elif view.groups:
        members = schools.members_of(groups=view.groups, on=now.date())
        refs["pupils"] = list(dict.fromkeys(str(row.person) for some in members.values() for row in some))
    return refs
