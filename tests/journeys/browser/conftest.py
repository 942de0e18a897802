"""Journeys in a real Chromium against the served product. They run in a process of their own (see scripts/test.py).

Each test gets a copy of one built data folder and a server of its own, so that none sees what another did.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.browser.server import environment, serving

ROOT = Path(__file__).resolve().parents[3]
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--mute-audio",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here, so that it is run apart."""
    for item in items:
        if "journeys/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder that every journey begins with."""
    folder = tmp_path_factory.mktemp("built") / "data"
    folder.mkdir()
    subprocess.run(
        [sys.executable, "-m", "tests.journeys.browser.build", str(folder)],
        cwd=ROOT,
        env=environment(folder, 8000, {}),
        check=True,
        timeout=120,
    )
    return folder


@pytest.fixture
def world(built: Path) -> dict[str, Any]:
    """Who is who: `tests.surfaces.web.world.World` as plain values."""
    told: dict[str, Any] = json.loads((built / "world.json").read_text())
    return told


@pytest.fixture
def more() -> dict[str, str]:
    """Further variables of the served product; a module or class may say its own."""
    return {}


@pytest.fixture
def data(built: Path, tmp_path: Path) -> Path:
    """This test's own copy."""
    return Path(shutil.copytree(built, tmp_path / "data"))


@pytest.fixture
def address(data: Path, tmp_path: Path, more: dict[str, str]) -> Iterator[str]:
    """Where this test's product is served."""
    with serving(data, tmp_path / "server.log", more) as where:
        yield where


Open = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, address: str) -> Iterator[Open]:
    """`open_page("sv", 360)`: a fresh visitor's page in that language and width; addresses are relative."""
    contexts = []

    def opened(
        language: str = "en", width: int = 1280, *, scheme: str = "light", javascript: bool = True, height: int = 900
    ) -> Page:
        context = chromium.new_context(
            base_url=address,
            locale=language,
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]  # a Literal of the library
            java_script_enabled=javascript,
            accept_downloads=True,
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
