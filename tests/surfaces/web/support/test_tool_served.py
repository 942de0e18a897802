"""A learning tool launched over real sockets: the product, the tool and a browser between them, each on its own."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest
from django.conf import settings as ours
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings as SettingsWrapper

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.schoolday.support import actions
from testamur.schoolday.support.models import Tool as Row
from testamur.schoolday.support.rules import NewTool
from tests.gateways.learning_tool import CLAIM, Tool, running
from tests.gateways.ourselves import Browser, ourselves
from tests.surfaces.web.family.diaries import Families
from tests.surfaces.web.support.conftest import Enter

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C24")]


class Stage:
    """The product and a tool that know each other, and the tool's place at a class."""

    def __init__(self, base: str, tool: Tool, placement: UUID) -> None:
        self.base, self.tool, self.placement = base, tool, placement

    def browser(self, client: Client) -> Browser:
        """The browser of whoever is logged in in that client."""
        host = urlsplit(self.base).netloc
        return Browser({(host, name): one.value for name, one in client.cookies.items()})

    def launch(self, browser: Browser) -> httpx.Response:
        """The tool is pressed on the class's page; our page says what the tool is told."""
        return browser.go(f"{self.base}{reverse('support:launch', args=[self.placement])}")


@pytest.fixture
def stage(families: Families, settings: SettingsWrapper) -> Iterator[Stage]:
    """A tool that the body entered and a teacher put beside the class."""
    with ourselves() as base, running() as tool:
        settings.PUBLIC_URL, settings.ALLOWED_HOSTS = base, ["127.0.0.1"]
        by, now = operator(), clock.now()
        new = NewTool("Quiz", f"{tool.base}/login", f"{tool.base}/quiz", (f"{tool.base}/launch",))
        key = actions.add_tool(by=by, path=families.bg.authority_path, tool=new, now=now)
        place = actions.place_tool(by=by, tool=key, group=families.bg.group, label="Quiz", families=True, now=now)
        row = Row.objects.get(id=key)
        tool.issuer, tool.client_id, tool.deployment = base, row.client_id, key.hex
        tool.auth_url, tool.jwks_url = base + reverse("support:authorize"), base + reverse("lti:keys")
        tool.clock = lambda: clock.now().timestamp()
        yield Stage(base, tool, place)


def test_a_guardian_and_a_teacher_come_into_the_tool_which_is_told_who_comes_and_no_name(
    stage: Stage, enter: Enter
) -> None:
    for name, role in (("guardian", "Mentor"), ("class_teacher", "Instructor")):
        browser = stage.browser(enter(name))
        page = stage.launch(browser)
        assert page.status_code == 200, page.text[:300]
        assert browser.send(page).text == "<h1>The quiz</h1>"
        told = stage.tool.launched[-1]
        assert told[f"{CLAIM}roles"] == [f"http://purl.imsglobal.org/vocab/lis/v2/membership#{role}"]
        assert not {"name", "given_name", "family_name", "email"} & set(told)
    assert stage.tool.refused == []
    assert stage.tool.launched[0]["sub"] != stage.tool.launched[1]["sub"]
    assert stage.tool.launched[0][f"{CLAIM}context"] == stage.tool.launched[1][f"{CLAIM}context"]


def test_a_word_that_is_sent_again_opens_nothing(stage: Stage, enter: Enter) -> None:
    browser = stage.browser(enter("guardian"))
    page = stage.launch(browser)
    form, at = page, browser.at
    assert browser.send(form).status_code == 200
    browser.at = at
    assert browser.send(form).status_code == 403
    assert (len(stage.tool.launched), stage.tool.refused) == (1, ["state"])


def test_a_nonce_of_another_launch_and_an_issuer_that_is_none_are_found_out(stage: Stage, enter: Enter) -> None:
    browser = stage.browser(enter("guardian"))
    stage.tool.spoil = lambda asked: {**asked, "nonce": "of another launch"}
    assert browser.send(stage.launch(browser)).status_code == 403
    stage.tool.spoil = lambda asked: asked
    page = stage.launch(browser)
    stage.tool.issuer = "https://another.example"
    assert browser.send(page).status_code == 403
    assert stage.launch(browser).status_code == 403  # it does not even begin
    assert stage.tool.refused == ["nonce", "issuer"]
    assert stage.tool.launched == []


@pytest.mark.parametrize(
    "change",
    [
        {"redirect_uri": "http://127.0.0.1:9/elsewhere"},
        {"client_id": "another"},
        {"response_mode": "fragment"},
        {"response_type": "code"},
        {"nonce": ""},
        {"login_hint": "guessed"},
        {"state": "x" * 2001},
    ],
)
def test_a_tool_that_asks_for_more_is_told_nothing(stage: Stage, enter: Enter, change: dict[str, str]) -> None:
    stage.tool.spoil = lambda asked: {**asked, **change}
    answer = stage.launch(stage.browser(enter("guardian")))
    assert answer.status_code == 404
    assert 'name="id_token"' not in answer.text


def test_a_launch_that_one_began_does_not_serve_another(stage: Stage, enter: Enter) -> None:
    guardian, teacher = stage.browser(enter("guardian")), stage.browser(enter("class_teacher"))
    stage.launch(guardian)
    address = next(one for one in guardian.visited if "login_hint" in parse_qs(urlsplit(one).query) and "nonce" in one)
    assert address.startswith(stage.tool.auth_url)
    assert teacher.go(address).status_code == 404
    nobody = Browser({}).go(address)
    assert 'name="id_token"' not in nobody.text
    assert urlsplit(str(nobody.url)).path == reverse("account:login")
    assert stage.base == ours.PUBLIC_URL
