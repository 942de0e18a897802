"""The sections of an extract: one function for each package that holds something of a person.

``settings.HELD`` names them: topic → dotted names of functions `(*, by, person, now) -> Iterable[Sheet]`. They ask for
``keeping.extract.see`` and leave out what is about somebody else. A package that has none yet is told as left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.sheet import Sheet
from testamur.schoolday.diary.queries.held import for_the_head
from testamur.schoolday.keeping.rules import HELD, Held, Omitted, Topic


class Section(Protocol):
    """What one package holds of a person."""

    def __call__(self, *, by: Actor, person: UUID, now: datetime) -> Iterable[Sheet]:
        """The tables."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table in memory: an extract is about one person."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One topic: why it is held, its tables, and what was left out."""

    held: Held
    tables: tuple[Table, ...] = ()
    omitted: tuple[Omitted, ...] = field(default=())


def parts(*, by: Actor, person: UUID, now: datetime) -> Iterator[Part]:
    """Every topic in the order of `HELD`. Needs ``keeping.extract.see`` for the person."""
    by.must("keeping.extract.see", person=person)
    for one in HELD:
        tables = tuple(
            Table(sheet.name, sheet.columns, tuple(map(tuple, sheet.rows)))
            for function in _functions(one.topic)
            for sheet in function(by=by, person=person, now=now)
        )
        omitted = [Omitted.OTHERS] if one.topic in _BESIDE_OTHERS else []
        if one.topic is Topic.HEALTH and for_the_head(person):
            omitted.append(Omitted.HEAD_ONLY)
        if not settings.HELD.get(one.topic.value):
            omitted.append(Omitted.NOT_BUILT)
        yield Part(one, tables, tuple(omitted))


_BESIDE_OTHERS = frozenset({Topic.FAMILY, Topic.MESSAGES, Topic.NOTICES})
"""Topics in which other persons stand beside the one whom the extract is about."""


def _functions(topic: Topic) -> list[Section]:
    """The functions of a topic. One that is named and cannot be loaded is an error: nobody may get half an answer."""
    found: list[Any] = [import_string(name) for name in settings.HELD.get(topic.value, ())]
    return found
