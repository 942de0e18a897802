"""Lists about every package that keeps something, and a count of what stays of a list that grew stale."""

from django.db import migrations, models
from django.db.models import F, Q

from testamur.kernel.base.sqltext import (
    born_as,
    deleted_only_listed,
    fixed_unless,
    parts_fixed_unless,
    refused_unless_listed,
    transitions,
)
from testamur.kernel.journal.guards import guard

MOVES = (
    ("proposed", "approved"), ("proposed", "dropped"), ("approved", "running"), ("approved", "dropped"),
    ("running", "done"),
)  # fmt: skip
REVIEWED = ("unit_id", "path", "category", "before", "count", "digest", "approved_by")
ITEMS = ("keeping_listitem", "row", "list_id")
LISTS = ("keeping_deletionlist", "state", "running")
CATEGORIES = [
    "attendance", "leaves", "remarks", "marks", "health", "assessments", "grades", "documents", "views", "messages",
    "events", "forms", "care", "portfolio", "talks", "plans", "support", "notices",
]  # fmt: skip
# SQLite rebuilds the table of lists: every guard that speaks of it goes first and comes back last
STANDING = (
    born_as("keeping_deletionlist", "state", "proposed"),
    transitions("keeping_deletionlist", "state", MOVES),
    fixed_unless("keeping_deletionlist", REVIEWED, "state", ["proposed"]),
    parts_fixed_unless("keeping_listitem", ("row",), ("keeping_deletionlist", "list_id"), "state", ["proposed"]),
    deleted_only_listed("diary_mark", "id", ITEMS, LISTS),
    deleted_only_listed("diary_absencechange", "absence_id", ITEMS, LISTS),
)


def _off(sql):
    return {vendor: (gone, made) for vendor, (made, gone) in sql.items()}


def _checked(categories):
    return models.CheckConstraint(condition=Q(category__in=categories), name="keeping_list_category")


class Migration(migrations.Migration):
    dependencies = [
        ("keeping", "0002_guards"),
        ("diary", "0002_guards"),
        ("care", "0001_initial"),
        ("conversations", "0001_initial"),
        ("forms", "0002_guards"),
        ("learning", "0002_guards"),
    ]
    operations = [
        *(guard(_off(one)) for one in reversed(STANDING)),
        migrations.AddField("deletionlist", "kept", models.PositiveIntegerField(default=0)),
        migrations.RemoveConstraint("deletionlist", "keeping_list_category"),
        migrations.AddConstraint("deletionlist", _checked(CATEGORIES)),
        migrations.AddConstraint(
            "deletionlist",
            models.CheckConstraint(
                condition=Q(kept__lte=F("gone"), gone__lte=F("count")), name="keeping_list_counted"
            ),
        ),
        *(guard(one) for one in STANDING),
        guard(refused_unless_listed("diary_assessment", "id", ITEMS, LISTS)),
        guard(refused_unless_listed("conversations_post", "conversation_id", ITEMS, LISTS)),
        guard(refused_unless_listed("forms_answer", "form_id", ITEMS, LISTS)),
        guard(refused_unless_listed("care_presence", "id", ITEMS, LISTS)),
        guard(refused_unless_listed("learning_version", "id", ITEMS, LISTS)),
        guard(deleted_only_listed("learning_statement", "goal_id", ITEMS, LISTS)),
        guard(deleted_only_listed("learning_signature", "version_id", ITEMS, LISTS)),
    ]
