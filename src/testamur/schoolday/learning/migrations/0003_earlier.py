"""What an entry of the portfolio said before it was changed; the database keeps it as it was."""

import django.db.models.deletion
from django.db import migrations, models

import testamur.kernel.base.ids
from testamur.kernel.base.sqltext import fixed_unless
from testamur.kernel.journal.guards import guard

COLUMNS = ("id", "entry_id", "number", "title", "text", '"on"', "changed_by", "until")


class Migration(migrations.Migration):
    dependencies = [("learning", "0002_guards")]
    operations = [
        migrations.CreateModel(
            name="Earlier",
            fields=[
                ("id", models.UUIDField(default=testamur.kernel.base.ids.new_id, primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=200)),
                ("text", models.TextField(default="")),
                ("on", models.DateField()),
                ("changed_by", models.UUIDField()),
                ("until", models.DateTimeField()),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="earlier",
                        to="learning.entry",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("entry", "number"), name="learning_earlier_number"),
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="learning_earlier_counted"),
                ],
            },
        ),
        # no title is empty: every row is fixed; they go with their entry, by a reviewed list
        guard(fixed_unless("learning_earlier", COLUMNS, "title", ("",))),
    ]
