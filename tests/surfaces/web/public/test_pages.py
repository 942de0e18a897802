"""Pages for everybody: they open in every language, say who answers, take enquiries and show what does not work."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.schoolday.noticeboard import actions, queries
from testamur.schoolday.noticeboard.rules import Audience, Kind, NewsText, Service
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db

PAGES = ("home", "verify", "help", "eid-help", "contact", "join", "privacy", "accessibility", "status")
QUESTION = {"kind": "contact", "name": "Kim", "email": "kim@example.org", "text": "Hej?", "website": ""}


@pytest.mark.feature("C26", "C27", "C31", "C32")
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["sv", "en", "vi", "bg"])
def test_each_page_opens_in_each_language_and_is_kept_out_of_caches(client: Client, name: str, language: str) -> None:
    answer = client.get(reverse(f"public:{name}"), headers={"accept-language": language})
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "noindex" in answer["X-Robots-Tag"]


@pytest.mark.feature("A28", "E2")
def test_a_question_is_taken_and_a_wrong_address_is_said_in_its_field(client: Client, world: World) -> None:
    wrong = client.post(reverse("public:contact"), {**QUESTION, "path": world.authority_path, "email": "kim"})
    assert wrong.status_code == 422
    assert "email" in wrong.context["form"].errors
    assert client.post(reverse("public:contact"), {**QUESTION, "path": world.authority_path}).status_code == 200
    asked = queries.enquiries(by=operator(), path="/")
    assert [(e.kind, e.email, e.path) for e in asked] == [(Kind.CONTACT, "kim@example.org", world.authority_path)]
    wish = {**QUESTION, "organisation": "Nya kommunen"}
    assert client.post(reverse("public:join"), wish).status_code == 200
    assert {e.organisation for e in queries.enquiries(by=operator(), path="/")} == {"", "Nya kommunen"}


def test_a_program_that_fills_in_every_field_is_not_heard(client: Client, world: World) -> None:
    spam = {**QUESTION, "path": world.authority_path, "website": "https://example.org"}
    assert client.post(reverse("public:contact"), spam).status_code == 200
    assert queries.enquiries(by=operator(), path="/") == ()


@pytest.mark.feature("B1", "B2")
def test_what_is_down_stands_on_every_page_and_news_are_read_in_ones_language(client: Client, world: World) -> None:
    now, by = clock.now(), operator()
    texts = {"en": NewsText("Holidays", "The office is closed."), "sv": NewsText("Sommarlov", "Kansliet har stängt.")}
    actions.publish_news(by=by, path=world.authority_path, audience=Audience.EVERYBODY, texts=texts, now=now)
    actions.announce_outage(by=by, path="/", service=Service.SIGNING, note="The e-ID does not answer.", now=now)
    home = client.get(reverse("public:home"), headers={"accept-language": "en"}).content.decode()
    assert "Holidays" in home
    assert "service-banner" in home
    status = client.get(reverse("public:status"), headers={"accept-language": "sv"}).content.decode()
    assert "Sommarlov" in status
    assert "The e-ID does not answer." in status


@pytest.mark.feature("C18")
def test_the_privacy_page_names_the_controllers(client: Client, world: World) -> None:
    assert "Exempelkommun" in client.get(reverse("public:privacy")).content.decode()


def test_search_engines_get_the_front_page_and_the_help_only(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /\n" in text
    assert "Allow: /$" in text
