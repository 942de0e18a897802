"""Signing with a code by SMS in English; what was changed after it was sent is not signed; a work of two authors."""

from __future__ import annotations

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from django.utils.translation import gettext
from playwright.sync_api import Locator, Page, expect

from tests.gateways.carriers import Carrier
from tests.journeys.browser import acts, checking
from tests.journeys.browser.acts import Open, World, press
from tests.journeys.browser.looking import look
from tests.journeys.browser.university import lists
from tests.journeys.browser.university.lists import number_of, said

SINCE = "Somebody changed the list since you looked at it. Look again; nothing was signed."
ALTERED = "The list is not what was sent any more. Nothing is decided by it: tell the office."
TITLES = ("Påhittade register (exempel)", "Invented Registers (example)")


def type_code(page: Page, code: str) -> None:
    """At the ceremony: enter a code."""
    page.locator("main input[name=code]").fill(code)
    press(page, page.locator('main form[action$="/confirm/"] button[type=submit]'))


@pytest.mark.feature("B3", "B12", "B13")
def test_another_examiner_signs_with_a_code_by_sms_and_no_wrong_or_used_code_does(
    open_page: Open, world: World, carrier: Carrier
) -> None:
    page = open_page("en", 1280)
    acts.log_in(page, world, "other_examiner", to="/results/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    phone, codes = world["phones"]["other_examiner"], []
    for name, number in (("s0", 0), ("s1", 1)):
        lists.open_list(page, world, "MA1441/2205")
        lists.add(page, acts.id_in(page.url), number_of(world, name))
        lists.graded(page, world, {name: "4"}, on="2026-11-20")
        lists.send(page)
        look(page)
        ceremony = lists.begin(page, "sms")
        codes.append(lists.code_in(carrier, phone, number))
        expect(page.locator("[data-words]")).to_contain_text(f"ends in {phone[-2:]}")
        expect(page.locator("main")).not_to_contain_text(phone)
        look(page)
        if number:
            assert codes[0] != codes[1]
            type_code(page, codes[0])  # the code of the list before, used once
        else:
            type_code(page, f"{(int(codes[0]) + 1) % 100_000:05}")
        expect(page.locator("main")).to_contain_text("That is not the code of this signature.")
        expect(page.locator("main")).to_contain_text("You can try 2 times.")
        look(page)
        type_code(page, codes[number])
        lists.published(page, ceremony)
        look(page)


@pytest.mark.feature("B13", "B44")
def test_a_list_that_was_changed_after_it_was_sent_is_not_signed(open_page: Open, world: World, data: Path) -> None:
    teacher, examiner = open_page("sv", 1280), open_page("sv", 1280)
    acts.log_in(teacher, world, "teacher", to="/results/")
    acts.log_in(examiner, world, "examiner", to="/results/")
    result_list = lists.open_list(teacher, world, "DV1574/1405")
    lists.add(teacher, result_list, number_of(world, "s0"))
    lists.graded(teacher, world, {"s0": "E"})
    lists.send(teacher)
    examiner.goto(f"/results/{result_list}/review/")
    lists.documents_ready(examiner)
    press(teacher, teacher.locator('main form[action$="/recall/"] button'))
    lists.write(teacher, number_of(world, "s0"), "A")
    lists.saved(teacher)
    lists.send(teacher)
    other = examiner.context.new_page()
    other.goto(f"/results/{result_list}/review/")
    lists.documents_ready(other)
    stale = examiner.locator('form.sign-how input[name=method][value="simulated"]')
    stale.check()
    press(examiner, examiner.locator('form.sign-how button[name=where][value="other"]'))
    alert = examiner.locator('main [role=alert], main .ds-alert[data-color="danger"]').first
    expect(alert).to_contain_text(said("sv", lambda: gettext(SINCE)))
    look(examiner)
    with closing(sqlite3.connect(data / "testamur.sqlite3", timeout=60)) as database, database:
        triggers = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'reporting_listrow'"
        ).fetchall()
        for (name,) in triggers:
            database.execute(f'DROP TRIGGER "{name}"')
        changed = database.execute(
            "UPDATE reporting_listrow SET value = 'C' WHERE list_id IN (?, ?)",
            (result_list, result_list.replace("-", "")),
        )
        assert changed.rowcount == 1
    other.reload()
    lists.documents_ready(other)
    other.locator('form.sign-how input[name=method][value="simulated"]').check()
    press(other, other.locator('form.sign-how button[name=where][value="other"]'))
    alert = other.locator('main [role=alert], main .ds-alert[data-color="danger"]').first
    expect(alert).to_contain_text(said("sv", lambda: gettext(ALTERED)))
    look(other)


@pytest.mark.feature("B3", "B5")
def test_a_degree_project_of_two_authors_has_one_title_in_two_languages_on_both_certificates(
    open_page: Open, world: World, tmp_path: Path
) -> None:
    page = open_page("sv", 1280)
    acts.log_in(page, world, "examiner", to="/results/")
    result_list = lists.open_list(page, world, "PA2534/4001", title=TITLES[0], title_en=TITLES[1])
    for name in ("author", "coauthor"):
        lists.add(page, result_list, number_of(world, name))
    lists.graded(page, world, {"author": "g", "coauthor": "g"})
    look(page)
    lists.send(page)
    for title in TITLES:
        expect(page.locator("main .list-head")).to_contain_text(title)
    lists.sign(page)
    for name in ("author", "coauthor"):
        student = open_page("sv", 360)
        acts.log_in(student, world, name, to="/family/results/")
        original = student.locator('main a[href$="/original/"]')

        def shown(student: Page = student, original: Locator = original) -> bool:
            student.goto("/family/results/")
            return original.count() > 0

        acts.until(shown, acts.WORK / 1000)  # published a moment ago, by another process
        look(student)
        file = acts.download(student, original.first, tmp_path)
        text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, check=True, text=True).stdout
        for word in (*TITLES, world["names"]["author"], world["names"]["coauthor"]):
            assert "".join(word.split()) in "".join(text.split()), word
        assert checking.command_line_says(student, file, tmp_path) == "valid"
        student.context.close()
