"""An e-ID that does what a test tells it: it waits, signs, says no, or cannot be reached."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from testamur.trust.signing.methods import simulated
from testamur.trust.signing.methods.contract import (
    Begun,
    Checked,
    Device,
    MethodRefused,
    Order,
    Progress,
    StartView,
    Status,
)
from testamur.trust.signing.rules import State

TABLE = {"paper": "tests.surfaces.web.staff.eid.configured"}


class Unreachable(MethodRefused):
    """The service does not answer."""

    code = "signing.bankid.unavailable"
    again = True
    message_id = "RFA5"


class Told:
    """What the e-ID is to do next, and what it was asked."""

    def __init__(self) -> None:
        self.answer = "wait"
        self.devices: list[Device] = []
        self.cancelled: list[str] = []


TOLD = Told()


class Paper:
    """The method. Its QR text is the second of its life."""

    name = "paper"
    schemes: tuple[str, ...] = ()
    patience = 0.0
    lifetime = 600.0
    confirms = False

    def begin(self, order: Order, device: Device) -> Begun:
        if TOLD.answer == "unreachable":
            raise Unreachable("The service does not answer.")
        TOLD.devices.append(device)
        return Begun(f"order-{order.ceremony}", 0.0, {"token": "secret-of-the-server"})

    def collect(self, reference: str, order: Order, now: datetime) -> Progress:  # noqa: ARG002 - the contract's
        if TOLD.answer == "sign":
            proof = simulated.sign(simulated.test_ca(simulated.folder()), order, at=now)
            return Progress(Status.COMPLETE, proof=proof)
        if TOLD.answer in {"userCancel", "expiredTransaction", "certificateErr"}:
            return Progress(Status.FAILED, TOLD.answer)
        if TOLD.answer == "unreachable":
            raise Unreachable("The service does not answer.")
        return Progress(Status.PENDING, "userSign")

    def cancel(self, reference: str) -> None:
        TOLD.cancelled.append(reference)

    def check(self, proof: bytes, *, visible: bytes, nonvisible: bytes) -> Checked:
        return simulated.configured().check(proof, visible=visible, nonvisible=nonvisible)

    def outcome(self, hint: str) -> str:
        return {"userCancel": State.CANCELLED, "expiredTransaction": State.EXPIRED}.get(hint, State.FAILED)

    def message(self, hint: str, *, failed: bool, locale: str, same_device: bool) -> tuple[str, str]:  # noqa: ARG002 - the contract's
        return "RFA9", f"Paper says {hint or 'nothing'} in {locale}, {'here' if same_device else 'elsewhere'}."

    def start_view(self, start: Mapping[str, str], *, begun: datetime, now: datetime) -> StartView:  # noqa: ARG002 - the contract's
        seconds = max(0, int((now - begun).total_seconds()))
        return StartView(qr=f"paper.{seconds}", app_link="https://paper.example/app", desktop_link="paper:///")


def configured() -> Paper:
    return Paper()
