"""Reading who may fetch a child, and what staff must know at the door."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from uuid import UUID

from django.db.models import Q

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.register.people import queries as people
from testamur.register.people import reach
from testamur.schoolday.care import models
from testamur.schoolday.care.queries.places import SEE, CarePlace, place
from testamur.schoolday.care.rules import CautionView, CollectorView, Relation


def collectors(*, by: Actor, place: CarePlace, on: date) -> tuple[CollectorView, ...]:
    """Who may fetch a child on that day or later, in order of name. Needs ``care.collector.see`` for the child.

    Whom another guardian named is left out where one of the guardians is protected (`collectors_seen`).
    """
    by.must("care.collector.see", place.group_path, person=place.child, group=place.group)
    found = collectors_seen(by=by, children=[place.child], on=on)[place.child]
    return tuple(one for one in found if one.name and (one.ends is None or one.ends >= on))


def collectors_seen(*, by: Actor, children: Collection[UUID], on: date) -> dict[UUID, tuple[CollectorView, ...]]:
    """As `collectors_of`, as `by` may know them; for the caller's own check of the children.

    Where one of a child's guardians is protected, whom another guardian named stands there without name, telephone and
    picture: those whom somebody in hiding trusts tell where that one lives. Of a child whose own name `by` may not see
    nobody has name and telephone: a grandmother is called as the child is.
    """
    masked = _masked(by, children)
    found = {}
    for child, some in collectors_of(children).items():
        seen = (one if _knows(by, one, on) else replace(one, name="", phone="", pictured=False) for one in some)
        found[child] = tuple(replace(one, name="", phone="") if child in masked else one for one in seen)
    return found


def collectors_of(children: Collection[UUID]) -> dict[UUID, tuple[CollectorView, ...]]:
    """The collectors of children that were not ended, in order of name; for the caller's own check. One query."""
    found: dict[UUID, list[CollectorView]] = defaultdict(list)
    rows = models.Collector.objects.filter(child__in=list(children), ended_at__isnull=True).order_by("name", "id")
    for row in rows.defer("picture").annotate(pictured=Q(picture__isnull=False)):
        found[row.child].append(_collector(row))
    return {child: tuple(found[child]) for child in children}


def collector_names(*, by: Actor, ids: Collection[UUID]) -> dict[UUID, str]:
    """What collectors are called, ended ones too; of a child whose own name `by` may not see none is told."""
    rows = list(models.Collector.objects.filter(id__in=list(ids)).values_list("id", "child", "name"))
    masked = _masked(by, {child for _key, child, _name in rows})
    return {key: name for key, child, name in rows if child not in masked}


def picture(*, by: Actor, collector: UUID, on: date) -> bytes:
    """A collector's picture (JPEG), for the staff of the child's group and the child's guardians. Raises NotFound."""
    row = models.Collector.objects.filter(id=collector, ended_at__isnull=True, picture__isnull=False).first()
    if row is None or row.picture is None:
        raise NotFound("There is no such picture.", field="collector")
    here = place(child=row.child, on=on)
    by.must("care.collector.see", here.group_path, person=row.child, group=here.group)
    if not may_know(by=by, child=row.child, named_by=row.added_by, on=on):
        raise NotFound("There is no such picture.", field="collector")
    return bytes(row.picture)


def may_know(*, by: Actor, child: UUID, named_by: UUID, on: date) -> bool:
    """Whether `by` may know whom somebody named: staff always, a guardian unless `collectors_seen` hides it."""
    guardian = by.id != child and any(child in grant.wards for grant in by.grants)
    return not guardian or named_by == by.id or not people.protected(reach.readers(children=[child], on=on)[child])


def cautions(*, by: Actor, place: CarePlace) -> tuple[CautionView, ...]:
    """What has to be known at the door about a child. Needs ``care.presence.see`` for its group: staff alone."""
    by.must(SEE, place.group_path, group=place.group)
    rows = models.Caution.objects.filter(child=place.child, ended_at__isnull=True).order_by("written_at", "id")
    return tuple(CautionView(row.id, row.child, row.text, row.written_by, row.written_at) for row in rows)


def _masked(by: Actor, children: Collection[UUID]) -> frozenset[UUID]:
    """The children whose names `by` may not see; a family sees its own, and nothing is asked."""
    strange = {child for child in children if not any(child in grant.wards for grant in by.grants)}
    seen = people.people(by=by, ids=strange, numbers=False) if strange else {}
    return frozenset(child for child in strange if child not in seen or seen[child].masked)


def _knows(by: Actor, one: CollectorView, on: date) -> bool:
    return may_know(by=by, child=one.child, named_by=one.added_by, on=on)


def _collector(row: models.Collector) -> CollectorView:
    return CollectorView(
        row.id,
        row.child,
        row.name,
        row.phone,
        Relation(row.relation),
        row.starts,
        row.ends,
        bool(row.pictured),  # type: ignore[attr-defined]  # selected beside the row, which leaves the picture where it is
        row.added_by,
        row.added_at,
    )
