"""What a stranger may know who holds the code on a paper: nothing about a person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings

from testamur.register.schools import queries as schools
from testamur.trust.records.models import Issue, Record
from testamur.trust.records.rules import SEEN_BY_CITIZENS, State, read_code


@dataclass(frozen=True, slots=True)
class PublicRecord:
    """A record by its code.

    Attributes:
        state: ``published``, ``superseded``, ``rectified`` or ``annulled``.
        title: the document's legal name, in its own language.
        issuer, school: names of the body responsible and the school.
        pdf_sha256: digest of the original file, for comparing with a copy at hand.
        replaced_by: code of the record that took its place; empty when none has.
        replaced_because: ``new_version``, ``rectification``, ``change``, ``re_examination``; empty when not replaced.
        practice: this installation is one for training: what it issues counts for nothing.
    """

    code: str
    state: State
    title: str
    issuer: str
    school: str
    period: str
    issued_on: date
    version: int
    sealed_at: datetime
    log_index: int
    pdf_sha256: str
    pdf_size: int
    replaced_by: str
    replaced_because: str
    practice: bool = False


def by_code(code: str) -> PublicRecord | None:
    """The published record with that code, however it is typed, or None. The caller limits the rate.

    A draft has its code already; it is not told of before it is published.
    """
    wanted = read_code(code)
    if wanted is None:
        return None
    issue = Issue.objects.select_related("record").filter(record__code=wanted).first()
    if issue is None or State(issue.record.state) not in SEEN_BY_CITIZENS:
        return None
    row = issue.record
    after = Record.objects.filter(replaces=row, state__in=SEEN_BY_CITIZENS).order_by("version").last()
    names = schools.units([row.organisation, row.unit])
    return PublicRecord(
        code=row.code,
        state=State(row.state),
        title=row.title,
        issuer=names[row.organisation].name if row.organisation in names else "",
        school=names[row.unit].name if row.unit in names else "",
        period=row.period,
        issued_on=row.issued_on,
        version=row.version,
        sealed_at=issue.sealed_at,
        log_index=issue.log_index,
        pdf_sha256=issue.pdf_sha256,
        pdf_size=issue.pdf_size,
        replaced_by=after.code if after else "",
        replaced_because=after.replaced_because if after else "",
        practice=settings.PRACTICE,
    )


def withdrawn(*, organisation: UUID, document_types: Collection[str]) -> tuple[tuple[str, State], ...]:
    """Code and state of an organisation's documents of these types that were published and no longer stand.

    Public: it names nobody, and says no more than `by_code` does of each.
    """
    gone = [state for state in SEEN_BY_CITIZENS if state is not State.PUBLISHED]
    rows = Record.objects.filter(organisation=organisation, document_type__in=list(document_types), state__in=gone)
    return tuple((code, State(state)) for code, state in rows.order_by("code").values_list("code", "state"))
