"""Reading the notice board."""

from __future__ import annotations

from testamur.schoolday.noticeboard.queries.board import (
    enquiries,
    news,
    outages,
)
from testamur.schoolday.noticeboard.queries.events import (
    FAMILY,
    STAFF,
    answers,
    event,
    events,
    events_by_id,
    events_for,
    tests_on,
    times,
    times_of,
)
from testamur.schoolday.noticeboard.queries.feeds import FeedView, feed_made, feed_of

__all__ = [
    "FAMILY",
    "STAFF",
    "FeedView",
    "answers",
    "enquiries",
    "event",
    "events",
    "events_by_id",
    "events_for",
    "feed_made",
    "feed_of",
    "news",
    "outages",
    "tests_on",
    "times",
    "times_of",
]
