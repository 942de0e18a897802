"""From choosing to signed: with the simulated app, with an e-ID that waits, with a browser that is closed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.test import Client

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.schools import actions as schools
from testamur.register.schools.queries import posts_at
from testamur.register.schools.rules import NewPost, Role
from testamur.schoolday.results.actions import choose_signer
from testamur.trust.records import steps
from testamur.trust.records.models import Record, RecordSigner
from testamur.trust.records.rules import State
from testamur.trust.signing import steps as signing_steps
from testamur.trust.signing.models import Ceremony
from tests.surfaces.web import world as worlds
from tests.surfaces.web.conftest import TODAY
from tests.surfaces.web.staff.eid import Told
from tests.surfaces.web.staff.ready import TERM_REPORT, issue_all, make_ready, planned
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db
LogIn = Callable[..., Client]


def form_of(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form with that address."""
    found = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page, re.DOTALL)
    assert found, action
    return dict(
        re.findall(r'<input type="hidden" name="(?!csrf)([^"]+)" value="([^"]*)"', found[0].replace("&amp;", "&"))
    )


def start(browser: Client, choice: str, method: str = "simulated", where: str = "other") -> str:
    """Choose, review, start; returns the ceremony's address."""
    review = browser.get(f"/sign/review/?{choice}")
    assert review.status_code == 200, review
    fields = form_of(review.content.decode(), "/sign/start/")
    answer = browser.post("/sign/start/", {**fields, "method": method, "where": where})
    assert answer.status_code == 303
    assert answer["Location"].startswith("/sign/ceremony/"), answer["Location"]
    return str(answer["Location"])


def shown(browser: Client, address: str, **headers: str) -> str:
    answer = browser.get(address, headers=headers)
    assert answer.status_code == 200, (answer.status_code, answer.headers)
    return answer.content.decode()


@pytest.mark.feature("A10", "A11", "A17")
def test_everything_is_signed_at_once_and_followed_to_the_end(world: World, ready: list[UUID], log_in: LogIn) -> None:
    browser = log_in("principal")
    review = shown(browser, "/sign/review/?all=1")
    assert "You are about to sign 4 documents" in review
    assert "Jag skriver under 4 handlingar." in review
    assert "• Terminsbetyg, 2025/2026 VT: 4" in review
    assert world.names["principal"] in review
    ceremony = start(browser, "all=1")
    assert "Open the simulated app" in shown(browser, ceremony)
    app = shown(browser, ceremony + "app/")
    assert f"Testamur 1: 4 {Ceremony.objects.get().root}" in app
    assert browser.post(ceremony + "answer/", {"answer": "sign"})["Location"] == ceremony
    progress = browser.get(ceremony)["Location"]
    assert progress.startswith("/sign/progress/")
    assert browser.get(ceremony, headers={"HX-Request": "true"})["HX-Redirect"] == progress
    waiting = shown(browser, progress)
    assert "You have signed 4 documents" in waiting
    assert "0 of 4" in waiting
    assert 'hx-trigger="every 1s"' in waiting
    assert "0 of 4 published" in shown(browser, "/sign/")
    assert issue_all() == 4
    done = shown(browser, progress)
    assert "All 4 documents are sealed, logged, archived and published." in done
    assert "every 1s" not in done
    part = shown(browser, progress, **{"HX-Request": "true"})
    assert part.strip() in done
    assert "Nothing waits for you" in shown(browser, "/sign/")
    assert "4 documents" in shown(browser, "/sign/signed/")
    assert not Record.objects.exclude(state=State.PUBLISHED).exists()


