"""Look-ups and lines of the book of copies are never changed; a transfer goes the ways that `custody.rules` names."""

from django.db import migrations

from testamur.kernel.base.sqltext import append_only, born_as, transitions
from testamur.kernel.journal.guards import guard
from testamur.schoolday.custody.rules import TRANSITIONS, TransferState


class Migration(migrations.Migration):
    dependencies = [("custody", "0001_initial")]
    operations = [
        guard(append_only("custody_lookup")),
        guard(append_only("custody_copy")),
        guard(transitions("custody_transfer", "state", TRANSITIONS)),
        guard(born_as("custody_transfer", "state", TransferState.ASKED)),
    ]
