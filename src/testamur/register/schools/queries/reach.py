"""Whom a grant for a group reaches: what `people` cannot know, since who is in a group is not known there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from testamur.kernel.base.actor import Actor, Grant
from testamur.register.people import queries as people
from testamur.register.people.rules import PersonView, printed
from testamur.register.schools.queries.organisation import class_list, groups_by_id, members

_ABOUT_PERSONS = "people."


@dataclass(frozen=True, slots=True)
class Label:
    """A label to hand out: the pupil as the viewer may see him or her, and the code as it is printed, or nothing."""

    person: PersonView
    code: str


def among(*, by: Actor, group: UUID, on: date) -> Actor:
    """The actor, for acts about persons of this group: who has a grant for the group has it for its members that day.

    Only verbs about persons (``people.…``) go over, one by one with the members named; an actor without a grant that is
    limited to groups and names this one comes back as he or she is.
    """
    one = groups_by_id([group]).get(group)
    if one is None:
        return by
    limited = [g for g in by.grants if group in g.groups and not g.wards and one.path.startswith(g.path)]
    verbs = tuple(dict.fromkeys(v for g in limited for v in g.verbs if v.startswith(_ABOUT_PERSONS)))
    pupils = frozenset(row.person for row in members(group=group, on=on))
    if not verbs or not pupils:
        return by
    return replace(by, grants=(*by.grants, Grant(limited[0].role, "/", verbs, wards=pupils)))


def labels(*, by: Actor, group: UUID, on: date) -> tuple[Label, ...]:
    """The labels of a class or group in order of names, a protected pupil under the alias.

    Needs ``schools.group.see`` and ``people.code.see``, for the group or where the pupils are kept: a pupil whose code
    one may not see has none here. Raises NotAllowed without the first.
    """
    here = among(by=by, group=group, on=on)
    rows = class_list(by=here, group=group, on=on)
    codes = people.label_codes(by=here, persons=[row.person.id for row in rows])
    return tuple(Label(row.person, printed(codes[row.person.id]) if row.person.id in codes else "") for row in rows)
