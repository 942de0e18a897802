"""Reading the portfolio: what staff sees of a group, and what a family sees of its own child."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from uuid import UUID

from django.db.models import Q

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.schoolday.learning.models import Earlier, Entry, EntryChild, EntryGoal, Picture, PictureChild
from testamur.schoolday.learning.queries.consent import showable
from testamur.schoolday.learning.queries.reach import group_of, must_reach
from testamur.schoolday.learning.rules import EarlierView, EntryKind, EntryView, PictureView, may_be_shown

SEE = "learning.entry.see"
MOST = 300
"""So many entries are listed; older ones are in the export."""


_GONE = Q(own=True, withdrawn_at__isnull=False)
"""A work that whoever added it took back: nobody sees it any more."""


def entries(*, by: Actor, group: UUID, on: date, limit: int = MOST) -> tuple[EntryView, ...]:
    """The entries of a group as of a day, drafts and withdrawn ones too, the latest first; six queries.

    Raises NotFound, NotAllowed without ``learning.entry.see`` in the group.
    """
    one = group_of(group)
    by.must(SEE, one.path, group=group)
    return _views(Entry.objects.filter(~_GONE, group=group).order_by("-on", "-made_at", "id")[:limit], on)


def entry(*, by: Actor, entry: UUID, on: date) -> EntryView:
    """One entry, for staff. Raises NotFound, NotAllowed without ``learning.entry.see`` in its group."""
    found = _views(Entry.objects.filter(~_GONE, id=entry), on)
    if not found:
        raise NotFound("There is no such entry.", entry=str(entry))
    by.must(SEE, found[0].path, group=found[0].group)
    return found[0]


def entries_for(
    *, by: Actor, children: Collection[UUID], on: date, limit: int = MOST
) -> dict[UUID, tuple[EntryView, ...]]:
    """What stands published about each child, the latest first; seven queries for one child or many.

    Of whom an entry is about beside the child, and who else is seen in a picture, nothing is told. A picture in which
    somebody may not be shown is left out. Raises NotAllowed without ``learning.family.see`` for each of them.
    """
    for child in children:
        must_reach(by, "learning.family.see", child)
    wanted = list(children)
    rows = Entry.objects.filter(children__child__in=wanted, published_at__isnull=False, withdrawn_at=None).distinct()
    found: dict[UUID, list[EntryView]] = {child: [] for child in children}
    for one in _views(rows.order_by("-on", "-made_at", "id")[:limit], on):
        for child in found.keys() & set(one.children):
            found[child].append(_own(one, child))
    return {child: tuple(some) for child, some in found.items()}


def picture(*, by: Actor, picture: UUID, on: date, thumb: bool = False) -> bytes:
    """A picture's JPEG, for staff of the group and for families of the children whom its entry is about.

    Raises NotFound for an unknown one, one that `by` may not see, and one in which somebody may not be shown.
    """
    row = Picture.objects.select_related("entry").filter(id=picture).defer("data" if thumb else "thumb").first()
    if row is None or not (_staff(by, row.entry) or _family(by, row.entry)):
        raise NotFound("There is no such picture.", picture=str(picture))
    seen = frozenset(PictureChild.objects.filter(picture=picture).values_list("child_id", flat=True))
    who = showable(seen, on)
    if not may_be_shown(seen, consented=who.consented, protected=who.protected):
        raise NotFound("There is no such picture.", picture=str(picture))
    return bytes(row.thumb if thumb else row.data)


def earlier(*, by: Actor, entry: UUID) -> tuple[EarlierView, ...]:
    """What an entry said before, the latest first, for staff. Raises NotFound, NotAllowed as `entry` does."""
    row = Entry.objects.filter(id=entry).first()
    if row is None:
        raise NotFound("There is no such entry.", entry=str(entry))
    by.must(SEE, row.path, group=row.group_id)
    rows = Earlier.objects.filter(entry=entry).order_by("-number")
    return tuple(EarlierView(one.number, one.title, one.text, one.on, one.until) for one in rows)


def entries_by_id(ids: Iterable[UUID], *, on: date) -> dict[UUID, EntryView]:
    """Entries by id, for telling of them; an unknown id is left out."""
    return {one.id: one for one in _views(Entry.objects.filter(id__in=list(ids)), on)}


def _staff(by: Actor, entry: Entry) -> bool:
    gone = entry.own and entry.withdrawn_at is not None
    return not gone and by.may(SEE, entry.path, group=entry.group_id)


def _family(by: Actor, entry: Entry) -> bool:
    if entry.published_at is None or entry.withdrawn_at is not None:
        return False
    about = EntryChild.objects.filter(entry=entry.id).values_list("child_id", flat=True)
    return any(by.may("learning.family.see", entry.path, person=child) for child in about)


def _own(one: EntryView, child: UUID) -> EntryView:
    """The entry as the family of one child sees it."""
    seen = tuple(
        replace(picture, children=picture.children & {child}) for picture in one.pictures if not picture.hidden
    )
    return replace(one, children=(child,), pictures=seen)


def _views(rows: Iterable[Entry], on: date) -> tuple[EntryView, ...]:
    known = list(rows)
    ids = [row.id for row in known]
    children: dict[UUID, list[UUID]] = defaultdict(list)
    for of, child in EntryChild.objects.filter(entry__in=ids).order_by("id").values_list("entry_id", "child_id"):
        children[of].append(child)
    goals: dict[UUID, list[UUID]] = defaultdict(list)
    for of, goal in EntryGoal.objects.filter(entry__in=ids).order_by("id").values_list("entry_id", "goal_id"):
        goals[of].append(goal)
    pictures = _pictures(ids, on)
    return tuple(
        EntryView(
            row.id, row.group_id, row.school_id, row.path, EntryKind(row.kind), row.title, row.text, row.on,
            tuple(children[row.id]), tuple(goals[row.id]), tuple(pictures[row.id]), row.made_by, row.made_at, row.own,
            row.published_at, row.withdrawn_at,
        )
        for row in known
    )  # fmt: skip


def _pictures(entries: Collection[UUID], on: date) -> dict[UUID, list[PictureView]]:
    rows = list(Picture.objects.filter(entry__in=entries).defer("data", "thumb").order_by("number", "id"))
    seen: dict[UUID, set[UUID]] = defaultdict(set)
    pairs = PictureChild.objects.filter(picture__in=[row.id for row in rows]).values_list("picture_id", "child_id")
    for of, child in pairs:
        seen[of].add(child)
    who = showable(set().union(*seen.values()), on)
    found: dict[UUID, list[PictureView]] = defaultdict(list)
    for row in rows:
        inside = frozenset(seen[row.id])
        hidden = not may_be_shown(inside, consented=who.consented, protected=who.protected)
        found[row.entry_id].append(
            PictureView(row.id, row.entry_id, row.number, row.alt, row.width, row.height, inside, hidden)
        )
    return found
