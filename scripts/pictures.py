"""Take the pictures of the guides from a demonstration that is served.

`python scripts/pictures.py http://localhost:8000 GUARDIAN`, where GUARDIAN is the number that `make demo` tells; the
others are those of people whom it invents, the same each time.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
OFFICE, PRINCIPAL, AUTHORITY = "196805289862", "197807259838", "197002269947"


def main(address: str, guardian_number: str) -> None:
    """Every picture anew."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        office = visitor(browser, address, OFFICE)
        picture(office, "/office/", "readiness")
        office.locator("table a").first.click()
        office.wait_for_load_state()
        shoot(office, "class")
        signer = visitor(browser, address, PRINCIPAL)
        picture(signer, "/sign/", "to-sign")
        signer.locator("button[name=all]").first.click()
        signer.wait_for_load_state()
        shoot(signer, "ceremony")
        guardian = visitor(browser, address, guardian_number)
        picture(guardian, "/family/", "family")
        guardian.locator('a[href*="/family/record/"]').first.click()
        guardian.wait_for_load_state()
        shoot(guardian, "record")
        picture(visitor(browser, address, AUTHORITY), "/office/seals/", "seal")
        public = page(browser, address)
        picture(public, "/verify/", "verify")
        picture(page(browser, address, width=360, scheme="dark"), "/", "home-small-dark")
        browser.close()


def page(browser: Browser, address: str, *, width: int = 1280, scheme: str = "light") -> Page:
    """A fresh visitor."""
    context = browser.new_context(
        base_url=address, locale="en", viewport={"width": width, "height": 800}, color_scheme=scheme
    )
    context.set_default_timeout(60_000)
    return context.new_page()


def visitor(browser: Browser, address: str, number: str) -> Page:
    """Somebody who is logged in with the simulated e-ID."""
    new = page(browser, address)
    new.goto("/account/login/")
    new.fill("#id_number", number)
    new.locator("form:has(#id_number) button[type=submit]").click()
    new.wait_for_load_state()
    return new


def picture(of: Page, path: str, name: str) -> None:
    """One page as a picture."""
    of.goto(path)
    shoot(of, name)


def shoot(of: Page, name: str) -> None:
    """What is on the screen."""
    of.wait_for_timeout(300)
    of.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
