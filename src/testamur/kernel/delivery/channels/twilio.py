"""SMS through Twilio. Reports are signed with our auth token."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from urllib.parse import quote

from testamur.kernel.delivery.channels.carriers import Carrier, account, number
from testamur.kernel.delivery.channels.contract import NeverSent, Outgoing, Report, ReportRefused
from testamur.kernel.delivery.rules import State, Taken

URL = "https://api.twilio.com"
STATES = {
    "sent": State.SENT,
    "delivered": State.DELIVERED,
    "read": State.DELIVERED,
    "undelivered": State.FAILED,
    "failed": State.FAILED,
    "canceled": State.FAILED,
}


def signature(token: str, url: str, form: Mapping[str, str]) -> str:
    """``X-Twilio-Signature``: HMAC-SHA1 over the address and every field, sorted by name."""
    text = url + "".join(key + form[key] for key in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


class Twilio(Carrier):
    """POST /2010-04-01/Accounts/{sid}/Messages.json."""

    name = "twilio"
    key = "sid"

    def send(self, message: Outgoing) -> Taken:
        """Hand it over; a sender that begins with MG is a messaging service."""
        sender = "MessagingServiceSid" if self.account.sender.startswith("MG") else "From"
        form = {sender: self.account.sender, "To": message.to, "Body": message.text}
        if message.report_url:
            form["StatusCallback"] = message.report_url
        answer = self.post(f"/2010-04-01/Accounts/{quote(self.account.user, safe='')}/Messages.json", form)
        if answer.get("status") in {"failed", "undelivered"}:
            raise NeverSent(f"twilio.{answer.get('error_code') or 'failed'}")
        price = _price(answer.get("price"))
        unit = str(answer.get("price_unit") or "")[:3].upper() if price is not None else ""
        return Taken(str(answer["sid"]), number(answer.get("num_segments")), price, unit)

    def read_report(self, *, url: str, signature: str, form: Mapping[str, str]) -> Report:
        """Form: MessageSid, MessageStatus, ErrorCode; they may come out of order."""
        if not hmac.compare_digest(signature.encode(), _signed(self.account.password, url, form).encode()):
            raise ReportRefused("The signature is not Twilio's.")
        state = STATES.get(form.get("MessageStatus", ""))
        number = form.get("ErrorCode", "")
        error = f"twilio.{number}" if number.isdigit() else "twilio.failed"
        return Report(state, error if state is State.FAILED else "")


_signed = signature


def _price(told: object) -> int | None:
    """``-0.0075`` is 75. Twilio seldom knows the price at once: then it is None."""
    try:
        price = Decimal(str(told))
    except InvalidOperation:
        return None
    return round(abs(price) * 10_000) if price.is_finite() and abs(price) < 1000 else None  # noqa: PLR2004 - sanity


def configured() -> Twilio:
    """The account of `settings.SMS`: user is the account SID, password the auth token."""
    return Twilio(account(URL))
