"""Which mappings are kept for a school."""

from __future__ import annotations

from testamur.exchange.connectors.diary.fields import Kind
from testamur.exchange.connectors.diary.mapping import Mapping, mapping_of
from testamur.exchange.connectors.models import DiaryMapping
from testamur.kernel.base.actor import Actor


def kept(*, by: Actor, path: str, kind: Kind | None = None) -> tuple[Mapping, ...]:
    """The mappings kept at `path` or above it, by name. Needs ``diary.import.load`` there."""
    by.must("diary.import.load", path)
    parts = path.strip("/").split("/")
    above = ["/", *("/" + "/".join(parts[:n]) + "/" for n in range(1, len(parts) + 1))]
    rows = DiaryMapping.objects.filter(path__in=above)
    if kind is not None:
        rows = rows.filter(kind=kind.value)
    return tuple(mapping_of({**row.told, "name": row.name}) for row in rows.order_by("name", "kind", "path"))
