"""Write docs/features.md: every row of the feature list and the tests that show it. `--check` only compares.

The rows are A1-A28, B1-B46, C1-C32, D1-D20 and E1-E35; a test names its rows with `@pytest.mark.feature("B17")`.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROWS = {"A": 28, "B": 46, "C": 32, "D": 20, "E": 35}
TITLES = {
    "A": "Bulk signing of grade documents, seal and archive",
    "B": "University result reporting",
    "C": "School portal",
    "D": "Provincial digital school records",
    "E": "Electronic diary and parents' notification",
}


def marked() -> dict[str, list[str]]:
    """Row → tests that name it."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                for decorator in node.decorator_list:
                    if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.feature":
                        for row in decorator.args:
                            where = path.relative_to(ROOT / "tests")
                            found[ast.literal_eval(row)].append(f"{where}: {words(node.name)}")
    return found


def words(name: str) -> str:
    """A test's name as a sentence."""
    return name.removeprefix("test_").replace("_", " ")


def page() -> str:
    """The page."""
    found = marked()
    known = {f"{letter}{n}" for letter, count in ROWS.items() for n in range(1, count + 1)}
    strange = sorted(set(found) - known)
    if strange:
        raise SystemExit(f"tests name rows that do not exist: {', '.join(strange)}")
    lines = [
        "# Features and the tests that show them",
        "Made by `python scripts/features.py` from the marks on the tests; `make check` fails when it is stale.",
        "A row may be shown in part: the test's sentence says which part.",
        "",
        f"{len(found)} of {len(known)} rows are named by at least one test.",
    ]
    for letter, count in ROWS.items():
        shown = [f"{letter}{n}" for n in range(1, count + 1) if f"{letter}{n}" in found]
        lines += ["", f"## {letter}: {TITLES[letter]} ({len(shown)} of {count})"]
        for row in shown:
            lines += [f"* **{row}**", *(f"  * {test}" for test in found[row])]
        missing = [f"{letter}{n}" for n in range(1, count + 1) if f"{letter}{n}" not in found]
        lines += [f"* not yet: {', '.join(missing)}"] if missing else []
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write or compare."""
    target = ROOT / "docs" / "features.md"
    text = page()
    if "--check" in sys.argv[1:]:
        if not target.exists() or target.read_text() != text:
            print("docs/features.md is stale: python scripts/features.py")
            return 1
        return 0
    target.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
