"""Tables of the journal: `Entry` in the default database, the shipped copy in the database ``log``."""

from __future__ import annotations

from typing import Any

from django.db import models


class CurrentTransaction(models.Func):
    """Number of the running transaction (PostgreSQL); 0 on SQLite, which has one writer at a time."""

    output_field = models.BigIntegerField()
    arity = 0

    def as_sqlite(self, compiler: Any, connection: Any, **extra_context: Any) -> tuple[str, tuple[str | int, ...]]:  # noqa: ARG002 - Django's signature
        """A constant: entry numbers are already in commit order."""
        return "0", ()

    def as_postgresql(self, compiler: Any, connection: Any, **extra_context: Any) -> tuple[str, tuple[str | int, ...]]:  # noqa: ARG002 - Django's signature
        """64 bits, so it does not wrap around."""
        return "(pg_current_xact_id()::text::bigint)", ()


class Entry(models.Model):
    """One act: who, what, which, when. Holds ids and digests, never names or numbers of persons."""

    id = models.BigAutoField(primary_key=True)
    transaction = models.BigIntegerField(db_default=CurrentTransaction())
    at = models.DateTimeField()
    actor = models.UUIDField()
    identified_by = models.CharField(max_length=40)
    on_behalf_of = models.UUIDField(null=True)
    kind = models.CharField(max_length=80)
    path = models.CharField(max_length=400)
    refs = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["kind", "id"]), models.Index(fields=["transaction", "id"])]


class ShippedEntry(models.Model):
    """One entry in the log database; `seq` counts from 1 without gaps. Append-only there too."""

    seq = models.BigIntegerField(primary_key=True)
    entry = models.BigIntegerField(unique=True)
    transaction = models.BigIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=80)
    path = models.CharField(max_length=400)
    actor = models.UUIDField()
    body = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["kind", "seq"]), models.Index(fields=["actor", "seq"])]


class ShippedHead(models.Model):
    """Merkle head after a shipped batch, with the frontier that lets the next batch go on. Append-only."""

    size = models.BigIntegerField(primary_key=True)
    root = models.CharField(max_length=64)
    frontier = models.JSONField()
    at = models.DateTimeField()
