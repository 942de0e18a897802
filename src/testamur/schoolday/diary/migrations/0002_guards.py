"""A mark and the history of an absence are never changed and never deleted; leave goes its way and no other."""

from django.db import migrations

from testamur.kernel.base.sqltext import append_only, transitions
from testamur.kernel.journal.guards import guard

MOVES = (
    ("waiting", "asked"), ("waiting", "granted"), ("waiting", "refused"), ("waiting", "withdrawn"),
    ("asked", "granted"), ("asked", "refused"), ("asked", "withdrawn"),
    ("granted", "refused"), ("granted", "withdrawn"),
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("diary", "0001_initial")]
    operations = [
        guard(append_only("diary_mark")),
        guard(append_only("diary_absencechange")),
        guard(transitions("diary_leave", "state", MOVES)),
    ]
