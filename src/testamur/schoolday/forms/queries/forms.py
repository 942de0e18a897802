"""Forms themselves, and whose work they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.prepared import prepared
from testamur.register.curriculum.rules import prefixes
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupView
from testamur.schoolday.forms.models import Form, Target
from testamur.schoolday.forms.rules import Audience, Consent, Content, FormView, Needs, Purpose, State

SEE, WRITE = "forms.form.see", "forms.form.write"
BEFORE = timedelta(days=2)
"""So long before the last day families are reminded by themselves."""


def form(id: UUID) -> FormView | None:  # noqa: A002 - the name that every query uses
    """One form, or None; two queries."""
    return forms_by_id([id]).get(id)


def forms_by_id(ids: Iterable[UUID]) -> dict[UUID, FormView]:
    """Forms by id; an unknown id is left out. Two queries."""
    return {one.id: one for one in views(Form.objects.filter(id__in=list(dict.fromkeys(ids))))}


def forms_seen(*, by: Actor, path: str, groups: Collection[GroupView]) -> tuple[FormView, ...]:
    """The forms that concern the work at a unit, newest first; two queries.

    To whoever may see those of the whole unit: all at or below its path, and those that come from above. To others:
    those of their groups, and what is published to everybody of the unit; drafts of others are nobody's to see.
    """
    leads = by.may(SEE, path)
    above = Q(whole=True, path__in=[way for way in prefixes(path) if way]) & ~Q(state=State.DRAFT)
    if leads:
        wanted = Q(path__startswith=path) | above
    else:
        mine = [one.id for one in groups if by.may(SEE, one.path, group=one.id)]
        wanted = (Q(targets__group__in=mine) & (~Q(state=State.DRAFT) | Q(made_by=by.id))) | (above if mine else Q())
        if not mine:
            return ()
    return tuple(views(Form.objects.filter(wanted).distinct().order_by("-made_at", "id")))


def whole_forms(*, unit_path: str) -> tuple[FormView, ...]:
    """The published forms to everybody at a place."""
    ways = [way for way in prefixes(unit_path) if way]
    return tuple(views(Form.objects.filter(whole=True, path__in=ways).exclude(state=State.DRAFT)))


def targets(form: FormView) -> tuple[GroupView, ...]:
    """The groups of a form in order of code; none for one to everybody."""
    return tuple(sorted(schools.groups_by_id(form.groups).values(), key=lambda one: one.code))


def may_manage(by: Actor, form: FormView, verb: str = WRITE) -> bool:
    """Whether the actor may change, publish, close and remind of a form: of all its groups, or of the whole unit."""
    if by.may(verb, form.path):
        return True
    return bool(form.groups) and all(by.may(verb, one.path, group=one.id) for one in targets(form))


def due(*, on: date) -> tuple[UUID, ...]:
    """Published forms whose families are to be reminded by themselves today."""
    rows = Form.objects.filter(
        state=State.PUBLISHED, reminded_itself=False, last_day__gte=on, last_day__lte=on + BEFORE
    )
    # published only lately: whoever was just told is not reminded
    return tuple(rows.filter(published_at__date__lt=on).order_by("last_day", "id").values_list("id", flat=True))


def views(rows: Iterable[Form]) -> list[FormView]:
    """The rows as dataclasses, in their order."""
    found = list(rows)
    if not found:
        return []
    groups: Mapping[UUID, list[UUID]] = defaultdict(list)
    for form_id, group in _targets(forms=[row.id for row in found]):
        groups[form_id].append(group)
    return [view(row, tuple(sorted(groups[row.id]))) for row in found]


@prepared
def _targets(forms: Collection[UUID]) -> QuerySet[Target, tuple[UUID, UUID]]:
    return Target.objects.filter(form__in=forms).values_list("form_id", "group")


def view(row: Form, groups: tuple[UUID, ...]) -> FormView:
    """One row."""
    return FormView(
        id=row.id,
        path=row.path,
        unit=row.unit,
        groups=groups,
        audience=Audience(row.audience),
        content=Content.read(row.content),
        consent=Consent(row.consent),
        purpose=Purpose(row.purpose),
        needs=Needs(row.needs),
        revocable=row.revocable,
        holds_until=row.holds_until,
        named=row.named,
        last_day=row.last_day,
        state=State(row.state),
        digest=row.digest,
        made_by=row.made_by,
        made_at=row.made_at,
        published_at=row.published_at,
        closed_at=row.closed_at,
        replaces=row.replaces_id,
        reminded_at=row.reminded_at,
    )
