"""The main line from the command line: plan, prepare, sign with the simulated e-ID, seal, log, archive, publish."""

from __future__ import annotations

import signal
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from threading import current_thread, main_thread
from uuid import UUID

from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.kernel.base.text import file_stem
from testamur.register.people.actions import legal_persons
from testamur.register.schools.queries import units
from testamur.schoolday.results import steps as results
from testamur.schoolday.transcripts import queries as transcripts
from testamur.schoolday.transcripts.actions import verify
from testamur.schoolday.transcripts.rules import NotVerified
from testamur.surfaces.cli.runtime import begin_worker
from testamur.trust.records import actions, queries, steps
from testamur.trust.records.queries import RecordView
from testamur.trust.records.render import Renderer
from testamur.trust.records.rules import NewRecord, State
from testamur.trust.records.steps import BATCH, Costs
from testamur.trust.signing import actions as signing
from testamur.trust.signing.methods.contract import Device
from testamur.trust.signing.rules import SignerIdentity

Start = Callable[[str, int], Callable[[int], None]]
CHUNK = 100
PURPOSE = "cli.issue"
LOCALES = {"SE": "sv", "VN": "vi", "BG": "bg"}
"""Language in which a country's signers read what they sign."""


@dataclass(slots=True)
class Outcome:
    """What came of it. Seconds are summed over workers."""

    prepared: int = 0
    ceremonies: int = 0
    published: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)

    def spend(self, seconds: Mapping[str, float]) -> None:
        """Add what a worker spent."""
        for stage, spent in seconds.items():
            self.seconds[stage] = self.seconds.get(stage, 0.0) + spent


@dataclass(frozen=True, slots=True)
class How:
    """How to run: where, with how many processes, shown to whom."""

    data: Path
    mode: str
    public_url: str
    workers: int = 1


def plan(
    by: Actor, school: UUID, school_year: str, term: str, documents: Sequence[str], issued_on: date
) -> results.Plan:
    """The documents of one school and term."""
    return results.plan(
        by=by,
        school=school,
        school_year=school_year,
        term=term,
        documents=documents,
        issued_on=issued_on,
        now=clock.now(),
    )


def run(
    by: Actor,
    records: Sequence[NewRecord],
    how: How,
    start: Start,
    *,
    unfinished: Sequence[UUID] = (),
    outdated: Sequence[UUID] = (),
    pool: ProcessPoolExecutor | None = None,
    word: bool = False,
) -> Outcome:
    """Prepare, mark ready, let every signer sign, and issue.

    What rests on a class that nobody has verified stays a draft and is counted in `skipped`; `word`: the actor's word
    is given first for each class that is complete.

    `unfinished` are records of an earlier run, or drafts that came in finished: they join where they stand. `outdated`
    drafts are thrown away first. Whatever interrupts this, the next run takes up what it finds. `pool` are worker
    processes that are there already (see `workers`).
    """
    outcome = Outcome()
    with nullcontext(pool) if pool else workers(how) as hands:
        _throw_away(by, outdated)
        mine = [*unfinished, *_prepare(by, records, how, start, outcome, hands)]
        if word:
            vouch(by, mine)
        outcome.skipped.update(mark_ready(by, mine))
        sign(by, mine, outcome, start)
        _issue(by, len(mine), how, start, outcome, hands)
    steps.tidy()
    return outcome


def draft(by: Actor, records: Sequence[NewRecord], how: How, start: Start, *, word: bool = False) -> list[UUID]:
    """Prepare records and mark them ready; they then wait for their signers. `word` as in `run`."""
    with workers(how) as hands:
        made = _prepare(by, records, how, start, Outcome(), hands)
    if word:
        vouch(by, made)
    mark_ready(by, made)
    return made


def _throw_away(by: Actor, outdated: Sequence[UUID]) -> None:
    views = queries.by_ids(by=by, records=outdated)
    for path, state, some in _by_place(views):
        if state is State.READY:
            actions.recall(by=by, path=path, records=some, now=clock.now())
        actions.discard(by=by, path=path, records=some, now=clock.now())


