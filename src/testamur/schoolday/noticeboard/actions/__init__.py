"""The verbs of the notice board. One file per family of verbs; callers import them from here."""

from __future__ import annotations

from testamur.schoolday.noticeboard.actions.board import (
    announce_outage,
    end_outage,
    handle_enquiry,
    note_trouble,
    publish_news,
    send_enquiry,
    tidy,
    withdraw_news,
)
from testamur.schoolday.noticeboard.actions.events import (
    answer_event,
    cancel_event,
    change_event,
    plan_event,
)
from testamur.schoolday.noticeboard.actions.feeds import close_feeds, end_feed, renew_feed
from testamur.schoolday.noticeboard.actions.meetings import (
    book_time,
    cancel_booking,
    offer_times,
    withdraw_times,
)

__all__ = [
    "announce_outage",
    "answer_event",
    "book_time",
    "cancel_booking",
    "cancel_event",
    "change_event",
    "close_feeds",
    "end_feed",
    "end_outage",
    "handle_enquiry",
    "note_trouble",
    "offer_times",
    "plan_event",
    "publish_news",
    "renew_feed",
    "send_enquiry",
    "tidy",
    "withdraw_news",
    "withdraw_times",
]
