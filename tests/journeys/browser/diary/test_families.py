"""Families, class teachers, principals: a guardian of three children in two schools, leave and absences, reports."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browser import acts
from tests.journeys.browser.acts import Open, World, press
from tests.journeys.browser.looking import look

CHILDREN = ("pupil0", "pupil1", "swedish_pupil")
WHY = "Сватба на леля (пример)"


def today() -> date:
    """The school's day."""
    return datetime.now(ZoneInfo("Europe/Sofia")).date()


def tell(page: Page, child: str, kind: str, day: date, text: str) -> None:
    """Report an absence or ask for leave on a ground that is a guardian's to state."""
    page.goto(f"/family/leave/{child}/")
    look(page)
    page.locator(f'input[name=kind][value="{kind}"]').check()
    page.locator("input[name=first]").fill(day.isoformat())
    page.locator("textarea[name=text]").fill(text)
    press(page, page.locator("main .family-form button[type=submit]"))
    expect(page.locator(".family-absence", has_text=text)).to_be_visible()
    look(page)


@pytest.mark.feature("C3", "C17", "E6", "E9", "E26")
def test_a_guardian_of_three_children_in_two_schools_and_two_languages(open_page: Open, world: World) -> None:
    page = open_page("bg", 360)
    acts.log_in(page, world, "family")
    acts.is_at(page, "/family/")
    expect(page.locator("html")).to_have_attribute("lang", "bg")
    look(page)
    children = {name: world["persons"][name] for name in CHILDREN}
    for child in children.values():
        acts.tab(page, child, f"/family/marks/{child}/")
        page.keyboard.press("Escape")
    new = page.locator(f'section[aria-labelledby="s{children["swedish_pupil"]}"] .family-fresh')
    expect(new.locator('a[href^="/family/assessments/"]')).to_be_visible()
    parts = {"pupil0": "marks", "pupil1": "marks", "swedish_pupil": "assessments"}  # no marks in year 4 in Sweden
    for name, part in parts.items():
        address = f"/family/{part}/{children[name]}/"
        press(page, acts.tab(page, children[name], address))
        expect(page.locator("main h2").first).to_be_visible()
        look(page)
        page.goto("/family/")
        expect(page.locator(f'.family-tabs a[href="{address}"] .count')).to_have_count(0)  # it is read
    tell(page, children["pupil0"], "report", today(), "Грип (пример)")
    page.goto("/account/preferences/")
    press(page, acts.button(page, "language", "sv"))
    expect(page.locator("html")).to_have_attribute("lang", "sv")
    page.goto(f"/family/absences/{children['swedish_pupil']}/")
    expect(page.locator("html")).to_have_attribute("lang", "sv")
    look(page)
    teacher = open_page("en", 1280, scheme="dark")
    acts.log_in(teacher, world, "teacher")
    press(teacher, teacher.locator("section[aria-labelledby=lessons-h] .lesson-list a").last)
    row = teacher.locator(f'[data-row]:has(input[name="m-{children["pupil0"]}"])')
    expect(row.locator(".who-told .ds-tag")).to_be_visible()
    look(teacher)


@pytest.mark.feature("E6", "E9")
def test_leave_is_asked_and_granted_and_absences_are_excused(open_page: Open, world: World) -> None:
    day = today() + timedelta(days=7)
    while day.isoweekday() > 5:
        day += timedelta(days=1)
    guardian = open_page("en", 1280)
    acts.log_in(guardian, world, "family")
    tell(guardian, world["persons"]["pupil1"], "leave", day, WHY)
    teacher = open_page("bg", 360, scheme="dark")
    acts.log_in(teacher, world, "class_teacher", "class_teacher")
    press(teacher, teacher.locator('main a[href="/diary/leaves/"]'))
    look(teacher)
    asked = teacher.locator(".leave-list > li", has_text=WHY)
    press(teacher, asked.locator("button[name=answer][value=grant]"))
    expect(teacher.locator("section[aria-labelledby=decided-h] li", has_text=WHY)).to_be_visible()
    look(teacher)
    guardian.reload()
    granted = guardian.locator(".family-absence", has_text=WHY)
    expect(granted.locator('.ds-tag[data-color="success"]')).to_be_visible()
    look(guardian)
    teacher.goto(f"/diary/absences/{world['group']}/")
    look(teacher)
    absence = str(teacher.locator("input[name=absence]").first.get_attribute("value"))
    teacher.locator(f'input[name=absence][value="{absence}"]').check()
    press(teacher, teacher.locator("button[name=excused][value=yes]"))
    expect(teacher.locator(f'input[name=absence][value="{absence}"]')).to_have_count(0)
    press(teacher, teacher.locator('main a[href="?show=all"]'))
    excused = teacher.locator(f'li:has(input[name=absence][value="{absence}"]), li:has(label[for="a{absence}"])')
    expect(excused.first.locator('.ds-tag[data-color="success"]')).to_be_visible()
    look(teacher)


@pytest.mark.feature("E17", "E27", "E28")
def test_a_principal_reads_prints_and_takes_along_reports(open_page: Open, world: World, tmp_path: Path) -> None:
    page = open_page("en", 1280, scheme="dark")
    acts.log_in(page, world, "principal", "principal", to="/reports/")
    look(page)
    for address in ("/reports/school/", f"/reports/classes/{world['group']}/"):
        page.goto("/reports/")
        press(page, page.locator(f'main a[href^="{address}"]').first)
        expect(page.locator(".report-table").first).to_be_visible()
        look(page)
        printed = acts.download(page, page.locator('main a[href*="as=pdf"]'), tmp_path)
        assert printed.read_bytes().startswith(b"%PDF-")
        with zipfile.ZipFile(acts.download(page, page.locator('main a[href*="as=xlsx"]'), tmp_path)) as book:
            sheets = [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        assert sum(sheet.count(b"<row ") for sheet in sheets) > 5
