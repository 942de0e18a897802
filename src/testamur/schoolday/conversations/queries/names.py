"""Names in conversations, as a reader may see them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.register.people import queries as people
from testamur.register.people import reach
from testamur.register.people.rules import PersonView, Protection, Shown
from testamur.schoolday.conversations.rules import Side


class Names:
    """Persons by name, looked up once. Who writes about a hidden child is hidden too: the name would tell the child's.

    Attributes:
        sights: protected persons whose true name was shown, with where they are kept, to be written down.
    """

    def __init__(self, by: Actor, ids: Iterable[UUID]) -> None:
        """One query for all of `ids`."""
        self._by = by
        self._known = people.people(by=by, ids=sorted(set(ids)), numbers=False)
        self.sights: dict[UUID, str] = {}

    @property
    def me(self) -> UUID:
        """Who reads."""
        return self._by.id

    def of(self, person: UUID | None) -> str:
        """The name; empty for nobody."""
        view = self._known.get(person) if person is not None else None
        if view is None:
            return ""
        self._note(view)
        return view.name

    def author(self, person: UUID, side: str, child: UUID | None) -> str:
        """The name of who writes; empty where the child that it is about may not be known to the reader."""
        return "" if self.hides_author(person, side, child) else self.of(person)

    def hides_author(self, person: UUID, side: str, child: UUID | None) -> bool:
        """Whether who writes would tell of a hidden child: the one that it is about, or another of the same family."""
        return side == Side.FAMILY and person != self._by.id and (self.hides(child) or person in self._kin)

    @cached_property
    def _kin(self) -> frozenset[UUID]:
        """The guardians of all children whom the reader may not know; two queries."""
        return reach.kin(children=people.hidden_from(self._by))

    def hides(self, person: UUID | None) -> bool:
        """Whether a person is shown by alias alone."""
        view = self._known.get(person) if person is not None else None
        return view is not None and view.shown is Shown.ALIAS

    def _note(self, view: PersonView) -> None:
        if view.shown is not Shown.ALIAS and view.protection is not Protection.NONE and view.id != self._by.id:
            self.sights[view.id] = view.path
