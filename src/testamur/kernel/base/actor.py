"""Who acts, how they were identified, and what they may do where.

Permission travels inside the Actor: it is built once per request (or per command) by the caller and checked by
every verb with `must`. Nothing below the access storey asks a database who may do what.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from testamur.kernel.base.refused import NotAllowed

OPERATOR = UUID(int=1)
"""Actor id of the person at the console of the machine itself; no row in the register."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role at a place: the verbs hold for `path` and everything below it.

    Attributes:
        role: e.g. ``administrator``; the name shown to people and written to the journal.
        path: organisation path prefix that ends with ``/``; ``/`` is everything.
        verbs: dotted names or prefixes ending in ``*``: ``diary.mark.enter``, ``people.*``.
        groups: teaching groups the grant is limited to; empty means no such limit.
        wards: persons the grant is limited to (a guardian's children); empty means no such limit.
    """

    role: str
    path: str
    verbs: tuple[str, ...]
    groups: frozenset[UUID] = frozenset()
    wards: frozenset[UUID] = frozenset()

    def covers(self, verb: str, path: str, *, person: UUID | None = None, group: UUID | None = None) -> bool:
        """True when this grant allows `verb` at `path`, within its limits.

        A grant limited to wards covers only when one of them is named as `person`, one limited to teaching groups only
        when one of them is named as `group`: a verb that forgets to say whom it is about is refused, never let through.
        """
        if not path.startswith(self.path):
            return False
        if (self.wards and person not in self.wards) or (self.groups and group not in self.groups):
            return False
        return any(verb == v or (v.endswith("*") and verb.startswith(v[:-1])) for v in self.verbs)


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts.

    Attributes:
        id: person id, or a fixed id for the operator and for background steps.
        identified_by: how: ``console``, ``bankid``, ``simulated``, ``step``; ``import`` for what a table of another
        system says.
        grants: what they may do where.
        on_behalf_of: the person a delegate or a background step acts for.
    """

    id: UUID
    identified_by: str
    grants: tuple[Grant, ...] = ()
    on_behalf_of: UUID | None = None

    def may(self, verb: str, path: str = "/", *, person: UUID | None = None, group: UUID | None = None) -> bool:
        """True when some grant covers `verb` at `path`, for that person or group where one is named."""
        return any(g.covers(verb, path, person=person, group=group) for g in self.grants)

    def must(self, verb: str, path: str = "/", *, person: UUID | None = None, group: UUID | None = None) -> None:
        """Raise `NotAllowed` unless some grant covers `verb` at `path`, for that person or group where one is named."""
        if not self.may(verb, path, person=person, group=group):
            raise NotAllowed(f"You may not do this here ({verb}).", verb=verb, path=path)


def operator() -> Actor:
    """The person at the machine's own console: may do everything, and is journalled as such."""
    return Actor(id=OPERATOR, identified_by="console", grants=(Grant("operator", "/", ("*",)),))
