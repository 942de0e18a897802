"""What still stands of the forms that messages tell of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from testamur.schoolday.forms.queries.answers import looked
from testamur.schoolday.forms.queries.forms import forms_by_id
from testamur.schoolday.forms.queries.results import MISSING
from testamur.schoolday.forms.rules import FormView, State


def wanted(refs: Collection[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], FormView]:
    """(form, child) → the form, where it is open and the child's answer is still to come; the others are left out.

    Who has to answer is asked as of the form's last day. Shows nobody; four queries for each form.
    """
    children: dict[UUID, set[UUID]] = defaultdict(set)
    for key, child in refs:
        children[key].add(child)
    found: dict[tuple[UUID, UUID], FormView] = {}
    for form in forms_by_id(children).values():
        if form.state is not State.PUBLISHED:
            continue
        seen = looked(forms=[form], children=children[form.id], on=form.last_day)
        found |= {(form.id, child): form for (_form, child), one in seen.items() if one.standing in MISSING}
    return found
