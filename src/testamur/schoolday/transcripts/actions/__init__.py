"""Acts on the year's transcripts."""

from __future__ import annotations

from testamur.schoolday.transcripts.actions.correcting import correct
from testamur.schoolday.transcripts.actions.verifying import verify, withdraw

__all__ = ["correct", "verify", "withdraw"]
