"""The steps of the notices: follow the journal, tell what was stirred, write the morning's letters."""

from testamur.exchange.notifications.steps.codes import send_registration_codes
from testamur.exchange.notifications.steps.following import follow
from testamur.exchange.notifications.steps.mornings import morning_rounds
from testamur.exchange.notifications.steps.telling import tell_due

__all__ = ["follow", "morning_rounds", "send_registration_codes", "tell_due"]
