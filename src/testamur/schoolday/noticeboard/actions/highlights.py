"""What a reader wants to be pointed at in the menus of a child."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.people import queries as people
from testamur.schoolday.noticeboard.models import Highlight
from testamur.schoolday.noticeboard.rules.menus import ALLERGENS, MenuInvalid, marks_of


@transaction.atomic
def highlight(*, by: Actor, child: UUID, marks: Collection[str], now: datetime) -> None:
    """Choose which allergens stand out for oneself in the menus of a child; none at all takes the choice away.

    Nobody else reads it, the kitchen neither. Journal: ``noticeboard.highlight.chosen/1`` with the child alone. Needs
    ``noticeboard.highlight.choose`` for that child. Raises NotFound, MenuInvalid for what is no allergen.
    """
    path = people.paths([child]).get(child)
    if path is None:
        raise NotFound("There is no such child.", child=str(child))
    by.must("noticeboard.highlight.choose", path, person=child)
    chosen = marks_of(marks)
    if not chosen <= set(ALLERGENS):
        raise MenuInvalid("Choose among the allergens.", field="marks")
    row = Highlight.objects.select_for_update().filter(person=by.id).first() or Highlight(person=by.id, chosen={})
    row.chosen = {key: some for key, some in row.chosen.items() if key != str(child)}
    if chosen:
        row.chosen[str(child)] = sorted(chosen)
    row.changed_at = now
    row.save()
    append(by=by, kind="noticeboard.highlight.chosen/1", path=path, refs={"child": str(child)}, now=now)
