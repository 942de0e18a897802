"""What was sent stays what it is: nothing in a list or its rows changes while the list is no draft."""

from django.db import migrations

from testamur.kernel.base.sqltext import fixed_unless, parts_fixed_unless
from testamur.kernel.journal.guards import guard

LIST = (
    "number", "kind", "unit", "pack", "course", "course_code", "module", "module_code", "occasion", "scale", "title",
    "title_en", "reason",
)  # fmt: skip
ROW = ("person", "value", "examined_on", "points", "corrects", "amendment")


class Migration(migrations.Migration):
    dependencies = [("reporting", "0002_guards")]
    operations = [
        guard(fixed_unless("reporting_resultlist", LIST, "state", ["draft"])),
        guard(parts_fixed_unless("reporting_listrow", ROW, ("reporting_resultlist", "list_id"), "state", ["draft"])),
    ]
