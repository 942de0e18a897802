"""Tables of the transparency log. Append-only: no verb changes or removes an entry or a signed head."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from testamur.kernel.base.ids import new_id
from testamur.kernel.proofs.tlog import ENTRY_SIZE
from testamur.trust.transparency.rules import LogState


class Log(models.Model):
    """One log of one organisation."""

    id = models.UUIDField(primary_key=True, default=new_id)
    organisation = models.UUIDField(unique=True)
    path = models.CharField(max_length=400)
    code = models.CharField(max_length=63, unique=True)
    origin = models.CharField(max_length=255, unique=True)
    vkey = models.CharField(max_length=400, unique=True)
    size = models.BigIntegerField(default=0)
    published = models.BigIntegerField(default=0)
    quorum = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, default=LogState.OPEN)
    made = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(published__gte=0, size__gte=models.F("published")),
                name="transparency_log_sizes",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in LogState]), name="transparency_log_state"
            ),
        ]

    def __str__(self) -> str:
        return self.origin


class Witness(models.Model):
    """A party asked to cosign every head of every log here. Never deleted: old proofs name its key."""

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.CharField(max_length=63, unique=True)
    vkey = models.CharField(max_length=2400, unique=True)
    url = models.CharField(max_length=400, blank=True)
    added = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class LogEntry(models.Model):
    """Entry `index` of a log."""

    id = models.BigAutoField(primary_key=True)
    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="+", db_index=False)
    index = models.BigIntegerField()
    entry = models.BinaryField(max_length=ENTRY_SIZE)
    added = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["log", "index"], name="transparency_entry_place"),
            models.UniqueConstraint(fields=["log", "entry"], name="transparency_entry_once"),
            models.CheckConstraint(condition=models.Q(index__gte=0), name="transparency_entry_index"),
            models.CheckConstraint(condition=Exact(Length("entry"), ENTRY_SIZE), name="transparency_entry_length"),
        ]

    def __str__(self) -> str:
        return str(self.index)


class Checkpoint(models.Model):
    """A head that the log has signed; kept before anyone outside can see it.

    `frontier` are the hashes from which the tree grows on (`rules.unpack_frontier`).
    """

    id = models.BigAutoField(primary_key=True)
    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="+", db_index=False)
    size = models.BigIntegerField()
    note = models.BinaryField()
    frontier = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["log", "size"], name="transparency_checkpoint_once"),
            models.CheckConstraint(condition=models.Q(size__gte=0), name="transparency_checkpoint_size"),
        ]

    def __str__(self) -> str:
        return str(self.size)
