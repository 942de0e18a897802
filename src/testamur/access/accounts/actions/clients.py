"""Programs that read through the API: made, ended, let in, and what they read written down."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.access.accounts.methods.hiding import keyed, same
from testamur.access.accounts.models import ApiClient
from testamur.access.accounts.queries.clients import view
from testamur.access.accounts.rules.clients import (
    PROTECTED,
    SCOPES,
    ClientRefused,
    ClientUnnamed,
    ClientView,
    NewClient,
    ScopeUnknown,
)
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import random_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.schools import queries as schools

MOST = 120
_USE = "api client"


@transaction.atomic
def add_client(*, by: Actor, name: str, path: str, scopes: Sequence[str], now: datetime) -> NewClient:
    """Let a program read at a unit and below, with these scopes. Its secret is in the answer and nowhere else.

    Needs ``accounts.client.add`` at `path`, and to let it see protected persons ``people.protected.see``.
    Raises NotFound where there is no unit, ClientUnnamed, ScopeUnknown.
    Journal: ``accounts.client.added/1``.
    """
    by.must("accounts.client.add", path)
    if schools.unit_at(path) is None:
        raise NotFound("There is no such unit.", field="path", path=path)
    if not 0 < len(name.strip()) <= MOST:
        raise ClientUnnamed(f"A client has a name of at most {MOST} characters.", field="name")
    wanted = sorted(set(scopes))
    if not wanted or not set(wanted) <= set(SCOPES):
        raise ScopeUnknown(f"The scopes are {', '.join(SCOPES)}.", field="scopes")
    if PROTECTED in wanted:  # nobody lets a program see more than oneself
        by.must("people.protected.see", path)
    key, secret = random_id(), secrets.token_urlsafe(32)
    row = ApiClient(
        id=key,
        name=name.strip(),
        path=path,
        scopes=wanted,
        digest=keyed(_USE, str(key), secret),
        made_by=by.id,
        made_at=now,
    )
    row.save(force_insert=True)
    append(by=by, kind="accounts.client.added/1", path=path, refs={"client": str(key), "scopes": wanted}, now=now)
    return NewClient(key, secret)


@transaction.atomic
def end_client(*, by: Actor, client: UUID, now: datetime) -> None:
    """Let a program read no more, from this moment: its tokens open nothing either. Again changes nothing.

    Needs ``accounts.client.end`` at its place. Raises NotFound. Journal: ``accounts.client.ended/1``.
    """
    row = ApiClient.objects.select_for_update().filter(id=client).first()
    if row is None:
        raise NotFound("There is no such client.", field="client")
    by.must("accounts.client.end", row.path)
    if row.ended_at is not None:
        return
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    append(by=by, kind="accounts.client.ended/1", path=row.path, refs={"client": str(client)}, now=now)


@transaction.atomic
def admit_client(*, by: Actor, client: UUID, secret: str, now: datetime) -> ClientView:
    """The client with that id and secret. The caller limits the rate. Raises ClientRefused.

    Journal: ``accounts.client.admitted/1``.
    """
    row = ApiClient.objects.select_for_update().filter(id=client).first()
    given = keyed(_USE, str(client), secret)  # reckoned for an unknown client too: the time tells nothing
    if row is None or row.ended_at is not None or not same(row.digest, given):
        raise ClientRefused("The client is unknown, or its secret is wrong.")
    row.used_at = now
    row.save(update_fields=["used_at"])
    append(by=by, kind="accounts.client.admitted/1", path=row.path, refs={"client": str(client)}, now=now)
    return view(row)


@transaction.atomic
def note_reading(*, by: Actor, path: str, what: str, query: str, count: int, now: datetime) -> None:
    """Write down that a program (`by`) was given `count` things of a kind, and the digest of what it had asked for.

    One entry for each answer: what was read by whom has to stand in the log database as it happened, and a sum for the
    day would have to be changed, which nothing there can be. Journal: ``accounts.client.read/1``.
    """
    told = {"client": str(by.id), "what": what, "query_sha256": query, "count": count}
    append(by=by, kind="accounts.client.read/1", path=path, refs=told, now=now)
