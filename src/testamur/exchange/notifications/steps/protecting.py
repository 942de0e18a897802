"""A protection that comes late: what went on its way before it is called back.

Whatever is asked for follows from the same moment, since nobody is shown a name but by `people.queries`. What is left
is what was written before: messages in the outbox (taken back by the verb itself; told again here without the name) and
calendars that telephones fetch, of the child and of its siblings.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.exchange.notifications.models import Item
from testamur.kernel.delivery import queries as outbox
from testamur.kernel.jobs.rules import step_actor
from testamur.kernel.journal.rules import EntryView
from testamur.register.people import reach
from testamur.schoolday.noticeboard import actions as board

STEP = step_actor("notices.protecting", "noticeboard.feed.close", "delivery.message.read")
KIND = "people.protection.raised"


@transaction.atomic
def call_back(*, entry: EntryView, now: datetime) -> int:
    """Do for one entry of the journal what its protection asks for; returns how many things are told again.

    Doing it again changes nothing.
    """
    person = UUID(entry.refs["person"])
    if entry.refs.get("to") == "none" or entry.refs.get("from") != "none":
        return 0
    board.close_feeds(by=STEP, children={person, *reach.siblings(child=person)}, now=now)
    again = 0
    for text in entry.refs.get("withdrawn", ()):
        message = outbox.message(by=STEP, id=UUID(text))
        assert message.person is not None  # it was found by its reader
        told = Item.objects.filter(person=message.person, told_by=message.channel, told_at=message.posted_at)
        again += told.update(told_at=None, outcome="", told_by="")
    return again