def test_saying_no_in_the_app_leaves_everything_waiting(world: World, ready: list[UUID], log_in: LogIn) -> None:
    browser = log_in("principal")
    ceremony = start(browser, "all=1")
    browser.post(ceremony + "answer/", {"answer": "decline"})
    over = shown(browser, ceremony)
    assert "The signature was cancelled" in over
    assert 'href="/sign/review/?all=1"' in over
    assert "This signature is over." in shown(browser, ceremony + "app/")
    home = shown(browser, "/sign/")
    assert "4 documents wait for your signature" in home
    assert "ended" in home
    browser.post(ceremony + "answer/", {"answer": "sign"})  # too late
    assert Ceremony.objects.get().state == "cancelled"
    assert not RecordSigner.objects.filter(signed_at__isnull=False).exists()


@pytest.mark.feature("A13")
def test_a_single_document_is_signed_while_the_others_wait(world: World, ready: list[UUID], log_in: LogIn) -> None:
    browser = log_in("principal")
    ceremony = start(browser, f"record={ready[0].hex}")
    browser.post(ceremony + "answer/", {"answer": "sign"})
    assert Record.objects.get(state=State.SIGNED).id == ready[0]
    assert "3 documents wait for your signature" in shown(browser, "/sign/")
    group = re.search(r'name="group" value="([^"]+)"', shown(browser, "/sign/"))
    assert group
    assert "sign 2 documents" in shown(browser, f"/sign/review/?group={group[1]}&without={ready[1].hex}")


@pytest.mark.feature("A10")
def test_the_code_moves_each_second_and_the_e_id_speaks_for_itself(
    world: World, ready: list[UUID], log_in: LogIn, paper: Told
) -> None:
    browser = log_in("principal")
    with time_machine.travel(TODAY + timedelta(minutes=1), tick=False) as now:
        ceremony = start(browser, "all=1", "paper")
        first = shown(browser, ceremony, **{"HX-Request": "true"})
        now.shift(1)
        second = shown(browser, ceremony, **{"HX-Request": "true"})
        again = shown(browser, ceremony)
        paper.answer = "userCancel"
        over = shown(browser, ceremony)
        assert "4 documents wait for your signature" in shown(browser, "/sign/")
    assert "The signature was cancelled" in over
    assert "Paper says userCancel" in over
    assert "Paper says userSign in en, elsewhere." in first
    assert "RFA9" in first
    codes = [re.search(r'<path d="([^"]+)" fill="#000"', page) for page in (first, second, again)]
    assert all(codes)
    assert codes[0][1] != codes[1][1] == codes[2][1]  # type: ignore[index]  # all were found
    assert 'http-equiv="refresh"' in again
    assert "secret-of-the-server" not in again


def test_on_this_device_the_app_returns_to_the_browser_that_began(
    world: World, ready: list[UUID], log_in: LogIn, paper: Told
) -> None:
    browser = log_in("principal")
    ceremony = start(browser, "all=1", "paper", "here")
    back = paper.devices[0].return_url.partition("testserver")[2]
    assert back.startswith(f"{ceremony}back/?nonce=")
    page = shown(browser, ceremony)
    assert 'href="paper:///"' in page
    assert '<svg class="qr"' not in page
    other = log_in("principal")
    assert other.get(back).status_code == 409  # right nonce, wrong browser
    assert browser.get(f"{ceremony}back/?nonce=guessed").status_code == 409
    assert browser.get(back)["Location"] == ceremony


def test_a_browser_that_is_closed_loses_nothing(world: World, ready: list[UUID], log_in: LogIn, paper: Told) -> None:
    start(log_in("principal"), "all=1", "paper")
    paper.answer = "sign"
    signing_steps.sweep(by=operator(), now=clock.now())
    steps.settle(by=operator(), now=clock.now())
    home = shown(log_in("principal"), "/sign/")
    assert "4 documents, signed" in home
    assert "Nothing waits for you" in home
    assert Record.objects.filter(state=State.SIGNED).count() == 4


def test_a_signature_that_is_under_way_is_found_again_and_cancelled(
    world: World, ready: list[UUID], log_in: LogIn, paper: Told
) -> None:
    ceremony = start(log_in("principal"), "all=1", "paper")
    later = log_in("principal")
    home = shown(later, "/sign/")
    assert f'href="{ceremony}"' in home
    assert "Nothing waits for you" in home
    assert later.post(ceremony + "cancel/")["Location"] == "/sign/"
    assert paper.cancelled
    assert "4 documents wait for your signature" in shown(later, "/sign/")


