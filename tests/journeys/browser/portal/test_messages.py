"""Messages between school and home: a letter to a class, an answer that no other family reads, a question."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FilePayload, expect

from tests.journeys.browser import acts
from tests.journeys.browser.acts import Open, World, press
from tests.journeys.browser.looking import look

LETTER = "Teater på tisdag (exempel)"
PDF: FilePayload = {"name": "program.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 program"}


@pytest.mark.feature("C5")
def test_a_letter_to_a_class_is_answered_from_home(open_page: Open, world: World) -> None:
    teacher = open_page("en", 1280, scheme="dark")
    acts.log_in(teacher, world, "se_administrator", "administrator", to="/messages/")
    look(teacher)
    teacher.goto("/messages/write/")
    look(teacher)
    teacher.locator("#id_to").select_option(f"guardians:{world['se_group']}")
    teacher.locator("#id_subject").fill(LETTER)
    teacher.locator("#id_text").fill("Vi går tillsammans.")
    teacher.locator("#id_enclosed").set_input_files(PDF)
    press(teacher, teacher.locator("main form.form button[type=submit]"))
    acts.is_at(teacher, "/messages/[0-9a-f-]+/$")
    look(teacher)

    home = open_page("sv", 360)
    acts.log_in(home, world, "family", "guardian", to="/messages/")
    line = home.locator(".mail-line", has_text=LETTER)
    expect(line).to_have_class("mail-line is-new")
    look(home)
    press(home, line.locator("h2 a"))
    expect(home.locator(".mail-files")).to_contain_text("program.pdf")
    look(home)
    home.locator("#id_text").fill("Vi är med!")
    press(home, home.locator("form.mail-answer button[type=submit]"))
    expect(home.locator(".mail-post.is-mine")).to_contain_text("Vi är med!")

    teacher.reload()
    thread = teacher.locator(".mail-thread")
    expect(thread).to_contain_text("Vi är med!")
    look(teacher)
    other = open_page("vi", 360, scheme="dark")
    acts.log_in(other, world, "se_guardian1", "guardian", to="/messages/")
    press(other, other.locator(".mail-line", has_text=LETTER).locator("h2 a"))
    expect(other.locator("main")).not_to_contain_text("Vi är med!")
    look(other)


@pytest.mark.feature("C5")
def test_a_family_asks_the_school_about_one_child(open_page: Open, world: World) -> None:
    home = open_page("bg", 360)
    child = world["persons"]["bg_pupil0"]
    acts.log_in(home, world, "family", "guardian", to=f"/messages/child/{child}/")
    look(home)
    press(home, home.locator(f'main a[href="/messages/write/?child={child}"]'))
    look(home)
    home.locator('input[name="to"][value="desk:principal"]').check()
    home.locator("#id_subject").fill("Въпрос (пример)")
    home.locator("#id_text").fill("Кога е срещата?")
    press(home, home.locator("main form.form button[type=submit]"))
    acts.is_at(home, "/messages/[0-9a-f-]+/$")
    head = open_page("en", 1280)
    acts.log_in(head, world, "bg_principal", "principal", to="/messages/")
    press(head, head.locator(".mail-line", has_text="Въпрос (пример)").locator("h2 a"))
    expect(head.locator("main")).to_contain_text("Кога е срещата?")
    look(head)


@pytest.mark.feature("C5")
def test_what_was_written_is_not_lost_when_the_login_had_ended(open_page: Open, world: World) -> None:
    home = open_page("sv", 360, scheme="dark")
    child = world["persons"]["se_pupil2"]
    write = f"/messages/write/?child={child}"
    acts.log_in(home, world, "se_guardian2", "guardian", to=write)
    home.locator('input[name="to"][value="desk:principal"]').check()
    home.locator("#id_subject").fill("Lång fråga (exempel)")
    home.locator("#id_text").fill("Det här tog en kvart att skriva. 🎒")
    home.context.clear_cookies(name="testamur")
    press(home, home.locator("main form.form button[type=submit]"))
    acts.is_at(home, "/account/login/")
    home.locator("#id_number").fill(world["numbers"]["se_guardian2"])
    press(home, home.locator("form:has(#id_number) button[type=submit]"))
    if "/account/roles/" in home.url:
        press(home, home.locator('main button[name=hat][value^="guardian@"]'))
    expect(home).to_have_url(re.compile(re.escape(write)))
    expect(home.locator("#id_text")).to_have_value("Det här tog en kvart att skriva. 🎒")
    expect(home.locator("#id_subject")).to_have_value("Lång fråga (exempel)")
    look(home)
    home.locator('input[name="to"][value="desk:principal"]').check()
    press(home, home.locator("main form.form button[type=submit]"))
    acts.is_at(home, "/messages/[0-9a-f-]+/$")
    # what was taken does not come back, not even where one is at the same page again
    home.locator("#id_text").fill("Och en sak till.")
    press(home, home.locator("form.mail-answer button[type=submit]"))
    expect(home.locator(".mail-posts")).to_contain_text("Och en sak till.")
    expect(home.locator("#id_text")).to_have_value("")
    # two presses are one message
    home.goto(write)
    home.locator('input[name="to"][value="desk:principal"]').check()
    home.locator("#id_subject").fill("Två tryck (exempel)")
    home.locator("#id_text").fill("En gång.")
    with home.expect_navigation():
        home.locator("main form.form button[type=submit]").dblclick()
    home.goto("/messages/")
    expect(home.locator(".mail-line", has_text="Två tryck (exempel)")).to_have_count(1)
