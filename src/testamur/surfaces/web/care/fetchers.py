"""Who may fetch a child, by name: its guardians and those whom they named."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from testamur.register.people import queries as people
from testamur.register.people import reach
from testamur.schoolday.care import queries
from testamur.schoolday.care.rules import CollectorView, Relation
from testamur.surfaces.web.requests import Visitor

RELATIONS = {
    Relation.GRANDPARENT: gettext_lazy("Grandparent"),
    Relation.SIBLING: gettext_lazy("Brother or sister"),
    Relation.RELATIVE: gettext_lazy("Another relative"),
    Relation.FRIEND: gettext_lazy("Friend or neighbour"),
    Relation.GUARDIAN: gettext_lazy("Other parent"),
    Relation.OTHER: gettext_lazy("Somebody else"),
}
"""What somebody who fetches is to the child."""


@dataclass(frozen=True, slots=True)
class Fetchers:
    """The guardians (id, name) and collectors of one child."""

    guardians: tuple[tuple[UUID, str], ...]
    collectors: tuple[CollectorView, ...]

    def on(self, day: date) -> list[tuple[str, str]]:
        """Who may on that day, as choices of a form."""
        grown = [(f"p{key}", name) for key, name in self.guardians]
        return grown + [(f"c{one.id}", one.name) for one in self.collectors if one.holds(day)]

    @property
    def called(self) -> dict[str, str]:
        """What each is called, by the key of a form."""
        return {f"p{key}": name for key, name in self.guardians} | {f"c{one.id}": one.name for one in self.collectors}


def fetchers_of(visitor: Visitor, children: Collection[UUID], on: date) -> dict[UUID, Fetchers]:
    """Of each child, with names as the visitor may see them; for pages whose right to the children was checked.

    A protected guardian stands there under the alias, and to the other guardian as somebody else; of a child whose own
    name is masked no guardian does, since their names would tell it, and whom these named stand there as what they are
    to the child, with the picture. Whom a guardian in hiding named is somebody else to the other guardian.
    """
    seen = people.people(by=visitor.actor, ids=children, numbers=False)
    grown = {
        child: [one for one in some if one != child and not seen[child].masked]
        for child, some in reach.readers(children=children, on=on).items()
    }
    names = names_of(visitor, {one for some in grown.values() for one in some})
    collectors = {
        child: _called(some)
        if seen[child].masked
        else tuple(replace(one, name=one.name or _("Somebody else")) for one in some)
        for child, some in queries.collectors_seen(by=visitor.actor, children=children, on=on).items()
    }
    return {
        child: Fetchers(tuple((one, names[one]) for one in some if one in names), collectors[child])
        for child, some in grown.items()
    }


def _called(some: Sequence[CollectorView]) -> tuple[CollectorView, ...]:
    """Those of a hidden child: a friend, and where there are more of a kind, friend 1 and friend 2."""
    found = []
    for one in some:
        alike = [other.id for other in some if other.relation is one.relation]
        name = str(RELATIONS[one.relation])
        found.append(replace(one, name=f"{name} {alike.index(one.id) + 1}" if len(alike) > 1 else name))
    return tuple(found)


def names_of(visitor: Visitor, persons: Iterable[UUID]) -> dict[UUID, str]:
    """Names as the visitor may see them.

    To a family a guardian in hiding is somebody else: an alias beside the hours would tell when that one comes.
    """
    found = people.people(by=visitor.actor, ids=sorted(set(persons)), numbers=False)
    family = visitor.hat is not None and visitor.hat.unit is None
    return {key: str(_("Somebody else")) if family and person.masked else person.name for key, person in found.items()}


def choices_by_day(fetchers: Fetchers, days: Sequence[date]) -> dict[date, list[tuple[str, str]]]:
    """Who may fetch on each of the days."""
    return {day: fetchers.on(day) for day in days}
