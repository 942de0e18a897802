"""A record begins as a draft: the database refuses one that is entered as signed."""

from django.db import migrations

from testamur.kernel.base.sqltext import born_as
from testamur.kernel.journal.guards import guard


class Migration(migrations.Migration):
    dependencies = [("records", "0004_status_list")]
    operations = [guard(born_as("records_record", "state", "drafted"))]
