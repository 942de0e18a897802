"""What carriers report about text messages: the address they report to, and what is done with it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from testamur.kernel.delivery import leases
from testamur.kernel.delivery.channels.contract import ReportRefused
from testamur.kernel.delivery.channels.table import channel
from testamur.kernel.delivery.rules import Channel

_SALT = "testamur.delivery.report"


def secret(message: UUID) -> str:
    """The part of the address that only the carrier of this message was told."""
    mac = salted_hmac(_SALT, str(message), algorithm="sha256").digest()
    return base64.urlsafe_b64encode(mac[:18]).decode()


def address(message: UUID) -> str:
    """Where the carrier reports what became of a message: `settings.DELIVERY_REPORTS`, its id and its secret."""
    return f"{settings.DELIVERY_REPORTS}{message}/{secret(message)}/" if settings.DELIVERY_REPORTS else ""


def accept(*, message: UUID, token: str, signature: str, form: Mapping[str, str], now: datetime) -> bool:
    """Take a carrier's report that came to ``…/<message>/<token>/``; False when it says nothing new.

    `signature` is the header ``X-Twilio-Signature``, or empty. Raises `ReportRefused` (``delivery.report.refused``) and
    `ChannelDown` where there are no text messages.
    """
    if not constant_time_compare(token, secret(message)):
        raise ReportRefused("This is not the address of a report.")
    sms = channel(Channel.SMS)
    try:
        said = sms.read_report(url=address(message), signature=signature, form=form)
    finally:
        sms.close()
    return said.state is not None and leases.report(message=message, state=said.state, error=said.error, now=now)
