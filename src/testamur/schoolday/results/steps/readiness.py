"""How far a school's documents of a term have come: by class and kind, and pupil by pupil."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.register.schools import queries as schools
from testamur.schoolday.results.rules import Change, differences
from testamur.schoolday.results.steps.planning import Item, plan
from testamur.trust.records import queries as records
from testamur.trust.records.queries import Latest
from testamur.trust.records.rules import State

NOT_DUE = (".document.not_now", ".document.not_year_end")
"""Ends of the codes by which a pack says that a pupil is not to have such a document this term."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind of document in one class; every document is counted in just one of the numbers from `missing` on.

    Attributes:
        pupils: pupils of the class whom a document of this kind is due for (of a group's documents: documents).
        missing: reason code → number of documents that cannot be made yet.
        not_made: could be made now.
        signed: on their way through seal, log and archive.
        published: waiting for their release.
        held: cannot go on by themselves; `held_because` has reason → number.
        changed: of those that are made, how many no longer say what is decided, or name other signers than now would.
    """

    group_id: UUID
    group: str
    short: str
    document_type: str
    title: str
    subject_kind: str
    pupils: int
    missing: Mapping[str, int] = field(default_factory=dict)
    not_made: int = 0
    drafted: int = 0
    declined: int = 0
    ready: int = 0
    signing: int = 0
    signed: int = 0
    held: int = 0
    held_because: Mapping[str, int] = field(default_factory=dict)
    published: int = 0
    released: int = 0
    annulled: int = 0
    changed: int = 0


@dataclass(frozen=True, slots=True)
class Readiness:
    """The board of one school and term. `documents`: (short name, code, title, delegable) of the pack's documents."""

    unit: UUID
    path: str
    name: str
    period: str
    documents: tuple[tuple[str, str, str, bool], ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One document of a cell.

    Attributes:
        subject: the pupil's id (of a group's document an id of its own).
        state: ``missing``, ``not_made``, ``drafted``, ``declined``, ``ready``, ``signing``, ``signed``, ``held``,
            ``published``, ``released``, ``annulled``.
        code, message: why it is missing or held.
        signed, signers: how many of the signers have signed, and who they are: (order, role, person).
        changes: what the record says and what it would say if it were frozen now.
        other_signers: it names other signers than a document made now would.
    """

    subject: UUID
    subject_kind: str
    record: UUID | None
    version: int
    state: str
    code: str
    message: str
    signed: int
    signers: tuple[tuple[int, str, UUID], ...]
    changes: tuple[Change, ...]
    other_signers: bool


def readiness(
    *,
    by: Actor,
    school: UUID,
    school_year: str,
    term: str,
    issued_on: date,
    now: datetime,
    documents: Sequence[str] = (),
) -> Readiness:
    """The board of a school: one cell per class and kind of document that is due for somebody there.

    Reads everything that `plan` reads, and changes nothing but the journal's note that legal names were read. Raises
    what `plan` raises.
    """
    made = plan(
        by=by, school=school, school_year=school_year, term=term, documents=documents, issued_on=issued_on, now=now
    )
    unit = schools.unit(school)
    if unit is None:
        raise NotFound("There is no such school.", field="school")
    cells: dict[tuple[str, str], list[Item]] = {}
    kinds: dict[str, tuple[str, str, str, bool]] = {}
    for item in made.items:
        kinds[item.short] = (
            item.short,
            item.document.code,
            item.document.title,
            any(step.delegable for step in item.document.signers),
        )
        if item.before is not None or not item.code.endswith(NOT_DUE):
            cells.setdefault((item.group.code, item.short), []).append(item)
    return Readiness(
        unit.id,
        unit.path,
        unit.name,
        f"{school_year} {term}".strip(),
        tuple(kinds.values()),
        tuple(_cell(items, now) for _key, items in sorted(cells.items())),
    )


def readiness_of(
    *,
    by: Actor,
    school: UUID,
    school_year: str,
    term: str,
    group: UUID,
    document: str,
    issued_on: date,
    now: datetime,
) -> tuple[Row, ...]:
    """The documents of one cell, one by one, in order of the class list's ids; with what changed since they were made.

    `document` is the pack's short name. Raises what `plan` raises.
    """
    made = plan(
        by=by,
        school=school,
        school_year=school_year,
        term=term,
        documents=[document],
        groups=[group],
        issued_on=issued_on,
        now=now,
    )
    due = [item for item in made.items if item.before is not None or not item.code.endswith(NOT_DUE)]
    changed = [item.before.record for item in due if item.changed and item.before is not None]
    frozen = records.frozen(records=changed)
    return tuple(_row(item, frozen, now) for item in due)


def _cell(items: Sequence[Item], now: datetime) -> Cell:
    first = items[0]
    states = [(_state(item, now), item) for item in items]
    count = Counter(state for state, _item in states)
    return Cell(
        group_id=first.group.id,
        group=first.group.code,
        short=first.short,
        document_type=first.document.code,
        title=first.document.title,
        subject_kind=first.document.subject,
        pupils=len(items),
        missing=dict(Counter(item.code for state, item in states if state == "missing")),
        not_made=count["not_made"],
        drafted=count["drafted"],
        declined=count["declined"],
        ready=count["ready"],
        signing=count["signing"],
        signed=count["signed"],
        held=count["held"],
        held_because=dict(Counter(item.before.held for state, item in states if state == "held" and item.before)),
        published=count["published"],
        released=count["released"],
        annulled=count["annulled"],
        changed=sum(item.changed for item in items),
    )


def _state(item: Item, now: datetime) -> str:
    before = item.before
    if before is None:
        return "missing" if item.code else "not_made"
    if before.held:
        return "held"
    if before.declined and before.state is State.DRAFTED:
        return "declined"
    if before.state is State.PUBLISHED:
        return "released" if before.released_at is not None and before.released_at <= now else "published"
    return State.SIGNED.value if before.state is State.SEALED else before.state.value


def _row(item: Item, frozen: Mapping[UUID, Mapping[str, object]], now: datetime) -> Row:
    before, state = item.before, _state(item, now)
    changes = _changes(item, frozen)
    return Row(
        subject=item.subject,
        subject_kind=item.document.subject,
        record=before.record if before else None,
        version=before.version if before else 0,
        state=state,
        code=item.code if state == "missing" else (before.held if before else ""),
        message=item.message if state == "missing" else "",
        signed=before.signed if before else 0,
        signers=before.signers if before else (),
        changes=changes,
        other_signers=item.changed and not changes,
    )


def _changes(item: Item, frozen: Mapping[UUID, Mapping[str, object]]) -> tuple[Change, ...]:
    known: Latest | None = item.before
    if not item.changed or known is None or item.content is None or known.record not in frozen:
        return ()
    return differences(frozen[known.record]["content"], item.content)
