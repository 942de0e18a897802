"""What every kind of row shares: known keys, unchanged rows, isolating the row that the register refuses."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction

from testamur.exchange.connectors import queries
from testamur.exchange.connectors.models import SourceKey
from testamur.exchange.connectors.rules import Defect, Options, Reporter, Row, Severity, digest
from testamur.exchange.connectors.tabular.scratch import Scratch
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotAllowed, Refused
from testamur.register.people.actions import bulk
from testamur.register.people.queries import chunks
from testamur.register.schools.rules import GroupView, UnitView

R = TypeVar("R", bound=Any)
T = TypeVar("T")
_SINGLES = 4
"""Refusals that name their row and are taken out one by one, before a batch is halved instead."""
_MAX_KEY = 200


def short(key: str) -> str:
    """A key that fits its column: itself, or a digest of a longer one."""
    return key if len(key) <= _MAX_KEY else hashlib.sha256(key.encode()).hexdigest()


@dataclass(slots=True)
class Context:
    """One run while it goes on.

    Attributes:
        home: the authority under which the bundle's schools and school years stand.
        named: `home` was named by the person at the keyboard, and no body of the bundle has been taken for it yet.
        counts: (kind, outcome) → rows; outcomes are new, changed, unchanged, ended, refused.
    """

    by: Actor
    source: int
    source_name: str
    options: Options
    reporter: Reporter
    scratch: Scratch
    now: datetime
    home: UnitView | None = None
    named: bool = False
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    ids: dict[tuple[str, str], UUID] = field(default_factory=dict)
    groups: dict[UUID, GroupView] = field(default_factory=dict)
    years: dict[UUID, tuple[date, date]] = field(default_factory=dict)
    year_of: dict[UUID, UUID] = field(default_factory=dict)
    told: set[tuple[str, str, str]] = field(default_factory=set)

    @property
    def today(self) -> date:
        """The day of the import."""
        return self.options.today

    def note(self, row: Row, column: str, found: str, done: str, code: str) -> None:
        """Report something about a row that is loaded all the same."""
        self.reporter.add(Defect(row.file, row.row, column, found, done, code))

    def note_once(self, row: Row, column: str, found: str, done: str, code: str) -> None:
        """Report something that holds for many rows of a file, the first time only."""
        if (row.file, done, code) not in self.told:
            self.told.add((row.file, done, code))
            self.note(row, column, found, done, code)

    def refuse(self, row: Row, column: str, found: str, done: str, code: str) -> None:
        """Report a row that is left out."""
        self.counts[row.kind_name, "refused"] += 1
        self.reporter.add(Defect(row.file, row.row, column, found, done, code, Severity.REFUSED))

    def resolve(self, kind: str, keys: Iterable[str]) -> dict[str, UUID]:
        """Our ids for keys of the source; small kinds are remembered, persons are looked up each time."""
        wanted = {key for key in keys if key}
        found = {key: self.ids[kind, key] for key in wanted if (kind, key) in self.ids}
        missing = {short(key): key for key in wanted if key not in found}
        for key, (object_id, _digest) in queries.known(source=self.source, kind=kind, keys=missing).items():
            found[missing[key]] = object_id
            if kind != "person":
                self.ids[kind, missing[key]] = object_id
        return found


@dataclass(frozen=True, slots=True)
class Item(Generic[R]):
    """A row with its key, its digest and, when it is known, the id of its object."""

    row: R
    key: str
    digest: str
    object_id: UUID | None = None


def split(context: Context, kind: str, rows: Sequence[R]) -> tuple[list[Item[R]], list[Item[R]]]:
    """New and changed rows. Unchanged ones are counted, a key that stands twice in the bundle is refused."""
    once = [(short(row.key), row) for row in rows]
    if not all(key for key, _row in once) or not context.scratch.all_first(kind, [(k, r.row) for k, r in once]):
        once = [pair for pair in once if _first(context, kind, *pair)]
    known = queries.known(source=context.source, kind=kind, keys=[key for key, _ in once])
    new: list[Item[R]] = []
    changed: list[Item[R]] = []
    unchanged = 0
    for key, row in once:
        meaning = digest(row)
        before_ = known.get(key)
        if before_ is None:
            new.append(Item(row, key, meaning))
        elif before_[1] == meaning:
            unchanged += 1
        else:
            changed.append(Item(row, key, meaning, before_[0]))
    context.counts[kind, "unchanged"] += unchanged
    return new, changed


def _first(context: Context, kind: str, key: str, row: R) -> bool:
    """Whether the key stands here for the first time; an empty or repeated one is refused."""
    if not key:
        context.refuse(row, "key", "empty", "row left out: it has no key", "import.key.empty")
        return False
    before = context.scratch.first(kind, key, row.row)
    if before:
        context.refuse(row, "key", row.key, f"row left out: the same key stands in row {before}", "import.key.twice")
    return not before


def remember(context: Context, kind: str, loaded: Sequence[tuple[Item[Any], UUID]]) -> None:
    """Keep keys and digests of rows that are new in the register, or linked to what was there."""
    source = context.source
    bulk.insert(
        SourceKey,
        ("source", "kind", "key", "object_id", "digest"),
        ((source, kind, item.key, object_id, item.digest) for item, object_id in loaded),
    )
    context.counts[kind, "new"] += len(loaded)
    if kind in {"unit", "session", "course", "group"}:
        context.ids.update({(kind, item.row.key): object_id for item, object_id in loaded})


def refresh(context: Context, kind: str, items: Sequence[tuple[Item[Any], UUID]], outcome: str = "changed") -> None:
    """Keep the new digests (and objects) of rows that were known."""
    if not items:
        return
    found = dict(_numbers(context, kind, [item.key for item, _id in items]))
    bulk.update(
        SourceKey,
        ("object_id", "digest"),
        ((object_id, item.digest, found[item.key]) for item, object_id in items if item.key in found),
    )
    context.counts[kind, outcome] += len(items)


def _numbers(context: Context, kind: str, keys: Sequence[str]) -> Iterable[tuple[str, int]]:
    for part in chunks(keys, 900):
        yield from SourceKey.objects.filter(source=context.source, kind=kind, key__in=part).values_list("key", "id")


def isolate(context: Context, items: Sequence[tuple[Row, T]], verb: Callable[[list[T]], object]) -> list[tuple[Row, T]]:
    """Run a bulk verb over the items; rows that it refuses are reported and left out. Returns what was taken.

    A refusal that names its item (``index`` in `found`) costs one try; else the batch is halved until it is found.
    `NotAllowed` is no row's fault and goes through.
    """
    if not items:
        return []
    rest = list(items)
    for _ in range(_SINGLES):
        try:
            with transaction.atomic():
                verb([thing for _row, thing in rest])
        except NotAllowed:
            raise
        except (Refused, IntegrityError) as no:
            index = no.found.get("index") if isinstance(no, Refused) else None
            if len(rest) == 1:
                index = 0
            if not isinstance(index, int) or index >= len(rest):
                break
            _refused(context, rest.pop(index)[0], no)
            if not rest:
                return []
        else:
            return rest
    middle = len(rest) // 2
    if not middle:
        return isolate(context, rest, verb)
    return [*isolate(context, rest[:middle], verb), *isolate(context, rest[middle:], verb)]


def _refused(context: Context, row: Row, no: Refused | IntegrityError) -> None:
    if isinstance(no, Refused):
        what = ", ".join(str(v) for k, v in no.found.items() if k != "index")
        context.refuse(row, no.field, what, f"row left out: {no}", no.code)
    else:
        context.refuse(row, "", "", "row left out: it contradicts what is there already", "import.row.conflict")
