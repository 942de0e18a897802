"""What others ask: for whom a consent stands."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from testamur.register.people import reach
from testamur.schoolday.forms.models import Form
from testamur.schoolday.forms.queries.answers import looked
from testamur.schoolday.forms.queries.forms import form as form_by_id
from testamur.schoolday.forms.queries.forms import views
from testamur.schoolday.forms.rules import Purpose, Standing, State


def standings(*, children: Collection[UUID], form: UUID, on: date) -> dict[UUID, Standing]:
    """Where each child stands with one consent. The caller has asked whether one may know."""
    found = form_by_id(form)
    if found is None:
        return dict.fromkeys(children, Standing.NONE)
    seen = looked(forms=[found], children=children, on=on)
    return {child: seen[found.id, child].standing for child in children}


def consented(*, children: Collection[UUID], purpose: Purpose, on: date) -> frozenset[UUID]:
    """The children for whom a consent to that purpose stands on the day; five queries, however many children.

    Where several forms ask for it, the one that was published last and that anybody answered counts: who refused
    the new one has not consented, whatever the old one says. The caller has asked whether one may know.
    """
    if not children or purpose is Purpose.NONE:
        return frozenset()
    rows = Form.objects.filter(purpose=purpose, answers__child__in=list(children)).exclude(state=State.DRAFT)
    forms = views(rows.distinct().order_by("-published_at", "-id"))
    seen = looked(forms=forms, children=children, on=on, deciders=reach.deciders(children=children, on=on))
    found = set()
    for child in children:
        words = (seen[form.id, child].standing for form in forms)
        if next((one for one in words if one is not Standing.NONE), None) is Standing.GIVEN:
            found.add(child)
    return frozenset(found)
