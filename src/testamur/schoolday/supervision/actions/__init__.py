"""Whom a body responsible reminds, and what it concludes."""

from __future__ import annotations

from testamur.schoolday.supervision.actions.reminding import remind
from testamur.schoolday.supervision.actions.reports import close_report, draft_report, write_report

__all__ = ["close_report", "draft_report", "remind", "write_report"]
