"""The login page, the roles, the end of a login."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings as SettingsWrapper

from testamur.access.accounts.rules import Level
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.people import actions as people
from testamur.register.people.rules import NewGuardianship, Relation
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db
LogIn = Callable[..., Client]
Later = Callable[[float], None]


def choose(browser: Client, world: World, name: str, **further: str) -> tuple[int, str]:
    answer = browser.post(reverse("account:demo"), {"person": str(world.persons[name]), **further})
    return answer.status_code, answer.headers.get("Location", "")


def test_a_person_of_the_demonstration_is_chosen_and_comes_to_the_page_asked_for(world: World) -> None:
    browser = Client()
    page = browser.get(reverse("account:login")).content.decode()
    assert world.names["principal"] in page
    assert choose(browser, world, "principal", next="/account/sessions/") == (303, "/account/sessions/")
    assert browser.get("/account/sessions/").status_code == 200
    by_number = Client()
    answer = by_number.post(reverse("account:demo"), {"number": world.numbers["principal"], "level": "low"})
    assert answer.status_code == 303
    assert by_number.get(reverse("account:methods")).headers["Location"].startswith(reverse("account:login"))


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_nobody_is_sent_elsewhere_after_logging_in(world: World, target: str) -> None:
    assert "evil" not in choose(Client(), world, "principal", next=target)[1]


def test_whoever_is_in_no_register_gets_a_kind_page(world: World) -> None:
    browser = Client()
    answer = browser.post(reverse("account:demo"), {"number": "18900101-9802"})
    assert answer.headers["Location"] == reverse("account:unknown")
    assert "office of the school" in browser.get(reverse("account:unknown")).content.decode()


def test_in_production_there_is_no_choosing_who_one_is(world: World, settings: SettingsWrapper) -> None:
    settings.MODE = "production"
    browser = Client()
    assert world.names["principal"] not in browser.get(reverse("account:login")).content.decode()
    assert choose(browser, world, "principal")[0] == 404


@pytest.mark.feature("C16")
def test_a_person_with_several_roles_chooses_one_first(world: World) -> None:
    people.add_guardianships(
        by=operator(),
        guardianships=[
            NewGuardianship(world.persons["third"], world.persons["teacher"], Relation.PARENT, date(2015, 1, 1))
        ],
        now=clock.now(),
    )
    browser = Client()
    assert choose(browser, world, "teacher", next="/account/sessions/")[1].startswith(reverse("account:roles"))
    page = browser.get(reverse("account:roles")).content.decode()
    assert page.count('name="hat"') >= 3
    answer = browser.post(reverse("account:roles"), {"hat": "guardian", "next": "/account/sessions/"})
    assert answer.headers["Location"] == "/account/sessions/"
    assert browser.post(reverse("account:roles"), {"hat": world.hat("principal")}).status_code == 409


def test_a_weightier_role_long_after_logging_in_needs_identity_again(world: World, log_in: LogIn, later: Later) -> None:
    browser = log_in("principal", "self")
    later(11 * 60)
    answer = browser.post(reverse("account:roles"), {"hat": world.hat("principal")})
    confirm = answer.headers["Location"]
    assert confirm.startswith(reverse("account:confirm"))
    assert "It is me" in browser.get(confirm).content.decode()
    me = {"person": str(world.persons["principal"]), "for": "confirm"}
    assert (
        browser.post(reverse("account:demo"), {**me, "next": "/account/roles/"}).headers["Location"]
        == "/account/roles/"
    )
    answer = browser.post(reverse("account:roles"), {"hat": world.hat("principal"), "next": "/account/sessions/"})
    assert answer.headers["Location"] == "/account/sessions/"


def test_somebody_else_confirms_nothing(world: World, log_in: LogIn, later: Later) -> None:
    browser = log_in("principal")
    later(11 * 60)
    assert browser.get(reverse("account:methods")).headers["Location"].startswith(reverse("account:confirm"))
    answer = browser.post(
        reverse("account:demo"), {"person": str(world.persons["teacher"]), "for": "confirm"}, follow=True
    )
    assert "That was somebody else" in answer.content.decode()
    assert browser.get(reverse("account:methods")).status_code == 302


def test_a_login_that_is_too_weak_is_raised_and_replaced(world: World, log_in: LogIn) -> None:
    browser = log_in("guardian", level=Level.LOW)
    former = browser.session["login"]
    address = browser.get(reverse("account:methods")).headers["Location"]
    page = browser.get(address).content.decode()
    assert "stronger way" in page
    assert "Code by SMS" not in page
    me = {"person": str(world.persons["guardian"]), "for": "confirm", "next": reverse("account:methods")}
    assert browser.post(reverse("account:demo"), me).headers["Location"] == reverse("account:methods")
    assert browser.session["login"] != former
    assert browser.get(reverse("account:methods")).status_code == 200


def test_after_idling_the_page_says_that_the_login_has_ended(world: World, log_in: LogIn, later: Later) -> None:
    browser = log_in("principal")
    later(31 * 60)
    answer = browser.get(reverse("account:sessions"), follow=True)
    assert "Your login has ended" in answer.content.decode()
    assert "login" not in browser.session


def test_logins_are_listed_and_ended_from_elsewhere(world: World, log_in: LogIn) -> None:
    here, there, third = log_in("principal"), log_in("principal"), log_in("principal")
    page = here.get(reverse("account:sessions")).content.decode()
    assert page.count("End this login") == 2
    here.post(reverse("account:end", args=[there.session["login"]]))
    assert there.get(reverse("account:sessions")).status_code == 302
    here.post(reverse("account:end-others"))
    assert third.get(reverse("account:sessions")).status_code == 302
    assert here.get(reverse("account:sessions")).status_code == 200
    stranger = log_in("teacher")
    assert stranger.post(reverse("account:end", args=[here.session["login"]])).status_code == 404
    here.post(reverse("account:logout"))
    assert here.get(reverse("account:sessions")).status_code == 302


def test_a_page_of_another_role_offers_the_change(world: World, log_in: LogIn) -> None:
    browser = log_in("principal", "self")
    answer = browser.get(reverse("staff:home"))
    assert answer.status_code == 403
    assert f'value="{world.hat("principal")}"' in answer.content.decode()
    pupil = log_in("pupil")
    assert "None of your roles" in pupil.get(reverse("staff:home")).content.decode()


def test_the_language_stays_after_logging_in_and_out(world: World) -> None:
    browser = Client()
    assert browser.get(reverse("account:preferences")).status_code == 200
    browser.post(reverse("account:language"), {"language": "sv", "next": "/account/login/"})
    choose(browser, world, "principal")
    assert browser.get(reverse("account:sessions")).headers["Content-Language"] == "sv"
    browser.post(reverse("account:language"), {"language": "bg"})
    browser.post(reverse("account:logout"))
    assert browser.get(reverse("account:login")).headers["Content-Language"] == "bg"


def test_an_adult_decides_what_the_former_guardians_see(world: World, log_in: LogIn) -> None:
    child, parent = world.persons["adult"], world.persons["guardian"]
    parental = NewGuardianship(child, parent, Relation.PARENT, date(1990, 1, 1))
    guardianship = people.add_guardianships(by=operator(), guardianships=[parental], now=clock.now())[0]
    browser = log_in("adult")
    address = reverse("account:set-consent", args=[guardianship])
    page = browser.get(reverse("account:consent")).content.decode()
    assert world.names["guardian"] in page
    assert "sees nothing" in page
    assert browser.post(address, {"give": "yes"}).status_code == 303
    assert "sees your records" in browser.get(reverse("account:consent")).content.decode()
    browser.post(address, {"give": "no"})
    assert "sees nothing" in browser.get(reverse("account:consent")).content.decode()
    pupil = log_in("pupil")
    assert "Until the day on which you turn 18" in pupil.get(reverse("account:consent")).content.decode()
    assert pupil.post(address, {"give": "yes"}).status_code == 403
    other = log_in("principal", "self")
    assert other.post(address, {"give": "yes"}).status_code == 404
