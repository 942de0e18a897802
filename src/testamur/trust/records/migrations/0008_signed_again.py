"""What is signed and cannot be sealed may be signed again: the guard of the states is made anew from the table."""

from typing import Any

from django.db import migrations

from testamur.kernel.base.sqltext import transitions
from testamur.trust.records.rules import TRANSITIONS


def again(_apps: Any, editor: Any) -> None:
    made, removed = transitions("records_record", "state", TRANSITIONS)[editor.connection.vendor]
    for statement in (*removed, *made):
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("records", "0007_released")]
    operations = [migrations.RunPython(again, again)]
