"""What the database itself refuses: a plan that is born in force, or goes back from where it was."""

from __future__ import annotations

from django.db import migrations

from testamur.kernel.base.sqltext import born_as, transitions
from testamur.kernel.journal.guards import guard

MOVES = (("draft", "in_force"), ("in_force", "closed"))


class Migration(migrations.Migration):
    dependencies = [("rollout", "0001_initial")]
    operations = [
        guard(born_as("rollout_plan", "state", "draft")),
        guard(transitions("rollout_plan", "state", MOVES)),
    ]
