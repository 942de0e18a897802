"""Reads of the connectors: which keys are known, which runs there were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from testamur.exchange.connectors.models import ImportRun, SourceKey
from testamur.kernel.base.actor import Actor
from testamur.register.people.queries import chunks

CHUNK = 900
"""Parameters of one statement; SQLite may take no more than 999."""
_TABLE = SourceKey._meta.db_table  # noqa: SLF001 - Django's documented Meta API


@dataclass(frozen=True, slots=True)
class RunView:
    """One import."""

    id: UUID
    source: str
    format: str
    bundle: str
    state: str
    cursor: int
    counts: Mapping[str, Any]
    started: datetime
    ended: datetime | None


def known(*, source: int, kind: str, keys: Iterable[str]) -> dict[str, tuple[UUID, str]]:
    """For each known key of a source its object's id and the digest it was last loaded with.

    Plain SQL: this runs for every row of every import, and the ORM's work on a thousand parameters is half its cost.
    """
    found: dict[str, tuple[UUID, str]] = {}
    with connection.cursor() as cursor:
        for chunk in chunks(keys, CHUNK):
            marks = ", ".join(["%s"] * len(chunk))
            cursor.execute(
                f"SELECT key, object_id, digest FROM {_TABLE} "  # noqa: S608 - the table of our own model
                f"WHERE source_id = %s AND kind = %s AND key IN ({marks})",
                [source, kind, *chunk],
            )
            for key, object_id, digest in cursor.fetchall():
                found[key] = (object_id if isinstance(object_id, UUID) else UUID(object_id), digest)
    return found


def keys_of(*, source: int, kind: str, objects: Iterable[UUID]) -> dict[UUID, str]:
    """The keys that a source has for objects of ours; an object without one is left out."""
    return {
        object_id: key
        for chunk in chunks(objects, CHUNK)
        for object_id, key in SourceKey.objects.filter(source=source, kind=kind, object_id__in=chunk).values_list(
            "object_id", "key"
        )
    }


def keys_known(*, source: int, kind: str) -> dict[str, str]:
    """All keys of a kind that a source has, with the digest of each row as it was last loaded."""
    return dict(SourceKey.objects.filter(source=source, kind=kind).values_list("key", "digest"))


def foreign_keys(*, authority: str, kind: str, objects: Iterable[UUID]) -> dict[str, set[UUID]]:
    """By what keys the systems of a body (its code) know those objects; one key may stand for several."""
    found: dict[str, set[UUID]] = {}
    rows = SourceKey.objects.filter(source__name__startswith=f"{authority}/", kind=kind)
    for chunk in chunks(objects, CHUNK):
        for key, object_id in rows.filter(object_id__in=chunk).values_list("key", "object_id"):
            found.setdefault(key, set()).add(object_id)
    return found


def runs(*, by: Actor, limit: int = 50) -> tuple[RunView, ...]:
    """The latest imports, newest first. Needs ``connectors.import.see``."""
    by.must("connectors.import.see", "/")
    return tuple(_run(row) for row in ImportRun.objects.select_related("source").order_by("-started")[:limit])


def runs_of(*, by: Actor, path: str, authority: str, limit: int = 50) -> tuple[RunView, ...]:
    """The latest imports for one body (its code), newest first. Needs ``connectors.import.see`` at `path`."""
    by.must("connectors.import.see", path)
    rows = ImportRun.objects.select_related("source").filter(source__name__startswith=f"{authority}/")
    return tuple(_run(row) for row in rows.order_by("-started", "id")[:limit])


def _run(row: ImportRun) -> RunView:
    return RunView(
        row.id, row.source.name, row.format, row.bundle, row.state, row.cursor, row.counts, row.started, row.ended
    )
