"""What is known of the year's transcripts."""

from __future__ import annotations

from testamur.schoolday.transcripts.queries.classes import booklets, classes_of, look, under_way, unverified
from testamur.schoolday.transcripts.queries.standing import standing, standings

__all__ = ["booklets", "classes_of", "look", "standing", "standings", "under_way", "unverified"]
