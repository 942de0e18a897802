"""A teacher who is not the examiner reports 120 students; the examiner returns the list once and signs with BankID."""

from __future__ import annotations

import re
import time
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from testamur.exchange.connectors.lms import keys
from testamur.trust.signing.methods.bankid.messages import TEXTS
from testamur.trust.signing.methods.bankid.simulator.orders import PhoneError
from testamur.trust.signing.methods.bankid.simulator.phone import Phone
from testamur.trust.signing.methods.bankid.simulator.server import Simulator
from tests.gateways.lms import ROLE, Item, User
from tests.gateways.lms_moodle import Moodle
from tests.journeys.browser import acts, checking
from tests.journeys.browser.acts import Open, World, press
from tests.journeys.browser.looking import look
from tests.journeys.browser.test_signers import phone_of, scan
from tests.journeys.browser.university import lists
from tests.journeys.browser.university.lists import found, number_of
from tests.kernel.delivery.smtp_sink import Sink

THRESHOLDS = "A 90, B 80, C 70, D 60, E 50, F 0"
BARRED = {
    "unregistered": "not_registered",
    "unregistered_too": "not_registered",
    "late": "registered_later",
    "interrupted": "interrupted",
    "graded": "already_graded",
    "credited": "already_graded",
    "course_credited": "course_credited",
}
"""Who gets no grade in this list, and what the checks say of each."""
WHY = "Tre studenter har fel betyg (exempel)."


@pytest.fixture
def room(world: World, moodle: Moodle, data: Path, monkeypatch: pytest.MonkeyPatch) -> Moodle:
    """The room of the course: those who did not sit the exam in the hall were examined there; one has C since June."""
    students = [name for name in world["persons"] if name.startswith("more")]
    users = [User(str(100 + n), f"Student Rumsprov{n}", "", number_of(world, name)) for n, name in enumerate(students)]
    users.append(User("99", "Student Rumsprov", "", number_of(world, "graded")))
    results: dict[str, tuple[float | None, float | None, str]] = {
        user.id: (54.0 - 4 * (n % 3) if n % 4 == 0 else 12.0 + n % 9, 60.0, "") for n, user in enumerate(users)
    }
    moodle.users = [*users, User("7", "Tage Lärarexempel", roles=(f"{ROLE}#Instructor",))]
    moodle.items = [Item("9", "Hemtentamen", 60, results=results)]
    moodle.page, moodle.now = 50, time.time()
    monkeypatch.setattr(keys, "folder", lambda: data / "keys" / "lti")  # the platform has read the product's keys
    return moodle


def bring_from_three_sources(page: Page, world: World, moodle: Moodle) -> str:
    """Those who signed up for the exam, those registered for the term, and grades from the learning platform."""
    result_list = lists.open_list(page, world, "DV1574/1405", exam="DV1574")
    expect(page.locator("tr[data-row]")).to_have_count(24)
    assert {one.input_value() for one in page.locator('input[name^="d."]').all()} == {lists.EXAMINED}
    page.goto(f"/results/{result_list}/fetch/")
    look(page)
    lists.fetch(page, result_list, "occasion", occasion=world["occasions"]["DV1574"])
    acts.is_at(page, rf"/results/{result_list}/$")
    expect(page.locator("tr[data-row]")).to_have_count(119)
    page.goto(f"/results/{result_list}/fetch/?room={world['room']}")
    moodle.now = time.time()
    look(page)
    lists.fetch(page, result_list, "grades", thresholds=THRESHOLDS)
    page.goto(f"/results/{result_list}/")
    expect(page.locator("tr[data-row]")).to_have_count(120)
    graded = [one.input_value() for one in page.locator('input[name^="v."]').all()]
    assert len([value for value in graded if value]) == 94
    return result_list


def grade_the_rest(page: Page) -> None:
    """A column of a spreadsheet is pasted: C where nothing stood, and nothing over the grades of the platform."""
    column = [one.input_value() for one in page.locator('input[name^="v."]').all()]
    lists.paste(page, page.locator('input[name="v.0"]'), "\n".join("" if value else "c" for value in column) + "\n")
    lists.saved(page)
    assert [one.input_value() for one in page.locator('input[name^="v."]').all()] == [value or "C" for value in column]


def meet_the_defects(page: Page, world: World) -> None:
    """Each is told by its true cause; missing dates are asked for, and nobody without one is called unregistered."""
    page.reload()
    stops = {"not_registered": 2, "registered_later": 1, "interrupted": 1, "date_missing": 96}
    for code, n in stops.items():
        expect(lists.finding(page, found("sv", code, n), stops=True)).to_be_visible()
    look(page)
    ready = page.locator('main form[action$="/send/"] button')
    press(page, ready.first)
    expect(page.locator("main [role=alert]").first).to_be_visible()  # not sent, and everything is kept
    lists.same_date(page)
    page.reload()
    expect(lists.finding(page, found("sv", "date_missing", 96), stops=True)).to_have_count(0)
    for name, code in BARRED.items():
        n = list(BARRED.values()).count(code)
        line = lists.finding(page, found("sv", code, n), stops=True)
        expect(line.locator("a", has_text=world["names"][name])).to_be_visible()
        assert lists.row(page, number_of(world, name)).get_attribute("data-stops") is not None
    expect(page.locator("tr[data-row][data-stops]")).to_have_count(len(BARRED))


