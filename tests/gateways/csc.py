"""A signing service on loopback for tests: the product's own simulator, with an account for whoever signs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from testamur.trust.signing.methods.certificate.csc.simulator.server import Simulator
from testamur.trust.signing.methods.certificate.csc.simulator.state import Account, Limits, Service
from tests.trust.signing.own import Own


def account(mine: Own, scheme: str, number: str, **how: Any) -> Account:
    """A person's key at the service."""
    return Account(f"{scheme}:{number}", mine.key, (mine.certificate,), **how)


@contextmanager
def serving(settings: Any, folder: Path, *accounts: Account, **limits: Any) -> Iterator[Service]:
    """The service runs, and this installation is set up to use it."""
    service = Service(limits=Limits(**limits))
    for one in accounts:
        service.add(one)
    with Simulator(service, folder) as there:
        settings.CSC = there.values
        yield service
