"""A dry run: what would be sent is written into the form and held against its schema. Nothing is sent or changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from testamur.exchange.connectors.ministry import gathering
from testamur.exchange.connectors.ministry.mapping.rendering import Writer
from testamur.kernel.base.actor import Actor
from testamur.schoolday.transcripts.queries import handover
from testamur.schoolday.transcripts.rules import HandoverState
from testamur.trust.records.queries.filed import filed_at

NIL = "0" * 64


@dataclass(frozen=True, slots=True)
class Tried:
    """What a dry run found.

    Attributes:
        documents: the XML of each batch that would go, by sender's code and number from 1.
        fitting: records that fit the form.
        unfit: record → code and what is wrong with it, in words that name no value.
        faults: (target, what) → records.
        problems: what the schema says against whole batches.
    """

    documents: Mapping[tuple[str, int], bytes]
    fitting: int
    unfit: Mapping[UUID, str]
    faults: Mapping[tuple[str, str], int]
    problems: tuple[tuple[str, str], ...]


def dry_run(*, by: Actor, path: str, writer: Writer, most: int, now: datetime, limit: int = 10_000) -> Tried:
    """Try everything at or below `path` that is sealed and that the store has not accepted or got.

    Needs ``connectors.delivery.see`` at `path`.
    """
    by.must("connectors.delivery.see", path)
    rows = filed_at(path=path, document_type=writer.form.document)[:limit]
    every = [row.record for row in rows]
    gone = handover.known(records=every, state=HandoverState.ACCEPTED) | handover.known(
        records=every, state=HandoverState.SENT
    )
    todo: dict[UUID, list[UUID]] = {}
    for row in rows:
        if row.record not in gone:
            todo.setdefault(row.organisation, []).append(row.record)
    documents: dict[tuple[str, int], bytes] = {}
    unfit: dict[UUID, str] = {}
    faults: Counter[tuple[str, str]] = Counter()
    problems: list[tuple[str, str]] = []
    fitting = 0
    for organisation, records in todo.items():
        who = gathering.sender(organisation)
        if who is None:
            continue
        for number, start in enumerate(range(0, len(records), most), 1):
            some = records[start : start + most]
            told = gathering.delivery(who, writer, number=number, previous=NIL, count=len(some), test=True, now=now)
            found = gathering.gather(writer, told, some, organisation)
            unfit |= {record: f"{said.code} {said.message}".strip() for record, said in found.unfit.items()}
            faults.update((to, what) for _record, to, what in found.faults)
            fitting += len(found.fitting)
            if found.fitting:
                data = writer.batch({**told, "count": len(found.fitting)}, [element for _r, element in found.fitting])
                problems += writer.problems(data)
                documents[who.code, number] = data
    return Tried(documents, fitting, unfit, dict(faults), tuple(dict.fromkeys(problems)))
