"""A decision says on which scale, where the course and not the law chooses it."""

from django.db import migrations, models

from testamur.kernel.base.sqltext import append_only
from testamur.kernel.journal.guards import guard


class Migration(migrations.Migration):
    dependencies = [("results", "0004_signing_choice")]
    operations = [
        # as in 0003: SQLite rebuilds the table and loses its triggers
        guard({vendor: (gone, made) for vendor, (made, gone) in append_only("results_decision").items()}),
        migrations.AddField("decision", "scale", models.CharField(default="", max_length=40)),
        guard(append_only("results_decision")),
    ]
