"""A statement and a signature are never changed and never deleted; a frozen version stays as it was handed over."""

from django.db import migrations

from testamur.kernel.base.sqltext import append_only, fixed_unless, transitions
from testamur.kernel.journal.guards import guard

FIXED = ("content", "pdf", "digest", "size", "eid", "frozen_at", "number", "made_by")


class Migration(migrations.Migration):
    dependencies = [("learning", "0001_initial")]
    operations = [
        guard(append_only("learning_statement")),
        guard(append_only("learning_signature")),
        guard(transitions("learning_version", "state", (("draft", "frozen"),))),
        guard(fixed_unless("learning_version", FIXED, "state", ("draft",))),
    ]
