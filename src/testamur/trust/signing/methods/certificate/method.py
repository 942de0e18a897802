"""The two methods as the table of methods knows them; what they sign is prepared and taken in document by document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from testamur.trust.signing.methods.certificate import anchors, words
from testamur.trust.signing.methods.certificate.certificates import KNOWN
from testamur.trust.signing.methods.contract import (
    Begun,
    Checked,
    Device,
    EvidenceRefused,
    MethodRefused,
    Order,
    Progress,
    StartView,
    Status,
)
from testamur.trust.signing.rules import CERTIFICATE, CSC, State


class NoCertificateYet(MethodRefused):
    """Which certificate signs must be chosen before anything can be signed."""

    code = "signing.certificate.none_chosen"


class Personal:
    """A ceremony that waits for a signature on each of its documents."""

    schemes = KNOWN
    patience = 60.0
    lifetime = 24 * 3600.0
    confirms = False

    def __init__(self, name: str) -> None:
        """`name` as in the table of methods."""
        self.name = name

    def begin(self, order: Order, device: Device) -> Begun:  # noqa: ARG002 - begins with `personal.offer`
        """Nothing is asked of anybody before the certificate is known. Raises `NoCertificateYet`."""
        raise NoCertificateYet("Choose the certificate first.")

    def collect(self, reference: str, order: Order, now: datetime) -> Progress:  # noqa: ARG002 - comes by itself
        """Signatures are handed in, not fetched."""
        return Progress(Status.PENDING)

    def cancel(self, reference: str) -> None:
        """Nothing is waiting anywhere: what is authorised at a signing service runs out by itself."""

    def check(self, proof: bytes, *, visible: bytes, nonvisible: bytes) -> Checked:  # noqa: ARG002 - signs no header
        """There is no evidence beside the documents. Raises `EvidenceRefused`."""
        raise EvidenceRefused("A personal certificate signs the documents themselves.", reason="certificate.evidence")

    def outcome(self, hint: str) -> str:  # noqa: ARG002 - whatever it was
        """Nothing was signed."""
        return State.FAILED

    def message(self, hint: str, *, failed: bool, locale: str, same_device: bool) -> tuple[str, str]:  # noqa: ARG002
        """What to do, or why it ended; no id."""
        return "", words.text(hint, failed=failed, locale=locale)

    def start_view(self, start: Mapping[str, str], *, begun: datetime, now: datetime) -> StartView:  # noqa: ARG002
        """There is no app to start."""
        return StartView()


def configured() -> Personal:
    """A key on the signer's own computer. Raises `NotSetUp` where no authority is trusted."""
    anchors.required()
    return Personal(CERTIFICATE)


def remote() -> Personal:
    """A key at the signing service. Raises `NotSetUp` where no authority is trusted, or no service is named."""
    from testamur.trust.signing.methods.certificate.csc.settings import configured as service

    anchors.required()
    service()
    return Personal(CSC)
