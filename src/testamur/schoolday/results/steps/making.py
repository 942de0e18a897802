"""Making the documents of a school's term, and taking up again what was interrupted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.schoolday.results.steps.planning import Item, Plan, plan
from testamur.trust.records import actions, queries
from testamur.trust.records import steps as records
from testamur.trust.records.render import Renderer
from testamur.trust.records.rules import NewRecord, State

CHUNK = 50
"""Documents in one durable pack: a second or two of work, so that progress is seen and little is done twice."""

Clock = Callable[[], datetime]


@dataclass(slots=True)
class Made:
    """What came of it. `errors`: code, document, subject of each that failed; `skipped`: code → number left out."""

    made: list[UUID] = field(default_factory=list)
    thrown_away: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)
    skipped: Mapping[str, int] = field(default_factory=dict)


def make(
    *,
    by: Actor,
    school: UUID,
    school_year: str,
    term: str,
    documents: Sequence[str] = (),
    groups: Collection[UUID] = (),
    pupils: Collection[UUID] = (),
    issued_on: date,
    renderer: Renderer,
    public_url: str,
    test: bool,
    clock: Clock,
    work: UUID | None = None,
) -> Made:
    """Plan, throw outdated drafts away and make the documents that are missing, of some classes or pupils or of all.

    One that cannot be rendered is reported and the others are made. Doing it again makes nothing twice. With `work`
    its progress is written down (`records.steps.advance`). Needs what `plan` needs, and ``records.record.draft`` and
    ``records.record.ready`` at the school.
    """
    planned = plan(
        by=by,
        school=school,
        school_year=school_year,
        term=term,
        documents=documents,
        groups=groups,
        issued_on=issued_on,
        now=clock(),
    )
    items = [i for i in planned.items if not pupils or not set(pupils).isdisjoint(i.pupils)]
    new = _wanted(planned, items)
    outdated = set(planned.outdated)
    former = [i.before.record for i in items if i.before is not None and i.before.record in outdated]
    made = Made(skipped=_skipped(items))
    if work is not None:
        records.begin(work=work, total=len(new), now=clock())
    press = _Press(renderer, public_url, test, clock)
    made.thrown_away = _throw_away(by, former, clock)
    for start in range(0, len(new), CHUNK):
        before = len(made.made), len(made.errors)
        _prepare(by, new[start : start + CHUNK], press, made)
        if work is not None:
            records.advance(work=work, done=len(made.made) - before[0], errors=made.errors[before[1] :])
    return made


def _wanted(planned: Plan, items: Sequence[Item]) -> list[NewRecord]:
    wanted = {item.new for item in items}
    return [record for record in planned.records if record.record in wanted]


def _skipped(items: Sequence[Item]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for item in items:
        if item.code:
            found[item.code] += 1
    return dict(found)


def _throw_away(by: Actor, outdated: Sequence[UUID], clock: Clock) -> int:
    for path, state, some in _by_place(by, outdated):
        if state is State.READY:
            actions.recall(by=by, path=path, records=some, now=clock())
        actions.discard(by=by, path=path, records=some, now=clock())
    return len(outdated)


def _by_place(by: Actor, records_: Sequence[UUID]) -> Iterator[tuple[str, State, list[UUID]]]:
    places: dict[tuple[str, State], list[UUID]] = defaultdict(list)
    for view in queries.by_ids(by=by, records=records_):
        places[view.path, view.state].append(view.id)
    yield from ((path, state, some) for (path, state), some in places.items())


def _prepare(by: Actor, new: Sequence[NewRecord], press: _Press, made: Made) -> None:
    """The whole chunk, or (when one of it is refused) one by one, so that each failure is told by itself."""
    try:
        made.made += records.prepare(
            by=by,
            new=new,
            renderer=press.renderer,
            public_url=press.public_url,
            test=press.test,
            now=press.clock(),
        )
    except Refused as refusal:
        if len(new) == 1:
            told = {"code": refusal.code, "document": new[0].document.code, "subject": str(new[0].subject.id)}
            made.errors.append({**told, "field": refusal.field})
            return
        for one in new:
            _prepare(by, [one], press, made)


@dataclass(frozen=True, slots=True)
class _Press:
    """What documents are made with."""

    renderer: Renderer
    public_url: str
    test: bool
    clock: Clock
