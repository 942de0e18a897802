"""Reading from a source: fetch all or what changed, see what would go, stop where it is too much, import.

The network comes first and holds no transaction: everything is fetched into a folder, which is then a bundle like any
other. It is imported batch by batch, and the same again changes nothing, so a kill at any moment loses nothing: the
source's cursor moves on only when all was loaded.
"""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx

from testamur.exchange.connectors import queries
from testamur.exchange.connectors.actions import Outcome, import_bundle
from testamur.exchange.connectors.models import RosterSource, Source
from testamur.exchange.connectors.oneroster import fetching as oneroster
from testamur.exchange.connectors.roster import bundle
from testamur.exchange.connectors.roster.bundle import Complete
from testamur.exchange.connectors.roster.rules import BREATH, SourceView, must_stay
from testamur.exchange.connectors.roster.wire import Wire
from testamur.exchange.connectors.rostering import sources
from testamur.exchange.connectors.rules import Options, Row, digest
from testamur.exchange.connectors.ss12000 import fetching as ss12000
from testamur.exchange.connectors.tabular.report import Report
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.schools import queries as schools

OVERLAP = timedelta(minutes=5)
"""Changes are asked for from so long before the last reading began: what is told twice changes nothing."""
FULL_AFTER = timedelta(days=7)
LEASE = timedelta(hours=2)
_Fetching = ss12000.Fetching | oneroster.Fetching
_FETCHING: dict[str, type[_Fetching]] = {"ss12000": ss12000.Fetching, "oneroster": oneroster.Fetching}


@dataclass(frozen=True, slots=True)
class Synced:
    """What one reading came to. `going`: kind → how many known things end."""

    full: bool
    rows: int
    going: dict[str, int]
    outcome: Outcome


def sync(
    *,
    by: Actor,
    source: UUID,
    report: Report,
    now: datetime,
    full: bool = False,
    dry_run: bool = False,
    allow_ending: bool = False,
    loopback: bool = False,
    transport: httpx.BaseTransport | None = None,
    pause: Callable[[float], None] | None = None,
) -> Synced:
    """Read a source once: all of it at first, each week and where `full`; else what changed.

    With `dry_run` everything is done and undone, and the source is read again from where it stood. Without
    `allow_ending` nothing is changed where too many would end at once. Needs ``connectors.roster.manage`` and what an
    import needs at the body. Raises NotFound, `SourceFailed`, `Vanishing`. Journal: that of the import.
    """
    row = RosterSource.objects.filter(id=source, ended_at=None).first()
    if row is None:
        raise NotFound("There is no such source.", field="source")
    home = schools.unit_by_code(code=row.authority)
    by.must("connectors.roster.manage", home.path if home is not None else "/")
    told = sources.view(row)
    whole = full or told.cursor is None or told.full_at is None or now - told.full_at > FULL_AFTER
    with tempfile.TemporaryDirectory(prefix="testamur-roster-") as made:
        folder = Path(made)
        began, rows = _fetch(told, folder, whole=whole, now=now, loopback=loopback, transport=transport, pause=pause)
        going = _going(told, folder, allow_ending=allow_ending)
        outcome = import_bundle(
            by=by, path=folder, report=report, now=now, options=Options(country="SE" if home is None else home.country),
            authority=told.authority, dry_run=dry_run, again=True,
        )  # fmt: skip
    if not dry_run:
        moved = {"cursor": began - OVERLAP, "last_at": now, "error": "", **({"full_at": now} if whole else {})}
        RosterSource.objects.filter(id=source).update(**moved)
    return Synced(whole, rows, going, outcome)


