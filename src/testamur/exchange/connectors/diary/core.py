"""What every kind of row shares while a foreign diary is loaded: findings, counts, keys that are known already."""

from __future__ import annotations

import contextlib
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from testamur.exchange.connectors import queries
from testamur.exchange.connectors.diary.mapping import Mapping
from testamur.exchange.connectors.diary.matching import Pupils
from testamur.exchange.connectors.diary.words import loose
from testamur.exchange.connectors.models import SourceKey
from testamur.exchange.connectors.rules import Defect, Reporter, Severity
from testamur.exchange.connectors.tabular import dates
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.law.contract import Pack
from testamur.register.people.actions import bulk
from testamur.register.schools.rules import GroupView, SlotView, UnitView

_MAX_KEY = 200
_DIGEST = 16


class RowRefused(Refused):
    """A row that cannot be read; `done` says what is accepted instead."""

    code = "import.row.refused"

    def __init__(self, code: str, column: str, found: str, done: str) -> None:
        super().__init__(done, field=column, found=found)
        self.why = code


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: where it stands, and its fields as text."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, name: str) -> str:
        """The text of a field, empty where there is none."""
        return self.cells.get(name, "")


@dataclass(frozen=True, slots=True)
class Known:
    """A row of which it is known what it means here: its natural key, and a digest of what it says of it."""

    row: Row
    key: str
    digest: str