def test_an_e_id_that_cannot_be_reached_keeps_the_choice(
    world: World, ready: list[UUID], log_in: LogIn, paper: Told
) -> None:
    browser = log_in("principal")
    paper.answer = "unreachable"
    ceremony = start(browser, "all=1", "paper")
    page = shown(browser, ceremony)
    assert "could not be asked yet" in page
    assert "RFA5" in page
    paper.answer = "wait"
    browser.post(ceremony + "begin/", {"where": "other"})
    assert "Paper says" in shown(browser, ceremony)
    paper.answer = "unreachable"
    assert "Paper says" in shown(browser, ceremony)  # it is asked again later
    paper.answer = "certificateErr"
    assert "The signature was not given" in shown(browser, ceremony)


def test_nobody_comes_near_the_ceremony_of_another(world: World, ready: list[UUID], log_in: LogIn) -> None:
    mine = log_in("principal")
    ceremony = start(mine, "all=1")
    for name in ("teacher", "other_principal"):
        other = log_in(name)
        for page in ("", "app/", "back/"):
            assert other.get(ceremony + page).status_code == 404
        for act in ("answer/", "cancel/", "begin/"):
            assert other.post(ceremony + act, {"answer": "sign"}).status_code == 404
        assert other.get(ceremony.replace("ceremony", "progress")).status_code == 404
        assert other.get(f"/sign/review/?record={ready[0].hex}")["Location"] == "/sign/"
    assert Ceremony.objects.get().state == "started"


def test_who_identified_long_ago_does_it_again_and_comes_back_to_the_choice(
    world: World, ready: list[UUID], log_in: LogIn
) -> None:
    browser = log_in("principal")
    with time_machine.travel(TODAY + timedelta(minutes=15), tick=True):
        asked = browser.get("/sign/review/?all=1")
        assert asked.status_code == 302
        assert asked["Location"] == "/account/confirm/?next=%2Fsign%2Freview%2F%3Fall%3D1"
        assert browser.get("/sign/").status_code == 200


def test_nothing_is_started_without_documents_or_with_an_unknown_e_id(
    world: World, ready: list[UUID], log_in: LogIn
) -> None:
    browser = log_in("principal")
    assert browser.get("/sign/review/")["Location"] == "/sign/"
    fields = form_of(shown(browser, "/sign/review/?all=1"), "/sign/start/")
    assert browser.post("/sign/start/", {**fields, "method": "pigeon"})["Location"] == "/sign/review/?all=1"
    assert browser.post("/sign/start/", {"choice": "all=1", "step": "x", "method": "simulated"})["Location"] == "/sign/"
    assert browser.get("/sign/start/")["Location"] == "/sign/review/?all=1"
    first = start(browser, "all=1")
    assert browser.post("/sign/start/", {**fields, "method": "simulated"})["Location"] == "/sign/"  # a second click
    assert Ceremony.objects.count() == 1
    assert first


@pytest.mark.feature("A7", "A11")
def test_two_schools_are_two_signatures_one_after_another(world: World, ready: list[UUID], log_in: LogIn) -> None:
    post = NewPost(world.persons["principal"], world.other_school, Role.PRINCIPAL, worlds.ISSUED_ON)
    schools.add_posts(by=operator(), posts=[post], now=clock.now())
    make_ready(planned(world, world.other_school))
    browser = log_in("principal")
    review = shown(browser, "/sign/review/?all=1")
    assert "They belong to 2 signatures" in review
    ceremony = start(browser, "all=1")
    browser.post(ceremony + "answer/", {"answer": "sign"})
    progress = shown(browser, browser.get(ceremony)["Location"])
    assert 'href="/sign/review/?all=1">Go on to the next signature' in progress
    second = start(browser, "all=1")
    browser.post(second + "answer/", {"answer": "sign"})
    assert sorted(Ceremony.objects.values_list("path", "count")) == [(world.school_path, 4), (world.other_path, 1)]
    assert issue_all() == 5