def _fetch(
    told: SourceView,
    folder: Path,
    *,
    whole: bool,
    now: datetime,
    loopback: bool,
    transport: httpx.BaseTransport | None,
    pause: Callable[[float], None] | None,
) -> tuple[datetime, int]:
    waiting = {} if pause is None else {"pause": pause}
    with Wire(
        base_url=told.base_url, token_url=told.token_url, client_id=told.client_id, secret=sources.secret_of(told.id),
        scope=told.scope, now=now, loopback=loopback, transport=transport, **waiting,
    ) as wire:  # fmt: skip
        fetching = _FETCHING[told.kind](wire, None if whole else told.cursor)
        rows = bundle.write(folder, source=told.name, told=fetching.told())
        return wire.began, rows


def _going(told: SourceView, folder: Path, *, allow_ending: bool) -> dict[str, int]:
    """Write down what is gone at the source, and how much that is. Raises Vanishing."""
    source = Source.objects.filter(name=f"{told.authority}/{told.name}").values_list("id", flat=True).first()
    seen: dict[str, set[str]] = defaultdict(set)
    prefixes: dict[str, set[str]] = defaultdict(set)
    ended: dict[str, dict[str, Row]] = defaultdict(dict)
    for one in bundle.told_in(folder):
        if isinstance(one, Complete):
            prefixes[one.kind].add(one.prefix)
        elif one.ended:
            ended[one.kind_name][one.key] = one
        else:
            seen[one.kind_name].add(one.key)
    gone: list[Row] = []
    going: Counter[str] = Counter()
    for kind in sorted({*prefixes, *ended}):
        known = queries.keys_known(source=source, kind=kind) if source is not None else {}
        lost = _lost(known, prefixes[kind]) - seen[kind] - set(ended[kind])
        rows = [row for key in sorted(lost) if (row := bundle.gone_row(kind, key)) is not None]
        gone += rows
        live = sum(1 for key, before in known.items() if before != _digest_of_gone(kind, key))
        going[kind] = sum(
            1 for row in (*rows, *ended[kind].values()) if known.get(row.key, "") not in {"", digest(row)}
        )
        if not allow_ending:
            must_stay(kind, live, going[kind])
    bundle.add_gone(folder, gone)
    return {kind: count for kind, count in going.items() if count}


def _lost(known: dict[str, str], prefixes: set[str]) -> set[str]:
    if "" in prefixes:
        return set(known)
    # a prefix ends with a bar, or is a whole key: either is found without looking at every pair
    heads = {prefix for prefix in prefixes if prefix.endswith("|")}
    return {key for key in known if key in prefixes or any(key[: place + 1] in heads for place in _bars(key))}


def _bars(key: str) -> list[int]:
    return [place for place, letter in enumerate(key) if letter == "|"]


def _digest_of_gone(kind: str, key: str) -> str:
    row = bundle.gone_row(kind, key)
    return digest(row) if row is not None else ""


def sync_due(*, by: Actor, now: datetime, report: Callable[[UUID], Report], loopback: bool = False) -> int:
    """Read every source whose time has come; returns how many were read. One that fails is tried again next time.

    A lease keeps two workers from reading one source at once; one that was killed is taken up when it is over.
    """
    done = 0
    rows = RosterSource.objects.filter(ended_at=None, next_at__lte=now).exclude(lease_until__gt=now)
    for row in list(rows.order_by("next_at", "id")):
        mine = RosterSource.objects.filter(id=row.id, lease_until=row.lease_until, next_at=row.next_at)
        if not mine.update(lease_until=now + LEASE):
            continue
        after: dict[str, object] = {"lease_until": None, "next_at": now + timedelta(minutes=row.every)}
        written = report(row.id)
        try:
            sync(by=by, source=row.id, report=written, now=now, loopback=loopback)
            done += 1
        except Refused as no:
            after |= {"error": f"{no.code} {no.found.get('why', '')}".strip()[:80], "last_at": now}
        finally:
            written.close()
        RosterSource.objects.filter(id=row.id).update(**after)
        # what the source told while it was read may have come too late for this reading
        RosterSource.objects.filter(id=row.id, told_at__gt=now).update(next_at=now + BREATH)
    return done
