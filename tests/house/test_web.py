"""The house rules of the web: doors, one frame, no inline script or style, texts that can be translated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib
import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from scripts import messages

WEB = Path(__file__).resolve().parents[2] / "src" / "testamur" / "surfaces" / "web"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
ALONE = {
    "web/base.html", "web/public/offline.html", "web/mine/extract_file.html", "web/learning/export.html",
    "web/rollout/_first.html",
}  # fmt: skip
"""The frame itself, the files that are saved and read without us, and what a tag draws into other pages."""
ENGLISH = re.compile(r"[\x20-\x7e\n–—‘’“”…·×→←✓ ]*")


def views() -> Iterator[tuple[str, Any]]:
    """Every address of the installation with what answers it."""
    todo: list[tuple[str, URLPattern | URLResolver]] = [("", p) for p in get_resolver().url_patterns]
    while todo:
        before, pattern = todo.pop()
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            todo += [(address, p) for p in pattern.url_patterns]
        else:
            yield address, pattern.callback


@pytest.mark.feature("C23")
def test_every_view_has_a_door():
    found = dict(views())
    assert len(found) > 10
    assert [address for address, view in found.items() if not hasattr(view, "door")] == []


def test_every_page_stands_in_the_frame():
    sources = {path.relative_to(WEB / "templates").as_posix(): path.read_text() for path in TEMPLATES}
    parts = {name for source in sources.values() for name in re.findall(r'{% include "([^"]+)"', source)}
    loose = [
        name
        for name, source in sources.items()
        if name not in parts | ALONE
        and not name.startswith("web/components/")
        and not re.match(r'(?:\{#.*?#\}\s*)?\{% extends "web/', source)
    ]
    assert loose == []


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a style attribute", r"<[^>]*\sstyle\s*="),
        ("a style element", r"<style"),
        ("an event handler", r"<[^>]*\son[a-z]+\s*="),
        ("a script without a file", r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")"),
        ("script in an address", r"javascript:"),
        ("code for HTMX", r"hx-on|hx-vals=['\"]js:"),
        ("something from elsewhere", r"<(?:script|link|img|iframe)[^>]*(?:src|href)=\"https?:"),
    ],
)
def test_no_template_holds(what: str, pattern: str):
    assert [path.name for path in TEMPLATES if re.search(pattern, path.read_text(), re.IGNORECASE)] == [], what


def test_no_section_bears_the_name_of_the_scrolling_table_in_it():
    twice = []
    for path in TEMPLATES:
        source = path.read_text()
        tables = set(re.findall(r'role="region"[^>]*aria-labelledby="([^"]+)"', source))
        sections = set(re.findall(r'<section[^>]*aria-labelledby="([^"]+)"', source))
        twice += [f"{path.name}: {name}" for name in sorted(tables & sections)]
    assert twice == []  # a screen reader would list two landmarks that cannot be told apart


def test_every_text_is_english():
    texts = messages.texts()
    assert len(texts) > 100
    foreign = [
        key.text for key, m in texts.items() if not (ENGLISH.fullmatch(key.text) and ENGLISH.fullmatch(m.plural))
    ]
    assert foreign == []


def test_texts_are_read_from_templates_and_python(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    pages = tmp_path / "templates"
    pages.mkdir()
    (pages / "page.html").write_text(
        "{% load i18n %}{% translate 'One' context 'number' %}{% include 'x' with a=_(\"Two\") %}"
        "{% blocktranslate trimmed count n=n %}\n {{ n }} thing\n{% plural %}\n {{ n }} things\n{% endblocktranslate %}"
        "{% comment %}{% translate 'never' %}{% endcomment %}"
    )
    (tmp_path / "code.py").write_text(
        "from django.utils.translation import gettext as _, npgettext_lazy as many\n"
        "a = _('Three' ' times')\nb = many('ctx', '%(n)d day', '%(n)d days', 'n')\nc = other('never')\n"
    )
    monkeypatch.setattr(messages, "SOURCES", tmp_path)
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    found = {(key.context, key.text): message.plural for key, message in messages.texts().items()}
    assert found == {
        ("number", "One"): "",
        ("", "Two"): "",
        ("", "%(n)s thing"): "%(n)s things",
        ("", "Three times"): "",
        ("ctx", "%(n)d day"): "%(n)d days",
    }
    (tmp_path / "code.py").write_text("from django.utils.translation import gettext as _\na = _(f'{b}')\n")
    with pytest.raises(messages.UnreadableError, match=r"code\.py:2"):
        messages.texts()


def test_a_catalogue_is_merged_checked_and_compiled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    source = tmp_path / "code.py"
    head = "from django.utils.translation import gettext as _, ngettext\n"
    source.write_text(head + "a = _('Hello %(name)s')\nb = ngettext('%(n)d day', '%(n)d days', n)\n")
    monkeypatch.setattr(messages, "SOURCES", tmp_path)
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "LOCALE", tmp_path / "locale")
    monkeypatch.setattr(messages, "PLURALS", {"sv": messages.PLURALS["sv"]})
    assert [line.split(":")[1] for line in messages.faults()] == [" missing", " missing"]
    messages.update()
    assert [line.split(":")[1] for line in messages.faults()] == [" not translated", " not translated"]

    path = messages.catalogue("sv")
    book = polib.pofile(str(path))
    book[0].msgstr = "Hej %(namn)s"
    book[1].msgstr_plural = {0: "en dag", 1: "%(n)d dagar"}
    book.save()
    assert [line.split(":")[1] for line in messages.faults()] == [" other placeholders", " other placeholders"]
    book[0].msgstr = "Hej %(name)s"
    book[1].msgstr_plural = {0: "%(n)d dag", 1: "%(n)d dagar"}
    book.save()
    assert messages.faults() == []
    messages.compile_all()
    assert polib.mofile(str(path.with_suffix(".mo"))).find("Hello %(name)s").msgstr == "Hej %(name)s"

    source.write_text(head + "a = _('Hello %(name)s')\n")
    assert [line.split(":")[1] for line in messages.faults()] == [" no longer said"]
    messages.update()
    assert messages.faults() == []
    book = polib.pofile(str(path))
    book[0].flags.append("fuzzy")
    book.save()
    assert [line.split(":")[1] for line in messages.faults()] == [" fuzzy"]
