"""What the form may say of each record: its frozen snapshot, its file, and what the store has of its pupil already."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from testamur.exchange.connectors.ministry.mapping.rendering import NOT_MAPPED, Element, Unfit, Writer
from testamur.kernel.base.clock import stamp
from testamur.kernel.base.refused import Refused
from testamur.register.schools import queries as schools
from testamur.schoolday.transcripts.actions.handover import Asked, Said
from testamur.schoolday.transcripts.queries import handover
from testamur.schoolday.transcripts.rules import REPLACED, HandoverState
from testamur.trust.archive.queries import store
from testamur.trust.records import queries as records
from testamur.trust.records.queries.filed import Filed, filed
from testamur.trust.records.rules import State

NOT_FILED = "local.not_filed"
"""Code of a record that is not in the archive any more."""
_LONGEST_CHAIN = 50


class FileDamaged(Refused):
    """The archive gives back another file than the one that was issued: nothing is sent until somebody has looked."""

    code = "connectors.delivery.file_damaged"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: its code and name in the form."""

    organisation: UUID
    code: str
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """Records that fit the form, in order, and what is wrong with the others."""

    fitting: tuple[tuple[UUID, Element], ...]
    unfit: Mapping[UUID, Said]
    faults: tuple[tuple[UUID, str, str], ...] = ()
    """(record, target, what) of each fault, for a report."""


def sender(organisation: UUID) -> Sender | None:
    """The body with that id, as a sender."""
    unit = schools.unit(organisation)
    return None if unit is None else Sender(unit.id, unit.code, unit.name, unit.path)


def delivery(
    who: Sender, writer: Writer, *, number: int, previous: str, count: int, test: bool, now: datetime
) -> dict[str, Any]:
    """What the fields of a batch may say (`mapping.checking.BATCH`)."""
    return {
        "sender": who.code, "sender_name": who.name, "number": number, "previous": previous, "created_at": stamp(now),
        "count": count, "form": writer.form.name, "test": test,
    }  # fmt: skip


def gather(writer: Writer, batch: Mapping[str, Any], wanted: Sequence[UUID], organisation: UUID) -> Gathered:
    """Write each record into the form, alone. Nothing is changed; a record of another body is left out."""
    known = filed(records=wanted)
    mine = [one for one in wanted if one not in known or known[one].organisation == organisation]
    snapshots = records.frozen(records=[one for one in mine if one in known])
    replaced = _replaced(known.values())
    fitting: list[tuple[UUID, Element]] = []
    unfit: dict[UUID, Said] = {}
    faults: list[tuple[UUID, str, str]] = []
    for record in mine:
        row, snapshot = known.get(record), snapshots.get(record)
        if row is None or snapshot is None or row.state is State.DISPOSED:
            unfit[record] = Said(NOT_FILED)
        elif row.state is not State.PUBLISHED:
            unfit[record] = Said(REPLACED)
        else:
            try:
                facts = {**snapshot, "delivery": {**batch, **_of_record(row, replaced.get(record))}}
                fitting.append((record, writer.check(batch, facts)))
            except Unfit as no:
                unfit[record] = Said(NOT_MAPPED, str(no))
                faults += [(record, to, what) for to, what in no.problems]
    return Gathered(tuple(fitting), unfit, tuple(faults))


def _of_record(row: Filed, replaces: UUID | None) -> dict[str, Any]:
    return {
        "replaces": str(replaces) if replaces else "", "code": row.code, "pdf_sha256": row.pdf_sha256,
        "pdf_size": row.pdf_size, "pdf_name": file_name(row.record), "log_index": row.log_index,
        "sealed_at": stamp(row.sealed_at), "group": row.group, "school_year": row.period.split(" ")[0],
    }  # fmt: skip


def file_name(record: UUID) -> str:
    """Where a record's file lies in the container."""
    return f"pdf/{record}.pdf"


def files(wanted: Sequence[UUID]) -> Iterator[tuple[str, bytes]]:
    """The archived files of records, each the one that was issued. Raises `FileDamaged`."""
    known = filed(records=wanted)
    for record in wanted:
        data = store().read(record, "record.pdf")
        if hashlib.sha256(data).hexdigest() != known[record].pdf_sha256:
            raise FileDamaged("The archived file is not the one that was issued.", record=str(record))
        yield file_name(record), data


def _replaced(rows: Iterable[Filed]) -> dict[UUID, UUID]:
    """For each record the nearest former one that the store has: it may know only what it accepted."""
    todo = {row.record: row.replaces for row in rows if row.replaces is not None}
    found: dict[UUID, UUID] = {}
    for _ in range(_LONGEST_CHAIN):
        if not todo:
            break
        there = handover.known(records=list(todo.values()), state=HandoverState.ACCEPTED)
        found |= {record: former for record, former in todo.items() if former in there}
        rest = {record: former for record, former in todo.items() if former not in there}
        above = filed(records=list(rest.values()))
        todo = {
            record: before
            for record, former in rest.items()
            if former in above and (before := above[former].replaces) is not None
        }
    return found


def asked(rows: Collection[Filed]) -> list[Asked]:
    """Records as they are asked for: with the id of their class."""
    groups: dict[tuple[UUID, str, str], UUID] = {}
    for unit in {row.unit for row in rows}:
        groups |= {(unit, one.school_year_code, one.code): one.id for one in schools.groups(school=unit)}
    return [
        Asked(
            row.record, row.pupil, groups.get((row.unit, year, row.group), row.unit), row.unit, row.path, year,
        )
        for row in rows
        for year in (row.period.split(" ")[0],)
    ]  # fmt: skip
