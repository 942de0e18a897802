"""Lists of deletion, and the plan of a school. Ids and counts alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.register.schools.rules import UnitView
from testamur.schoolday.keeping.models import DeletionList, ListItem
from testamur.schoolday.keeping.rules import DELETES, Category, ListState, NoDeletion, Term, limit, term_of

SEE = "keeping.list.see"


@dataclass(frozen=True, slots=True)
class ListView:
    """One list. `before`: rows from before that day.

    `gone`: how many of the `count` have had their turn; `kept`: how many of those stay, not being old any more.
    """

    id: UUID
    unit: UUID
    path: str
    category: Category
    before: date
    source: str
    count: int
    gone: int
    kept: int
    digest: str
    state: ListState
    proposed_by: UUID
    proposed_at: datetime
    approved_by: UUID | None
    approved_at: datetime | None
    carried_by: UUID | None
    ended_at: datetime | None

    @property
    def deleted(self) -> int:
        """How many rows are deleted so far."""
        return self.gone - self.kept


@dataclass(frozen=True, slots=True)
class Planned:
    """One line of a school's plan. `before`: what is older may go; None where it is kept."""

    category: Category
    term: Term
    before: date | None
    built: bool


def plan_of(unit: UnitView, today: date) -> tuple[Planned, ...]:
    """The plan that holds at a school, every category."""
    found = []
    for category in Category:
        try:
            before = limit(unit.country, category, today)
        except NoDeletion:
            before = None
        found.append(Planned(category, term_of(unit.country, category), before, category in DELETES))
    return tuple(found)


def lists(*, by: Actor, path: str) -> tuple[ListView, ...]:
    """Those at or below a place, the newest first. Needs ``keeping.list.see`` there."""
    by.must(SEE, path)
    return tuple(map(view, DeletionList.objects.filter(path__startswith=path).order_by("-proposed_at", "id")[:200]))


def lists_of(*, by: Actor, unit: UUID) -> tuple[ListView, ...]:
    """Those of one school that the actor may see."""
    rows = DeletionList.objects.filter(unit=unit).order_by("-proposed_at", "id")
    return tuple(view(row) for row in rows if by.may(SEE, row.path))


def the_list(*, by: Actor, id: UUID) -> ListView:  # noqa: A002 - the name that every query uses
    """One list. Raises NotFound for one that is not the actor's to see."""
    row = DeletionList.objects.filter(id=id).first()
    if row is None or not by.may(SEE, row.path):
        raise NotFound("There is no such list.", list=str(id))
    return view(row)


def ids_of(*, by: Actor, id: UUID, limit: int | None = None) -> tuple[str, ...]:  # noqa: A002 - as above
    """The ids on a list, in the order in which they go. Raises NotFound."""
    found = the_list(by=by, id=id)
    return tuple(ListItem.objects.filter(list=found.id).order_by("id").values_list("row", flat=True)[:limit])


def view(row: DeletionList) -> ListView:
    """The row as a value; for this package's own verbs."""
    return ListView(
        row.id, row.unit_id, row.path, Category(row.category), row.before, row.source, row.count, row.gone,
        row.kept, row.digest, ListState(row.state), row.proposed_by, row.proposed_at, row.approved_by, row.approved_at,
        row.carried_by, row.ended_at,
    )  # fmt: skip
