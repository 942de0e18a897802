"""Learning: a plan and a picture reach the family; a development plan is agreed at a talk and signed by both."""

from __future__ import annotations

import io
import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.browser import acts
from tests.journeys.browser.acts import Open, World, press
from tests.journeys.browser.looking import look
from tests.schoolday.learning.conftest import picture

CHILD = "se_pupil2"


def sent(page: Page, what: str) -> None:
    """Press the button of the page's own forms that says `what` by its value."""
    press(page, page.locator(f'main button[value="{what}"]').first)


def a_plan(teacher: Page, group: str, child: str) -> None:
    """A plan with a matrix is published, something is stated, and families see it."""
    teacher.goto(f"/learning/group/{group}/new/")
    look(teacher)
    today = date.today()  # noqa: DTZ011 - a day of the test's own machine
    for name, text in (
        ("title", "Vulkaner (exempel)"), ("starts", today.isoformat()),
        ("ends", (today + timedelta(days=20)).isoformat()), ("content", "Vi läser om vulkaner."),
        ("goals", "SV-1 | berättar i ordning\nställer frågor"), ("levels", "inte ännu\npå väg\nnår målet"),
    ):  # fmt: skip
        teacher.locator(f"#id_{name}").fill(text)
    press(teacher, teacher.locator("main .form button[type=submit]"))
    look(teacher)
    sent(teacher, "publish")
    press(teacher, teacher.locator('main a[href$="/matrix/"]').first)
    look(teacher, grid=True)
    press(teacher, teacher.locator(f'main a[href$="/matrix/{child}/"]'))
    look(teacher)
    teacher.locator('input[type=radio][value="1"]').first.check()
    teacher.locator("textarea").first.fill("Pröva med en tidslinje (exempel)")
    press(teacher, teacher.locator("main .form button[type=submit]"))
    press(teacher, teacher.locator('main a[href$="/matrix/"]').first)
    sent(teacher, "show")


def seen_by(guardian: Page, child: str, folder: Path) -> None:
    """The family finds the plan, the matrix, the picture without its metadata, and takes all along."""
    press(guardian, acts.tab(guardian, str(child), f"/learning/child/{child}/"))
    look(guardian)
    expect(guardian.locator("main")).to_contain_text("Vulkaner (exempel)")
    shown = guardian.locator("img.learning-picture").first
    got = guardian.request.get(shown.get_attribute("src") or "")
    assert got.ok
    assert dict(Image.open(io.BytesIO(got.body())).getexif()) == {}
    assert b"Hemlig" not in got.body()
    press(guardian, guardian.locator('main a[href*="/plan/"]', has_text="Vulkaner"))
    look(guardian)
    guardian.goto(f"/learning/child/{child}/matrix/")
    expect(guardian.locator("main")).to_contain_text("Pröva med en tidslinje")
    look(guardian)
    guardian.goto(f"/learning/child/{child}/portfolio/")
    look(guardian)
    path = acts.download(guardian, guardian.locator('main a[href$="/export/"]'), folder)
    assert path.read_bytes().startswith(b"PK")


@pytest.mark.feature("C3", "C7", "C9", "C18")
def test_a_plan_and_a_picture_reach_the_family_and_nobody_without_consent(
    open_page: Open, world: World, tmp_path: Path
) -> None:
    group, child = world["se_group"], world["persons"][CHILD]
    teacher = open_page("sv", 1280)
    acts.log_in(teacher, world, "se_teacher_SV", "class_teacher")
    teacher.goto("/learning/")
    look(teacher)
    a_plan(teacher, group, child)
    teacher.goto(f"/learning/group/{group}/portfolio/new/")
    look(teacher)
    teacher.locator("#id_title").fill("Vulkanen får utbrott (exempel)")
    teacher.locator("#id_text").fill("Vi blandade bikarbonat och ättika.")
    teacher.locator(f'input[name=children][value="{child}"]').check()
    press(teacher, teacher.locator("main .form button[type=submit]"))
    look(teacher)
    file = tmp_path / "IMG_0001.jpg"
    file.write_bytes(picture((1200, 800)))
    without = teacher.locator("#id_shown label", has_text=re.compile(r"\(.*\)\s*$")).first
    for who in (without, teacher.locator(f'input[name=shown][value="{child}"]')):
        teacher.locator("#id_picture").set_input_files(file)
        teacher.locator("#id_alt").fill("Skum som rinner ur en flaska")
        who.click()
        press(teacher, teacher.locator("main form[enctype] button[type=submit]"))
    sent(teacher, "publish")
    expect(teacher.locator(".ds-alert[data-color=danger]")).to_be_visible()  # one child in a picture has no consent
    look(teacher)
    sent(teacher, "remove")
    sent(teacher, "publish")
    guardian = open_page("sv", 360, scheme="dark")
    acts.log_in(guardian, world, "se_guardian2", "guardian")
    seen_by(guardian, child, tmp_path)


