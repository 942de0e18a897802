"""The steps of the notices: follow the journal, tell what was stirred, write the morning's letters, tell families."""

from testamur.exchange.notifications.steps.codes import send_registration_codes
from testamur.exchange.notifications.steps.colleagues import follow_colleagues, tell_mornings
from testamur.exchange.notifications.steps.failing import follow_failures, forget
from testamur.exchange.notifications.steps.families import tell_readers
from testamur.exchange.notifications.steps.following import follow
from testamur.exchange.notifications.steps.helping import tell_helpers
from testamur.exchange.notifications.steps.mornings import morning_rounds
from testamur.exchange.notifications.steps.reporting import follow_results
from testamur.exchange.notifications.steps.spreading import spread
from testamur.exchange.notifications.steps.subscribers import remind_examiners, tell_subscribers
from testamur.exchange.notifications.steps.telling import tell_due
from testamur.exchange.notifications.steps.watching import watch_log

__all__ = [
    "follow",
    "follow_colleagues",
    "follow_failures",
    "follow_results",
    "forget",
    "morning_rounds",
    "remind_examiners",
    "send_registration_codes",
    "spread",
    "tell_due",
    "tell_helpers",
    "tell_mornings",
    "tell_readers",
    "tell_subscribers",
    "watch_log",
]
