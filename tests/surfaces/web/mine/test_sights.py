"""Every sight that the code can write is told in words: no kind and no page can be forgotten."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import testamur
from testamur.schoolday.keeping.queries.seen import READS
from testamur.surfaces.web.mine.words import PURPOSES, SEEN
from testamur.surfaces.web.office.words import SHOWN, SHOWN_AREAS, shown

ROOT = Path(testamur.__file__).parent
pytestmark = pytest.mark.feature("C18")

KIND = re.compile(r'"([a-z_]+(?:\.[a-z_]+)*/)\d"')
LOOKING = re.compile(r"seen|(?<!al)read|fetch|retriev|print|export|reveal|view|look|search|download|open|saw|peek")
TOLD_ELSEWHERE = {
    "custody.original.fetched/": "the table of retrievals, beside the look-up",
    "people.protected_seen/": "the table of sights",
    "records.fetched/": "the table of retrievals",
    "records.retrieved/": "the former name of records.fetched",
    "records.share_opened/": "the table of retrievals",
}
NAMES_NOBODY = {
    "accounts.client.read/": "a program's reading: a count and a digest of the question",
    "connectors.export.made/": "a school as a whole; protected names are noted as sights",
    "connectors.export.fetched/": "as above",
    "connectors.registry.exported/": "lists by number",
    "notices.labels.printed/": "a class by its id; a protected name stands on no label",
    "reporting.list.revealed/": "a list by number",
    "testamur.export/": "the name of a format",
}
NO_SIGHT = {
    "care.day.opened/", "care.fetcher.chosen/", "notices.registration.opened/", "records.ready/",
    "reporting.list.opened/", "support.case.opened/", "conversations.reading.muted/", "custody.lookup.failed/",
    "diary.moment.opened/",
}  # fmt: skip
"""Kinds whose name only sounds like it."""
NOTING = frozenset({
    "note", "note_sight", "persons", "shown", "must_see", "faces", "seen", "noted", "_note", "_noted", "_names",
    "names", "desk_of_pupil", "staff", "class_of", "_note_sights",
})  # fmt: skip
"""Functions that write a sight, or hand its page on to one that does."""
VERBS = (".see", ".add", ".end", ".issue", ".change", ".raise")
"""Ends of what is no page but a permission."""
PAGE = re.compile(r"(?:[a-z]+\.[a-z_.]+|[a-z]+\.)\Z")


def kinds() -> set[str]:
    """Kinds of journal entries that sound like a sight."""
    found = {kind for path in ROOT.rglob("*.py") for kind in KIND.findall(path.read_text())}
    return {kind for kind in found if LOOKING.search(kind)}


def pages() -> Iterator[str]:
    """What stands as the page of a sight in the code; of a composed one its beginning."""
    for folder in ("surfaces/web", "exchange/connectors/diary", "trust/records"):
        for path in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(path.read_text())
            named = {
                target.id: node.value
                for node in tree.body
                if isinstance(node, ast.Assign)
                for target in node.targets
                if isinstance(target, ast.Name)
            }
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and _name(node.func) in NOTING:
                    for one in (*node.args, *(key.value for key in node.keywords)):
                        yield from _texts(named.get(one.id, one) if isinstance(one, ast.Name) else one)


def _name(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def _texts(node: ast.expr) -> Iterator[str]:
    whole = node.values[0] if isinstance(node, ast.JoinedStr) and node.values else node
    if isinstance(whole, ast.Constant) and isinstance(whole.value, str) and PAGE.match(whole.value):
        yield whole.value


def test_every_kind_of_sight_is_told_or_it_is_said_why_not() -> None:
    assert kinds() == set(READS) | TOLD_ELSEWHERE.keys() | NAMES_NOBODY.keys() | NO_SIGHT


def test_what_is_told_is_written_somewhere_and_has_words() -> None:
    written = "\n".join(path.read_text() for path in ROOT.rglob("actions/**/*.py"))
    for kind in READS:
        assert f'"{kind}1"' in written, kind
    told = {kind.rstrip("/") for kind in READS} | {"name", "document"}
    assert set(SEEN) == told
    assert set(PURPOSES) == told


def test_every_page_that_shows_a_protected_name_has_a_word() -> None:
    found = set(pages())
    assert {"diary.grid", "office.register.pupil", "timetable.pupil", "family.", "office.export"} <= found
    for where in found:
        if not where.startswith("import.") and not where.endswith(VERBS):
            assert where in SHOWN or where.partition(".")[0] in SHOWN_AREAS, where
            assert shown(where) != where
