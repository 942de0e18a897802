"""Reads of the transparency log; everything here is public, so none of them asks who reads."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Max

from testamur.kernel.base.refused import NotFound
from testamur.kernel.proofs import notes, policies, tiles, tlog
from testamur.trust.transparency.auditing import AuditReport, audit_log
from testamur.trust.transparency.files import LogFiles
from testamur.trust.transparency.models import Checkpoint, Log, LogEntry, Witness


@dataclass(frozen=True, slots=True)
class LogView:
    """One log. `size` is signed and stored, `published` is what the public checkpoint says."""

    id: UUID
    organisation: UUID
    path: str
    code: str
    origin: str
    vkey: str
    size: int
    published: int
    quorum: int
    state: str


@dataclass(frozen=True, slots=True)
class WitnessView:
    """One witness; without `url` it runs beside the log and guards against accidents only."""

    id: UUID
    name: str
    vkey: str
    url: str


@dataclass(frozen=True, slots=True)
class LogProof:
    """Inclusion of entry `index` in the log at `size`, under a public checkpoint."""

    index: int
    size: int
    path: tuple[bytes, ...]
    checkpoint: bytes

    def file(self, extra: bytes | None = None) -> bytes:
        """The bytes of a `.tlog-proof`; `extra` is salt || statement."""
        return tlog.Proof(self.index, self.path, self.checkpoint, extra).data()


def _view(row: Log) -> LogView:
    return LogView(
        id=row.id,
        organisation=row.organisation,
        path=row.path,
        code=row.code,
        origin=row.origin,
        vkey=row.vkey,
        size=row.size,
        published=row.published,
        quorum=row.quorum,
        state=row.state,
    )


def _row(log: UUID) -> Log:
    row = Log.objects.filter(pk=log).first()
    if row is None:
        raise NotFound("There is no such log.")
    return row


def logs() -> tuple[LogView, ...]:
    """All logs, oldest first."""
    return tuple(_view(row) for row in Log.objects.order_by("made", "id"))


def log(*, log: UUID) -> LogView:
    """One log; raises NotFound."""
    return _view(_row(log))


def log_by_organisation(*, organisation: UUID) -> LogView | None:
    """The log of an organisation, or None."""
    row = Log.objects.filter(organisation=organisation).first()
    return _view(row) if row else None


def witnesses() -> tuple[WitnessView, ...]:
    """All witnesses, oldest first."""
    rows = Witness.objects.order_by("added", "name")
    return tuple(WitnessView(row.id, row.name, row.vkey, row.url) for row in rows)


def vkeys(*, log: UUID) -> tuple[str, ...]:
    """Keys of the log, for the trust bundle; raises NotFound."""
    return (_row(log).vkey,)


def policy(*, log: UUID) -> str:
    """The C2SP policy text by which others verify proofs of this log; raises NotFound."""
    row = _row(log)
    known = {w.name: notes.Vkey.parse(w.vkey) for w in Witness.objects.order_by("added", "name")}
    return policies.format_policy([notes.Vkey.parse(row.vkey)], known, row.quorum)


def find(*, log: UUID, entry: bytes) -> int | None:
    """Index of an entry (37 bytes), or None."""
    return LogEntry.objects.filter(log=log, entry=entry).values_list("index", flat=True).first()


def newest(*, log: UUID, kind: tlog.EntryKind) -> int | None:
    """Index of the newest entry of a kind, or None."""
    least = tlog.MAGIC + bytes([kind])
    most = tlog.MAGIC + bytes([kind + 1])
    found = LogEntry.objects.filter(log=log, entry__gte=least, entry__lt=most).aggregate(last=Max("index"))
    return found["last"] if found["last"] is None else int(found["last"])


def checkpoint(*, log: UUID) -> bytes:
    """The public checkpoint; raises NotFound."""
    row = _row(log)
    return bytes(Checkpoint.objects.get(log=row, size=row.published).note)


def proof(*, log: UUID, index: int, size: int | None = None) -> LogProof:
    """Inclusion of entry `index`, under the newest public checkpoint or that of `size`; raises NotFound.

    Reads only the tiles that the path needs.
    """
    heads = Checkpoint.objects.select_related("log").filter(log=log, size__lte=F("log__published"))
    head = heads.filter(size=F("log__published") if size is None else size).first()
    if head is None or not 0 <= index < head.size:
        raise NotFound("There is no public checkpoint that covers this entry.", index=index, size=size)
    path = tuple(LogFiles(head.log.code).hashes(head.size).path(index))
    return LogProof(index, head.size, path, bytes(head.note))


def tile(*, log: UUID, path: str) -> bytes:
    """A static file of the log by its public path (`checkpoint`, `tile/…`); raises NotFound."""
    row = _row(log)
    files = LogFiles(row.code)
    try:
        return (files.folder / (path if path == "checkpoint" else tiles.Tile.parse(path).path)).read_bytes()
    except (FileNotFoundError, notes.MalformedNote) as error:
        raise NotFound("There is no such file in the log.") from error


def audit(*, log: UUID) -> AuditReport:
    """Rebuild the tree from the entries and compare everything else with it; raises NotFound.

    Takes 32 bytes of memory an entry. A head that is signed but waits for its witnesses is no difference.
    """
    return audit_log(_row(log))
