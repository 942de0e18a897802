"""What people do again and again on their journeys. Things are found by addresses and values, so in every language."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from playwright.sync_api import Download, Locator, Page, expect

World = dict[str, Any]
Open = Callable[..., Page]

WORK = 150_000
"""Milliseconds until background work must be done, on a machine that does much else."""
LOOKS = (("en", 1280, "dark"), ("sv", 360, "light"), ("vi", 360, "dark"), ("bg", 1280, "light"))
"""Four languages, two widths, light and dark."""
_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")


def press(page: Page, what: Locator) -> None:
    """Press something that leads to a page, and be there."""
    with page.expect_navigation(timeout=WORK):
        what.click()


def log_in(page: Page, world: World, name: str, role: str = "", *, at: str = "", to: str = "") -> None:
    """Log in with the simulated e-ID by number, choosing `role` (at the unit with code `at`) if there is a choice."""
    page.goto("/account/login/" + (f"?next={quote(to)}" if to else ""))
    page.locator("#id_number").fill(world["numbers"][name])
    press(page, page.locator("form:has(#id_number) button[type=submit]"))
    if urlsplit(page.url).path == "/account/roles/":
        press(page, page.locator(f'main button[name=hat][value^="{role}@"][value$="{at}/"]'))


def is_at(page: Page, pattern: str) -> None:
    """The page's address (without the host) matches."""
    expect(page).to_have_url(re.compile(rf"^http://localhost:\d+{pattern}"), timeout=WORK)


def id_in(address: str | None) -> str:
    """The id in an address."""
    found = _ID.search(address or "")
    assert found, address
    return found[0]


def id_of(link: Locator) -> str:
    """The id in the address of a link."""
    return id_in(link.get_attribute("href"))


def tab(page: Page, child: str, address: str) -> Locator:
    """The link of a page in the row of a child's pages; on a telephone a button opens the row first."""
    opener = page.locator(f'button[popovertarget="tabs-{child}"]')
    if opener.is_visible():
        opener.click()
    link = page.locator(f'#tabs-{child} a[href="{address}"]')
    expect(link).to_be_visible()
    return link


def button(page: Page, name: str, value: str) -> Locator:
    """A button of the page itself by what it sends."""
    return page.locator(f'main button[name="{name}"][value="{value}"]')


def work_done(page: Page) -> None:
    """Wait at the page of a long work until it leads back to the board, and go there."""
    is_at(page, "/office/work/")
    back = page.locator('#progress a[href^="/office/?school="]')
    expect(back).to_be_visible(timeout=WORK)
    press(page, back)


def waiting(page: Page, label: str = "") -> Locator:
    """The first document (with `label` in its name) in the signer's list; a long list is folded, and is opened."""
    is_at(page, "/sign/")
    for folded in page.locator(".sign-group details:not([open]) > summary").all():
        folded.click()
    return page.locator(".sign-rows a").filter(has_text=label).first


def begin(page: Page, where: str = "here", *, method: str = "simulated") -> str:
    """At the review: choose the e-ID and start. Returns the id of the ceremony."""
    is_at(page, r"/sign/review/")
    page.locator(f'input[name=method][value="{method}"]').check()
    press(page, button(page, "where", where))
    is_at(page, "/sign/ceremony/")
    return id_in(page.url)


def approve(page: Page) -> None:
    """At the ceremony: open the simulated app and sign there; then one is at the progress."""
    press(page, page.locator('main a[href$="/app/"]'))
    is_at(page, "/sign/ceremony/.*/app/")  # without a script the page before it reloads itself too
    press(page, button(page, "answer", "sign"))
    is_at(page, "/sign/progress/")


def published(page: Page) -> None:
    """At the progress: every stage is done."""
    expect(page.locator(".sign-stages li.is-done")).to_have_count(4, timeout=WORK)


def sign(page: Page, choice: str = "all=1") -> None:
    """Review, ceremony, simulated app: sign what a choice names."""
    page.goto(f"/sign/review/?{choice}")
    begin(page)
    approve(page)


def download(page: Page, link: Locator, to: Path) -> Path:
    """Fetch what a link gives into a folder."""
    with page.expect_download(timeout=WORK) as given:
        link.click()
    got: Download = given.value
    path = to / got.suggested_filename
    got.save_as(path)
    return path


def until(true: Callable[[], object], seconds: float = WORK / 1000) -> None:
    """Ask again and again until something outside the browser has happened."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


_PLAIN = """(where) => {
  const copy = document.querySelector(where).cloneNode(true);
  for (const one of [copy, ...copy.querySelectorAll("*")]) {
    one.classList.remove("htmx-request", "htmx-swapping", "htmx-settling", "htmx-added");
    if (!one.classList.length) one.removeAttribute("class");
    if (one.name === "csrfmiddlewaretoken") one.setAttribute("value", "");
  }
  return copy.outerHTML.replace(/\\s+/g, " ");
}"""


def swapped_equals_reloaded(page: Page, where: str) -> None:
    """The part of the page that was swapped in is what the reloaded page has there."""
    swapped = page.evaluate(_PLAIN, where)
    page.reload()
    assert page.evaluate(_PLAIN, where) == swapped
