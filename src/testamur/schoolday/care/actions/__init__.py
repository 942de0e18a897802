"""Writes: pick-up and drop-off."""

from __future__ import annotations

from testamur.schoolday.care.actions.arranging import (
    answer_closing,
    arrange,
    close_day,
    open_day,
)
from testamur.schoolday.care.actions.collectors import (
    add_collector,
    choose_fetcher,
    end_caution,
    end_collector,
    write_caution,
)
from testamur.schoolday.care.actions.doors import (
    note_presence,
    undo_presence,
)
from testamur.schoolday.care.actions.reminding import (
    remind_of_week,
)
from testamur.schoolday.care.actions.weeks import (
    copy_week,
    wish_told,
    write_days,
    write_regular,
)

__all__ = [
    "add_collector",
    "answer_closing",
    "arrange",
    "choose_fetcher",
    "close_day",
    "copy_week",
    "end_caution",
    "end_collector",
    "note_presence",
    "open_day",
    "remind_of_week",
    "undo_presence",
    "wish_told",
    "write_caution",
    "write_days",
    "write_regular",
]