@dataclass(slots=True)
class Job:
    """One import of one table while it goes on.

    Attributes:
        by: whoever imports, with what an import may do besides.
        table: the name of the table in findings.
        seen: how often a key without a number of its own has stood in the table.
        made: tasks and lessons by natural key, as far as this batch knows them.
    """

    by: Actor
    school: UnitView
    pack: Pack
    mapping: Mapping
    source: int
    reporter: Reporter
    table: str
    now: datetime
    pupils: Pupils
    slots: dict[UUID, list[SlotView]]
    subjects: frozenset[str]
    order: str = ""
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    seen: Counter[bytes] = field(default_factory=Counter)
    made: dict[tuple[str, str], UUID] = field(default_factory=dict)
    told: set[tuple[str, str]] = field(default_factory=set)

    @property
    def kind(self) -> str:
        """The kind of the rows, as it is counted."""
        return self.mapping.kind.value

    def note(self, row: Row, column: str, found: str, done: str, code: str) -> None:
        """Report something about a row that is loaded all the same."""
        self.reporter.add(Defect(self.table, row.number, self._header(column), found, done, code))

    def note_once(self, row: Row, column: str, done: str, code: str) -> None:
        """Report something that holds for many rows, the first time only."""
        if (column, code) not in self.told:
            self.told.add((column, code))
            self.note(row, column, "", done, code)

    def refuse(self, row: Row, no: Refused) -> None:
        """Report a row that is left out, and why."""
        code = no.why if isinstance(no, RowRefused) else no.code
        found = str(no.found.get("found", no.found.get("value", "")))
        accepted = str(no.found.get("accepted", ""))
        done = f"row left out: {no}" + (f" Accepted: {accepted}." if accepted and accepted not in str(no) else "")
        self.counts[self.kind, "refused"] += 1
        self.reporter.add(
            Defect(self.table, row.number, self._header(no.field or ""), found, done, code, Severity.REFUSED)
        )

    def meaning(self, name: str, text: str) -> str:
        """What the mapping says that a word means, else the word itself."""
        words = self.mapping.values.get(name)
        if not words or not text:
            return text
        if text in words:
            return words[text]
        plain = loose(text)
        return next((meaning for word, meaning in words.items() if loose(word) == plain), text)

    def cell(self, row: Row, name: str) -> str:
        """A field of the row after translation."""
        return self.meaning(name, row[name])

    def day(self, row: Row, name: str = "date", *, needed: bool = True) -> date | None:
        """The day in a cell; what could be two days is none. Raises RowRefused."""
        text = row[name]
        if not text and not needed:
            return None
        parsed = dates.parse(text, self.order)
        if parsed.value is None:
            ambiguous = parsed.problem == "ambiguous"
            done = "could be two different days: say whether day or month comes first" if ambiguous else "no date"
            raise RowRefused(
                "import.date.ambiguous" if ambiguous else "import.date.invalid", name, text, f"{done}; {dates.ACCEPTED}"
            )
        if parsed.value > self.now.date():
            raise RowRefused("import.date.to_come", name, text, "that day is still to come")
        return parsed.value

    def pupil(self, row: Row) -> UUID:
        """Whom the row is about. Raises PupilUnknown, PupilAmbiguous."""
        name = row["name"] or f"{row['given_name']} {row['family_name']}".strip()
        found, said = self.pupils.find(number=row["number"], name=name, classes=self.pupils.classes(row["class"]))
        if said:
            self.note(row, "number", row["number"], said, "import.pupil.by_other_means")
        return found

    def group(self, row: Row, pupil: UUID, on: date) -> GroupView:
        """The group of the row: named, else the class of the pupil on that day. Raises GroupUnknown."""
        if row["group"] and row["group"] != row["class"]:
            return self.pupils.group(pupil, on, row["group"], teaching=True)
        return self.pupils.group(pupil, on, row["class"])

    def subject(self, row: Row, group: GroupView | None) -> str:
        """The code of the row's subject, or that of its teaching group. Raises what the pack refuses."""
        text = self.cell(row, "subject")
        if not text:
            return (group.subject or group.course) if group is not None else ""
        if text in self.subjects:
            return text
        refused: Refused | None = None
        for kind in ("grade", "level"):
            try:
                return self.pack.normalise_code(kind, text)
            except Refused as no:
                refused = refused or no
        near = refused.found.get("near", "") if refused else ""
        meant = f"; perhaps {', '.join(near) if isinstance(near, list | tuple) else near} is meant" if near else ""
        raise RowRefused(
            "import.subject.unknown", "subject", text, f"no subject of these rules: say which one it is{meant}"
        )

    def twin(self, key: str) -> int:
        """How often that key has stood in the table before."""
        short_ = hashlib.blake2b(key.encode(), digest_size=_DIGEST).digest()
        self.seen[short_] += 1
        return self.seen[short_] - 1

    def split(self, kind: str, rows: Sequence[Known]) -> list[Known]:
        """Those rows that were never loaded; the same again is counted, what differs is told and left alone."""
        there = queries.known(source=self.source, kind=kind, keys=[one.key for one in rows])
        fresh: dict[str, Known] = {}
        for one in rows:
            digest = there[one.key][1] if one.key in there else fresh[one.key].digest if one.key in fresh else None
            if digest is None:
                fresh[one.key] = one
            elif digest == one.digest:
                self.counts[self.kind, "unchanged"] += 1
            else:
                self.differs(one.row)
        return list(fresh.values())

    def differs(self, row: Row, what: str = "") -> None:
        """Report a row that says something else than what stands here; what stands is kept."""
        self.refuse(
            row,
            RowRefused(
                "import.diary.differs", "value" if self.kind == "marks" else "kind", what,
                "something else stands here already, and is kept; change it in the diary if the file is right",
            ),
        )  # fmt: skip

    def remember(self, kind: str, loaded: Iterable[tuple[Known, UUID]], outcome: str = "new") -> None:
        """Keep keys and digests of rows that are loaded (or stood here already)."""
        rows = list(loaded)
        self.keep(kind, [(one.key, thing, one.digest) for one, thing in rows])
        self.counts[self.kind, outcome] += len(rows)

    def keep(self, kind: str, keys: Sequence[tuple[str, UUID, str]]) -> None:
        """Keep which thing of ours a key stands for."""
        bulk.insert(
            SourceKey, ("source", "kind", "key", "object_id", "digest"),
            [(self.source, kind, key, thing, digest) for key, thing, digest in keys],
        )  # fmt: skip

    def things(self, kind: str, keys: Iterable[str]) -> dict[str, UUID]:
        """The things of ours that keys stand for, as far as they are known."""
        return {key: thing for key, (thing, _d) in queries.known(source=self.source, kind=kind, keys=keys).items()}

    def _header(self, column: str) -> str:
        return self.mapping.columns.get(column, column)


def ids_in(texts: Iterable[str]) -> list[UUID]:
    """Those of the keys that are ids, as this diary's own exports have them."""
    found = []
    for text in texts:
        with contextlib.suppress(ValueError):
            found.append(UUID(text))
    return found


def natural(*parts: Any) -> str:
    """A key of parts that identify a thing wherever it is told; short enough for its column."""
    text = "|".join(part.hex if isinstance(part, UUID) else str(part) for part in parts)
    return text if len(text) <= _MAX_KEY else hashlib.sha256(text.encode()).hexdigest()


def digest(*parts: Any) -> str:
    """32 hex characters of what a row says."""
    return hashlib.blake2b(repr(tuple(map(str, parts))).encode(), digest_size=_DIGEST).hexdigest()
