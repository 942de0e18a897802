"""A clock that is set by hand, a mail sink, and messages of nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from testamur.kernel.base.actor import Actor
from testamur.kernel.delivery import vapid
from testamur.kernel.delivery.rules import NewMessage
from testamur.kernel.jobs.rules import step_actor
from tests.gateways.push import PushService
from tests.gateways.push import Running as RunningPush
from tests.kernel.delivery.smtp_sink import Running, Sink


@dataclass
class Clock:
    """Stands still until it is told to go."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **passed: float) -> None:
        self.at += timedelta(**passed)


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


@pytest.fixture
def by() -> Actor:
    return step_actor("test", "delivery.*")


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """A mail server that the channel ``email`` is pointed at."""
    with Running(Sink()) as sink:
        settings.DELIVERY_CHANNELS = {"email": "testamur.kernel.delivery.channels.smtp.configured"}
        settings.SMTP = {
            "url": f"smtp://127.0.0.1:{sink.port}?tls=none",
            "from": "Exempelkommun <betyg@exempel.example>",
        }
        yield sink


@pytest.fixture
def service(settings: Any, tmp_path: Path) -> Iterator[PushService]:
    """A push service that knows this installation's key; the only channel is ``push``."""
    settings.DATA = tmp_path
    settings.DELIVERY_CHANNELS = {"push": "testamur.kernel.delivery.channels.push.configured"}
    with RunningPush(PushService(vapid=vapid.public_key())) as service:
        yield service


def mail(number: int = 1, **changes: Any) -> NewMessage:
    """An e-mail to an invented address."""
    values: dict[str, Any] = {
        "channel": "email",
        "to": f"rektor{number}@skola.example",
        "subject": f"Betyg väntar ({number})",
        "text": "Hej!\n\nTvå betyg väntar på din underskrift.\n",
        "html": "<p>Två betyg väntar på din underskrift.</p>",
        "kind": "test.mail",
    }
    return NewMessage(**{**values, **changes})


def sms(**changes: Any) -> NewMessage:
    """A text message to an invented number."""
    values: dict[str, Any] = {"channel": "sms", "to": "+46701234567", "subject": "", "text": "Kod: 12345"}
    return NewMessage(**{**values, **changes})


def push(device: UUID, **changes: Any) -> NewMessage:
    """A push to a device."""
    values: dict[str, Any] = {
        "channel": "push",
        "to": str(device),
        "subject": "Nytt",
        "text": "Det finns något nytt att läsa.",
        "url": "/family/",
        "tag": "new",
    }
    return NewMessage(**{**values, **changes})
