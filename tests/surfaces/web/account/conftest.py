"""What the tests of logging in share: a clock that goes on, and codes read off the page like a telephone does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
import zxingcpp
from PIL import Image
from pytest_django.fixtures import Settings as SettingsWrapper

from testamur.kernel.base import clock
from testamur.trust.signing.methods.bankid.simulator.server import Simulator
from tests.trust.signing.conftest import use

_RECTANGLE = re.compile(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+Z")


@pytest.fixture
def later() -> Iterator[Callable[[float], None]]:
    """`later(3)`: three seconds pass."""
    with ExitStack() as stack:

        def forward(seconds: float) -> None:
            stack.enter_context(time_machine.travel(clock.now() + timedelta(seconds=seconds), tick=True))

        yield forward


@pytest.fixture(scope="session")
def bankid_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bankid-web")


@pytest.fixture
def bankid(settings: SettingsWrapper, bankid_folder: Path) -> Iterator[Simulator]:
    """A BankID on this machine, which the installation uses."""
    with Simulator(bankid_folder) as simulator:
        use(settings, simulator)
        yield simulator


def read_code(html: str) -> str:
    """The text of the QR code that a page shows, drawn and read as a picture."""
    drawing = html.partition('<svg class="qr"')[2].partition("</svg>")[0]
    side = int(re.findall(r'viewBox="0 0 (\d+)', drawing)[0])
    scale = 4
    picture = Image.new("L", (side * scale, side * scale), 255)
    for left, top, width, height in (map(int, found) for found in _RECTANGLE.findall(drawing)):
        box = (left * scale, top * scale, (left + width) * scale, (top + height) * scale)
        picture.paste(0, box)
    codes = zxingcpp.read_barcodes(picture)
    assert len(codes) == 1
    return codes[0].text
