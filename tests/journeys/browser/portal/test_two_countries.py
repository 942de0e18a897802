"""A family with children in a Swedish preschool, a Swedish school and a Bulgarian school, in two languages."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.browser import acts
from tests.journeys.browser.acts import Open, World
from tests.journeys.browser.looking import look


@pytest.mark.feature("C1", "C2", "C32")
def test_one_guardian_has_a_child_in_preschool_and_one_in_a_school_abroad(open_page: Open, world: World) -> None:
    persons = world["persons"]
    small, abroad = persons["preschool_family_child"], persons["bg_pupil0"]
    for language, width, care, marks in (("sv", 360, "Omsorg", "Resultat"), ("bg", 1280, "Грижа", "Оценки")):
        page = open_page(language, width)
        acts.log_in(page, world, "family", "guardian", to="/family/")
        look(page)
        acts.tab(page, small, f"/care/family/{small}/")
        page.keyboard.press("Escape")
        expect(page.locator(f'main a[href="/family/marks/{small}/"]')).to_have_count(0)  # a preschool has no marks
        acts.tab(page, abroad, f"/family/marks/{abroad}/")
        page.keyboard.press("Escape")
        expect(page.locator(f'main a[href="/care/family/{abroad}/"]')).to_have_count(0)
        page.goto(f"/care/family/{small}/")
        expect(page.locator("h1")).to_contain_text(re.compile(care, re.IGNORECASE))
        look(page)
        page.goto(f"/family/marks/{abroad}/")
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator("nav.tabs")).to_contain_text(marks)
        look(page)
