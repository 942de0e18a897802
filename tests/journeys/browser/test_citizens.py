"""What is issued: a corrected grade, a protected pupil, a document shown to others, checking without a network.

Each journey has pupils of its own.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browser import acts, checking
from tests.journeys.browser.acts import Open, World, press
from tests.journeys.browser.looking import look


@pytest.fixture(scope="module")
def stage() -> str:
    return "issued"


def newest(page: Page) -> str:
    """From the home of a family: open the newest document that holds; returns its code."""
    acts.is_at(page, "/family/")
    press(page, page.locator('main .ds-card:not(.is-old) h4 a[href^="/family/record/"]').first)
    return found_code(page)


def path_of(page: Page) -> str:
    """Where a page is, without the host."""
    parts = urlsplit(page.url)
    return f"{parts.path}?{parts.query}"


def found_code(page: Page) -> str:
    found = acts.CODE.search(page.locator("main").inner_text())
    assert found
    return found[0]


def correct(page: Page, world: World) -> str:
    """A principal finds the pupil's document and rectifies a grade by the law's rule. Returns the document's code."""
    acts.log_in(page, world, "principal", to="/office/documents/")
    page.locator("main input[name=who]").fill(world["names"]["pupil"])
    press(page, page.locator("main form.filters button[type=submit]"))
    look(page)
    press(page, page.locator('#found th a[href^="/office/documents/"]').first)
    look(page)
    code = found_code(page)
    press(page, page.locator('main a[href^="/office/pupils/"]'))
    look(page)
    press(page, page.locator('main a[href*="/correct/rectification/"]').first)
    look(page)
    save = page.locator("main form:has(select[name=value]) button[type=submit]")
    press(page, save)
    look(page)  # what is missing is told in its field
    former = page.locator("h1").inner_text().split()[-1]
    page.locator("select[name=value]").select_option("A" if former != "A" else "B")
    for ground in page.locator("input[name=grounds]").all():
        ground.check()
    page.locator("textarea[name=explanation]").fill("Fel rad i listan.")
    page.locator("input[name=hearing_unneeded]").fill("Uppenbart skrivfel till elevens fördel.")
    press(page, save)
    acts.is_at(page, "/office/pupils/.*corrected=1")
    look(page)
    return code


@pytest.mark.feature("A4", "A15", "A22")
def test_a_corrected_grade_replaces_the_document_everywhere(open_page: Open, world: World, tmp_path: Path) -> None:
    guardian = open_page("sv", 360)
    acts.log_in(guardian, world, "guardian", to="/family/")
    assert newest(guardian)
    old_page = guardian.url
    old = acts.download(guardian, guardian.locator('.family-acts a[href$="/original/"]'), tmp_path)
    principal = open_page("sv", 1280)
    code = correct(principal, world)
    assert code in old.name
    office = open_page("sv", 360, scheme="dark")
    acts.log_in(office, world, "administrator", to=path_of(principal))
    look(office)
    press(office, office.locator('form[action$="/remake/"] button'))
    acts.work_done(office)
    press(office, acts.button(office, "act", "ready"))
    principal.goto("/sign/")
    press(principal, acts.waiting(principal, world["names"]["pupil"]))
    press(principal, principal.locator('main a[href^="/sign/review/"]'))
    acts.begin(principal)
    acts.approve(principal)
    acts.published(principal)
    guardian.goto("/family/")
    expect(guardian.locator(".is-old")).to_have_count(1)
    look(guardian)
    guardian.goto(old_page)
    expect(guardian.locator('main .ds-alert[data-color="warning"]')).to_be_visible()
    look(guardian)
    press(guardian, guardian.locator('main .ds-alert a[href^="/family/record/"]'))
    expect(guardian.locator('main .ds-alert[data-color="success"]')).to_be_visible()
    new = acts.download(guardian, guardian.locator('.family-acts a[href$="/original/"]'), tmp_path)
    new_code = found_code(guardian)
    stranger = open_page("bg", 1280)
    stranger.goto(f"/v/{code}/")
    expect(stranger.locator('main .ds-alert[data-color="warning"]')).to_be_visible()
    look(stranger)
    press(stranger, stranger.locator(f'main a[href="/v/{new_code}/"]'))
    expect(stranger.locator('main .ds-alert[data-color="success"]')).to_be_visible()
    acts.until(lambda: checking.code_of_today(stranger, old) == "status.replaced")
    checking.verify(stranger, old, "outlived")
    assert checking.command_line_says(stranger, old, tmp_path) == "status.replaced"
    checking.verify(stranger, new, "valid")
    assert checking.command_line_says(stranger, new, tmp_path) == "valid"


