"""The database refuses every transition of a handover that `transcripts.rules` does not name."""

from django.db import migrations

from testamur.kernel.base.sqltext import born_as, transitions
from testamur.kernel.journal.guards import guard
from testamur.schoolday.transcripts.rules import TRANSITIONS, HandoverState


class Migration(migrations.Migration):
    dependencies = [("transcripts", "0001_initial")]
    operations = [
        guard(transitions("transcripts_handover", "state", TRANSITIONS)),
        guard(born_as("transcripts_handover", "state", HandoverState.WAITING)),
    ]
