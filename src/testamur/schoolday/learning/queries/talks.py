"""Reading talks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.schoolday.learning.models import FollowUp, Preparation, Talk
from testamur.schoolday.learning.queries.hiding import kept_from
from testamur.schoolday.learning.queries.reach import group_of, must_reach
from testamur.schoolday.learning.rules import FollowUp as FollowUpView
from testamur.schoolday.learning.rules import Part, TalkView
from testamur.schoolday.learning.rules import Preparation as PreparationView

SEE = "learning.talk.see"


def talks(*, by: Actor, group: UUID) -> tuple[TalkView, ...]:
    """The talks of a class, the latest first; three queries.

    Raises NotFound, NotAllowed without ``learning.talk.see`` in the class.
    """
    one = group_of(group)
    by.must(SEE, one.path, group=group)
    return _views(Talk.objects.filter(group=group).order_by("-at", "id"))


def talk(*, by: Actor, talk: UUID) -> TalkView:
    """One talk, for staff. Raises NotFound, NotAllowed without ``learning.talk.see`` in its class."""
    found = _one(talk)
    by.must(SEE, found.path, group=found.group)
    return found


def talks_for(*, by: Actor, children: Collection[UUID]) -> dict[UUID, tuple[TalkView, ...]]:
    """Each child's talks, the latest first; five queries. Minutes are told once the school has handed them over.

    Left out are those to which another guardian comes who is in hiding (`rules.told_of_talk`).

    Raises NotAllowed without ``learning.family.see`` for each of them.
    """
    for child in children:
        must_reach(by, "learning.family.see", child)
    found: dict[UUID, list[TalkView]] = {child: [] for child in children}
    known = _views(Talk.objects.filter(pupil__in=list(children)).order_by("-at", "id"))
    kept = kept_from(by.id, [(one.id, one.pupil, one.time, one.at) for one in known])
    for one in known:
        if one.id not in kept:
            found[one.pupil].append(_told(by, one))
    return {child: tuple(some) for child, some in found.items()}


def talk_for(*, by: Actor, child: UUID, talk: UUID) -> TalkView:
    """One of the child's talks. Raises NotFound, NotAllowed as `talks_for`."""
    must_reach(by, "learning.family.see", child)
    found = _one(talk)
    if found.pupil != child or kept_from(by.id, [(found.id, found.pupil, found.time, found.at)]):
        raise NotFound("There is no such talk.", talk=str(talk))
    return _told(by, found)


def _told(by: Actor, one: TalkView) -> TalkView:
    """As one of the family sees it: no draft of minutes, and nothing that another guardian prepared."""
    mine = tuple(said for said in one.preparations if said.person == by.id or said.part is Part.PUPIL)
    shown = replace(one, preparations=mine)
    return shown if one.minutes_at is not None else replace(shown, minutes="", follow_ups=())


def talks_by_id(ids: Iterable[UUID]) -> dict[UUID, TalkView]:
    """Talks by id, for telling of them; an unknown id is left out."""
    return {one.id: one for one in _views(Talk.objects.filter(id__in=list(ids)))}


def times_taken(times: Collection[UUID]) -> frozenset[UUID]:
    """Those of the booked times that have a talk already."""
    rows = Talk.objects.filter(time__in=list(times), called_off_at__isnull=True)
    return frozenset(key for key in rows.values_list("time", flat=True) if key is not None)


def _one(talk: UUID) -> TalkView:
    found = _views(Talk.objects.filter(id=talk))
    if not found:
        raise NotFound("There is no such talk.", talk=str(talk))
    return found[0]


def _views(rows: Iterable[Talk]) -> tuple[TalkView, ...]:
    known = list(rows)
    ids = [row.id for row in known]
    prepared: dict[UUID, list[PreparationView]] = defaultdict(list)
    for one in Preparation.objects.filter(talk__in=ids).order_by("at", "id"):
        prepared[one.talk_id].append(
            PreparationView(one.person, Part(one.part), one.well, one.harder, one.wish, one.at)
        )
    points: dict[UUID, list[FollowUpView]] = defaultdict(list)
    for point in FollowUp.objects.filter(talk__in=ids).order_by("due", "id"):
        points[point.talk_id].append(FollowUpView(point.id, point.talk_id, point.text, point.due, point.done_at))
    return tuple(
        TalkView(
            row.id, row.pupil_id, row.group_id, row.school_id, row.path, row.at, row.place, row.agenda, row.minutes,
            row.minutes_at, row.called_off_at, row.time, row.host, row.seen, tuple(prepared[row.id]),
            tuple(points[row.id]),
        )
        for row in known
    )  # fmt: skip
