"""What the processes of these tests do. Each function runs in a process of its own and leaves a JSON file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

from testamur.config.env import env
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.kernel.proofs.tlog import EntryKind
from tests.faults import points

PUBLIC_URL = "https://demo.testamur.example"
LONGEST = points.LONGEST


def enter(data: str, url: str, log_url: str) -> None:
    """Let this process work in `data` and on these databases (SQLite files in `data` where the address is empty)."""
    here = env().model_copy(update={"data": Path(data), "database_url": url, "log_database_url": log_url})
    Path(data).mkdir(parents=True, exist_ok=True)
    settings.DATA = Path(data)
    settings.DATABASES = {
        "default": here.database("testamur", url),
        "log": here.database("log", log_url),
    }
    handler: Any = connections  # the process was forked with the settings of its parent, and no connection open
    handler.__dict__.pop("settings", None)
    handler._settings = settings.DATABASES
    for alias in ("default", "log"):
        if hasattr(handler._connections, alias):
            delattr(handler._connections, alias)


def run(what: str, place: tuple[str, str, str], out: str, arguments: Mapping[str, Any]) -> None:
    """Entry of every process."""
    # the worker of a test may hang: never longer than the test waits for it
    import signal

    signal.alarm(LONGEST)
    enter(*place)
    known: dict[str, Callable[..., dict[str, Any]]] = {
        "make": make,
        "issue": issue,
        "check": check,
        "state": state,
        "add": add,
        "touch": touch,
    }
    value = known[what](**arguments)
    Path(out).write_text(json.dumps(value, default=str))


def make(records: int) -> dict[str, Any]:
    """A school whose principal has signed `records` documents: all is ready to be issued."""
    from django.core.management import call_command

    for alias in connections:
        call_command("migrate", database=alias, verbosity=0, interactive=False)
    from testamur.surfaces.cli.bench import term_reports

    with _at(timedelta(days=-3)):  # the seal is older than any clock error in these tests
        new = term_reports(operator(), Path(settings.DATA), 2 * records, 0)
    (Path(settings.DATA) / "later.pickle").write_bytes(_pickled(new[records:]))
    _sign(new[:records])
    return {"records": [str(one.record) for one in new[:records]]}


@contextmanager
def _at(shift: timedelta) -> Iterator[None]:
    plain = clock.now
    clock.now = lambda: plain() + shift
    try:
        yield
    finally:
        clock.now = plain


def add() -> dict[str, Any]:
    """Let the rest of the documents be signed too."""
    import pickle

    new = pickle.loads((Path(settings.DATA) / "later.pickle").read_bytes())
    _sign(new)
    return {"records": [str(one.record) for one in new]}


def _pickled(new: Sequence[Any]) -> bytes:
    import pickle

    return pickle.dumps(list(new))


def _sign(new: Sequence[Any]) -> None:
    from testamur.surfaces.cli import issuing
    from testamur.trust.records import actions, steps
    from testamur.trust.records.render import Renderer

    by = operator()
    steps.prepare(by=by, new=new, renderer=Renderer(), public_url=PUBLIC_URL, test=True, now=clock.now())
    actions.mark_ready(by=by, path=new[0].issuer.path, records=[one.record for one in new], now=clock.now())
    issuing._sign(new, issuing.Outcome(), lambda _title, _total: lambda _count: None)


class Clock:
    """The time, some seconds ahead; from the n-th reading on (where `jumps` says so) some seconds elsewhere."""

    def __init__(self, ahead: float, jumps: Mapping[str, float]) -> None:
        self._ahead = ahead
        self._jumps = {int(at): by for at, by in jumps.items()}
        self._readings = 0

    def __call__(self) -> datetime:
        self._readings += 1
        self._ahead += self._jumps.get(self._readings, 0)
        return clock.now() + timedelta(seconds=self._ahead)


def issue(
    worker: str = "w1",
    ahead: float = 0,
    jumps: Mapping[str, float] | None = None,
    die: str = "",
    full: str = "",
    cut: str = "",
    pause: Sequence[str] = (),
    limit: int = 250,
) -> dict[str, Any]:
    """Issue until nothing waits, as a worker does; what it raises ends it."""
    from testamur.trust.records import steps

    if die:
        points.arm_death(die)
    if full:
        points.arm_full(full)
    if cut:
        points.arm_cut(cut)
    if pause:
        points.arm_pause(*pause)
    now = Clock(ahead, jumps or {})
    published: list[int] = []
    try:
        while (count := steps.issue_next(by=operator(), worker=worker, clock=now, limit=limit)) is not None:
            published.append(count)
    except Exception as error:  # noqa: BLE001 - the parent looks at what it was
        return {"published": published, "raised": f"{type(error).__name__}: {error}"}
    return {"published": published, "raised": ""}


def touch(thing: str, later: int = 0) -> dict[str, Any]:
    """Damage something."""
    if thing == "first draft":
        from testamur.trust.records import drafts
        from testamur.trust.records.models import Record

        record = Record.objects.order_by("id").first()
        assert record is not None
        path = drafts._pack(record.draft_file_id)
        data = bytearray(path.read_bytes())
        data[record.draft_offset + 100] ^= 1
        path.write_bytes(data)
        return {"record": str(record.id)}
    if thing == "seal notes":
        from testamur.trust.records import drafts

        for path in drafts.folder().glob("*.seal"):
            path.unlink()
        return {}
    if thing == "age":  # as if two days had gone by since anybody wrote here
        then = clock.now().timestamp() - 2 * 86400
        for folder in ("work", "archive.staging"):
            for path in (Path(settings.DATA) / folder).rglob("*"):
                os.utime(path, (then, then))
        return {}
    if thing == "new seal":
        from testamur.trust.sealing import actions as sealing
        from testamur.trust.sealing import testpki
        from testamur.trust.sealing.keys.opening import open_key
        from testamur.trust.sealing.models import SealCertificate

        at = clock.now() + timedelta(seconds=later)
        old = SealCertificate.objects.get()
        pki = testpki.make(
            Path(settings.DATA) / "keys" / "seal-new", organisation="Exempelkommun", country="SE", now=at
        )
        sealing.register_seal(
            by=operator(),
            organisation=old.organisation,
            path=old.path,
            key=open_key(pki.seal.locator),
            locator=pki.seal.locator,
            certificates=pki.seal.chain,
            now=at,
        )
        roots = Path(settings.DATA) / "trust" / "seal-roots" / str(old.organisation)
        (roots / "new.der").write_bytes(pki.root)
        for number, crl in enumerate(pki.crls):
            (Path(settings.DATA) / "trust" / "crls" / str(old.organisation) / f"new-{number}.der").write_bytes(crl)
        return {}
    raise ValueError(thing)


def _record_entries() -> list[bytes]:
    """Entries about records, in order; a status list or an audit may stand between them."""
    from testamur.trust.transparency.models import LogEntry

    entries = [bytes(entry) for entry in LogEntry.objects.order_by("index").values_list("entry", flat=True)]
    return [entry for entry in entries if entry[4] == EntryKind.RECORD]


def state() -> dict[str, Any]:
    """What the database says now, without looking at files."""
    from testamur.kernel.journal.models import Entry
    from testamur.trust.records import queries
    from testamur.trust.records.models import IssueBatch

    return {
        "states": queries.counts(by=operator()),
        "batches": [
            {"stage": b.stage, "worker": b.worker, "error": b.error} for b in IssueBatch.objects.order_by("claimed_at")
        ],
        "entries": len(_record_entries()),
        "journal": [
            (e.kind.rpartition("/")[0], {k: v for k, v in e.refs.items() if k in {"worker", "again", "count", "error"}})
            for e in Entry.objects.order_by("id")
        ],
    }


def check() -> dict[str, Any]:
    """Everything that must hold once all is issued: database, log, archive, journal, and each file by itself."""
    from testamur.kernel.journal import steps as journal
    from testamur.kernel.proofs.trust import parse_trust
    from testamur.kernel.proofs.verify import verify_file
    from testamur.trust.archive import steps as archive
    from testamur.trust.archive.queries import store
    from testamur.trust.records import bundle, steps
    from testamur.trust.records.models import Issue, Record
    from testamur.trust.signing.methods import simulated
    from testamur.trust.transparency import queries as logs

    by, now = operator(), clock.now()
    (log,) = logs.logs()
    entries = [entry[5:].hex() for entry in _record_entries()]
    issues = {i.record_id: i for i in Issue.objects.all()}
    roots = {"simulated": [simulated.test_ca(simulated.folder()).root_der]}
    trust = parse_trust(json.dumps(bundle.bundle(eid_roots=roots, test=True, now=now)).encode())
    verdicts: dict[str, str] = {}
    for record in issues:
        pdf, proof = store().read(record, "record.pdf"), store().read(record, "record.tlog-proof")
        found = verify_file(pdf, trust, str(record), sidecar=proof)
        failed = [check.code for check in found.checks if check.outcome.value == "failed"]
        verdicts[str(record)] = ",".join([found.word.value, *failed])
    audited = archive.audit(by=by, now=now)
    journal.ship_all(now=now)
    steps.tidy()
    work = Path(settings.DATA) / "work"
    return {
        **state(),
        "records": sorted(str(pk) for pk in Record.objects.values_list("id", flat=True)),
        "issued": sorted(str(pk) for pk in issues),
        "commitments_in_the_log_once": sorted(entries) == sorted(i.commitment for i in issues.values()),
        "log_differences": [str(d) for d in logs.audit(log=log.id).differences],
        "archive_findings": [f"{f.code} {f.path}" for f in audited.findings],
        "archive_objects": audited.objects,
        "journal_faults": list(journal.audit().faults),
        "verdicts": sorted(set(verdicts.values())),
        "pdfs": {str(r): i.pdf_sha256 for r, i in issues.items()},
        "left_over": sorted(p.name.rpartition(".")[2] for p in work.iterdir()),
        "staging": sorted(p.name for p in (Path(settings.DATA) / "archive.staging").glob("*")),
    }
