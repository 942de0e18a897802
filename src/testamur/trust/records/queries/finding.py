"""Searching the records of a place, page by page, and one record with all that is known of it. Names nobody."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, Count, F, Q, Sum, Value, When

from testamur.kernel.base.actor import Actor
from testamur.trust.records.models import Issue, Record, RecordSigner
from testamur.trust.records.queries.listing import RecordView, view
from testamur.trust.records.rules import State

PAGE = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a search: the record, its class, why it rests (empty: it does not) and when it became visible."""

    record: RecordView
    group: str
    held: str
    released_at: datetime | None


@dataclass(frozen=True, slots=True)
class Found:
    """A page of a search and how many there are in all."""

    lines: tuple[Listed, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature that a record needs: who, in which role, and when it was given (None: not yet)."""

    order: int
    role: str
    person: UUID
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Details:
    """One record with all that the index knows of it.

    Attributes:
        made_at: when its draft was made; `ready_at`, `declined_at` as they stand now.
        replaced_by: the newer record that names this one, whatever state that one is in.
        pdf_sha256, log_index, sealed_at, published_at: empty and None until it is issued.
        pupils: those whom a group's document names.
    """

    record: RecordView
    group: str
    held: str
    replaced_because: str
    replaced_by: UUID | None
    replaced_by_state: State | None
    made_at: datetime
    ready_at: datetime | None
    declined_at: datetime | None
    released_at: datetime | None
    size: int
    h0: str
    signatures: tuple[Signature, ...]
    pupils: tuple[UUID, ...]
    pdf_sha256: str = ""
    pdf_size: int = 0
    log_index: int | None = None
    sealed_at: datetime | None = None
    published_at: datetime | None = None


def find(
    *,
    by: Actor,
    path: str,
    code: str = "",
    subjects: Collection[UUID] | None = None,
    unit: UUID | None = None,
    document_type: str = "",
    group: str = "",
    period: str = "",
    states: Collection[State] = (),
    offset: int = 0,
    limit: int = PAGE,
) -> Found:
    """Records below `path`, newest day first; discarded drafts only when their state is asked for. Two queries.

    `code` is the short code in any spelling; `subjects` are pupils, whose groups' documents are found as well only by
    group. Raises NotAllowed without ``records.record.read`` at `path`.
    """
    by.must("records.record.read", path)
    rows = Record.objects.filter(path__startswith=path)
    if code:
        rows = rows.filter(code=_spelt(code))
    if subjects is not None:
        rows = rows.filter(subject__in=list(subjects))
    if unit is not None:
        rows = rows.filter(unit=unit)
    if document_type:
        rows = rows.filter(document_type=document_type)
    if group:
        rows = rows.filter(group_code=group)
    if period:
        rows = rows.filter(period=period)
    rows = rows.filter(state__in=list(states)) if states else rows.exclude(state=State.DISPOSED)
    page = rows.order_by("-issued_on", "path", "document_type", "group_code", "id")[offset : offset + limit]
    return Found(tuple(Listed(view(r), r.group_code, r.held, r.released_at) for r in page), rows.count())


def kinds(*, by: Actor, path: str) -> list[tuple[str, str]]:
    """The kinds of document that there are below `path`: (code, title) by title. For a choice in a search."""
    by.must("records.record.read", path)
    rows = Record.objects.filter(path__startswith=path, subject_kind="pupil").order_by("title", "document_type")
    found = dict(rows.values_list("document_type", "title").distinct())
    groups = Record.objects.filter(path__startswith=path).exclude(document_type__in=list(found))
    for kind in groups.order_by("document_type").values_list("document_type", flat=True).distinct():
        found[kind] = kind.rpartition(".")[2].replace("_", " ").capitalize()
    return sorted(found.items(), key=lambda pair: (pair[1], pair[0]))


def details(*, by: Actor, record: UUID) -> Details | None:
    """One record, or None where there is none that `by` may know of (``records.record.read``). Four queries."""
    row = Record.objects.select_related("draft_file").filter(id=record).first()
    if row is None or not by.may("records.record.read", row.path):
        return None
    issue = Issue.objects.filter(record=row).first()
    newer = Record.objects.filter(replaces=row).exclude(state=State.DISPOSED).order_by("-version").first()
    signers = RecordSigner.objects.filter(record=row).order_by("order")
    return Details(
        record=view(row),
        group=row.group_code,
        held=row.held,
        replaced_because=row.replaced_because,
        replaced_by=newer.id if newer else None,
        replaced_by_state=State(newer.state) if newer else None,
        made_at=row.draft_file.made_at,
        ready_at=row.ready_at,
        declined_at=row.declined_at,
        released_at=row.released_at,
        size=row.size,
        h0=row.h0,
        signatures=tuple(Signature(s.order, s.role, s.person, s.signed_at) for s in signers),
        pupils=tuple(UUID(pupil) for pupil in row.pupils),
        pdf_sha256=issue.pdf_sha256 if issue else "",
        pdf_size=issue.pdf_size if issue else 0,
        log_index=issue.log_index if issue else None,
        sealed_at=issue.sealed_at if issue else None,
        published_at=issue.published_at if issue else None,
    )


def issued_totals(*, by: Actor, path: str) -> tuple[int, int]:
    """How many records below `path` were issued without paper, and their bytes. For what was saved (A3, A27)."""
    by.must("records.record.read", path)
    told = Issue.objects.filter(record__path__startswith=path).aggregate(count=Count("record"), size=Sum("pdf_size"))
    return told["count"], told["size"] or 0


def ids(
    *, by: Actor, path: str, unit: UUID, period: str, state: State, document_type: str = "", group: str = ""
) -> list[UUID]:
    """Records of one school, period and state; drafts that somebody declined are left out: they are looked at singly.

    Raises NotAllowed without ``records.record.read`` at `path`.
    """
    by.must("records.record.read", path)
    rows = Record.objects.filter(path__startswith=path, unit=unit, period=period, state=state, declined_at__isnull=True)
    if document_type:
        rows = rows.filter(document_type=document_type)
    if group:
        rows = rows.filter(group_code=group)
    return list(rows.order_by("id").values_list("id", flat=True))


def by_unit(*, by: Actor, path: str, period: str, now: datetime) -> dict[UUID, dict[str, int]]:
    """How many current documents of a period each school has by state (``held``, ``declined``, ``released`` apart).

    One query. What was replaced, annulled or discarded is not counted. Needs ``records.record.read`` at `path`.
    """
    by.must("records.record.read", path)
    gone = [State.DISPOSED, State.SUPERSEDED, State.RECTIFIED, State.ANNULLED]
    rows = Record.objects.filter(path__startswith=path, period=period).exclude(state__in=gone)
    kind = Case(
        When(~Q(held=""), then=Value("held")),
        When(state=State.DRAFTED, declined_at__isnull=False, then=Value("declined")),
        When(state=State.PUBLISHED, released_at__lte=now, then=Value("released")),
        When(state=State.SEALED, then=Value("signed")),
        default=F("state"),
    )
    found: dict[UUID, dict[str, int]] = {}
    for unit, state, count in (
        rows.annotate(kind=kind).values("unit", "kind").annotate(n=Count("id")).values_list("unit", "kind", "n")
    ):
        found.setdefault(unit, {})[state] = count
    return found


def _spelt(code: str) -> str:
    """The code as it is kept: letters that are misread put right, hyphens where they belong."""
    plain = "".join(c for c in code.upper() if c.isalnum()).translate(str.maketrans("OIL", "011"))
    return "-".join((plain[:4], plain[4:8], plain[8:]))
