"""The frame: menus and switches without script, appearance, languages, error pages, valid HTML everywhere."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import tinyhtml5
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver

from testamur.access.accounts.rules import Area, Hat
from testamur.surfaces.web.navigation import LINE, items
from testamur.surfaces.web.requests import Visitor
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db(databases=["default", "log"])


def faults(page: str, *, whole: bool = True) -> list[str]:
    """What a strict reader of HTML says about a page; of its main part alone where the frame was read before."""
    parser = tinyhtml5.parser.HTMLParser(namespace_html_elements=False)
    if whole:
        parser.parse(page)
    else:
        parser.parse_fragment(page[page.index("<main") : page.index("</main>") + 7])
    found = [f"{where}: {code} {data}" for where, code, data in parser.errors]
    ids = re.findall(r'\sid="([^"]+)"', page)
    return found + [f"id twice: {name}" for name in sorted({i for i in ids if ids.count(i) > 1})]


def text(response: Any) -> str:
    """The page as text."""
    return str(response.content.decode())


def test_the_gallery_shows_every_component_in_valid_html():
    response = Client().get("/gallery/?toast=1")
    assert response.status_code == 200
    assert faults(text(response)) == []
    for part in ("ds-error-summary", "verdict", "timeline", "facts", "steps", "pages", "ds-skeleton", "drop", "tabs"):
        assert re.search(rf'class="[^"]*\b{part}\b', text(response)), part


def test_the_gallery_is_for_demonstrations():
    with override_settings(MODE="production"):
        response = Client().get("/gallery/")
    assert response.status_code == 404
    assert "demo-banner" not in text(response)


@pytest.mark.parametrize("language", ["sv", "en", "vi", "bg"])
def test_a_page_says_its_language_and_that_it_is_a_test(language: str):
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    response = client.get("/gallery/")
    assert f'<html lang="{language}"' in text(response)
    assert "demo-banner" in text(response)
    assert faults(text(response)) == []


@pytest.mark.parametrize("scheme", ["light", "dark", "auto"])
def test_appearance_is_chosen_without_script(scheme: str):
    client = Client()
    response = client.post("/appearance/", {"scheme": scheme, "next": "/gallery/?page=3"})
    assert (response.status_code, response["Location"]) == (303, "/gallery/?page=3")
    page = text(client.get("/gallery/"))
    assert f'data-color-scheme="{scheme}"' in page
    assert re.search(rf'value="{scheme}" aria-pressed="true"', page)


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_appearance_leads_nowhere_else(elsewhere: str):
    response = Client().post("/appearance/", {"scheme": "purple", "next": elsewhere})
    assert response["Location"] == "/"
    assert not response.cookies


def test_htmx_may_neither_evaluate_nor_keep_anything():
    page = text(Client().get("/gallery/"))
    config = json.loads(re.search(r"name=\"htmx-config\" content='([^']+)'", page)[1])  # type: ignore[index] # it is there
    assert config["allowEval"] is False
    assert config["includeIndicatorStyles"] is False
    assert config["historyCacheSize"] == 0
    assert "X-CSRFToken" in page


def test_the_manifest_names_pictures_that_exist():
    response = Client().get("/manifest.webmanifest")
    manifest = response.json()
    assert response["Content-Type"] == "application/manifest+json"
    assert all(finders.find(icon["src"].removeprefix(settings.STATIC_URL)) for icon in manifest["icons"])


@pytest.mark.feature("C16")
def test_the_menu_offers_the_roles_that_one_has(world: World, log_in: Callable[..., Client]):
    page = text(log_in("principal").get("/gallery/"))
    assert "Solbackaskolan (exempel)" in page
    assert f'value="{world.hat("principal")}" aria-current="true"' in page
    assert 'value="self"' in page
    assert page.count('action="/account/logout/"') == 2  # the wide menu and the narrow one


def test_navigation_marks_where_one_is(log_in: Callable[..., Client]):
    client = log_in("principal")
    assert re.search(r'href="/sign/" aria-current="page"', text(client.get("/sign/")))
    assert not re.search(r'href="/sign/" aria-current', text(client.get("/gallery/")))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/diary/", "diary:today"),
        ("/diary/event/1/", "diary:events"),
        ("/diary/remarks/1/", "diary:classes"),
        ("/diary/leaves/", "diary:today"),
    ],
)
def test_a_page_belongs_to_the_link_that_led_to_it(path: str, name: str):
    hat = Hat("principal@/a/", "principal", "/a/", None, "/a/", (Area.STAFF, Area.OFFICE))
    marked = [
        i.name
        for i in items(Visitor(now=datetime(2026, 6, 10, tzinfo=UTC), hat=hat, hats=(hat,)), path)
        if i.current or i.within
    ]
    assert marked == [name]


def test_what_does_not_exist_says_so_in_the_frame(log_in: Callable[..., Client]):
    for client in (Client(), log_in("guardian")):
        response = client.get("/nowhere/")
        assert response.status_code == 404
        assert "There is no such page" in text(response)
        assert 'class="top"' in text(response)
        assert faults(text(response)) == []


def test_a_page_runs_and_shows_only_what_is_its_own():
    headers = Client().get("/gallery/").headers
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'self'" in policy
    assert headers["Cache-Control"] == "no-store"


def plain_addresses() -> list[str]:
    """Addresses of pages that need nothing more than themselves."""
    found: list[str] = []
    todo: list[tuple[str, URLPattern | URLResolver]] = [("/", p) for p in get_resolver().url_patterns]
    while todo:
        before, pattern = todo.pop()
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            todo += [(address, p) for p in pattern.url_patterns]
        elif "<" not in address:
            found.append(address)
    return sorted(found)


@pytest.mark.parametrize("who", ["", "authority_administrator", "principal", "guardian"])
def test_every_page_is_valid_html_with_one_heading(who: str, log_in: Callable[..., Client]):
    client = log_in(who) if who else Client()
    titles: dict[str, str] = {}
    wrong: list[str] = []
    for address in plain_addresses():
        response = client.get(address)
        if response.status_code != 200 or not response["Content-Type"].startswith("text/html"):
            continue
        if "attachment" in response.get("Content-Disposition", ""):  # a file to keep, not a page
            continue
        page = text(response)
        wrong += [f"{address}: {fault}" for fault in faults(page, whole=not titles)]
        if page.count("<h1") != 1:
            wrong.append(f"{address}: {page.count('<h1')} first headings")
        wrong += [f"{address}: {found}" for found in re.findall(r"<style|\sstyle=|\son\w+=\"", page)]
        title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1]  # type: ignore[index] # every page has one
        if titles.setdefault(title, address) != address or not title.split(" – ")[0].strip():
            wrong.append(f"{address}: title {title!r} (also {titles[title]})")
    assert wrong == []
    assert len(titles) > 3


@pytest.mark.parametrize("language", ["sv", "en", "vi", "bg"])
def test_the_first_page_is_light(language: str):
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    page = text(client.get("/"))
    weight = len(gzip.compress(page.encode()))
    names = re.findall(r'<(?:link rel="(?:stylesheet|preload|icon)"|script)[^>]*?(?:href|src)="/static/([^"]+)"', page)
    assert {"web/app.css", "web/shell.js"} <= set(names)
    for name in [*names, "web/guilloche.svg"]:
        content = Path(str(finders.find(name))).read_bytes()
        weight += len(content) if name.endswith("woff2") else len(gzip.compress(content))
    assert weight < 100 * 1024


def test_the_line_of_links_stays_short_and_loses_nothing(log_in: Callable[..., Client]):
    for who in ("principal", "authority_administrator", "guardian"):
        page = text(log_in(who).get("/help/"))
        line = page.split('class="top-nav', 1)[1].split("</nav>", 1)[0]
        links, menu = re.findall(r'<a href="([^"]+)"', line), line.partition("<details")[2]
        assert len(links) - menu.count("<a ") <= LINE
        assert sorted(links) == sorted(set(links))
        narrow = page.split('class="menu menu--all', 1)[1].split("</nav>", 1)[0]
        assert sorted(links) == sorted(re.findall(r'<a href="([^"]+)"', narrow))


def test_a_page_goes_packed_over_the_line_and_a_file_as_it_is(db: None) -> None:
    browser = Client(headers={"accept-encoding": "gzip"})
    page = browser.get("/account/login/")
    assert page["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in page["Vary"]
    assert len(page.content) < len(Client().get("/account/login/").content) / 2
    again = browser.get("/account/login/")
    assert len({page.content, again.content}) == 2, "random bytes in each answer (BREACH)"
    assert "Content-Encoding" not in browser.get("/robots.txt")
