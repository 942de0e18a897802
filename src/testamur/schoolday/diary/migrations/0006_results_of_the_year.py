"""The results of the year are a part of their own; whoever has looked at assessments has seen those too."""

from django.db import migrations, models

PARTS = [
    "marks", "absences", "remarks", "health", "assessments", "results", "homework", "leave", "events", "lessons",
    "messages", "forms", "care", "learning",
]  # fmt: skip
SEEN = """INSERT INTO diary_visit (person, pupil_id, part, seen_at)
    SELECT person, pupil_id, 'results', seen_at FROM diary_visit WHERE part = 'assessments'"""
UNSEEN = "DELETE FROM diary_visit WHERE part = 'results'"


class Migration(migrations.Migration):
    dependencies = [("diary", "0005_phrases"), ("people", "0002_protected_cases")]
    operations = [
        migrations.RemoveConstraint(model_name="visit", name="diary_visit_part"),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(condition=models.Q(("part__in", PARTS)), name="diary_visit_part"),
        ),
        migrations.RunSQL(SEEN, UNSEEN),
    ]
