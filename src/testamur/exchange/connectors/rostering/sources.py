"""Systems that we read from: entered by the operator, ended, listed. Their secrets lie under ``<data>/keys/roster``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from testamur.exchange.connectors.models import RosterSource
from testamur.exchange.connectors.roster.rules import EVERY, KINDS_OF_SOURCE, SourceRefused, SourceView
from testamur.exchange.connectors.roster.wire import must_be_source
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.durable import write_first
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal import actions as journal
from testamur.register.schools import queries as schools

_NAME = 60


@transaction.atomic
def add_source(
    *,
    by: Actor,
    authority: str,
    name: str,
    kind: str,
    base_url: str,
    token_url: str,
    client_id: str,
    secret: str,
    scope: str = "",
    every: int = 60,
    subscribes: bool = False,
    now: datetime,
    loopback: bool = False,
) -> SourceView:
    """Read a body's roster (its code) from a system, each `every` minutes. The secret is kept in a file of its own.

    `subscribes`: it is asked to tell us of changes besides, and is read as soon as it does (SS 12000 alone).
    Needs ``connectors.roster.manage`` at the body. Raises NotFound, SourceRefused.
    Journal: ``connectors.roster.source_added/1``.
    """
    home = schools.unit_by_code(code=authority)
    if home is None:
        raise NotFound(f"There is no body with the code {authority}.", field="authority")
    by.must("connectors.roster.manage", home.path)
    if not 0 < len(name) <= _NAME or not all(c.isascii() and (c.isalnum() or c in "-.") for c in name):
        raise SourceRefused("A source has a name of letters, digits, points and hyphens.", field="name")
    if kind not in KINDS_OF_SOURCE:
        raise SourceRefused(f"A source is of a kind: {', '.join(KINDS_OF_SOURCE)}.", field="kind")
    if not EVERY[0] <= every <= EVERY[1]:
        raise SourceRefused(f"It is read each {EVERY[0]} to {EVERY[1]} minutes.", field="every")
    if subscribes and kind != "ss12000":
        raise SourceRefused("Only a source of SS 12000 tells of changes.", field="subscribes")
    for url in (base_url, token_url):
        must_be_source(url, loopback=loopback)
    if not client_id or not secret:
        raise SourceRefused("A client's id and secret are needed.", field="client")
    if RosterSource.objects.filter(authority=authority, name=name, ended_at=None).exists():
        raise SourceRefused("There is a source of that name already.", field="name")
    row = RosterSource(
        id=new_id(), authority=authority, name=name, kind=kind, base_url=base_url, token_url=token_url,
        client_id=client_id, scope=scope, every=every, made_by=by.id, made_at=now, next_at=now,
        subscribes=subscribes,
    )  # fmt: skip
    row.save(force_insert=True)
    write_first(_secret(row.id), secret.encode())
    refs = {"source": str(row.id), "kind": kind}
    journal.append(by=by, kind="connectors.roster.source_added/1", path=home.path, refs=refs, now=now)
    return view(row)


@transaction.atomic
def end_source(*, by: Actor, source: UUID, now: datetime) -> None:
    """Read from it no more; what it told stays. Again changes nothing. Needs ``connectors.roster.manage``.

    Raises NotFound. Journal: ``connectors.roster.source_ended/1``.
    """
    row = RosterSource.objects.select_for_update().filter(id=source).first()
    if row is None:
        raise NotFound("There is no such source.", field="source")
    home = schools.unit_by_code(code=row.authority)
    path = home.path if home is not None else "/"
    by.must("connectors.roster.manage", path)
    if row.ended_at is not None:
        return
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    journal.append(by=by, kind="connectors.roster.source_ended/1", path=path, refs={"source": str(row.id)}, now=now)
    transaction.on_commit(lambda: _secret(row.id).unlink(missing_ok=True))


def sources(*, by: Actor) -> tuple[SourceView, ...]:
    """All of them, ended ones too, by body and name. Needs ``connectors.roster.see``."""
    by.must("connectors.roster.see", "/")
    return tuple(view(row) for row in RosterSource.objects.order_by("authority", "name", "made_at"))


def secret_of(source: UUID) -> str:
    """The secret of a source. Raises NotFound where the file is gone."""
    try:
        return _secret(source).read_text(encoding="utf-8")
    except OSError:
        raise NotFound("The secret of this source is gone: end it and enter it anew.", field="source") from None


def view(row: RosterSource) -> SourceView:
    """A row as a value."""
    return SourceView(
        row.id, row.authority, row.name, row.kind, row.base_url, row.token_url, row.client_id, row.scope, row.every,
        row.cursor, row.full_at, row.last_at, row.error, row.ended_at, row.subscribes, row.subscription,
        row.subscribed_until, row.told_at,
    )  # fmt: skip


def _secret(source: UUID) -> Path:
    return Path(settings.DATA) / "keys" / "roster" / f"{source}.secret"