@pytest.mark.feature("A7", "D14")
def test_class_teacher_first_then_principal(db: None) -> None:
    from tests.surfaces.web.conftest import enter_as

    world = worlds.build(clock.now(), vietnamese=True, mark=False)
    worlds.equip(world, clock.now())
    assert world.vn_school
    new = planned(world, world.vn_school, (), "HK2")
    assert [[s.role for s in one.signers] for one in new[:1]] == [["class_teacher", "principal"]]
    make_ready(new)
    principal, teacher = Client(), Client()
    enter_as(principal, world, "vn_principal")
    enter_as(teacher, world, "vn_teacher")
    assert "Nothing waits for you" in shown(principal, "/sign/")
    ceremony = start(teacher, "all=1")
    assert "Tôi ký" in shown(teacher, ceremony)
    teacher.post(ceremony + "answer/", {"answer": "sign"})
    passed = shown(teacher, teacher.get(ceremony)["Location"])
    assert f"{len(new)} documents wait for the next signer" in passed
    assert "every 1s" not in passed
    last = start(principal, "all=1")
    principal.post(last + "answer/", {"answer": "sign"})
    assert issue_all() == len(new)
    done = shown(teacher, teacher.get(ceremony)["Location"])
    assert f"All {len(new)} documents are sealed" in done


def test_what_failed_is_listed_with_the_reason(world: World, ready: list[UUID], log_in: LogIn) -> None:
    browser = log_in("principal")
    ceremony = start(browser, "all=1")
    browser.post(ceremony + "answer/", {"answer": "sign"})
    Record.objects.filter(id=ready[0]).update(held="evidence.differs")
    assert issue_all() == 3
    page = shown(browser, browser.get(ceremony)["Location"])
    assert "Signed, but not everything could go on" in page
    assert "evidence.differs" in page
    assert "3 of 4" in page
    assert "1 document could not go on" in shown(browser, "/sign/")


@pytest.mark.feature("A7")
def test_the_principals_delegate_signs_term_reports_as_such(world: World, log_in: LogIn) -> None:
    by, now = operator(), clock.now()
    worlds.equip(world, now)
    post = NewPost(world.persons["teacher"], world.school, Role.DELEGATE, worlds.SINCE)
    schools.add_posts(by=by, posts=[post], now=now)
    choose_signer(by=by, unit=world.school, document_type=TERM_REPORT, signer="delegate", now=now)
    make_ready(planned(world))
    browser = log_in("teacher")
    assert "Nothing waits for you" in shown(log_in("principal"), "/sign/")
    review = shown(browser, "/sign/review/?all=1")
    assert "by the principal&#x27;s delegation" in review
    ceremony = start(browser, "all=1")
    browser.post(ceremony + "answer/", {"answer": "sign"})
    assert issue_all() == 4


def test_who_left_the_post_is_told_that_another_signs(world: World, ready: list[UUID], log_in: LogIn) -> None:
    now = clock.now()
    post = next(p for p in posts_at(unit=world.school, on=now.date()) if p.person == world.persons["principal"])
    staying = NewPost(world.persons["principal"], world.other_school, Role.TEACHER, worlds.SINCE)
    schools.add_posts(by=operator(), posts=[staying], now=now)
    schools.end_posts(by=operator(), ends={post.id: now.date() - timedelta(days=1)}, now=now)
    browser = log_in("principal", hat=f"teacher@{world.other_path}")
    home = shown(browser, "/sign/")
    assert "for your signature" not in home
    assert "4 documents name you as their signer, but you no longer hold the post." in home
    assert browser.get(f"/sign/review/?record={ready[0].hex}")["Location"] == "/sign/"
    assert browser.get(f"/sign/document/{ready[0]}/pdf/").status_code == 404