def signs(page: Page, version: str) -> None:
    """Sign a version with the simulated e-ID."""
    page.goto(f"/learning/version/{version}/sign/")
    look(page)
    page.locator('input[name=method][value="simulated"]').check()
    press(page, page.locator("main .form button[type=submit]"))
    look(page)
    sent(page, "sign")
    page.wait_for_url(re.compile("/development/"), timeout=acts.WORK)
    look(page)


def handed_over(teacher: Page, group: str, child: str) -> None:
    """The development plan is drafted, written and handed over."""
    teacher.goto(f"/learning/group/{group}/development/")
    look(teacher)
    known = teacher.locator(f'main button[name=pupil][value="{child}"]')
    if known.count():
        press(teacher, known)
    else:
        press(teacher, teacher.locator('main a[href^="/learning/development/"]').nth(2))
    look(teacher)
    teacher.locator("#id_next").fill("Övar på bråk (exempel)")
    sent(teacher, "freeze")
    look(teacher)


@pytest.mark.feature("C8")
def test_a_development_plan_is_agreed_at_a_talk_and_signed_by_both(open_page: Open, world: World) -> None:
    group, child = world["se_group"], world["persons"][CHILD]
    head = open_page("en", 1280, scheme="dark")
    head.goto("/account/login/?next=/learning/")
    head.locator("#id_number").fill(world["numbers"]["se_principal"])
    press(head, head.locator("form:has(#id_number) button[type=submit]"))
    press(head, head.locator('main button[name=hat][value$="/99980001/"]').first)  # of the preschool too
    head.goto("/learning/")
    sent(head, "demand")
    look(head)
    teacher, guardian = open_page("sv", 1280), open_page("en", 360)
    acts.log_in(teacher, world, "se_teacher_SV", "class_teacher")
    teacher.goto(f"/learning/group/{group}/talks/new/")
    look(teacher)
    teacher.locator("#id_pupil").select_option(child)
    soon = datetime.now() + timedelta(days=3)  # noqa: DTZ005 - as a browser's calendar gives it
    teacher.locator("#id_at").fill(soon.strftime("%Y-%m-%dT15:00"))
    teacher.locator("#id_agenda").fill("Hur går det? (exempel)")
    press(teacher, teacher.locator("main .form button[type=submit]"))
    talk = acts.id_in(teacher.url)
    look(teacher)
    acts.log_in(guardian, world, "se_guardian2", "guardian")
    guardian.goto(f"/learning/child/{child}/talk/{talk}/")
    look(guardian)
    guardian.locator("#id_wish").fill("Hur övar vi bråk hemma?")
    press(guardian, guardian.locator("main .form button[type=submit]"))
    handed_over(teacher, group, child)
    teacher.goto(f"/learning/talk/{talk}/")
    expect(teacher.locator("main")).to_contain_text("Hur övar vi bråk hemma?")
    teacher.locator("#id_said-minutes").fill("Vi är överens (exempel).")
    teacher.locator("#id_said-points").fill(f"{soon:%Y-%m-%d} övar bråk varje kväll")
    sent(teacher, "minutes")
    look(teacher)
    guardian.goto(f"/learning/child/{child}/talk/{talk}/")
    expect(guardian.locator("main")).to_contain_text("Vi är överens (exempel).")
    look(guardian)
    guardian.goto("/family/")
    press(guardian, guardian.locator(f'main a[href^="/learning/child/{child}/development/"]').first)
    version = re.findall(r"development/([0-9a-f-]{36})/", guardian.url)[0]
    look(guardian)
    for page in (guardian, teacher):
        signs(page, version)
    guardian.reload()
    expect(guardian.locator("main ul.ds-list li")).to_have_count(2)
