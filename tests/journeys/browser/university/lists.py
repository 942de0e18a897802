"""What people do with result lists. Things are found by addresses and values; sentences in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from urllib.parse import urlsplit

from django.utils import translation
from playwright.sync_api import Locator, Page, expect

from testamur.surfaces.web.results.words import group_of
from tests.gateways.carriers import Carrier
from tests.journeys.browser import acts
from tests.journeys.browser.acts import World, press
from tests.kernel.delivery.smtp_sink import Sink

EXAMINED = "2026-10-28"
"""Day of the exam of DV1574, as the world has it."""


def said(language: str, text: Callable[[], object]) -> str:
    """What the product says, in that language."""
    with translation.override(language):
        return str(text())


def found(language: str, code: str, n: int) -> str:
    """How the checks tell of `n` students."""
    return said(language, lambda: group_of(code, n))


def number_of(world: World, name: str) -> str:
    """A personal number as pages show it."""
    value = str(world["numbers"][name])
    return f"{value[:8]}-{value[8:]}" if value.isdigit() else value


# --- drafts ---


def open_list(page: Page, world: World, code: str, *, exam: str = "", title: str = "", title_en: str = "") -> str:
    """A new list of a course (``DV1574``) or a module (``DV1574/1405``); one is at it then. Returns its id."""
    course, _slash, module = code.partition("/")
    page.goto(f"/results/new/?course={world['courses'][course]}")
    part = world["modules"][code] if module else "course"
    page.locator(f'main input[name=part][value="{part}"]').check()
    if exam:
        page.locator("main select[name=exam]").select_option(world["exams"][exam])
    if title:
        page.locator("main input[name=title]").fill(title)
        page.locator("main input[name=title_en]").fill(title_en)
    press(page, page.locator("main form:has(input[name=part]) button[type=submit]"))
    acts.is_at(page, r"/results/[0-9a-f-]{36}/$")
    return acts.id_in(page.url)


def fetch(page: Page, result_list: str, way: str, **fields: str) -> None:
    """Bring students in by one of the ways of the page; a way that needs none of its fields gets none."""
    if not urlsplit(page.url).path.endswith("/fetch/"):
        page.goto(f"/results/{result_list}/fetch/")
    form = page.locator(f'main form:has(input[name=way][value="{way}"])').first
    for folded in form.locator("details:not([open]) > summary").all():
        folded.click()
    for name, value in fields.items():
        field = form.locator(f"[name={name}]")
        if field.evaluate("(one) => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    press(page, form.locator("button[type=submit]").first)


def add(page: Page, result_list: str, number: str) -> None:
    """One student by personal number."""
    page.goto(f"/results/{result_list}/fetch/?q={number}")
    press(page, page.locator(".list-persons form button"))


def row(page: Page, number: str) -> Locator:
    """The row of the student with that number, as pages show it."""
    return page.locator("tr[data-row]").filter(has=page.locator(f'.list-number:text-is("{number}")'))


def cell(page: Page, number: str, letter: str = "v") -> Locator:
    """A field of that row: ``v`` grade, ``d`` date, ``p`` points."""
    return row(page, number).locator(f'input[name^="{letter}."]')


def write(page: Page, number: str, text: str, letter: str = "v") -> None:
    """Type into a cell and leave it; an empty text takes out what stood there."""
    one = cell(page, number, letter)
    one.focus()
    page.keyboard.press("Delete")
    if text:
        page.keyboard.type(text)
    page.keyboard.press("Enter")


def paste(page: Page, first: Locator, text: str) -> None:
    """Paste a block of a spreadsheet into the table, from that cell on."""
    first.focus()
    first.evaluate(
        """(cell, text) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", text);
          cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        text,
    )


def saved(page: Page) -> None:
    """The list says that everything is saved."""
    expect(page.locator("#list-state")).to_have_attribute("data-color", "success", timeout=acts.WORK)


