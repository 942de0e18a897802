"""Which group, and who reaches it or a child."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupView
from testamur.schoolday.learning.rules import NotInGroup, NotYourPupil

EVERY = "diary.group.every"
"""Who holds this verb at a school writes in every subject of it: its head."""


def group_of(group: UUID) -> GroupView:
    """The group. Raises NotFound."""
    found = schools.group(group)
    if found is None:
        raise NotFound("There is no such group.", group=str(group))
    return found


def must_reach(by: Actor, verb: str, child: UUID) -> str:
    """Raise NotAllowed unless `by` has the verb for the child; returns where the child is kept.

    An unknown child is not allowed either: whoever asks learns nothing.
    """
    return must_reach_all(by, verb, [child])[child]


def must_reach_all(by: Actor, verb: str, children: Collection[UUID]) -> dict[UUID, str]:
    """As `must_reach`, for several children; one query."""
    paths = people.paths(children)
    for child in children:
        if child not in paths:
            raise NotAllowed(f"You may not do this here ({verb}).", verb=verb)
        by.must(verb, paths[child], person=child)
    return paths


def must_teach(by: Actor, verb: str, group: GroupView, subject: str, on: date) -> None:
    """Raise NotAllowed without `verb` in the group, `NotYourPupil` when somebody else teaches the subject there."""
    by.must(verb, group.path, group=group.id)
    if not subject or by.may(EVERY, group.path):
        return
    taught = {one.subject for one in schools.teaching(person=by.id, on=on) if one.group == group.id}
    if not taught & {"", subject}:
        raise NotYourPupil("Somebody else teaches this subject here.", field="subject", subject=subject)


def must_be_members(group: GroupView, children: Collection[UUID], on: date) -> None:
    """Raise `NotInGroup` unless all of the children are in the group on that day."""
    strangers = set(children) - {row.person for row in schools.members(group=group.id, on=on)}
    if strangers:
        raise NotInGroup("The pupil is not in the group on that day.", field="children", count=len(strangers))
