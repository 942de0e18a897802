"""The home of a family: per child what is new, and every document from every school, newest first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import SELF, Area
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family import reach
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest
from testamur.trust.records.queries import CitizenRecord
from testamur.trust.records.queries.fetched import fetched_by


@dataclass(frozen=True, slots=True)
class Line:
    """One document in the list; `new` until the visitor has fetched it."""

    record: CitizenRecord
    new: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """One person's documents. `schools` counts them where the login is too weak to tell what they are."""

    person: UUID
    name: str
    lines: tuple[Line, ...]
    schools: tuple[tuple[str, int], ...]

    @property
    def new(self) -> int:
        """How many are unread."""
        return sum(line.new for line in self.lines)


@require_GET
@door("family.home", Area.FAMILY)
def home(request: WebRequest) -> HttpResponse:
    """What is new for each child (or for oneself), and all documents (A2, C17). A weak login sees numbers alone."""
    visitor = request.visitor
    seen = reach.persons(visitor, "family.home")
    every = reach.own(visitor)
    read = fetched_by(by=visitor.actor, records=[r.record for r in every])
    current = next((key for key in seen if str(key) == request.GET.get("child")), None)
    shelves = [
        Shelf(
            key,
            person.given or person.name,
            tuple(Line(r, r.record not in read) for r in every if r.subject == key),
            tuple(sorted(Counter(r.unit_name for r in every if r.subject == key).items())),
        )
        for key, person in seen.items()
        if current in {None, key}
    ]
    return page(
        request,
        "web/family/home.html",
        shelves=shelves,
        children=reach.switch(visitor, seen, current),
        strong=reach.is_strong(visitor),
        oneself=visitor.hat is not None and visitor.hat.key == SELF,
        new=sum(shelf.new for shelf in shelves),
    )
