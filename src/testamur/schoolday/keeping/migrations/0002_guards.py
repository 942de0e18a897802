"""What the database itself refuses: a list that skips a step or changes after its review, a row that no list names."""

from __future__ import annotations

from django.db import migrations

from testamur.kernel.base.sqltext import born_as, deleted_only_listed, fixed_unless, parts_fixed_unless, transitions
from testamur.kernel.journal.guards import guard

MOVES = (
    ("proposed", "approved"), ("proposed", "dropped"), ("approved", "running"), ("approved", "dropped"),
    ("running", "done"),
)  # fmt: skip
ANSWERS = (("asked", "granted"), ("asked", "partly"), ("asked", "refused"), ("asked", "withdrawn"))
REVIEWED = ("unit_id", "path", "category", "before", "count", "digest", "approved_by")
ITEMS = ("keeping_listitem", "row", "list_id")
LISTS = ("keeping_deletionlist", "state", "running")


class Migration(migrations.Migration):
    dependencies = [("keeping", "0001_initial"), ("diary", "0002_guards")]
    operations = [
        guard(born_as("keeping_deletionlist", "state", "proposed")),
        guard(transitions("keeping_deletionlist", "state", MOVES)),
        guard(fixed_unless("keeping_deletionlist", REVIEWED, "state", ["proposed"])),
        guard(parts_fixed_unless("keeping_listitem", ("row",), ("keeping_deletionlist", "list_id"), "state", ["proposed"])),
        guard(transitions("keeping_request", "state", ANSWERS)),
        guard(deleted_only_listed("diary_mark", "id", ITEMS, LISTS)),
        guard(deleted_only_listed("diary_absencechange", "absence_id", ITEMS, LISTS)),
    ]