def mail_the_unregistered(page: Page, world: World, post: Sink) -> None:
    """Names, numbers, course name and code of those who are not registered come to one's own address."""
    press(page, page.locator('main form[action$="/unregistered/"] button'))
    text = lists.letter(post, world["mails"]["teacher"], number_of(world, "unregistered"))
    for name in ("unregistered", "unregistered_too", "late", "interrupted"):
        assert number_of(world, name) in text
        assert world["names"][name].split()[-1] in text
    assert "DV1574" in text
    assert "Databasteknik" in text
    assert number_of(world, "graded") not in text


def take_out_and_send(page: Page, world: World) -> None:
    """Those who may have no grade here lose it and stay behind; what is left goes to the examiner."""
    for name in BARRED:
        lists.write(page, number_of(world, name), "")
    lists.saved(page)
    expect(page.locator("#summary li[data-stops]")).to_have_count(0)
    lists.send(page)
    expect(page.locator("main .steps li:nth-child(2)")).to_have_attribute("aria-current", "step")
    expect(page.locator('main input[name^="v."]')).to_have_count(0)
    look(page)


def mend(page: Page, world: World, link: str) -> None:
    """The reason stands above the draft; three grades are changed, and it is sent again."""
    page.goto(link)
    expect(page.locator(".ds-alert", has_text=WHY)).to_be_visible()
    look(page)
    for name in ("s0", "s1", "s2"):
        lists.write(page, number_of(world, name), "b")
    lists.saved(page)
    lists.send(page)


def sign_with_bankid(page: Page, world: World, bankid: Simulator, review: str) -> None:
    """Another person's telephone takes nothing up; should BankID let it, the signature is refused; then the own one."""
    other, own = phone_of(bankid, world, "other_examiner"), phone_of(bankid, world, "examiner")
    lists.begin(page, "bankid")
    look(page)
    with pytest.raises(PhoneError, match="another person"):
        scan_once(page, other)
    for order in bankid.orders._orders.values():
        order.named = ""
    scan(page, other)
    other.approve()
    words = page.locator("#live .ds-alert[data-color=danger] [data-words]")
    expect(words).to_contain_text(TEXTS["T1"][0], timeout=acts.WORK)
    look(page)
    press(page, page.locator("#live .sign-buttons a").first)
    page.goto(review)
    ceremony = lists.begin(page, "bankid")
    scan(page, own)
    assert own.reads().startswith("Jag skriver under")
    own.approve()
    lists.published(page, ceremony)


def scan_once(page: Page, phone: Phone) -> None:
    """Hold a telephone to the screen; what it says is raised."""
    expect(page.locator("svg.qr")).to_be_visible()
    codes: list[str] = []

    def read() -> bool:
        codes.extend(one.text for one in zxingcpp.read_barcodes(Image.open(BytesIO(page.screenshot()))))
        return bool(codes)

    acts.until(read)
    phone.scan(codes[-1])


@pytest.mark.feature(
    "B3", "B6", "B7", "B8", "B9", "B11", "B12", "B18", "B20", "B22", "B23", "B31", "B33", "B34", "B35", "B37", "B44"
)
def test_120_students_from_three_sources_with_five_defects_are_reported_returned_and_signed(
    open_page: Open, world: World, room: Moodle, post: Sink, bankid: Simulator, tmp_path: Path
) -> None:
    teacher = open_page("sv", 1280)
    acts.log_in(teacher, world, "teacher", to="/results/")
    result_list = bring_from_three_sources(teacher, world, room)
    grade_the_rest(teacher)
    meet_the_defects(teacher, world)
    mail_the_unregistered(teacher, world, post)
    take_out_and_send(teacher, world)
    examiner = open_page("sv", 1280, scheme="dark")
    review = f"/results/{result_list}/review/"
    asked = lists.letter(post, world["mails"]["examiner"], review)
    assert lists.link_in(asked) == review
    acts.log_in(examiner, world, "examiner", to=review)
    look(examiner)
    examiner.locator("main textarea[name=why]").fill(WHY)
    press(examiner, examiner.locator('main form[action$="/return/"] button'))
    acts.is_at(examiner, "/results/$")
    back = lists.letter(post, world["mails"]["teacher"], f"/results/{result_list}/")
    assert WHY not in back  # somebody in the list has a protected identity: the reason stays behind the login
    mend(teacher, world, lists.link_in(back))
    examiner.goto(review)
    changed = examiner.locator("section[aria-labelledby=changed] tbody tr")
    expect(changed).to_have_count(3)
    expect(changed.first).to_contain_text(re.compile("C.*B", re.DOTALL))
    look(examiner)
    sign_with_bankid(examiner, world, bankid, review)
    lists.reaches(teacher, result_list, "signed")
    look(teacher)
    for to in (world["mails"]["examiner"], world["mails"]["teacher"], "kansli@prov.example.org"):
        lists.letter(post, to, "DV1574")
    student = open_page("sv", 360)
    told = lists.letter(post, world["mails"]["s0"], "/family/results/")
    assert ": B\n" in told
    acts.log_in(student, world, "s0", to="/family/results/")
    look(student)
    line = student.locator("#c-DV1574").locator("xpath=ancestor::section").locator("li", has_text="1405")
    expect(line.locator(".family-mark")).to_have_text("B")
    file = acts.download(student, line.locator('a[href$="/original/"]'), tmp_path)
    assert file.read_bytes().startswith(b"%PDF-")
    assert checking.command_line_says(student, file, tmp_path) == "valid"
