"""What still stands of what a message is to tell of, and what waits for a family."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from testamur.kernel.base.actor import Actor
from testamur.kernel.prepared import prepared
from testamur.schoolday.learning.models import EntryChild, Plan, Signature, Talk, Version
from testamur.schoolday.learning.queries.hiding import kept_from
from testamur.schoolday.learning.queries.reach import must_reach_all


@dataclass(frozen=True, slots=True)
class Told:
    """A plan, entry, development plan or talk, as a message may tell of it; `title` names nobody."""

    on: date
    title: str
    off: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """What of a child's learning is new to a family since an instant, and what waits for it.

    Attributes:
        entries: titles of entries that are new, the latest first.
        versions: development plans that `by` has still to confirm, the newest of each alone.
        talks: talks to come that `by` has not prepared, as (id, when).
    """

    entries: tuple[str, ...]
    versions: tuple[UUID, ...]
    talks: tuple[tuple[UUID, datetime], ...]


def told(refs: Collection[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], Told]:
    """(thing, child) → what stands of it; four queries. What was taken back, or never was the child's, is left out."""
    ids = list({ref for ref, _child in refs})
    plans = {
        key: Told(timezone.localdate(at), title)
        for key, at, title in Plan.objects.filter(id__in=ids).values_list("id", "published_at", "title")
        if at is not None
    }
    found: dict[tuple[UUID, UUID], Told] = {(ref, child): plans[ref] for ref, child in refs if ref in plans}
    about = EntryChild.objects.filter(
        entry__in=ids, entry__published_at__isnull=False, entry__withdrawn_at__isnull=True
    ).values_list("entry_id", "child_id", "entry__published_at", "entry__title")
    found |= {
        (entry, child): Told(timezone.localdate(at), title) for entry, child, at, title in about if at is not None
    }
    frozen = Version.objects.filter(id__in=ids, state="frozen").values_list("id", "development__pupil_id", "frozen_at")
    found |= {(version, pupil): Told(timezone.localdate(at), "") for version, pupil, at in frozen if at is not None}
    talks = Talk.objects.filter(id__in=ids).values_list("id", "pupil_id", "at", "called_off_at")
    found |= {(talk, pupil): Told(timezone.localdate(at), "", off=off is not None) for talk, pupil, at, off in talks}
    return {key: one for key, one in found.items() if key in set(refs)}


def waiting(
    *, by: Actor, children: Collection[UUID], since: dict[UUID, datetime], now: datetime
) -> dict[UUID, Waiting]:
    """What is new and what waits, by child; five queries for one child or many, one or two more where talks wait.

    Raises NotAllowed without ``learning.family.see`` for each of them.
    """
    wanted = list(children)
    must_reach_all(by, "learning.family.see", wanted)
    fresh: dict[UUID, list[str]] = {child: [] for child in wanted}
    for child, at, title in _published(children=wanted, since=min((since[child] for child in wanted), default=now)):
        if at is not None and at > since[child]:
            fresh[child].append(title)
    versions = _unconfirmed(by, wanted)
    talks: dict[UUID, list[tuple[UUID, datetime]]] = {child: [] for child in wanted}
    some = _coming(children=wanted, me=by.id, now=now)
    kept = kept_from(by.id, some)
    for key, pupil, _time, at in some:
        if key not in kept:
            talks[pupil].append((key, at))
    return {
        child: Waiting(tuple(fresh[child]), tuple(versions.get(child, ())), tuple(talks[child])) for child in wanted
    }


@prepared
def _published(children: Collection[UUID], since: datetime) -> QuerySet[EntryChild, tuple[UUID, datetime | None, str]]:
    rows = EntryChild.objects.filter(
        child__in=children, entry__published_at__gt=since, entry__withdrawn_at__isnull=True, entry__own=False
    )
    ordered = rows.order_by("-entry__published_at", "entry_id")
    return ordered.values_list("child_id", "entry__published_at", "entry__title")


@prepared
def _coming(
    children: Collection[UUID], me: UUID, now: datetime
) -> QuerySet[Talk, tuple[UUID, UUID, UUID | None, datetime]]:
    rows = Talk.objects.filter(pupil__in=children, at__gt=now, called_off_at__isnull=True, minutes_at__isnull=True)
    unprepared = rows.exclude(preparations__person=me).order_by("at", "id")
    return unprepared.values_list("id", "pupil_id", "time", "at")


@prepared
def _frozen(children: Collection[UUID]) -> QuerySet[Version, tuple[UUID, UUID, UUID]]:
    rows = Version.objects.filter(development__pupil__in=children, state="frozen").order_by("number")
    return rows.values_list("id", "development_id", "development__pupil_id")


def _unconfirmed(by: Actor, children: Collection[UUID]) -> dict[UUID, list[UUID]]:
    newest: dict[UUID, tuple[UUID, UUID]] = {}
    for key, of, pupil in _frozen(children=children):
        newest[of] = (key, pupil)
    ids = [key for key, _pupil in newest.values()]
    signed = Signature.objects.filter(version__in=ids, person=by.id).values_list("version_id", flat=True)
    done = set(signed) if ids else set()
    found: dict[UUID, list[UUID]] = {}
    for key, pupil in newest.values():
        if key not in done:
            found.setdefault(pupil, []).append(key)
    return found
