"""Words of a closed list in a cell: matched without regard to case, and said when they had to be."""

from __future__ import annotations

from collections.abc import Mapping

from testamur.exchange.connectors.rules import Reporter, near
from testamur.exchange.connectors.tabular.table import Table


class Silent:
    """A reporter for a second pass over a table whose defects were told in the first."""

    def add(self, defect: object) -> None:
        """Forget it."""


SILENT: Reporter = Silent()


def word(table: Table, number: int, column: str, text: str, accepted: Mapping[str, str], *, done: str = "") -> str:
    """What `text` stands for in `accepted`, or an empty string (reported, with `done`).

    Keys of `accepted` are as the standard writes them; another case is read and reported.
    """
    if text in accepted:
        return accepted[text]
    if not text:
        return ""
    for name, meaning in accepted.items():
        if name.casefold() == text.casefold():
            table.note(number, column, text, f"read as {name}", "import.word.case")
            return meaning
    what = near(text, tuple(accepted))
    table.note(number, column, text, f"{what}; {done or 'left empty'}", "import.word.unknown")
    return ""
