"""The database lets nothing of a closed report change, and none be opened again."""

from __future__ import annotations

from django.db import migrations

from testamur.kernel.base.sqltext import born_as, fixed_unless, transitions
from testamur.kernel.journal.guards import guard

WRITTEN = (
    "unit", "path", "school_year", "outcome", "causes", "proposals", "content", "sha256", "made_by", "made_at",
    "closed_by", "closed_at",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("supervision", "0001_initial")]
    operations = [
        guard(born_as("supervision_report", "state", "draft")),
        guard(transitions("supervision_report", "state", [("draft", "closed")])),
        guard(fixed_unless("supervision_report", WRITTEN, "state", ["draft"])),
    ]
