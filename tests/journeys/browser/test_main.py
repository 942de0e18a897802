"""The main journey: the office marks ready, the signers are told and sign, a guardian fetches, a stranger verifies."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browser import acts, checking
from tests.journeys.browser.acts import LOOKS, Open, World, press
from tests.journeys.browser.looking import look
from tests.kernel.delivery.smtp_sink import Running, Sink


@pytest.fixture(scope="module")
def post() -> Iterator[Sink]:
    """A mail server of our own."""
    with Running(Sink()) as sink:
        yield sink


@pytest.fixture(scope="module")
def more(post: Sink) -> dict[str, str]:
    return {"TESTAMUR_SMTP_URL": f"smtp://127.0.0.1:{post.port}?tls=none"}


def make_and_preview(page: Page, world: World, kind: str) -> None:
    """On the board: make what can be made, look at a class and at one document."""
    acts.is_at(page, "/office/")
    look(page)
    press(page, acts.button(page, "act", "make"))
    look(page)
    acts.work_done(page)
    press(page, page.locator(f'a.office-cell[href*="document={kind}"]').first)
    look(page)
    press(page, page.locator('main a[href^="/office/preview/"]').first)
    look(page)
    shown = page.request.get(str(page.locator("main iframe").get_attribute("src")).partition("#")[0])
    assert shown.status == 200
    assert shown.body().startswith(b"%PDF-")


def mark_ready(page: Page) -> None:
    """On the board: mark every draft ready."""
    page.goto("/office/")
    press(page, acts.button(page, "act", "ready"))
    expect(acts.button(page, "act", "ready")).to_have_count(0)
    expect(page.locator("main .messages")).to_be_visible()


def letter_to(post: Sink, name: str) -> str:
    """The text of the letter that somebody of the world gets."""
    to = f"{name.replace('_', '.')}@example.org"
    acts.until(lambda: any(to in str(one["To"]) for one in post.received))
    body = next(one for one in post.received if to in str(one["To"])).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(letter: str) -> str:
    """Path of the link of a letter."""
    return next(urlsplit(word).path for word in letter.split() if word.startswith("http://localhost:"))


def sign_all(page: Page) -> None:
    """From the signer's home: open a document, go back, review everything, sign in one ceremony."""
    acts.is_at(page, "/sign/")
    look(page)
    press(page, acts.waiting(page))
    look(page)
    page.goto("/sign/")
    press(page, acts.button(page, "all", "1"))
    look(page)
    acts.begin(page)
    look(page)
    press(page, page.locator('main a[href$="/app/"]'))
    look(page)
    press(page, acts.button(page, "answer", "sign"))
    acts.is_at(page, "/sign/progress/")
    look(page)


def fetch(page: Page, tmp_path: Path) -> Path:
    """From the home of a family: open the newest document; take the original and its evidence; have it checked."""
    acts.is_at(page, "/family/")
    look(page)
    press(page, page.locator('main h4 a[href^="/family/record/"]').first)
    look(page)
    original = acts.download(page, page.locator('.family-acts a[href$="/original/"]'), tmp_path)
    evidence = acts.download(page, page.locator('.family-acts a[href$="/evidence/"]'), tmp_path)
    assert original.read_bytes().startswith(b"%PDF-")
    with zipfile.ZipFile(evidence) as packed:
        assert original.read_bytes() in [packed.read(name) for name in packed.namelist() if name.endswith(".pdf")]
    press(page, page.locator('form[action$="/check/"] button'))
    expect(page.locator(".family-report")).to_be_visible()
    look(page)
    return original


def tour(open_page: Open, world: World, name: str, role: str, addresses: list[str], looks: list[str]) -> None:
    """The same pages in the other languages, widths and colours."""
    for language, width, scheme in LOOKS:
        if language not in looks:
            continue
        page = open_page(language, width, scheme=scheme)
        acts.log_in(page, world, name, role)
        for address in addresses:
            page.goto(address)
            look(page)
        page.context.close()


@pytest.mark.feature("A1", "A2", "A4", "A6", "A7", "A9", "A11", "A12", "A14", "A15", "A22")
def test_from_the_office_to_a_stranger(open_page: Open, world: World, post: Sink, tmp_path: Path) -> None:
    office = open_page("sv", 360)
    acts.log_in(office, world, "administrator")
    make_and_preview(office, world, "terminsbetyg")
    preview = urlsplit(office.url).path
    office.goto("/office/")
    group = str(office.locator('a.office-cell[href*="document=terminsbetyg"]').get_attribute("href"))
    mark_ready(office)
    look(office)
    tour(open_page, world, "administrator", "administrator",
         ["/office/", group, preview, "/office/documents/", "/office/follow/"], ["en", "bg"])  # fmt: skip
    tour(open_page, world, "principal", "principal", ["/sign/", "/sign/review/?all=1"], ["en", "bg"])
    teacher = open_page("sv", 360)
    letter = letter_to(post, "teacher")
    for secret in (*world["names"].values(), *world["numbers"].values()):
        assert secret not in letter
    acts.log_in(teacher, world, "teacher", to=link_in(letter))
    sign_all(teacher)
    principal = open_page("sv", 360)
    acts.log_in(principal, world, "principal", to=link_in(letter_to(post, "principal")))
    sign_all(principal)
    acts.published(principal)
    acts.swapped_equals_reloaded(principal, "#live")
    look(principal)
    acts.published(teacher)
    guardian = open_page("sv", 360)
    acts.log_in(guardian, world, "guardian", to="/family/")
    original = fetch(guardian, tmp_path)
    tour(open_page, world, "guardian", "guardian", ["/family/", urlsplit(guardian.url).path.replace("check/", "")],
         ["en", "bg"])  # fmt: skip
    stranger = open_page("sv", 360)
    checking.verify(stranger, original, "valid")
    checking.look_up(stranger, original, hidden=world["names"]["pupil"])
    assert checking.command_line_says(stranger, original, tmp_path) == "valid"
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(original.read_bytes().replace(b"endobj", b"endobJ", 1))
    checking.verify(stranger, changed, "invalid")


@pytest.mark.feature("A9", "A11", "A12", "C16", "D11", "D15", "D20")
def test_a_vietnamese_class_teacher_and_principal_sign_transcripts(
    open_page: Open, world: World, tmp_path: Path
) -> None:
    office = open_page("vi", 360, scheme="dark")
    acts.log_in(office, world, "vn_principal", "administrator", to="/office/")
    make_and_preview(office, world, "hoc_ba")
    teacher = open_page("vi", 360, scheme="dark")
    acts.log_in(teacher, world, "vn_teacher", to="/transcripts/")
    press(teacher, teacher.locator('main .chain-classes a[href^="/transcripts/classes/"]').first)
    press(teacher, acts.button(teacher, "act", "verify"))  # nothing of the class is signed before
    mark_ready(office)
    teacher.goto("/sign/")
    sign_all(teacher)
    expect(teacher.locator("#live [data-words]")).to_be_visible()
    office.goto("/sign/")
    look(office)
    press(office, office.locator('main button[name=hat][value^="principal@"]'))
    sign_all(office)
    acts.published(office)
    look(office)
    guardian = open_page("vi", 360, scheme="dark")
    acts.log_in(guardian, world, "vn_guardian", to="/family/")
    original = fetch(guardian, tmp_path)
    stranger = open_page("vi", 360, scheme="dark")
    checking.verify(stranger, original, "valid")
    checking.look_up(stranger, original, hidden=world["names"]["vn_pupil"])
    assert checking.command_line_says(stranger, original, tmp_path) == "valid"
