"""Background steps of access."""

from testamur.access.accounts.steps.codes import send_code
from testamur.access.accounts.steps.tidying import tidy

__all__ = ["send_code", "tidy"]
