"""Reads of the connectors: which keys are known, which runs there were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from testamur.exchange.connectors.models import ImportRun, SourceKey
from testamur.kernel.base.actor import Actor
from testamur.register.people.queries import chunks


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
    """For each known key of a source its object's id and the digest it was last loaded with."""
    return {
        key: (object_id, digest)
        for chunk in chunks(keys, 900)
        for key, object_id, digest in SourceKey.objects.filter(source=source, kind=kind, key__in=chunk).values_list(
            "key", "object_id", "digest"
        )
    }


def keys_of(*, source: int, kind: str, objects: Iterable[UUID]) -> dict[UUID, str]:
    """The keys that a source has for objects of ours; an object without one is left out."""
    return {
        object_id: key
        for chunk in chunks(objects, 900)
        for object_id, key in SourceKey.objects.filter(source=source, kind=kind, object_id__in=chunk).values_list(
            "object_id", "key"
        )
    }


def runs(*, by: Actor, limit: int = 50) -> tuple[RunView, ...]:
    """The latest imports, newest first. Needs ``connectors.import.see``."""
    by.must("connectors.import.see", "/")
    return tuple(
        RunView(
            row.id, row.source.name, row.format, row.bundle, row.state, row.cursor, row.counts, row.started, row.ended
        )
        for row in ImportRun.objects.select_related("source").order_by("-started")[:limit]
    )
