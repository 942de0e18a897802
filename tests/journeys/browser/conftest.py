"""Journeys in a real Chromium against the served product. They run in a process of their own (see scripts/test.py).

Each module has a server of its own, on a copy of a built data folder; its journeys take care not to disturb each other.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.journeys.browser import worlds
from tests.journeys.browser.acts import Open, World
from tests.journeys.browser.server import serving

ROOT = worlds.ROOT
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--mute-audio",
]  # fmt: skip
PATIENCE = 60_000
"""Milliseconds until a page that only the web makes must be there; the machine may be busy with other tests."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here, so that it is run apart."""
    for item in items:
        if "journeys/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS, timeout=120_000)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folders that the journeys begin with."""
    return worlds.shared(tmp_path_factory, "build", "work")


@pytest.fixture(scope="session")
def world(built: Path) -> World:
    """Who is who: `tests.surfaces.web.world.World` as plain values."""
    return worlds.who(built)


@pytest.fixture(scope="module")
def stage() -> str:
    """How far the documents have come when the module begins: fresh, ready, issued. A module may say its own."""
    return "fresh"


@pytest.fixture(scope="module")
def more() -> dict[str, str]:
    """Further variables of the served product; a module may say its own."""
    return {}


@pytest.fixture(scope="module")
def address(built: Path, stage: str, more: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where this module's product is served."""
    folder = tmp_path_factory.mktemp("served")
    data = Path(shutil.copytree(built / stage, folder / "data"))
    with serving(data, folder / "server.log", more) as where:
        yield where


@pytest.fixture
def open_page(chromium: Browser, address: str) -> Iterator[Open]:
    """`open_page("sv", 360)`: a fresh visitor's page in that language and width; addresses are relative."""
    contexts: list[BrowserContext] = []

    def opened(
        language: str = "en",
        width: int = 1280,
        *,
        scheme: str = "light",
        javascript: bool = True,
        height: int = 900,
        offline: bool = False,
        touch: bool = False,
    ) -> Page:
        context = chromium.new_context(
            base_url=address,
            locale=language,
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]  # a Literal of the library
            reduced_motion="reduce",  # what is looked at stands still
            java_script_enabled=javascript,
            accept_downloads=True,
            offline=offline,
            has_touch=touch,
            is_mobile=touch,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
