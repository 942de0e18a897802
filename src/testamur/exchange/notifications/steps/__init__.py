"""The steps of the notices: follow the journal, tell what was stirred, write the morning's letters, tell families."""

from testamur.exchange.notifications.steps.codes import send_registration_codes
from testamur.exchange.notifications.steps.failing import follow_failures, forget
from testamur.exchange.notifications.steps.families import tell_readers
from testamur.exchange.notifications.steps.following import follow
from testamur.exchange.notifications.steps.mornings import morning_rounds
from testamur.exchange.notifications.steps.spreading import spread
from testamur.exchange.notifications.steps.telling import tell_due

__all__ = [
    "follow",
    "follow_failures",
    "forget",
    "morning_rounds",
    "send_registration_codes",
    "spread",
    "tell_due",
    "tell_readers",
]