def mark_ready(by: Actor, records: Sequence[UUID]) -> Counter[str]:
    """Let drafts wait for their signers; what stands elsewhere is passed over.

    What rests on a class that is not verified stays a draft; returns how many did, by code.
    """
    refused: Counter[str] = Counter()
    views = [view for view in queries.by_ids(by=by, records=records) if view.state is State.DRAFTED]
    held = transcripts.unverified(views, now=clock.now())
    refused.update({NotVerified.code: len(held)} if held else {})
    for path, _state, some in _by_place([view for view in views if view.id not in held]):
        actions.mark_ready(by=by, path=path, records=some, now=clock.now())
    return refused


def vouch(by: Actor, records: Sequence[UUID]) -> None:
    """The actor's word for each class that these records rest on and whose data are complete."""
    views = [view for view in queries.by_ids(by=by, records=records) if view.state is State.DRAFTED]
    for group in sorted({one for one in transcripts.classes_of(views).values() if one is not None}):
        seen = transcripts.look(by=by, group=group, now=clock.now())
        if seen is not None and seen.pupils and not seen.missing and not seen.is_verified:
            verify(by=by, group=group, digest=seen.digest, now=clock.now())


def _by_place(views: Sequence[RecordView]) -> Iterator[tuple[str, State, list[UUID]]]:
    groups: dict[tuple[str, State], list[UUID]] = defaultdict(list)
    for view in views:
        groups[view.path, view.state].append(view.id)
    yield from ((path, state, some) for (path, state), some in groups.items())


@contextmanager
def workers(how: How) -> Iterator[ProcessPoolExecutor | None]:
    """Worker processes for the time of the block, or none for one worker."""
    if how.workers == 1:
        yield None
        return
    pool = ProcessPoolExecutor(
        how.workers,
        mp_context=get_context("spawn"),
        initializer=begin_worker,
        initargs=(str(how.data), how.mode),
    )
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _prepare(
    by: Actor, records: Sequence[NewRecord], how: How, start: Start, outcome: Outcome, pool: ProcessPoolExecutor | None
) -> list[UUID]:
    advance = start("documents rendered", len(records))
    chunks = [records[i : i + CHUNK] for i in range(0, len(records), CHUNK)]
    prepared: list[UUID] = []
    arguments = [(by, chunk, how.public_url, how.mode == "demo") for chunk in chunks]
    for made, seconds in pool.map(prepare_chunk, arguments) if pool else map(prepare_chunk, arguments):
        prepared.extend(made)
        outcome.spend(seconds)
        advance(len(made))
    outcome.prepared = len(prepared)
    return prepared


_RENDERERS: list[Renderer] = []


def prepare_chunk(arguments: tuple[Actor, Sequence[NewRecord], str, bool]) -> tuple[list[UUID], dict[str, float]]:
    """Render some documents in this process: (by, records, public address, test) → their ids, seconds by stage."""
    by, chunk, public_url, test = arguments
    if not _RENDERERS:
        _RENDERERS.append(Renderer())
    costs = Costs()
    made = steps.prepare(
        by=by, new=chunk, renderer=_RENDERERS[0], public_url=public_url, test=test, now=clock.now(), costs=costs
    )
    return made, costs.seconds


def _sign(records: Sequence[NewRecord], outcome: Outcome, start: Start) -> None:
    """Let everybody sign records that were just prepared."""
    sign(operator(), [new.record for new in records], outcome, start)


def sign(by: Actor, records: Sequence[UUID], outcome: Outcome, start: Start) -> None:
    """Each signer signs everything that waits, in one ceremony a school and role; orders one after another."""
    open_ = {
        record: [(order, role, person) for order, role, person, signed in who if not signed]
        for record, who in queries.signers_of(records).items()
    }
    waiting = [v for v in queries.by_ids(by=by, records=records) if v.state in {State.READY, State.SIGNING}]
    people = {person for v in waiting for _order, _role, person in open_.get(v.id, ())}
    legal = legal_persons(by=by, ids=sorted(people), purpose=PURPOSE, now=clock.now()) if people else {}
    bodies = units({v.organisation for v in waiting})
    advance = start("signatures", sum(len(open_.get(v.id, ())) for v in waiting))
    for order in sorted({o for v in waiting for o, _role, _person in open_.get(v.id, ())}):
        groups: dict[tuple[str, UUID, str], list[RecordView]] = defaultdict(list)
        for view in waiting:
            for at, role, person in open_.get(view.id, ()):
                if at == order:
                    groups[view.path, person, role].append(view)
        for (path, person, role), some in groups.items():
            facts, body = legal[person].facts, bodies[some[0].organisation]
            me = signer_actor(person, path, role)
            moment = clock.now()
            ceremony = actions.start_ceremony(
                by=me,
                path=path,
                organisation=body.id,
                organisation_name=body.name,
                signer=SignerIdentity(person, facts.name, facts.identifier_scheme, facts.identifier),
                role=role,
                method="simulated",
                records=[view.id for view in some],
                locale=LOCALES.get(body.country, "en"),
                now=moment,
            )
            signing.begin(by=me, ceremony=ceremony, device=Device(ip="127.0.0.1"), now=moment)
            signing.collect(by=me, ceremony=ceremony, now=clock.now())
            actions.accept_signatures(by=me, ceremony=ceremony, now=clock.now())
            outcome.ceremonies += 1
            advance(len(some))


