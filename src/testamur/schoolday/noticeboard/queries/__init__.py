"""Reading the notice board."""

from __future__ import annotations

from testamur.schoolday.noticeboard.queries.board import (
    class_news,
    class_news_by_id,
    enquiries,
    news,
    outages,
)
from testamur.schoolday.noticeboard.queries.events import (
    FAMILY,
    STAFF,
    answers,
    bookers,
    event,
    events,
    events_by_id,
    events_for,
    tests_between,
    tests_on,
    times,
    times_of,
)
from testamur.schoolday.noticeboard.queries.feeds import (
    FeedView,
    feed_content,
    feed_made,
    feed_of,
    work_feed_made,
)
from testamur.schoolday.noticeboard.queries.menus import (
    dishes_of,
    highlights,
    menu,
    menus_above,
    menus_and_highlights,
    menus_for,
    menus_under,
)

__all__ = [
    "FAMILY",
    "STAFF",
    "FeedView",
    "answers",
    "bookers",
    "class_news",
    "class_news_by_id",
    "dishes_of",
    "enquiries",
    "event",
    "events",
    "events_by_id",
    "events_for",
    "feed_content",
    "feed_made",
    "feed_of",
    "highlights",
    "menu",
    "menus_above",
    "menus_and_highlights",
    "menus_for",
    "menus_under",
    "news",
    "outages",
    "tests_between",
    "tests_on",
    "times",
    "times_of",
    "work_feed_made",
]
