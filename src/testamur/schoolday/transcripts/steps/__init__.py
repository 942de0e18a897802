"""Counting class years anew when something moved, and making the documents of verified classes."""

from __future__ import annotations

from testamur.schoolday.transcripts.steps.counting import keep, refresh, refresh_all
from testamur.schoolday.transcripts.steps.following import follow

__all__ = ["follow", "keep", "refresh", "refresh_all"]
