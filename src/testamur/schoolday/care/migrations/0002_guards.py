"""The database's own guard: an arrival or departure that is noted is never changed; another note takes it back."""

from django.db import migrations

from testamur.kernel.base.sqltext import fixed_unless
from testamur.kernel.journal.guards import guard

COLUMNS = (
    "id", "child", "unit", '"group"', '"on"', "number", "act", "at", "noted_by", "noted_at", "person", "collector_id",
    "corrects_id",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("care", "0001_initial")]
    # no act is called so: every row is fixed. Rows are deleted by reviewed lists alone (keeping.0003_every_package)
    operations = [guard(fixed_unless("care_presence", COLUMNS, "act", ("never",)))]
