"""The results of the year are a part of their own, told as the reader chose for assessments, which held them before."""

from django.db import migrations, models

from testamur.kernel.journal.guards import guard

PARTS = [
    "marks", "absences", "remarks", "health", "assessments", "results", "homework", "leave", "events", "lessons",
    "messages", "forms", "care", "learning",
]  # fmt: skip
TABLES = ("choice", "item")
_ITEMS = """UPDATE notifications_item SET part = 'results'
    WHERE part = 'assessments' AND ref IN (SELECT id FROM results_decision)"""
_BACK = [
    "DELETE FROM notifications_choice WHERE part = 'results'",
    "UPDATE notifications_item SET part = 'assessments' WHERE part = 'results'",
]


def _choices(new_id):
    return f"""INSERT INTO notifications_choice (id, person, child, part, ways, pace, changed_at)
        SELECT {new_id}, person, child, 'results', ways, pace, changed_at FROM notifications_choice
        WHERE part = 'assessments'"""


CHOSEN = {
    "sqlite": ([_choices("lower(hex(randomblob(16)))"), _ITEMS], _BACK),
    "postgresql": ([_choices("gen_random_uuid()"), _ITEMS], _BACK),
}
"""Without it whoever wants no messages of assessments would suddenly get some of results."""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_portal_parts"), ("results", "0006_decision_pupil")]
    operations = [
        *(migrations.RemoveConstraint(model_name=name, name=f"notifications_{name}_part") for name in TABLES),
        *(
            migrations.AddConstraint(
                model_name=name,
                constraint=models.CheckConstraint(
                    condition=models.Q(("part__in", PARTS)), name=f"notifications_{name}_part"
                ),
            )
            for name in TABLES
        ),
        guard(CHOSEN),
    ]