def signer_actor(person: UUID, path: str, role: str) -> Actor:
    """A demo signer, recognised by the simulated e-ID."""
    verbs = ("signing.ceremony.*", "records.record.sign", "records.record.read")
    return Actor(id=person, identified_by="simulated", grants=(Grant(role, path, verbs),))


def _issue(by: Actor, total: int, how: How, start: Start, outcome: Outcome, pool: ProcessPoolExecutor | None) -> None:
    """Batch after batch. Ctrl-C ends it between two batches: one that is begun is brought to its end."""
    advance = start("sealed, logged, archived", total)

    def note(done: tuple[int, dict[str, float]]) -> None:
        outcome.published += done[0]
        outcome.spend(done[1])
        advance(done[0])

    with _asked_to_stop() as stop:
        if pool is None:
            while not stop() and (done := _issue_one((by, "cli-0"))) is not None:
                note(done)
        else:
            waiting = [pool.submit(_issue_one, (by, f"cli-{n}")) for n in range(how.workers)]
            while waiting:
                done = waiting.pop(0).result()
                if done is not None:
                    note(done)
                    if not stop():
                        waiting.append(pool.submit(_issue_one, (by, "cli")))
        if stop():
            raise KeyboardInterrupt


@contextmanager
def _asked_to_stop() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed; a second one interrupts at once."""
    asked: list[int] = []
    if current_thread() is not main_thread():
        yield lambda: False
        return

    def on_interrupt(number: int, _frame: object) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    former = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, former)


def _issue_one(arguments: tuple[Actor, str]) -> tuple[int, dict[str, float]] | None:
    by, worker = arguments
    costs = Costs()
    count = steps.issue_next(by=by, worker=worker, clock=clock.now, limit=BATCH, costs=costs)
    return None if count is None else (count, costs.seconds)


def write_copies(by: Actor, records: Sequence[UUID], to: Path) -> list[Path]:
    """Published originals with their proofs as files: ``<school>/<document>/<period>/<name>.pdf``.

    Names of files of protected persons are the record's code: a listing of the folder tells nothing of them.
    """
    from testamur.trust.archive.queries import store

    place = store()
    wanted = set(records)
    written: list[Path] = []
    names = _names(by, [v.subject for v in queries.published(by=by) if v.record in wanted])
    for view in queries.published(by=by):
        if view.record not in wanted:
            continue
        name = names.get(view.subject, view.code)
        folder = to / view.path.strip("/") / view.document_type.rpartition(".")[2]
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name} {view.code}.pdf" if name != view.code else folder / f"{view.code}.pdf"
        _write_private(path, place.read(view.record, "record.pdf"))
        _write_private(path.with_suffix(".pdf.tlog-proof"), place.read(view.record, "record.tlog-proof"))
        written.append(path)
    return written


def _write_private(path: Path, data: bytes) -> None:
    """A file that only its owner reads: it holds a pupil's number and grades."""
    path.touch(mode=0o600)
    path.write_bytes(data)


def _names(by: Actor, persons: Sequence[UUID]) -> dict[UUID, str]:
    """File names of those who are not protected."""
    from testamur.register.people import queries as people

    plain = Actor(id=by.id, identified_by=by.identified_by, grants=(Grant("export", "/", ("people.person.*",)),))
    seen = people.people(by=plain, ids=persons)
    return {key: stem for key, p in seen.items() if not p.masked and (stem := file_stem(p.name))}
