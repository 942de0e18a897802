"""What has been logged stays: the database refuses to change or remove an entry."""

from django.db import migrations

from testamur.kernel.base.sqltext import append_only
from testamur.kernel.journal.guards import guard


class Migration(migrations.Migration):
    dependencies = [("transparency", "0001_initial")]
    operations = [guard(append_only("transparency_logentry"))]
