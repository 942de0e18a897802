"""Final grades by the module that decides; a grade that is lowered by a correction, and the certificate before it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browser import acts, checking
from tests.journeys.browser.acts import Open, World, press
from tests.journeys.browser.looking import look
from tests.journeys.browser.university import lists
from tests.journeys.browser.university.lists import number_of
from tests.kernel.delivery.smtp_sink import Sink

WHY = "Betyget skrevs av från fel rad (exempel)."


@pytest.mark.feature("B15", "B17", "B37", "B38", "B39", "B40")
def test_final_grades_follow_the_deciding_module_and_who_is_marked_leaves(
    open_page: Open, world: World, post: Sink
) -> None:
    page = open_page("sv", 1280)
    acts.log_in(page, world, "examiner", to="/results/")
    result_list = lists.open_list(page, world, "DV1574")
    for name, grade in (("ready", "B"), ("ready_too", "E")):
        line = lists.row(page, number_of(world, name))
        expect(line.locator(".list-finished")).to_contain_text("1415")
        expect(line.locator(".list-finished")).to_contain_text("1405")
        expect(lists.cell(page, number_of(world, name))).to_have_value(grade)
    look(page)
    before = page.locator("tr[data-row]").count()
    lists.row(page, number_of(world, "ready_too")).locator("input[type=checkbox]").check()
    press(page, page.locator("#saving button[form=list-form]"))
    expect(page.locator("tr[data-row]")).to_have_count(before - 1)
    expect(lists.row(page, number_of(world, "ready_too"))).to_have_count(0)
    for name in ("graded", "credited"):  # of these nothing is decided today
        if lists.row(page, number_of(world, name)).count():
            lists.write(page, number_of(world, name), "")
    lists.same_date(page, world["today"])
    look(page)
    lists.send(page)
    lists.sign(page)
    lists.reaches(page, result_list, "signed")
    told = lists.letter(post, world["mails"]["ready"], "/family/results/")
    assert ": B\n" in told
    student = open_page("en", 360, scheme="dark")
    acts.log_in(student, world, "ready", to="/family/results/")
    final = student.locator("section[aria-labelledby=c-DV1574] ul").first
    expect(final.locator(".family-mark")).to_have_text("B")
    expect(final.locator('a[href$="/original/"]')).to_be_visible()
    look(student)
    assert not lists.letters(post, world["mails"]["ready_too"])


def draw_up(page: Page, result_list: str, number: str, value: str) -> None:
    """Rectification (6:23) of one result of a signed list: without a hearing it is not drawn up, with one it is."""
    page.goto(f"/results/{result_list}/corrections/")
    look(page)
    press(page, page.locator("tbody tr", has_text=number).locator("a"))
    look(page)
    press(page, page.locator('main a[href="?reason=rectification"]').first)
    look(page)
    page.locator("main select[name=value]").select_option(value)
    for ground in page.locator("main input[name=grounds]").all():
        ground.check()
    page.locator("main textarea[name=explanation]").fill(WHY)
    send = page.locator("main form:has(select[name=value]) button[type=submit]")
    press(page, send)
    acts.is_at(page, r"/results/correct/")  # lowered, and nobody was heard
    expect(page.locator("main [aria-invalid=true]").first).to_be_visible()
    look(page)
    page.locator("main input[name=heard]").check()
    press(page, send)
    acts.is_at(page, r"/results/[0-9a-f-]{36}/$")


@pytest.mark.feature("B44")
def test_a_grade_is_lowered_after_a_hearing_and_its_certificate_shows_as_replaced(
    open_page: Open, world: World, tmp_path: Path
) -> None:
    page = open_page("sv", 1280)
    acts.log_in(page, world, "examiner", to="/results/")
    result_list = lists.open_list(page, world, "DV1574/1405")
    lists.add(page, result_list, number_of(world, "s7"))
    lists.graded(page, world, {"s7": "B"})
    lists.send(page)
    lists.sign(page)
    lists.reaches(page, result_list, "signed")
    student = open_page("sv", 360)
    acts.log_in(student, world, "s7", to="/family/results/")
    first = acts.download(student, student.locator('li:has-text("1405") a[href$="/original/"]'), tmp_path)
    draw_up(page, result_list, number_of(world, "s7"), "D")
    correction = acts.id_in(page.url)
    expect(page.locator(".list-before")).to_have_text("B")
    look(page)
    lists.send(page)
    lists.sign(page)
    lists.reaches(page, correction, "signed")
    student.reload()
    look(student)
    marks = student.locator("section[aria-labelledby=c-DV1574] li", has_text="1405").locator(".family-mark")
    expect(marks).to_have_count(2)
    assert sorted(marks.all_inner_texts()) == ["B", "D"]
    expect(marks.locator("s")).to_have_text("B")
    code = acts.CODE.search(first.name)
    assert code
    stranger = open_page("en", 360)
    stranger.goto(f"/v/{code[0]}/")
    expect(stranger.locator("main .ds-alert").first).to_contain_text("replaced by a newer one")
    look(stranger)
    acts.until(lambda: checking.code_of_today(stranger, first) == "status.replaced")
    assert checking.command_line_says(stranger, first, tmp_path) == "status.replaced"
    newer = stranger.locator('main .ds-alert a[href^="/v/"]')
    press(stranger, newer)
    expect(stranger.locator('main .ds-alert[data-color="success"]')).to_be_visible()
    second = acts.download(student, student.locator('li:not(:has(s)):has-text("1405") a[href$="/original/"]'), tmp_path)
    assert checking.command_line_says(student, second, tmp_path) == "valid"
