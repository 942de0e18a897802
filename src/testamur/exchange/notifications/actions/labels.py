"""Pupil codes of a class on paper: printed, rotated, revoked; by the office or by the class teacher."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.exchange.notifications.rules.labels import Label
from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.people import actions as people_actions
from testamur.register.people import queries as people
from testamur.register.people.rules import printed
from testamur.register.people.rules.codes import digits
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupView


@transaction.atomic
def print_labels(*, by: Actor, group: UUID, now: datetime) -> tuple[Label, ...]:
    """The labels of a class in order of name, with new codes for those who have none; a protected pupil by alias.

    Needs ``people.code.issue`` at the group (a class teacher's own class, or the office's). Journal:
    ``notices.labels.printed/1`` with group and count. Raises NotFound, NotAllowed.
    """
    room = _room(by, group, "people.code.issue")
    pupils = [one.person for one in schools.members(group=group, on=now.date())]
    # a label is made for whoever may hand it out, and needs no right to do so elsewhere
    may = _codes(by)
    people_actions.issue_missing_codes(by=may, persons=pupils, now=now)
    codes = people.label_codes(by=may, persons=pupils)
    # paper is carried about: a protected name stands on it for nobody, whoever may see it on the screen
    names = people.people(by=Actor(by.id, by.identified_by), ids=pupils, numbers=False)
    order = sorted((key for key in names if key in codes), key=lambda key: (names[key].sort_key, key))
    refs = {"group": str(group), "count": len(order)}
    append(by=by, kind="notices.labels.printed/1", path=room.path, refs=refs, now=now)
    return tuple(Label(names[key].name, room.code, printed(codes[key]), digits(codes[key])) for key in order)


@transaction.atomic
def renew_codes(*, by: Actor, group: UUID, pupils: Collection[UUID], now: datetime) -> int:
    """New codes for some pupils of a class; labels handed out before are void. Returns how many.

    Needs ``people.code.issue`` at the group. Journal: ``notices.codes.renewed/1``. Raises NotFound, NotAllowed.
    """
    room = _room(by, group, "people.code.issue")
    chosen = _chosen(room, pupils, now)
    people_actions.issue_pupil_codes(by=_codes(by), persons=chosen, now=now)
    refs = {"group": str(group), "pupils": [str(one) for one in chosen]}
    append(by=by, kind="notices.codes.renewed/1", path=room.path, refs=refs, now=now)
    return len(chosen)


@transaction.atomic
def revoke_codes(*, by: Actor, group: UUID, pupils: Collection[UUID], now: datetime) -> int:
    """Make the codes of some pupils of a class useless; returns how many were in force.

    Needs ``people.code.revoke`` at the group. Journal: ``notices.codes.revoked/1``. Raises NotFound, NotAllowed.
    """
    room = _room(by, group, "people.code.revoke")
    chosen = _chosen(room, pupils, now)
    count = people_actions.revoke_pupil_codes(by=_codes(by), persons=chosen, now=now)
    refs = {"group": str(group), "pupils": [str(one) for one in chosen]}
    append(by=by, kind="notices.codes.revoked/1", path=room.path, refs=refs, now=now)
    return count


def _room(by: Actor, group: UUID, verb: str) -> GroupView:
    room = schools.group(group)
    if room is None:
        raise NotFound("There is no such class.", field="group")
    by.must(verb, room.path, group=group)
    return room


def _chosen(room: GroupView, pupils: Collection[UUID], now: datetime) -> list[UUID]:
    members = {one.person for one in schools.members(group=room.id, on=now.date())}
    if not set(pupils) <= members:
        raise NotFound("There is no such pupil in this class.", field="pupils")
    return sorted(set(pupils))


def _codes(by: Actor) -> Actor:
    verbs = ("people.code.*",)
    return replace(by, grants=(*by.grants, Grant("labels", "/", verbs)))
