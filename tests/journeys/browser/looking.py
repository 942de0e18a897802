"""What is asked of every page that a journey comes by: no violation that axe knows, nothing wider than the screen."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[3] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def axe() -> str:
    """The checker's script, from the lock."""
    return AXE.read_text()


def look(page: Page, *, grid: bool = False) -> None:
    """Assert that the page has no violations, one h1, a title, and (unless it is a data grid) no sideways scrolling."""
    found: dict[str, Any] = page.evaluate(  # past the page's own policy, as a debugger is
        f"() => {{ {axe()}; return axe.run(document, {{runOnly: {{type: 'tag', values: {TAGS!r}}}}}); }}"
    )
    wrong = [f"{v['id']}: {v['help']} at {[n['target'] for n in v['nodes']][:3]}" for v in found["violations"]]
    assert wrong == [], f"{page.url}: {wrong}"
    assert page.locator("h1").count() == 1, f"{page.url} has not one h1"
    assert page.title().strip(" –"), f"{page.url} has no title"
    if not grid:
        wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 1, f"{page.url} is {wide} px wider than the screen"