@pytest.mark.feature("C19")
def test_a_protected_pupil_is_hidden_but_to_those_who_must_see(open_page: Open, world: World, tmp_path: Path) -> None:
    given, _, family = world["names"]["protected"].partition(" ")

    def hidden(page: Page) -> None:
        look(page)
        expect(page.locator("body")).not_to_contain_text(given)
        expect(page.locator("body")).not_to_contain_text(family)
        assert world["numbers"]["protected"] not in page.content()

    office = open_page("sv", 1280)
    acts.log_in(office, world, "administrator", to="/office/")
    press(office, office.locator('a.office-cell[href*="document=terminsbetyg"]'))
    whose = office.locator("tbody tr", has_text=world["names"]["protected"])
    press(office, whose.locator('a[href^="/office/documents/"]'))
    expect(office.locator('main .ds-alert[data-color="warning"]')).to_be_visible()  # seen, and noted
    look(office)
    record = acts.id_in(office.url)
    archive = open_page("en", 1280)
    acts.log_in(archive, world, "adult", "archivist", to="/office/documents/")
    hidden(archive)
    archive.goto(f"/office/documents/{record}/")
    hidden(archive)
    archive.goto(f"/office/preview/{record}/")
    expect(archive.locator("main iframe")).to_have_count(0)
    hidden(archive)
    assert archive.request.get(f"/office/preview/{record}/pdf/").status == 403
    assert archive.request.get(f"/office/documents/{record}/original/").status == 403
    guardian = open_page("bg", 360, scheme="dark")
    acts.log_in(guardian, world, "second_guardian", to="/family/")
    expect(guardian.locator("h2", has_text=given)).to_be_visible()
    look(guardian)
    code = newest(guardian)
    expect(guardian.locator("h1")).to_contain_text(family)
    file = acts.download(guardian, guardian.locator('.family-acts a[href$="/original/"]'), tmp_path)
    for part in (given, family):
        assert part not in file.name
    stranger = open_page("vi", 1280)
    stranger.goto(f"/v/{code}/")
    hidden(stranger)
    reviewer = open_page("sv", 360, scheme="dark")
    acts.log_in(reviewer, world, "authority_administrator", to="/office/sights/")
    for seen_by in ("administrator", "second_guardian"):
        expect(reviewer.locator("tbody tr", has_text=world["names"][seen_by]).first).to_be_visible()
    hidden(reviewer)


@pytest.mark.feature("A15", "A22")
def test_a_document_is_shown_to_somebody_by_link_and_pin(open_page: Open, world: World, tmp_path: Path) -> None:
    guardian = open_page("vi", 360)
    acts.log_in(guardian, world, "other_guardian", to="/family/")
    newest(guardian)
    press(guardian, guardian.locator('.family-acts a[href$="/share/"]'))
    look(guardian)
    press(guardian, guardian.locator("main form:has(input[name=days]) button[type=submit]"))
    acts.is_at(guardian, "/family/shares/")
    look(guardian)
    link, pin = (one.inner_text().strip() for one in guardian.locator(".family-made dd code").all())
    stranger = open_page("bg", 360, scheme="dark")
    stranger.goto(link)
    look(stranger)
    send = stranger.locator("main form:has(input[name=pin]) button[type=submit]")
    stranger.locator("input[name=pin]").fill(f"{(int(pin) + 1) % 1_000_000:06}")
    press(stranger, send)
    expect(stranger.locator("input[name=pin]")).to_have_attribute("aria-invalid", "true")
    look(stranger)
    stranger.locator("input[name=pin]").fill(pin)
    press(stranger, send)
    original = acts.download(stranger, stranger.locator('main a[href$="/original/"]'), tmp_path)
    look(stranger)
    checking.verify(stranger, original, "valid")
    guardian.goto("/family/shares/")
    expect(guardian.locator(".family-made")).to_have_count(0)
    look(guardian)
    press(guardian, guardian.locator('form[action$="/revoke/"] button'))
    expect(guardian.locator('form[action$="/revoke/"]')).to_have_count(0)
    look(guardian)
    stranger.goto(link)
    expect(stranger.locator('main a[href$="/original/"]')).to_have_count(0)
    stranger.locator("input[name=pin]").fill(pin)
    press(stranger, send)
    expect(stranger.locator('main a[href$="/original/"]')).to_have_count(0)
    look(stranger)


@pytest.mark.feature("A22", "D15")
def test_the_saved_page_checks_without_a_network(open_page: Open, world: World, tmp_path: Path) -> None:
    guardian = open_page("vi", 1280)
    acts.log_in(guardian, world, "vn_guardian", to="/family/")
    newest(guardian)
    original = acts.download(guardian, guardian.locator('.family-acts a[href$="/original/"]'), tmp_path)
    stranger = open_page("vi", 1280)
    stranger.goto("/verify/")
    saved = acts.download(stranger, stranger.locator('main a[href$="/offline.html"]'), tmp_path)
    alone = open_page("vi", 360, scheme="dark", offline=True)
    sent: list[str] = []
    alone.on("request", lambda one: sent.append(one.url))
    alone.goto(saved.as_uri())
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(original.read_bytes().replace(b"endobj", b"endobJ", 1))
    for file, word in ((original, "valid"), (changed, "invalid")):
        alone.locator("#verifier-files").set_input_files(file)
        verdict = alone.locator(".verifier-verdict").filter(has_text=file.name)
        expect(verdict).to_be_visible(timeout=acts.WORK)
        expect(verdict).to_have_attribute("data-word", word)
    look(alone)
    assert sent == [saved.as_uri()]
