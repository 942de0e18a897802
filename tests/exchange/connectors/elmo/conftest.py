"""The invented university with a seal."""

from tests.schoolday.reporting.conftest import now, sealing_university

__all__ = ["now", "sealing_university"]
