"""A correction keeps what the law was told: in which role, on which grounds, why, and who was heard."""

from django.db import migrations, models

from testamur.kernel.base.sqltext import append_only
from testamur.kernel.journal.guards import guard


class Migration(migrations.Migration):
    dependencies = [("results", "0002_guards")]
    operations = [
        # SQLite rebuilds the table and loses its triggers: the guard goes first and comes back last
        guard({vendor: (gone, made) for vendor, (made, gone) in append_only("results_decision").items()}),
        migrations.AddField("decision", "correction", models.JSONField(null=True)),
        migrations.AddConstraint(
            "decision",
            models.CheckConstraint(
                condition=models.Q(("correction__isnull", True), ("replaces__isnull", True))
                | models.Q(("correction__isnull", False), ("replaces__isnull", False)),
                name="results_decision_correction_explained",
            ),
        ),
        guard(append_only("results_decision")),
    ]
