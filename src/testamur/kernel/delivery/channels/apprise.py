"""SMS through any carrier that Apprise knows: the operator gives its address. No receipts, no cost, only yes or no."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from django.conf import settings

from testamur.kernel.delivery.channels.contract import Outgoing, Report, ReportRefused, TryAgain
from testamur.kernel.delivery.rules import Taken


class Apprise:
    """One address of Apprise, with ``{to}`` in the place of the number."""

    parallel = 1

    def __init__(self, template: str) -> None:
        """Raises ValueError for an address that Apprise does not know; it is not quoted, since it holds a password."""
        if "{to}" not in template or not self._known(template.replace("{to}", "%2B46701234567")):
            raise ValueError("TESTAMUR_SMS_URL is an address of Apprise with {to} in the place of the number")
        self._template = template

    @staticmethod
    def _known(url: str) -> bool:
        from apprise import Apprise as Library  # takes a second to load, and few installations need it

        return bool(Library().add(url))

    def send(self, message: Outgoing) -> Taken:
        """Hand it over."""
        from apprise import Apprise as Library

        way = Library()
        if not way.add(self._template.replace("{to}", quote(message.to, safe=""))):
            raise TryAgain("apprise.address")
        if not way.notify(body=message.text, body_format="text"):
            raise TryAgain("apprise.refused")
        return Taken()

    def read_report(self, *, url: str, signature: str, form: Mapping[str, str]) -> Report:  # noqa: ARG002 - the contract's shape
        """Apprise knows no reports."""
        raise ReportRefused("This carrier sends no reports.")

    def close(self) -> None:
        """Nothing is open."""


def configured() -> Apprise:
    """The address of `settings.SMS`."""
    return Apprise(settings.SMS["url"])
