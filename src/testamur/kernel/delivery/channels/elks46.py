"""SMS through 46elks. Reports carry no signature, so the secret lies in the address that we give with each message."""

from __future__ import annotations

from collections.abc import Mapping

from testamur.kernel.delivery.channels.carriers import Carrier, account, number
from testamur.kernel.delivery.channels.contract import NeverSent, Outgoing, Report
from testamur.kernel.delivery.rules import State, Taken

URL = "https://api.46elks.com"
STATES = {"sent": State.SENT, "delivered": State.DELIVERED, "failed": State.FAILED}


class Elks46(Carrier):
    """POST /a1/sms."""

    name = "elks46"
    key = "id"

    def send(self, message: Outgoing) -> Taken:
        """Hand it over; 46elks keeps no copy of the text."""
        form = {"from": self.account.sender, "to": message.to, "message": message.text, "dontlog": "message"}
        if message.report_url:
            form["whendelivered"] = message.report_url
        answer = self.post("/a1/sms", form)
        if answer.get("status") == "failed":
            raise NeverSent("elks46.failed")
        cost = answer.get("cost")
        told = isinstance(cost, int) and cost >= 0
        return Taken(
            str(answer["id"]),
            number(answer.get("parts")),
            cost if told else None,
            self.account.currency if told else "",
        )

    def read_report(self, *, url: str, signature: str, form: Mapping[str, str]) -> Report:  # noqa: ARG002 - the contract's shape
        """Form: id, status, delivered. Whoever knows the address is 46elks; `reports.accept` has seen to that."""
        state = STATES.get(form.get("status", ""))
        return Report(state, "elks46.failed" if state is State.FAILED else "")


def configured() -> Elks46:
    """The account of `settings.SMS`."""
    return Elks46(account(URL))
