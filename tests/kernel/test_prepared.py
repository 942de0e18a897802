"""Prepared queries answer what the queryset answers, keep no value of earlier, and refuse what they cannot keep."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import Q, QuerySet
from django.test.utils import CaptureQueriesContext

from testamur.kernel.base.actor import Actor
from testamur.kernel.journal import actions as journal
from testamur.kernel.journal.models import Entry
from testamur.kernel.prepared import LONGEST, prepared

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 11, 8, 0, 0, 250, tzinfo=UTC)


class Which(StrEnum):
    """Which end of the journal comes first."""

    OLD = "old"
    NEW = "new"


@prepared
def of(actors: Collection[UUID], since: datetime) -> QuerySet[Entry, tuple[Any, ...]]:
    """Everything of some actors since then."""
    rows = Entry.objects.filter(actor__in=actors, at__gte=since, kind__startswith="test.")
    return rows.order_by("id").values_list("id", "actor", "at", "refs")


@prepared
def kinds(kind: str, id: int | None, on: date, which: Which) -> QuerySet[Entry, str]:  # noqa: A002 - as elsewhere
    """A flat one, with every kind of argument."""
    rows = Entry.objects.filter(Q(kind=kind) | Q(id=id), at__date__lte=on) if id is not None else Entry.objects.all()
    order = "-id" if which is Which.NEW else "id"
    return rows.filter(kind=kind).order_by(order).values_list("kind", flat=True)


def wrote(actor: UUID, kind: str = "test.one", at: datetime = NOW) -> int:
    """The entry's number."""
    return journal.append(by=Actor(actor, "test"), kind=kind, path="/", refs={"of": str(actor)}, now=at)


def test_rows_come_as_the_queryset_gives_them_and_each_time_for_the_values_of_that_time() -> None:
    one, two = uuid4(), uuid4()
    first, second = wrote(one), wrote(two, at=NOW + timedelta(hours=1))
    assert of(actors=[one], since=NOW) == [(first, one, NOW, {"of": str(one)})]
    assert of(actors=[two], since=NOW) == [(second, two, NOW + timedelta(hours=1), {"of": str(two)})]
    assert [row[0] for row in of(actors={one, two}, since=NOW)] == [first, second]
    assert of(actors=[one], since=NOW + timedelta(microseconds=1)) == []
    assert of(actors=(), since=NOW) == []


def test_nothing_else_and_none_and_members_choose_between_shapes() -> None:
    wrote(uuid4(), "test.b")
    number = wrote(uuid4(), "test.a")
    on = NOW.date()
    assert kinds(kind="test.a", id=number, on=on, which=Which.OLD) == ["test.a"]
    assert kinds(kind="test.a", id=None, on=on, which=Which.NEW) == ["test.a"]
    assert kinds(kind="test.a'; --", id=number, on=on, which=Which.OLD) == []
    assert kinds(kind="test.a", id=number, on=on - timedelta(days=1), which=Which.OLD) == []


def test_the_sql_is_made_once_for_a_shape_and_a_long_sequence_is_asked_as_it_comes() -> None:
    made = []

    @prepared
    def counted(actors: Sequence[UUID]) -> QuerySet[Entry, int]:
        made.append(len(actors))
        return Entry.objects.filter(actor__in=actors).values_list("id", flat=True)

    one = uuid4()
    number = wrote(one)
    with CaptureQueriesContext(connection) as asked:
        assert all(counted(actors=[one]) == [number] for _ in range(3))
        assert counted(actors=[uuid4()]) == []
    assert made == [1, 1]
    assert len(asked) == 4
    assert counted(actors=[one, *(uuid4() for _ in range(LONGEST))]) == [number]


@pytest.mark.parametrize("at", [0, 1])
def test_values_that_are_reckoned_from_arguments_or_choose_the_sql_are_refused(at: int) -> None:
    @prepared
    def reckoned(since: datetime) -> QuerySet[Entry, int]:
        return Entry.objects.filter(at__gte=since - timedelta(days=at + 1)).values_list("id", flat=True)

    @prepared
    def unused(since: datetime) -> QuerySet[Entry, int]:
        return Entry.objects.filter(at__isnull=since is None).values_list("id", flat=True)

    with pytest.raises(TypeError):
        (reckoned, unused)[at](since=NOW)


def test_a_query_that_asks_while_it_is_built_is_refused() -> None:
    wrote(uuid4())

    @prepared
    def baked(kind: str) -> QuerySet[Entry, int]:
        first = Entry.objects.filter(kind=kind).first()
        return Entry.objects.filter(id__gte=first.id if first else 0).values_list("id", flat=True)

    with pytest.raises(TypeError, match="while it is built"):
        baked(kind="test.one")


def test_whole_rows_are_rows_of_the_model() -> None:
    number = wrote(uuid4())

    @prepared
    def whole(id: int) -> QuerySet[Entry]:  # noqa: A002 - as elsewhere
        return Entry.objects.filter(id=id)

    (row,) = whole(id=number)
    assert (row, row.at, row.kind, row._state.adding) == (Entry.objects.get(id=number), NOW, "test.one", False)
    assert whole(id=number + 1) == []


def test_arguments_of_other_kinds_places_without_names_and_dictionaries_are_refused() -> None:
    with pytest.raises(TypeError, match="named"):
        of([uuid4()], NOW)
    with pytest.raises(TypeError, match="float"):
        of(actors=[uuid4()], since=1.5)  # type: ignore[arg-type]
    named = prepared(lambda number: Entry.objects.filter(id=number).values("id"))
    with pytest.raises(TypeError, match="tuples"):
        named(number=3)
