"""The main line from the command line: plan, prepare, sign with the simulated e-ID, seal, log, archive, publish."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID

from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor, Grant
from testamur.schoolday.results import steps as results
from testamur.trust.records import actions, queries, steps
from testamur.trust.records.render import Renderer
from testamur.trust.records.rules import NewRecord
from testamur.trust.records.steps import BATCH, Costs
from testamur.trust.signing import actions as signing
from testamur.trust.signing.methods.contract import Device
from testamur.trust.signing.rules import SignerIdentity

Start = Callable[[str, int], Callable[[int], None]]
CHUNK = 100


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


def run(by: Actor, records: Sequence[NewRecord], how: How, start: Start) -> Outcome:
    """Prepare, mark ready, let every signer sign, and issue."""
    outcome = Outcome()
    with _pool(how) as pool:
        prepared = _prepare(by, records, how, start, outcome, pool)
        by_path: dict[str, list[UUID]] = defaultdict(list)
        for new in records:
            by_path[new.issuer.path].append(new.record)
        for path, some in by_path.items():
            actions.mark_ready(by=by, path=path, records=some, now=clock.now())
        _sign(records, outcome, start)
        _issue(by, len(prepared), how, start, outcome, pool)
    steps.tidy()
    return outcome


class _pool:  # noqa: N801 - used as a context manager, like a function
    """Worker processes, or none for one worker."""

    def __init__(self, how: How) -> None:
        self._how = how
        self._made: ProcessPoolExecutor | None = None

    def __enter__(self) -> ProcessPoolExecutor | None:
        if self._how.workers > 1:
            self._made = ProcessPoolExecutor(
                self._how.workers,
                mp_context=get_context("spawn"),
                initializer=_begin_worker,
                initargs=(str(self._how.data), self._how.mode),
            )
        return self._made

    def __exit__(self, *_error: object) -> None:
        if self._made is not None:
            self._made.shutdown()


def _begin_worker(data: str, mode: str) -> None:
    from testamur.surfaces.cli.runtime import start

    start(data=Path(data), mode=mode, migrate=False)


def _prepare(
    by: Actor, records: Sequence[NewRecord], how: How, start: Start, outcome: Outcome, pool: ProcessPoolExecutor | None
) -> list[UUID]:
    advance = start("documents rendered", len(records))
    chunks = [records[i : i + CHUNK] for i in range(0, len(records), CHUNK)]
    prepared: list[UUID] = []
    arguments = [(by, chunk, how.public_url, how.mode == "demo") for chunk in chunks]
    for made, seconds in pool.map(_prepare_chunk, arguments) if pool else map(_prepare_chunk, arguments):
        prepared.extend(made)
        outcome.spend(seconds)
        advance(len(made))
    outcome.prepared = len(prepared)
    return prepared


_RENDERERS: list[Renderer] = []


def _prepare_chunk(arguments: tuple[Actor, Sequence[NewRecord], str, bool]) -> tuple[list[UUID], dict[str, float]]:
    by, chunk, public_url, test = arguments
    if not _RENDERERS:
        _RENDERERS.append(Renderer())
    costs = Costs()
    made = steps.prepare(
        by=by, new=chunk, renderer=_RENDERERS[0], public_url=public_url, test=test, now=clock.now(), costs=costs
    )
    return made, costs.seconds


def _sign(records: Sequence[NewRecord], outcome: Outcome, start: Start) -> None:
    """Each signer signs everything that waits, in one ceremony a school and role; orders one after another."""
    advance = start("signatures", sum(len(new.signers) for new in records))
    for order in range(1, max((len(new.signers) for new in records), default=0) + 1):
        groups: dict[tuple[str, UUID, str], list[NewRecord]] = defaultdict(list)
        for new in records:
            for signer in new.signers:
                if signer.order == order:
                    groups[new.issuer.path, signer.person, signer.role].append(new)
        for (path, person, role), some in groups.items():
            signer = next(s for s in some[0].signers if s.person == person and s.role == role)
            me = signer_actor(person, path, role)
            moment = clock.now()
            ceremony = actions.start_ceremony(
                by=me,
                path=path,
                organisation=some[0].issuer.organisation,
                organisation_name=some[0].issuer.name,
                signer=SignerIdentity(person, signer.name, signer.scheme, signer.identifier),
                role=role,
                method="simulated",
                records=[new.record for new in some],
                locale=some[0].document.locale,
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
    advance = start("sealed, logged, archived", total)
    if pool is None:
        while (done := _issue_one((by, "cli-0"))) is not None:
            count, seconds = done
            outcome.published += count
            outcome.spend(seconds)
            advance(count)
        return
    waiting = [pool.submit(_issue_one, (by, f"cli-{n}")) for n in range(how.workers)]
    while waiting:
        done = waiting.pop(0).result()
        if done is not None:
            count, seconds = done
            outcome.published += count
            outcome.spend(seconds)
            advance(count)
            waiting.append(pool.submit(_issue_one, (by, "cli")))


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
        path.write_bytes(place.read(view.record, "record.pdf"))
        path.with_suffix(".pdf.tlog-proof").write_bytes(place.read(view.record, "record.tlog-proof"))
        written.append(path)
    return written


def _names(by: Actor, persons: Sequence[UUID]) -> dict[UUID, str]:
    """File names of those who are not protected."""
    from testamur.register.people import queries as people

    plain = Actor(id=by.id, identified_by=by.identified_by, grants=(Grant("export", "/", ("people.person.*",)),))
    seen = people.people(by=plain, ids=persons)
    return {key: "".join(c if c not in "/\\\0" else "-" for c in p.name) for key, p in seen.items() if not p.masked}
