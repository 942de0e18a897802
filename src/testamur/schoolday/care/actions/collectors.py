"""Who may fetch a child, who does today, and what staff must know at the door."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.people import queries as people
from testamur.schoolday.care import queries
from testamur.schoolday.care.models import Caution, Collector, Fetching
from testamur.schoolday.care.rules import (
    LONGEST_NOTE,
    MOST_COLLECTORS,
    CollectorInvalid,
    CollectorOver,
    NewCollector,
    check_collector,
    clean_picture,
)


@transaction.atomic
def add_collector(*, by: Actor, collector: NewCollector, now: datetime) -> UUID:
    """Let somebody fetch a child for a time; returns its id. Journal: ``care.collector.added/1``.

    Needs ``care.collector.add`` for the child. Raises NotFound, CollectorInvalid, PictureInvalid.
    """
    here = queries.place(child=collector.child, on=now.date())
    by.must("care.collector.add", here.group_path, person=collector.child, group=here.group)
    new = check_collector(collector)
    if Collector.objects.filter(child=new.child, ended_at__isnull=True).count() >= MOST_COLLECTORS:
        raise CollectorInvalid("End somebody first: a child has at most 20 collectors.", field="name")
    row = Collector(
        id=new_id(), child=new.child, name=new.name, phone=new.phone, relation=new.relation.value, starts=new.starts,
        ends=new.ends, picture=clean_picture(new.picture) if new.picture else None, added_by=by.id, added_at=now,
    )  # fmt: skip
    row.save(force_insert=True)
    refs = {"pupil": str(new.child), "collector": str(row.id), "pictured": bool(new.picture)}
    append(by=by, kind="care.collector.added/1", path=here.group_path, refs=refs, now=now)
    return row.id


@transaction.atomic
def end_collector(*, by: Actor, collector: UUID, child: UUID, now: datetime) -> None:
    """That person fetches the child no more; the picture is removed. Journal: ``care.collector.ended/1``.

    Needs ``care.collector.end`` for the child. Raises NotFound.
    """
    row = Collector.objects.select_for_update().filter(id=collector, child=child, ended_at__isnull=True).first()
    if row is None:
        raise NotFound("There is no such collector.", field="collector")
    here = queries.place(child=child, on=now.date())
    by.must("care.collector.end", here.group_path, person=child, group=here.group)
    if not queries.may_know(by=by, child=child, named_by=row.added_by, on=now.date()):
        raise NotFound("There is no such collector.", field="collector")
    row.ended_at, row.ended_by, row.picture = now, by.id, None
    row.save(update_fields=["ended_at", "ended_by", "picture"])
    Fetching.objects.filter(collector=row, on__gte=now.date()).delete()
    refs = {"pupil": str(child), "collector": str(collector)}
    append(by=by, kind="care.collector.ended/1", path=here.group_path, refs=refs, now=now)


@transaction.atomic
def choose_fetcher(
    *, by: Actor, child: UUID, on: date, now: datetime, zone: ZoneInfo, person: UUID | None = None,
    collector: UUID | None = None,
) -> None:  # fmt: skip
    """Say who fetches the child on a day: a guardian, a collector, or (neither) nobody in particular.

    Journal: ``care.fetcher.chosen/1``. Needs ``care.collector.choose`` for the child. Raises NotFound, CollectorOver
    (may not fetch the child on that day, or the day is over).
    """
    here = queries.place(child=child, on=now.astimezone(zone).date())
    by.must("care.collector.choose", here.group_path, person=child, group=here.group)
    if on < now.astimezone(zone).date():
        raise CollectorOver("That day is over.", field="on")
    must_fetch(child, on, person, collector)
    Fetching.objects.filter(child=child, on=on).delete()
    if person is not None or collector is not None:
        Fetching.objects.create(
            id=new_id(), child=child, on=on, person=person, collector_id=collector, by=by.id, at=now
        )
    refs = {"pupil": str(child), "person": str(person or ""), "collector": str(collector or "")}
    append(by=by, kind="care.fetcher.chosen/1", path=here.group_path, refs=refs, now=now)


@transaction.atomic
def write_caution(*, by: Actor, child: UUID, text: str, now: datetime) -> UUID:
    """Note for the staff who may not fetch a child; returns its id. Journal: ``care.caution.written/1``.

    Needs ``safety.caution.write`` at the group's path: the principal decides what others need to know. Raises NotFound,
    CollectorInvalid (nothing is said).
    """
    here = queries.place(child=child, on=now.date())
    by.must("safety.caution.write", here.group_path)
    said = text.strip()
    if not said or len(said) > LONGEST_NOTE:
        raise CollectorInvalid("Write what has to be known, in at most 1000 characters.", field="text")
    row = Caution(id=new_id(), child=child, path=here.group_path, text=said, written_by=by.id, written_at=now)
    row.save(force_insert=True)
    refs = {"pupil": str(child), "caution": str(row.id)}
    append(by=by, kind="care.caution.written/1", path=here.group_path, refs=refs, now=now)
    return row.id


@transaction.atomic
def end_caution(*, by: Actor, caution: UUID, now: datetime) -> None:
    """That no longer has to be known. Journal: ``care.caution.ended/1``. Needs ``safety.caution.write``.

    Raises NotFound.
    """
    row = Caution.objects.select_for_update().filter(id=caution, ended_at__isnull=True).first()
    if row is None:
        raise NotFound("There is no such note.", field="caution")
    by.must("safety.caution.write", row.path)
    row.ended_at, row.ended_by = now, by.id
    row.save(update_fields=["ended_at", "ended_by"])
    refs = {"pupil": str(row.child), "caution": str(caution)}
    append(by=by, kind="care.caution.ended/1", path=row.path, refs=refs, now=now)


def must_fetch(child: UUID, on: date, person: UUID | None, collector: UUID | None) -> None:
    """Raise CollectorOver unless that guardian or collector may fetch the child on that day; nobody named may."""
    if person is not None and child not in people.wards_of(guardians=[person], on=on)[person]:
        raise CollectorOver("That person is no guardian of the child.", field="person")
    if collector is not None:
        found = {one.id: one for one in queries.collectors_of([child])[child]}
        if collector not in found or not found[collector].holds(on):
            raise CollectorOver("That person may not fetch the child on that day.", field="collector")
