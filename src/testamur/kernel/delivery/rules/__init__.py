"""Pure rules of messages: what may be posted, when it is tried again, how it travels, what a failure means."""

from __future__ import annotations

from testamur.kernel.delivery.rules.messages import (
    DOWN_PAUSE,
    FORGET,
    GIVE_UP,
    LEASE,
    LONGEST_PAUSE,
    LONGEST_URGENT_PAUSE,
    MAX_PUSH,
    MAX_SMS_UNITS,
    MAX_SUBJECT,
    MAX_TEXT,
    PUSH_TTL,
    Channel,
    Keys,
    MessageInvalid,
    NewMessage,
    State,
    Taken,
    check,
    pause,
    push_content,
)
from testamur.kernel.delivery.rules.texts import (
    SmsSize,
    latin,
    sms_size,
)
from testamur.kernel.delivery.rules.trouble import (
    KEEP_DEAD,
    Dead,
    dead_reason,
)

__all__ = [
    "DOWN_PAUSE",
    "FORGET",
    "GIVE_UP",
    "KEEP_DEAD",
    "LEASE",
    "LONGEST_PAUSE",
    "LONGEST_URGENT_PAUSE",
    "MAX_PUSH",
    "MAX_SMS_UNITS",
    "MAX_SUBJECT",
    "MAX_TEXT",
    "PUSH_TTL",
    "Channel",
    "Dead",
    "Keys",
    "MessageInvalid",
    "NewMessage",
    "SmsSize",
    "State",
    "Taken",
    "check",
    "dead_reason",
    "latin",
    "pause",
    "push_content",
    "sms_size",
]
