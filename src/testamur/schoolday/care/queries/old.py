"""What care kept long enough at one school, for a list of deletion. Ids alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from testamur.kernel.base.actor import Actor
from testamur.register.schools.queries.setup import left_by, pupils_ever
from testamur.schoolday.care.models import (
    Caution,
    Closing,
    Collector,
    Day,
    Fetching,
    Need,
    Presence,
    Regular,
    Reminder,
    Wish,
)
from testamur.schoolday.care.rules import Parity


def old(*, by: Actor, school: UUID, path: str, what: str, before: date) -> list[UUID]:  # noqa: ARG001 - one shape
    """The ids of what is from before a day, in the order in which it may go.

    Arrivals and departures, a correction before what it corrects; who fetched, differing days, closed days with what
    families needed; weeks that a later one took the place of before that day; cautions that are over; collectors who
    were ended, with their pictures. The week, collectors and wishes of a child that left go too. Needs
    ``retention.row.list`` at the school.
    """
    by.must("retention.row.list", path)
    return [key for rows in TABLES for key in rows(school, path, before).values_list("id", flat=True)]


def _presence(school: UUID, _path: str, before: date) -> QuerySet[Presence]:
    return Presence.objects.filter(unit=school, on__lt=before).order_by("on", "-number", "id")


def _fetching(_school: UUID, path: str, before: date) -> QuerySet[Fetching]:
    rows = Fetching.objects.filter(on__lt=before)
    mine = _ever(set(rows.values_list("child", flat=True)), path)
    return rows.filter(child__in=mine).order_by("on", "id")


def _need(school: UUID, _path: str, before: date) -> QuerySet[Need]:
    return Need.objects.filter(closing__unit=school, closing__on__lt=before).order_by("closing__on", "id")


def _closing(school: UUID, _path: str, before: date) -> QuerySet[Closing]:
    return Closing.objects.filter(unit=school, on__lt=before).order_by("on", "id")


def _day(school: UUID, _path: str, before: date) -> QuerySet[Day]:
    return Day.objects.filter(unit=school, on__lt=before).order_by("on", "id")


def _reminder(school: UUID, _path: str, before: date) -> QuerySet[Reminder]:
    return Reminder.objects.filter(unit=school, monday__lt=before).order_by("monday", "id")


def _regular(school: UUID, path: str, before: date) -> QuerySet[Regular]:
    rows = Regular.objects.filter(unit=school, valid_from__lt=before)
    later = Regular.objects.filter(
        child=OuterRef("child"), unit=OuterRef("unit"), valid_from__gt=OuterRef("valid_from"), valid_from__lte=before
    )
    # one for every week takes the place of any; else one for such weeks, or of one for every week two together do
    over = Q(Exists(later.filter(Q(parity="") | Q(parity=OuterRef("parity")))))
    over |= Q(Exists(later.filter(parity=Parity.ODD))) & Q(Exists(later.filter(parity=Parity.EVEN)))
    left = _left(rows, path, before)
    return rows.filter(over | Q(child__in=left)).order_by("valid_from", "id")


def _caution(_school: UUID, path: str, before: date) -> QuerySet[Caution]:
    return Caution.objects.filter(path__startswith=path, ended_at__date__lt=before).order_by("ended_at", "id")


def _collector(_school: UUID, path: str, before: date) -> QuerySet[Collector]:
    rows = Collector.objects.filter(starts__lt=before)
    over = rows.filter(Q(ended_at__date__lt=before) | Q(ends__lt=before))
    mine = _ever(set(over.values_list("child", flat=True)), path)
    left = _left(rows, path, before)
    named = Q(collector=OuterRef("id"))
    late = Exists(Presence.objects.filter(named, on__gte=before)) | Exists(
        Fetching.objects.filter(named, on__gte=before)
    )
    gone = Q(child__in=left) | Q(child__in=mine) & (Q(ended_at__date__lt=before) | Q(ends__lt=before))
    return rows.filter(gone, ~late).order_by("starts", "id")


def _wish(_school: UUID, path: str, before: date) -> QuerySet[Wish]:
    rows = Wish.objects.filter(at__date__lt=before)
    return rows.filter(child__in=_left(rows, path, before)).order_by("at", "id")


def _ever(children: set[UUID], path: str) -> frozenset[UUID]:
    return pupils_ever(persons=children, path=path)


def _left(rows: QuerySet[Any], path: str, before: date) -> frozenset[UUID]:
    return left_by(persons=set(rows.values_list("child", flat=True)), path=path, day=before)


TABLES: tuple[Callable[[UUID, str, date], QuerySet[Any]], ...] = (
    _presence, _fetching, _need, _closing, _day, _reminder, _regular, _caution, _collector, _wish,
)  # fmt: skip
"""In the order in which rows may go."""
