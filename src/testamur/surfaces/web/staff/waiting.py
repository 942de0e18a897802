"""What waits for the signer: filtered, grouped by school, kind and class, and chosen from.

A choice stands in the address (``all``, ``group``, ``record``, ``without``), so that it survives a reload, a step-up
and the way back. What no longer waits drops out of it by itself.

The documents of a result list are not among them: the examiner signs the list as a whole, on its own page, which looks
first whether it still may be signed. Here each such list is one line that leads there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2s
from itertools import groupby
from uuid import UUID

from django.http import QueryDict

from testamur.kernel.base.actor import Actor
from testamur.register.people import queries as people
from testamur.register.people.rules import PersonView, fold
from testamur.schoolday.reporting.queries import belonging
from testamur.schoolday.reporting.rules.documents import SignedWithList
from testamur.schoolday.reporting.rules.views import ListHead
from testamur.surfaces.web.sightings import protected
from testamur.trust.records import queries as kept
from testamur.trust.records.queries import WaitingDocument

FILTER = ("school", "type", "class", "q")
CHOICE = ("all", "group", "record", "without")


@dataclass(frozen=True, slots=True)
class Row:
    """One document in the list. `label` is the pupil's name as the signer may see it, or a group's document's title."""

    document: WaitingDocument
    label: str
    sort_key: str

    @property
    def key(self) -> str:
        """Its id as the choice names it."""
        return self.document.record.hex


