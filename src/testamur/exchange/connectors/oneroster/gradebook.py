"""Gradebook results. They become decisions only where a mapping names the pack and the period."""

from __future__ import annotations

import json
from collections.abc import Iterator

from testamur.exchange.connectors.oneroster import columns as c
from testamur.exchange.connectors.oneroster.bundle import Bundle
from testamur.exchange.connectors.rules import MarkRow, Row
from testamur.exchange.connectors.tabular.scratch import Scratch
from testamur.exchange.connectors.tabular.table import Table
from testamur.exchange.connectors.tabular.words import word

_STATES = {
    "exempt": "exempt", "fully graded": "graded", "not submitted": "no", "partially graded": "partly",
    "submitted": "no",
}  # fmt: skip


def results(bundle: Bundle, scratch: Scratch) -> Iterator[Row]:
    """Results that are fully graded, under the name of their line item; all others are reported."""
    table = bundle.table("results", c.RESULTS)
    if table is None:
        return
    pack, period = bundle.options.pack, bundle.options.period
    if not (pack and period):
        table.note(
            0, "", "results", "kept in the bundle, not imported: name --pack and --period to make decisions of them",
            "import.results.unmapped",
        )  # fmt: skip
        return
    school_year, _, term = period.partition(" ")
    _line_items(bundle, scratch)
    for number, (key, status, modified, item, student, state, score, scored, comment, text) in table:
        found = _state(table, number, state)
        value = text or score
        if found != "graded" or not value:
            table.note(
                number, "scoreStatus", state or "no score", "not graded: row left out", "import.results.ungraded"
            )
            continue
        line = scratch.get("line", item)
        if not line:
            table.refuse(
                number, "lineItemSourcedId", item, "row left out: no such line item in the bundle",
                "import.reference.unknown",
            )  # fmt: skip
            continue
        title, group = json.loads(line)
        ended = bundle.ended(table, number, status, modified, "results")
        yield MarkRow(
            table.name, number, key, student, title, value, pack, school_year, term, "", group, "grade", None,
            table.date(number, "scoreDate", scored), "", comment, ended,
        )  # fmt: skip


def _line_items(bundle: Bundle, scratch: Scratch) -> None:
    table = bundle.table("lineItems", c.LINE_ITEMS)
    if table is None:
        return
    for _number, (key, _status, _modified, title, group, _category, _session) in table:
        scratch.put("line", key, json.dumps([title, group]))


def _state(table: Table, number: int, state: str) -> str:
    return word(table, number, "scoreStatus", state, _STATES, done="row left out") if state else "graded"
