"""Who sees through a protection, and what everybody else is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotAllowed
from testamur.register.people.rules.codes import ALPHABET
from testamur.register.people.rules.names import fold
from testamur.register.people.rules.persons import PersonView, Sex, Shown

_MASK = "Person"
_MASKED = re.compile(rf"{_MASK} [{ALPHABET}]{{6}}")
SMALL = 5
"""A count below this is not shown to those who may not see protected persons."""


def reaches(by: Actor, verb: str, *, path: str, person: UUID | None = None) -> bool:
    """True when a grant of `by` covers `verb` at `path` for that very person (None: for everybody there).

    A grant limited to teaching groups reaches nobody here, since who is in a group is not known at this level.
    """
    return by.may(verb, path, person=person)


def must_reach(by: Actor, verb: str, *, path: str, person: UUID | None = None) -> None:
    """Raise `NotAllowed` unless `reaches`."""
    if not reaches(by, verb, path=path, person=person):
        raise NotAllowed(f"You may not do this here ({verb}).", verb=verb, path=path)


def alias_view(person: UUID, alias: str, cover: tuple[str, str] = ("", "")) -> PersonView:
    """What anybody without the right is shown: the person's id and alias, and nothing that is true of the person.

    With a `cover` (given and family name that the school chose) the alias looks like every other name of a list.
    """
    given, family = cover if all(cover) else (_MASK, alias)
    return PersonView(
        id=person,
        shown=Shown.ALIAS,
        name=f"{given} {family}",
        given=given,
        middle="",
        family=family,
        preferred="",
        sort_key=fold(f"{family} {given}" if all(cover) else f"{given} {family}"),
        sex=Sex.UNKNOWN,
        birth_date=None,
        identifier=None,
        path="",
        protection=None,
    )


def is_mask(name: str) -> bool:
    """True when that is what stands for a hidden name, and not a name that the school chose for the person."""
    return _MASKED.fullmatch(name) is not None


def suppress(cells: Mapping[str, int]) -> dict[str, int | None]:
    """Counts with 1 to 4 replaced by None, and so many others that no hidden cell follows from the total.

    When a single cell would be hidden, the next smallest one is hidden as well: with the total at hand, one hidden
    cell is
    no secret.
    """
    hidden = {key for key, n in cells.items() if 0 < n < SMALL}
    if len(hidden) == 1:
        others = sorted((n, key) for key, n in cells.items() if key not in hidden and n)
        hidden.update(key for _, key in others[:1])
    return {key: None if key in hidden else n for key, n in cells.items()}