@dataclass(frozen=True, slots=True)
class Group:
    """The documents of one school, kind, period, class and role.

    Attributes:
        key: short name in a choice.
        since: when the first of them began to wait.
    """

    key: str
    unit_name: str
    kind: str
    period: str
    code: str
    role: str
    since: datetime | None
    rows: tuple[Row, ...]

    @property
    def count(self) -> int:
        """How many documents."""
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Step:
    """What one ceremony is over: the documents of one body, school and role."""

    organisation: UUID
    path: str
    unit: UUID
    unit_name: str
    role: str
    documents: tuple[WaitingDocument, ...]

    @property
    def count(self) -> int:
        """How many documents."""
        return len(self.documents)

    @property
    def key(self) -> str:
        """Short name in a form."""
        return _short(str(self.organisation), self.path, self.role)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Everything that waits for one signer, and the part of it that a filter shows.

    Attributes:
        rows: those shown, in the order of the list.
        schools, types, classes: (value, name) for the filter.
        total: how many wait in all.
        barred: how many name the signer, who holds no post there any more: they wait for another signer.
        hidden: persons of protected identity whose true name the viewer sees.
        apart: documents that wait for the signer, but are signed with their result list.
        lists: those lists, with how many documents each has.
    """

    rows: tuple[Row, ...]
    schools: tuple[tuple[str, str], ...]
    types: tuple[tuple[str, str], ...]
    classes: tuple[str, ...]
    total: int
    barred: int
    hidden: frozenset[UUID]
    apart: frozenset[UUID] = frozenset()
    lists: tuple[tuple[ListHead, int], ...] = ()

    def groups(self) -> list[Group]:
        """The rows shown, in groups."""
        return [_group(key, tuple(some)) for key, some in groupby(self.rows, key=lambda row: _key(row.document))]

    def protected(self, rows: Sequence[Row]) -> dict[UUID, str]:
        """Those of protected identity whose true names stand in `rows`, and where."""
        return {r.document.subject: r.document.path for r in rows if r.document.subject in self.hidden}


def look(*, by: Actor, query: QueryDict) -> Waiting:
    """What waits for `by`, filtered by ``school``, ``type``, ``class`` and ``q`` of `query`. Four queries.

    Result lists cost two more, and are not filtered.
    """
    named = kept.waiting(by=by, person=by.id)
    mine = [document for document in named if by.may("records.record.sign", document.path)]
    every = [document for document in mine if document.document_type not in belonging.TYPES]
    apart = frozenset(document.record for document in mine if document.document_type in belonging.TYPES)
    seen = _pupils(by, every)
    rows = _rows(every, seen)
    return Waiting(
        rows=tuple(row for row in rows if _fits(row, query)),
        schools=_options((d.unit.hex, d.unit_name) for d in every),
        types=_options((d.document_type, kind_of(d)) for d in every),
        classes=tuple(sorted({d.group for d in every if d.group})),
        total=len(every),
        barred=len(named) - len(mine),
        hidden=protected(seen),
        apart=apart,
        lists=belonging.waiting_lists(by=by, records=apart),
    )


def of_list(*, by: Actor, records: Collection[UUID]) -> list[Row]:
    """Those documents of a result list that wait for `by`: for the page of that list alone."""
    named = kept.waiting(by=by, person=by.id)
    some = [d for d in named if d.record in records and by.may("records.record.sign", d.path)]
    return _rows(some, _pupils(by, some))


def must_be_apart(waiting: Waiting, query: QueryDict) -> None:
    """Raise `SignedWithList` for a choice that names a document of a result list: it is neither signed nor declined."""
    asked = set(query.getlist("record"))
    if any(record.hex in asked or str(record) in asked for record in waiting.apart):
        raise SignedWithList("These documents are signed with their list.", field="record")


def chosen(waiting: Waiting, query: QueryDict) -> list[Row]:
    """The rows that a choice names."""
    if query.get("all"):
        taken = list(waiting.rows)
    else:
        groups, single = set(query.getlist("group")), set(query.getlist("record"))
        taken = [r for r in waiting.rows if r.key in single or _short(*_key(r.document)) in groups]
    without = set(query.getlist("without"))
    return [row for row in taken if row.key not in without]


def steps(rows: Iterable[Row]) -> list[Step]:
    """One step for each ceremony that the rows need, in the order of the list."""
    found: dict[tuple[UUID, str, UUID, str, str], list[WaitingDocument]] = {}
    for row in rows:
        d = row.document
        found.setdefault((d.organisation, d.path, d.unit, d.unit_name, d.role), []).append(d)
    return [Step(*key, tuple(documents)) for key, documents in found.items()]


def choice_of(query: QueryDict) -> str:
    """The filter and choice of an address, as a query text without anything else."""
    kept = QueryDict(mutable=True)
    for name in (*FILTER, *CHOICE):
        values = [value for value in query.getlist(name) if value]
        if values:
            kept.setlist(name, values)
    return kept.urlencode()


def kind_of(document: WaitingDocument) -> str:
    """The legal name of the kind of document: a group's document has the group's name after it."""
    if document.subject_kind == "pupil" or not document.group:
        return document.title
    return document.title.partition(f" {document.group}")[0]


def _pupils(by: Actor, some: Iterable[WaitingDocument]) -> Mapping[UUID, PersonView]:
    pupils = {d.subject for d in some if d.subject_kind == "pupil"}
    return people.people(by=by, ids=pupils) if pupils else {}


def _rows(some: Iterable[WaitingDocument], seen: Mapping[UUID, PersonView]) -> list[Row]:
    """In the order of the list."""
    return sorted((_row(d, seen) for d in some), key=lambda row: (_key(row.document), row.sort_key, row.key))


def _row(document: WaitingDocument, seen: Mapping[UUID, PersonView]) -> Row:
    person = seen.get(document.subject)
    if person is None:
        return Row(document, document.title, fold(document.title))
    return Row(document, person.name, person.sort_key)


def _fits(row: Row, query: QueryDict) -> bool:
    d = row.document
    school, kind, code = query.get("school", ""), query.get("type", ""), query.get("class", "")
    if (school and d.unit.hex != school) or (kind and d.document_type != kind) or (code and d.group != code):
        return False
    words = fold(query.get("q", "")).split()
    text = fold(f"{row.label} {d.title} {d.group} {d.unit_name} {d.period}") if words else ""
    return all(word in text for word in words)


def _key(d: WaitingDocument) -> tuple[str, str, str, str, str, str]:
    return (d.unit_name, d.path, kind_of(d), d.period, d.group, d.role)


def _group(key: Sequence[str], rows: tuple[Row, ...]) -> Group:
    unit_name, _path, kind, period, code, role = key
    since = min((row.document.since for row in rows if row.document.since is not None), default=None)
    return Group(_short(*key), unit_name, kind, period, code, role, since, rows)


def _short(*parts: str) -> str:
    return blake2s("\n".join(parts).encode(), digest_size=6).hexdigest()


def _options(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(dict(pairs).items(), key=lambda pair: (pair[1], pair[0])))
