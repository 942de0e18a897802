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
from testamur.schoolday.noticeboard.actions.feeds import (
    choose_content,
    close_feeds,
    end_feed,
    end_work_feed,
    renew_feed,
    renew_work_feed,
)
from testamur.schoolday.noticeboard.actions.highlights import highlight
from testamur.schoolday.noticeboard.actions.meetings import (
    book_time,
    cancel_booking,
    offer_times,
    withdraw_times,
)
from testamur.schoolday.noticeboard.actions.menus import add_menu, copy_week, end_menu, write_days
from testamur.schoolday.noticeboard.actions.news import take_back_news, tell_news

__all__ = [
    "add_menu",
    "announce_outage",
    "answer_event",
    "book_time",
    "cancel_booking",
    "cancel_event",
    "change_event",
    "choose_content",
    "close_feeds",
    "copy_week",
    "end_feed",
    "end_menu",
    "end_outage",
    "end_work_feed",
    "handle_enquiry",
    "highlight",
    "note_trouble",
    "offer_times",
    "plan_event",
    "publish_news",
    "renew_feed",
    "renew_work_feed",
    "send_enquiry",
    "take_back_news",
    "tell_news",
    "tidy",
    "withdraw_news",
    "withdraw_times",
    "write_days",
]
