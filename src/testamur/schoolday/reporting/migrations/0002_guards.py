"""A list goes its way and no other; what was sent, and what was said about it, is never changed and never deleted."""

from django.db import migrations

from testamur.kernel.base.sqltext import append_only, transitions
from testamur.kernel.journal.guards import guard

MOVES = (
    ("draft", "sent"), ("draft", "discarded"), ("sent", "draft"), ("sent", "signed"), ("signed", "entered"),
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("reporting", "0001_initial")]
    operations = [
        guard(append_only("reporting_listversion")),
        guard(append_only("reporting_comment")),
        guard(transitions("reporting_resultlist", "state", MOVES)),
    ]