def same_date(page: Page, day: str = EXAMINED) -> None:
    """One date for all rows without one."""
    page.locator("#same-date").fill(day)
    page.keyboard.press("Enter")
    saved(page)


def graded(page: Page, world: World, names: Mapping[str, str], *, on: str = EXAMINED) -> None:
    """Grades by name of the student, typed one by one, and one date; all of it saved."""
    for name, value in names.items():
        write(page, number_of(world, name), value)
    same_date(page, on)


def finding(page: Page, text: str, *, stops: bool) -> Locator:
    """A line of what the checks say."""
    where = ".list-findings li[data-stops]" if stops else ".list-findings li:not([data-stops])"
    return page.locator(f"#summary {where}", has_text=text)


def send(page: Page) -> None:
    """Send the list to its examiner, who is somebody else or oneself."""
    press(page, page.locator('main form[action$="/send/"] button[type=submit]').first)


# --- letters and text messages ---


def letters(post: Sink, to: str) -> list[EmailMessage]:
    """What has come to an address, the latest last."""
    return [one for one in list(post.received) if to in str(one["To"])]


def letter(post: Sink, to: str, word: str) -> str:
    """The text of the letter with that word that comes to an address."""

    def texts() -> list[str]:
        bodies = [one.get_body(("plain",)) for one in letters(post, to)]
        told = [str(body.get_content()).replace("\r\n", "\n") for body in bodies if body is not None]
        return [text for text in told if word in text]

    acts.until(texts)
    return texts()[-1]


def link_in(text: str, part: str = "/results/") -> str:
    """Path of the first link of a letter that leads there."""
    return next(urlsplit(word).path for word in text.split() if word.startswith("http://localhost:") and part in word)


def code_in(carrier: Carrier, number: str, known: int = 0) -> str:
    """The code of the newest message to a telephone, once there are more than `known`."""

    def texts() -> list[str]:
        return [one["text"] for one in list(carrier.taken) if one["to"] == number]

    acts.until(lambda: len(texts()) > known)
    code = re.match(r"\d{5}\b", texts()[-1])
    assert code, texts()[-1]
    return code[0]


# --- signatures ---


def documents_ready(page: Page) -> None:
    """At the review: the documents are made, and one can choose how to sign."""
    acts.is_at(page, r"/results/[0-9a-f-]{36}/review/")
    expect(page.locator("form.sign-how")).to_be_visible(timeout=2 * acts.WORK)


def begin(page: Page, method: str = "simulated") -> str:
    """At the review: choose how to sign and go on to the ceremony. Returns its id."""
    documents_ready(page)
    page.locator(f'form.sign-how input[name=method][value="{method}"]').check()
    press(page, page.locator('form.sign-how button[name=where][value="other"]'))
    acts.is_at(page, "/sign/ceremony/")
    return acts.id_in(page.url)


def sign(page: Page) -> None:
    """At the review: sign with the simulated e-ID; every document is published then."""
    ceremony = begin(page)
    press(page, page.locator('main a[href$="/app/"]'))
    press(page, acts.button(page, "answer", "sign"))
    published(page, ceremony)


def published(page: Page, ceremony: str) -> None:
    """The signature was given, and at the progress every stage is done."""
    expect(page).not_to_have_url(re.compile(r"/sign/ceremony/"), timeout=acts.WORK)
    page.goto(f"/sign/progress/{ceremony}/")
    expect(page.locator(".sign-stages li.is-done")).to_have_count(4, timeout=2 * acts.WORK)


def reaches(page: Page, result_list: str, step: str) -> None:
    """The list comes to ``signed`` or ``entered``; its page is looked at again and again."""
    where = {"signed": "li:nth-child(3)[aria-current=step]", "entered": "li:nth-child(4)[data-done]"}[step]

    def there() -> bool:
        page.goto(f"/results/{result_list}/")
        return page.locator(f"main .steps {where}").count() > 0

    acts.until(there, 2 * acts.WORK / 1000)
