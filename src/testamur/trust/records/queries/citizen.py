"""What a pupil, a guardian and an adult who once was a pupil may know of the records about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.prepared import prepared
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.trust.records.models import Issue, Record, Retrieval, Share, ShareView
from testamur.trust.records.rules import MOST_TRIES, SEEN_BY_CITIZENS, State


@dataclass(frozen=True, slots=True)
class CitizenRecord:
    """A record as the one whom it is about sees it.

    Attributes:
        title: its legal name, in its own language.
        unit_name, organisation_name: the school, and the body responsible.
        state: ``published``, or ``superseded``, ``rectified``, ``annulled``.
        replaced_by, replaced_by_code: the record that took its place, once that one is released.
        pdf_size: bytes.
    """

    record: UUID
    subject: UUID
    title: str
    document_type: str
    unit: UUID
    unit_name: str
    organisation: UUID
    organisation_name: str
    path: str
    period: str
    issued_on: date
    version: int
    state: State
    code: str
    released_at: datetime
    sealed_at: datetime
    pdf_size: int
    pdf_sha256: str
    replaces: UUID | None
    replaced_because: str
    replaced_by: UUID | None
    replaced_by_code: str


@dataclass(frozen=True, slots=True)
class RetrievalView:
    """An original was handed out: to whom and how (``own``, ``guardian``, ``share``, ``office``)."""

    record: UUID
    person: UUID
    way: str
    pdf_sha256: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ShareInfo:
    """A share, for whoever made it and the one whom the record is about.

    Attributes:
        ended: why it opens nothing any more: ``revoked``, ``expired``, ``guessed``, ``reach``; empty while it does.
        log: (when, whether the PIN was right, from which network), newest first.
    """

    share: UUID
    record: UUID
    by_person: UUID
    created: datetime
    expires: datetime
    revoked_at: datetime | None
    ended: str
    locked_until: datetime | None
    views: int
    tries: int
    log: tuple[tuple[datetime, bool, str], ...]


_SHOWN = (
    "record",
    "sealed_at",
    "pdf_size",
    "pdf_sha256",
    "record__subject",
    "record__title",
    "record__document_type",
    "record__unit",
    "record__organisation",
    "record__path",
    "record__period",
    "record__issued_on",
    "record__version",
    "record__state",
    "record__code",
    "record__released_at",
    "record__replaces",
    "record__replaced_because",
)
"""What is read of an issue and its record: the attributes of `CitizenRecord` but the names and what came after."""


_NAMES = tuple(name.removeprefix("record__") for name in _SHOWN)


def visible(now: datetime) -> QuerySet[Record]:
    """Records that citizens see: published or later, and released; for this package's own code."""
    return Record.objects.filter(state__in=SEEN_BY_CITIZENS, released_at__lte=now)


def is_own(by: Actor, subject: UUID) -> bool:
    """True for oneself and for those to whom a grant is limited: a guardian's children."""
    return subject == by.id or any(subject in grant.wards for grant in by.grants)


def of_subjects(*, by: Actor, subjects: Collection[UUID], now: datetime) -> list[CitizenRecord]:
    """The released records about these persons from every school, newest first (A2).

    For oneself and one's wards, with ``records.record.fetch`` for each. Raises NotAllowed for anybody else.
    """
    for subject in subjects:
        if not is_own(by, subject):
            raise NotAllowed("You see your own documents and those of your children.", verb="records.record.fetch")
    told = (dict(zip(_NAMES, row, strict=True)) for row in _about(subjects=subjects, now=now))
    rows = [row for row in told if by.may("records.record.fetch", row["path"], person=row["subject"])]
    after = _after([row["record"] for row in rows if row["state"] != State.PUBLISHED], now)
    names = schools.unit_names(unit for row in rows for unit in (row["unit"], row["organisation"]))
    found = [_citizen(row, names, after.get(row["record"])) for row in rows]
    return sorted(found, key=lambda r: (r.issued_on, r.released_at, r.record), reverse=True)


@prepared
def _about(subjects: Collection[UUID], now: datetime) -> QuerySet[Issue, tuple[Any, ...]]:
    about = visible(now).filter(subject__in=subjects, subject_kind="pupil")
    return Issue.objects.filter(record__in=about).values_list(*_SHOWN)


def _after(replaced: Collection[UUID], now: datetime) -> dict[UUID, tuple[UUID, str]]:
    """The released record (id, code) that took the place of each; a record leaves the state published with that."""
    if not replaced:
        return {}
    rows = visible(now).filter(replaces__in=list(replaced)).order_by("version")
    return {
        former: (record, code)
        for former, record, code in rows.values_list("replaces", "id", "code")
        if former is not None
    }


def _citizen(row: dict[str, Any], names: dict[UUID, str], after: tuple[UUID, str] | None) -> CitizenRecord:
    return CitizenRecord(
        **(row | {"state": State(row["state"])}),
        unit_name=names.get(row["unit"], ""),
        organisation_name=names.get(row["organisation"], ""),
        replaced_by=after[0] if after else None,
        replaced_by_code=after[1] if after else "",
    )


def retrievals(*, by: Actor, record: UUID) -> tuple[RetrievalView, ...]:
    """Who got the original of a record, newest first: for the one whom it is about, guardians, and the office.

    Raises NotFound for anybody else.
    """
    row = Record.objects.filter(id=record).values_list("subject", "path").first()
    if row is None or not _may_follow(by, *row):
        raise NotFound("There is no such document.", record=str(record))
    rows = Retrieval.objects.filter(record=record).order_by("-at", "id")
    return tuple(RetrievalView(*r) for r in rows.values_list("record", "person", "way", "pdf_sha256", "at"))


def _may_follow(by: Actor, subject: UUID, path: str) -> bool:
    own = is_own(by, subject) and by.may("records.record.fetch", path, person=subject)
    return own or by.may("records.record.read", path)


def shares(*, by: Actor, now: datetime, record: UUID | None = None) -> tuple[ShareInfo, ...]:
    """The shares that `by` made, and all those of records about `by`; of one record where named, newest first."""
    rows = Share.objects.select_related("record").filter(by_person=by.id)
    rows = (rows | Share.objects.select_related("record").filter(record__subject=by.id)).distinct()
    if record is not None:
        rows = rows.filter(record=record)
    found = list(rows.order_by("-created", "id"))
    log: dict[UUID, list[tuple[datetime, bool, str]]] = defaultdict(list)
    for view in ShareView.objects.filter(share__in=[row.id for row in found]).order_by("-at", "id"):
        log[view.share_id].append((view.at, view.opened, view.network))
    return tuple(
        ShareInfo(
            row.id, row.record_id, row.by_person, row.created, row.expires, row.revoked_at, _ended(row, now),
            row.locked_until, row.views, row.tries, tuple(log[row.id]),
        )
        for row in found
    )  # fmt: skip


def _ended(row: Share, now: datetime) -> str:
    if row.revoked_at is not None:
        return "revoked"
    if now >= row.expires:
        return "expired"
    if row.tries >= MOST_TRIES:
        return "guessed"
    subject = row.record.subject
    reaches = row.by_person == subject or subject in people.wards(guardian=row.by_person, on=now.date())
    return "" if reaches else "reach"
