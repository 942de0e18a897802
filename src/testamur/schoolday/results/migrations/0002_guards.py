"""A decision is never changed and never deleted: a correction is a new row."""

from django.db import migrations

from testamur.kernel.base.sqltext import append_only
from testamur.kernel.journal.guards import guard


class Migration(migrations.Migration):
    dependencies = [("results", "0001_initial")]
    operations = [guard(append_only("results_decision"))]
