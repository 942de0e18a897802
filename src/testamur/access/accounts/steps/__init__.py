"""Background steps of access."""

from testamur.access.accounts.steps.believing import refresh_metadata
from testamur.access.accounts.steps.codes import send_code
from testamur.access.accounts.steps.tidying import tidy

__all__ = ["refresh_metadata", "send_code", "tidy"]
