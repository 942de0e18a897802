"""A telephone with a BankID app on it, for tests, demonstrations and a page that plays the telephone."""

from __future__ import annotations

from testamur.trust.signing.methods.bankid.simulator.orders import Orders
from testamur.trust.signing.methods.bankid.simulator.requests import Person


class Phone:
    """One person's telephone. Raises `orders.PhoneError` where a real app shows an error."""

    def __init__(self, orders: Orders, person: Person) -> None:
        """`orders` is the simulator's own state; the telephone has its own way to BankID, not through us."""
        self._orders = orders
        self.person = person
        self._ref = ""

    def scan(self, qr_text: str) -> str:
        """Hold the camera to the QR code of this second; gives the text that is shown."""
        self._ref = self._orders.scan(qr_text, self.person)
        return self.reads()

    def open(self, link: str) -> str:
        """Follow the start link on this device; gives the text that is shown."""
        self._ref = self._orders.open(link, self.person)
        return self.reads()

    def answer_call(self) -> str:
        """Confirm that it is oneself who is on the telephone; gives the text that is shown."""
        self._ref = self._orders.answer_call(self.person)
        return self.reads()

    def reads(self) -> str:
        """The text that is to be signed."""
        return self._orders.read(self._ref)

    def approve(self) -> None:
        """Enter the security code."""
        self._orders.approve(self._ref)

    def decline(self) -> None:
        """Press cancel."""
        self._orders.decline(self._ref)
