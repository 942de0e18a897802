"""Take the pictures of the guides from a demonstration that is served.

`testamur demo --dir demo --json > told.json`, serve its data folder, then
`python scripts/pictures.py http://localhost:8000 told.json`.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
DIARY = "99. СУ „Проба“ (пример)"
SWEDEN = "Diktskolan (exempel)"
VIETNAM = "Nhật Ký"


def main(address: str, told: Path) -> None:
    """Every picture anew."""
    people = json.loads(told.read_text())["people"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        records(browser, address, people)
        diary(browser, address, people)
        portal(browser, address, people)
        public = page(browser, address)
        picture(public, "/verify/", "verify")
        picture(page(browser, address, width=360, scheme="dark"), "/", "home-small-dark")
        browser.close()


def records(browser: Browser, address: str, people: list[dict[str, str]]) -> None:
    """Office, signing, a family's documents, the seal."""
    office = visitor(browser, address, number(people, "administrator", "Solbacka"))
    picture(office, "/office/", "readiness")
    office.locator("table a").first.click()
    office.wait_for_load_state()
    shoot(office, "class")
    signer = visitor(browser, address, number(people, "principal", "Björkhag"))
    picture(signer, "/sign/", "to-sign")
    signer.locator("button[name=all]").first.click()
    signer.wait_for_load_state()
    shoot(signer, "ceremony")
    guardian = visitor(browser, address, number(people, "guardian", "Solbacka"))
    picture(guardian, "/family/", "family")
    guardian.locator('a[href*="/family/record/"]').first.click()
    guardian.wait_for_load_state()
    shoot(guardian, "record")
    picture(visitor(browser, address, number(people, "administrator", "Exempelkommun")), "/office/seals/", "seal")


def diary(browser: Browser, address: str, people: list[dict[str, str]]) -> None:
    """A teacher's day, the mark grid, what a family reads and chooses, a report."""
    teacher = visitor(browser, address, number(people, "teacher", DIARY))
    picture(teacher, "/diary/", "today")
    teacher.goto("/diary/classes/")
    teacher.locator('main a[href^="/diary/classes/"]').first.click()
    teacher.wait_for_load_state()
    shoot(teacher, "grid")
    phone = visitor(browser, address, number(people, "teacher", DIARY), width=360)
    phone.goto("/diary/")
    phone.locator('main a[href^="/diary/lesson/"]').first.click()
    phone.wait_for_load_state()
    shoot(phone, "attendance")
    family = visitor(browser, address, number(people, "guardian", DIARY))
    family.goto("/family/")
    for path, name in (("marks", "marks"), ("absences", "absences")):
        family.locator(f'a[href^="/family/{path}/"]').first.click()
        family.wait_for_load_state()
        shoot(family, name)
    picture(family, "/notices/", "notices")
    head = visitor(browser, address, number(people, "principal", DIARY))
    head.goto("/reports/")
    head.locator('main a[href^="/reports/school"]').first.click()
    head.wait_for_load_state()
    shoot(head, "report")


def portal(browser: Browser, address: str, people: list[dict[str, str]]) -> None:
    """Care, messages, forms, plans and timetables, as families and schools see them."""
    home = number(people, "guardian", "Solbackaskolan")
    phone = visitor(browser, address, home, width=360)
    phone.goto("/family/")
    phone.locator("button.tabs-open").last.click()
    shoot(phone, "child-pages")
    of = visitor(browser, address, home)
    of.goto("/family/")
    week = of.locator('a[href^="/care/family/"]').first.get_attribute("href") or ""
    picture(of, week, "care-week")
    other = visitor(browser, address, number(people, "guardian", VIETNAM), width=360)
    follow(other, "/messages/", ".mail-line h2 a", "conversation")
    follow(other, "/family/", 'main .family-box--todo a[href^="/forms/of/"]', "consent")
    board = visitor(browser, address, number(people, "teacher", "förskola"), width=820)
    follow(board, "/care/", 'main a[href^="/care/group/"]', "care-board")
    follow(board, "/care/", 'main a[href$="/fire/"]', "care-fire")
    head = visitor(browser, address, number(people, "principal", SWEDEN))
    follow(head, "/timetable/", 'main a[href^="/timetable/group/"]', "timetable")
    follow(head, "/forms/", 'main a[href^="/forms/"]:not([href="/forms/new/"])', "form-outcome")
    teacher = visitor(browser, address, number(people, "class teacher", SWEDEN))
    follow(teacher, "/learning/", 'main a[href^="/learning/group/"]', "plans")


def follow(of: Page, start: str, link: str, name: str) -> None:
    """The page behind the first such link of a page, as a picture."""
    of.goto(start)
    picture(of, of.locator(link).first.get_attribute("href") or "", name)


def number(people: list[dict[str, str]], role: str, place: str) -> str:
    """The number of the first of that role there."""
    return next(one["number"] for one in people if one["role"] == role and place in one["place"])


def page(browser: Browser, address: str, *, width: int = 1280, scheme: str = "light") -> Page:
    """A fresh visitor."""
    context = browser.new_context(
        base_url=address, locale="en", viewport={"width": width, "height": 800}, color_scheme=scheme
    )
    context.set_default_timeout(60_000)
    return context.new_page()


def visitor(browser: Browser, address: str, number: str, *, width: int = 1280) -> Page:
    """Somebody who is logged in with the simulated e-ID, in the first role."""
    new = page(browser, address, width=width)
    new.goto("/account/login/")
    new.fill("#id_number", number)
    new.locator("form:has(#id_number) button[type=submit]").click()
    new.wait_for_load_state()
    if "/account/roles" in new.url:
        new.locator("main form button").first.click()
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
    main(sys.argv[1], Path(sys.argv[2]))
