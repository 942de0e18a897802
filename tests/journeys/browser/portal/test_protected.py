"""A mark that comes late, the reception that follows, and the chain of help, each in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.browser import acts
from tests.journeys.browser.acts import Open, World
from tests.journeys.browser.looking import look


@pytest.mark.feature("C19")
def test_a_late_mark_hides_the_name_on_the_next_page_and_an_alias_stands_there(open_page: Open, world: World) -> None:
    """A teacher has the class open while the office sets the mark; the search and the class follow at once."""
    pupil, name = world["persons"]["bg_pupil4"], world["names"]["bg_pupil4"]
    teacher = open_page("en", 360)
    acts.log_in(teacher, world, "bg_teacher_MAT", "teacher")
    teacher.goto(f"/diary/remarks/{world['bg_group']}/")
    expect(teacher.locator("main")).to_contain_text(name)
    teacher.goto(f"/search/?q={name.split()[0]}")
    expect(teacher.locator("main")).to_contain_text(name)
    look(teacher)
    office = open_page("en", 1280)
    acts.log_in(office, world, "bg_administrator", "administrator", to=f"/office/register/pupils/{pupil}/")
    acts.press(office, office.locator('main a[href$="/protection/"]'))
    office.locator('input[value="confidentiality_mark"]').check()
    acts.press(office, office.locator("main form button[type=submit]").last)
    teacher.reload()
    expect(teacher.locator("main")).not_to_contain_text(name)
    teacher.goto(f"/diary/remarks/{world['bg_group']}/")
    expect(teacher.locator("main")).not_to_contain_text(name)
    expect(teacher.locator("main")).to_contain_text("Person ")
    office.goto(f"/support/protected/{pupil}/")
    acts.press(office, acts.button(office, "act", "open"))
    acts.press(office, acts.button(office, "act", "do").first)
    office.locator("#id_given").fill("Robin")
    office.locator("#id_family").fill("Journey")
    acts.press(office, acts.button(office, "act", "alias"))
    look(office)
    office.goto("/support/protected/")
    look(office)
    teacher.reload()
    expect(teacher.locator("main")).to_contain_text("Robin Journey")
    expect(teacher.locator("main")).not_to_contain_text(name)
    look(teacher)


@pytest.mark.feature("C2", "C25", "C31", "C24")
def test_a_question_is_asked_on_a_telephone_and_its_answer_comes_back(open_page: Open, world: World) -> None:
    """One web joins a guardian, a teacher and the office: each sees the question where it is theirs to."""
    family = open_page("en", 360)
    acts.log_in(family, world, "bg_guardian5", "guardian")
    family.goto("/support/")
    look(family)
    expect(family.locator("main .support-cards").first).to_be_visible()
    acts.press(family, family.locator('main a[href="/support/ask/"]'))
    look(family)
    family.locator("#id_title").fill("Where is the homework?")
    family.locator("#id_text").fill("We do not find it.")
    acts.press(family, family.locator("main form button[type=submit]").last)
    question = acts.id_in(family.url)
    office = open_page("en", 1280)
    acts.log_in(office, world, "bg_administrator", "administrator", to=f"/support/question/{question}/")
    look(office)
    office.locator("#text").fill("Under Week, beside each lesson.")
    acts.press(office, acts.button(office, "act", "answer"))
    family.reload()
    expect(family.locator("main")).to_contain_text("Under Week, beside each lesson.")
    look(family)
    for address in (
        "/support/contacts/",
        f"/support/links/{world['bg_group']}/",
        "/support/page/?of=office",
        "/search/",
    ):
        for width, scheme in ((360, "dark"), (1280, "light")):
            office.set_viewport_size({"width": width, "height": 900})
            office.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of two
            office.goto(address)
            look(office)
