"""Reading the programs that read through the API."""

from __future__ import annotations

from uuid import UUID

from testamur.access.accounts.models import ApiClient
from testamur.access.accounts.rules.clients import ClientView
from testamur.kernel.base.actor import Actor


def clients(*, by: Actor, path: str) -> tuple[ClientView, ...]:
    """The clients at or below a path, ended ones too, by name. Needs ``accounts.client.see`` there."""
    by.must("accounts.client.see", path)
    return tuple(view(row) for row in ApiClient.objects.filter(path__startswith=path).order_by("name", "id"))


def open_client(client: UUID) -> ClientView | None:
    """The client with that id, unless it was ended; for the door of the API."""
    row = ApiClient.objects.filter(id=client, ended_at__isnull=True).first()
    return None if row is None else view(row)


def view(row: ApiClient) -> ClientView:
    """A row as others see it; for this package's own code."""
    return ClientView(
        row.id, row.name, row.path, tuple(row.scopes), row.made_by, row.made_at, row.used_at, row.ended_at
    )
