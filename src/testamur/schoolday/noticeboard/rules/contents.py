"""What a calendar to subscribe to holds, as whoever makes it chooses."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from testamur.kernel.base.refused import Refused


class Content(StrEnum):
    """A part of a calendar."""

    LESSONS = "lessons"
    TESTS = "tests"
    EVENTS = "events"
    HOMEWORK = "homework"
    CARE = "care"
    """When the child is brought and fetched."""
    MENU = "menu"
    HOLIDAYS = "holidays"


class FeedKind(StrEnum):
    """Whose days a calendar shows: a child's, or one's own work."""

    CHILD = "child"
    WORK = "work"


DEFAULT = frozenset({Content.LESSONS, Content.TESTS, Content.EVENTS, Content.HOLIDAYS})
"""What stands in a calendar of which nothing was said."""


class ContentUnknown(Refused):
    """A calendar has no such part, or none at all was chosen."""

    code = "noticeboard.feed.content"


def check_content(chosen: Collection[str]) -> frozenset[Content]:
    """The parts that were chosen. Raises `ContentUnknown` (``noticeboard.feed.content``) for none, or an unknown."""
    try:
        found = frozenset(Content(one) for one in chosen)
    except ValueError:
        found = frozenset()
    if not found:
        raise ContentUnknown("Choose at least one part of the calendar.", field="content")
    return found
