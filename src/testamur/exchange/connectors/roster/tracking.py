"""Keeping the catalogue: what came, what changed, what went, and when that was seen.

The register's own tables do not say when a row changed, and a person's row changes by the rows of others (a place in a
school, a guardian). So the whole of a place is looked at and compared by digests, but only when the journal has
something about the register since the last look, or a new day has come (places begin and end by date).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from testamur.exchange.connectors.models import RosterEntity, RosterPlace
from testamur.exchange.connectors.roster.rules import Entity, Kind, Span
from testamur.exchange.connectors.roster.whole import HIDDEN, Whole, look
from testamur.kernel.base.actor import Actor
from testamur.kernel.journal import queries as journal
from testamur.kernel.journal.rules import Cursor
from testamur.register.people import queries as people
from testamur.register.people.queries import chunks

OF_REGISTER = ("people.", "schools.", "studies.", "curriculum.")
SOON = timedelta(seconds=20)
"""After a look, the next reading does not look again so soon: a program reads page by page."""
_ENTRIES = 2000
_PART = 800
KEEP_GONE = timedelta(days=400)


def follow(path: str, *, now: datetime, soon: timedelta = SOON) -> bool:
    """Bring the catalogue of a place up to date where something may have changed; whether it was looked at.

    No journal entry: nothing of ours changes, only what we know of it.
    """
    place, _made = RosterPlace.objects.get_or_create(path=path)
    today = now.date()
    if place.looked_at is not None and place.day == today and now - place.looked_at < soon:
        return False
    with transaction.atomic():
        place = RosterPlace.objects.select_for_update().get(path=path)
        moved, cursor = _moved(Cursor(place.transaction, place.entry))
        due = moved or place.day != today
        if due:
            _compare(path, look(path, on=today), now)
        place.transaction, place.entry = cursor.transaction, cursor.entry
        place.day, place.looked_at = today, now
        place.save()
    return due


def _moved(cursor: Cursor) -> tuple[bool, Cursor]:
    """Whether the journal has something about the register after `cursor`, and how far it was read."""
    moved = False
    while some := journal.since(cursor, limit=_ENTRIES):
        moved = moved or any(entry.kind.startswith(OF_REGISTER) for entry in some)
        cursor = some[-1].cursor
    return moved, cursor


def _compare(path: str, whole: Whole, now: datetime) -> None:
    kept = {
        (Kind(kind), key): (number, digest, gone)
        for number, kind, key, digest, gone in RosterEntity.objects.filter(path=path).values_list(
            "id", "kind", "object_id", "digest", "gone_at"
        )
    }
    new, changed = [], []
    for key, (refs, digest) in whole.found.items():
        before = kept.get(key)
        if before is None:
            new.append(
                RosterEntity(
                    path=path,
                    kind=key[0].value,
                    object_id=key[1],
                    refs=refs,
                    digest=digest,
                    made_at=now,
                    changed_at=now,
                )
            )
        elif before[1] != digest or before[2] is not None:
            changed.append(RosterEntity(id=before[0], refs=refs, digest=digest, changed_at=now, gone_at=None))
    gone = [number for key, (number, _digest, at) in kept.items() if at is None and key not in whole.found]
    RosterEntity.objects.bulk_create(new, batch_size=_PART)
    RosterEntity.objects.bulk_update(changed, ["refs", "digest", "changed_at", "gone_at"], batch_size=_PART // 8)
    for part in chunks(gone, _PART):
        RosterEntity.objects.filter(id__in=part).update(gone_at=now, changed_at=now)


# -- reading ----------------------------------------------------------------------------------------------------

Place = tuple[datetime, UUID]


def page(
    *,
    path: str,
    kinds: Sequence[Kind],
    made: Span = Span(),  # noqa: B008 - frozen
    changed: Span = Span(),  # noqa: B008 - frozen
    gone: bool = False,
    ids: Collection[UUID] | None = None,
    after: Place | None = None,
    limit: int | None = None,
    offset: int = 0,
    refs: Iterable[tuple[str, object]] = (),
    newest: bool = False,
) -> list[Entity]:
    """Things of a place in the order in which they changed; those that went where `gone`. Ids alone: no person is seen.

    `refs`: (lookup, value) pairs that have to hold of a thing's refs. `newest`: the other way round.
    """
    rows = _asked(path, kinds, made, changed, gone=gone, ids=ids, refs=refs)
    if after is not None:
        way = "lt" if newest else "gt"
        further = Q(**{f"changed_at__{way}": after[0]}) | Q(**{"changed_at": after[0], f"object_id__{way}": after[1]})
        rows = rows.filter(further)
    ordered = rows.order_by("-changed_at", "-object_id") if newest else rows.order_by("changed_at", "object_id")
    some = ordered[offset : offset + limit] if limit is not None else ordered[offset:]
    return [entity(row) for row in some]


def count(
    *,
    path: str,
    kinds: Sequence[Kind],
    changed: Span = Span(),  # noqa: B008 - frozen
    gone: bool = False,
    refs: Iterable[tuple[str, object]] = (),
) -> int:
    """How many there are."""
    return int(_asked(path, kinds, Span(), changed, gone=gone, ids=None, refs=refs).count())


def _asked(
    path: str,
    kinds: Sequence[Kind],
    made: Span,
    changed: Span,
    *,
    gone: bool,
    ids: Collection[UUID] | None,
    refs: Iterable[tuple[str, object]],
) -> QuerySet[RosterEntity]:
    rows = RosterEntity.objects.filter(path=path, kind__in=[kind.value for kind in kinds], gone_at__isnull=not gone)
    if ids is not None:
        rows = rows.filter(object_id__in=list(ids)[:_PART])
    for name, value in refs:
        rows = rows.filter(**{f"refs__{name}": value})
    for field, span in (("made_at", made), ("changed_at", changed)):
        if span.after is not None:
            rows = rows.filter(**{f"{field}__gt": span.after})
        if span.before is not None:
            rows = rows.filter(**{f"{field}__lte": span.before})
    return rows


def discreet(some: Iterable[Entity], *, by: Actor) -> list[Entity]:
    """Those that a reader may be told: no guardian of a child whom it may not see, since the name would tell that.

    One query where there are guardians among them.
    """
    found = list(some)
    if not any(one.kind is Kind.GUARDIAN for one in found):
        return found
    hidden = {str(key) for key in people.hidden_from(by)}
    return [one for one in found if one.kind is not Kind.GUARDIAN or hidden.isdisjoint(one.refs.get("children", ()))]


def hidden(*, path: str, since: datetime | None, by: Actor) -> list[Entity]:
    """Guardians of a child that a reader may see no more since then, of whom it may have been told before.

    What came into the catalogue as it is was never told otherwise. One or two queries.
    """
    found = page(path=path, kinds=[Kind.GUARDIAN], changed=Span(after=since), refs=[(HIDDEN, True)])
    before = [one for one in found if one.changed_at > one.made_at]
    seen = {one.id for one in discreet(before, by=by)}
    return [one for one in before if one.id not in seen]


def entity(row: RosterEntity) -> Entity:
    """A row as a value."""
    return Entity(row.object_id, Kind(row.kind), row.refs, row.made_at, row.changed_at, row.gone_at)


def tidy(*, now: datetime) -> int:
    """Forget what went long ago; returns how many."""
    return RosterEntity.objects.filter(gone_at__lt=now - KEEP_GONE).delete()[0]
