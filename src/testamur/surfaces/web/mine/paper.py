"""An extract on paper: the same topics and tables as on the page, by the machinery of the reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from testamur.surfaces.web import printing
from testamur.surfaces.web.tabular import NONE, Cell, Report, Table


def pdf(name: str, parts: Sequence[dict[str, Any]], *, now: datetime) -> bytes:
    """The extract of that person as a PDF in the reader's language; `parts` as `held` makes them for the page."""
    made = date_format(timezone.localtime(now), "SHORT_DATETIME_FORMAT")
    return printing.pdf(
        _report(name, parts, made), language=(get_language() or "en")[:2], made=now,
        words={"made": made, "page": _("Page")},
    )  # fmt: skip


def _report(name: str, parts: Sequence[dict[str, Any]], made: str) -> Report:
    bare = [str(one["name"]) for one in parts if not one["tables"]]
    return Report(
        name="extract",
        title=_("Everything that is held of %(name)s") % {"name": name},
        lead=made,
        tables=(_why(parts), *(_table(one, table) for one in parts for table in one["tables"])),
        notes=(
            *(f"{one['name']}: {text}" for one in parts for text in one["omitted"]),
            *([_("Nothing is held of this: %(topics)s.") % {"topics": ", ".join(bare)}] if bare else []),
        ),
    )


def _why(parts: Sequence[dict[str, Any]]) -> Table:
    """Why each topic is held, who receives it, for how long."""
    return Table(
        _("Why it is held"),
        (_("What"), _("Why"), _("Legal ground"), _("Who receives it"), _("How long")),
        tuple(tuple(Cell(str(text)) for text in _facts(one)) for one in parts),
    )


def _facts(part: dict[str, Any]) -> tuple[object, ...]:
    return part["name"], part["why"], part["ground"], ", ".join(map(str, part["receivers"])), part["span"]


def _table(part: dict[str, Any], table: dict[str, Any]) -> Table:
    title = str(table["name"]) if str(table["name"]) == str(part["name"]) else f"{part['name']}: {table['name']}"
    rows = tuple(tuple(map(_cell, row)) for row in table["rows"])
    return Table(title, tuple(map(str, table["columns"])), rows)


def _cell(value: Any) -> Cell:
    """What the page shows in a cell."""
    if isinstance(value, bool):
        return Cell(_("yes") if value else _("no"))
    return NONE if value is None or value == "" else Cell(str(value))
