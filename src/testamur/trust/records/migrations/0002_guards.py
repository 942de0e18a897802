"""The database refuses every transition that the table in `records.rules` does not name."""

from django.db import migrations

from testamur.kernel.base.sqltext import transitions
from testamur.kernel.journal.guards import guard
from testamur.trust.records.rules import TRANSITIONS


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]
    operations = [guard(transitions("records_record", "state", TRANSITIONS))]
