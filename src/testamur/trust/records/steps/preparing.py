"""Freeze, render and enter drafts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.clock import parse_stamp, stamp
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import Refused
from testamur.kernel.proofs.jcs import canonical
from testamur.kernel.proofs.shape import ShapeError
from testamur.kernel.proofs.snapshot import parse_snapshot
from testamur.trust.records import actions, drafts
from testamur.trust.records.actions import Drafted
from testamur.trust.records.render import Renderer
from testamur.trust.records.rules import NewRecord, snapshot
from testamur.trust.records.steps.costs import Costs


class SnapshotRefused(Refused):
    """A snapshot that no verifier would read; nobody shall sign it."""

    code = "records.snapshot"


def must_be_readable(frozen: bytes) -> None:
    """Raise SnapshotRefused unless verifiers read these bytes of `record.json` (docs/formats.md §1)."""
    try:
        parse_snapshot(frozen)
    except ShapeError as error:
        raise SnapshotRefused(f"No verifier would read this document: {error}.") from error


def prepare(
    *,
    by: Actor,
    new: Sequence[NewRecord],
    renderer: Renderer,
    public_url: str,
    test: bool,
    now: datetime,
    costs: Costs | None = None,
) -> list[UUID]:
    """Freeze, render and enter records as drafts; one durable pack and one transaction for all of `new`.

    Raises what the renderer refuses (a character without a glyph, a broken template) before anything is written.
    """
    costs = costs or Costs()
    parts: list[bytes] = []
    made: list[tuple[NewRecord, bytes, bytes]] = []
    frozen_at = parse_stamp(stamp(now))  # whole seconds, as it stands in the snapshot
    with costs("render"):
        for one in new:
            frozen = canonical(
                snapshot(one, public_url=public_url, test=test, frozen_at=frozen_at, practice=settings.PRACTICE)
            )
            must_be_readable(frozen)
            pdf = renderer.render(template=one.document.template, record_json=frozen, frozen_at=frozen_at)
            made.append((one, frozen, pdf))
            parts.append(pdf + frozen)
    pack = new_id()
    with costs("database"):
        offsets = drafts.write_pack(pack, parts)
        drafted = [
            Drafted(
                new=one,
                h0=hashlib.sha256(pdf).hexdigest(),
                size=len(pdf),
                json_size=len(frozen),
                offset=offset,
                record_json_sha256=hashlib.sha256(frozen).hexdigest(),
                content_sha256=hashlib.sha256(canonical(dict(one.content))).hexdigest(),
            )
            for (one, frozen, pdf), offset in zip(made, offsets, strict=True)
        ]
        actions.draft(by=by, pack=pack, size=sum(map(len, parts)), drafted=drafted, now=now)
    return [one.record for one in new]
