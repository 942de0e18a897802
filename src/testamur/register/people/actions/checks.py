"""What several verbs check: persons exist and may be touched, no constraint breaks, which item is at fault."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from django.db import IntegrityError, transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.people import queries
from testamur.register.people.rules import must_reach

Keys = tuple[Hashable, ...]


@contextmanager
def unless_conflict(
    refusal: Refused,
    *,
    keys: Callable[[], Iterable[Keys]] = tuple,
    kept: Callable[[], Iterable[Hashable]] = tuple,
    start: int = 0,
) -> Iterator[None]:
    """Run the block in a savepoint; a constraint that it breaks becomes `refusal`.

    With `keys`, which gives the unique keys of each item, and `kept`, which reads those already in the table, the
    refusal names the first item at fault as ``index``, counted from `start`. Foreign keys are checked at commit and do
    not come by here: verbs look ids up before they write.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as broken:
        taken = set(kept())
        for index, own in enumerate(keys(), start=start):
            if not taken.isdisjoint(own):
                refusal.found = {**refusal.found, "index": index}
                break
            taken.update(own)
        raise refusal from broken


@contextmanager
def at(index: int) -> Iterator[None]:
    """Add the number of the item (from 0) as ``index`` to what a refusal inside the block has found."""
    try:
        yield
    except Refused as no:
        no.found = {**no.found, "index": index}
        raise


def require(*, by: Actor, verb: str, persons: Sequence[UUID]) -> dict[UUID, str]:
    """Where the persons are kept; ``not_found`` for an unknown one, ``not_allowed`` where `by` lacks the verb."""
    places = queries.paths(dict.fromkeys(persons))
    for index, person in enumerate(persons):
        if person not in places:
            raise NotFound("There is no such person.", field="person", index=index)
        must_reach(by, verb, path=places[person], person=person)
    return places
