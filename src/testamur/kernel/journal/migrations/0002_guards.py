"""The journal and its shipped copy are append-only: the database refuses every change."""

from django.db import migrations

from testamur.kernel.base.sqltext import append_only
from testamur.kernel.journal.guards import guard


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [
        guard(append_only("journal_entry")),
        guard(append_only("journal_shippedentry"), alias="log"),
        guard(append_only("journal_shippedhead"), alias="log"),
    ]
