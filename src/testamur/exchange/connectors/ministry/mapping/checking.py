"""A form is checked before it is used: every source exists, every code list covers, the sample passes the schema. Pure.

What snapshots look like is told by ``sample.json``: a record of an invented pupil as the rule pack makes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from testamur.exchange.connectors.ministry.mapping.reading import Field, Form, MappingInvalid
from testamur.exchange.connectors.ministry.mapping.rendering import Unfit, Writer, is_there, look_up

_SAMPLES = Path(__file__).parent / "samples"
_NIL = "0" * 64


@cache
def sample(document: str) -> Mapping[str, Any] | None:
    """The sample of that kind of document, with `delivery` as of a first batch; None when there is none."""
    place = _SAMPLES / f"{document}.json"
    if not place.is_file():
        return None
    facts: dict[str, Any] = json.loads(place.read_bytes())
    return {**facts, "delivery": {**BATCH, **RECORD}}


BATCH: Mapping[str, Any] = {
    "sender": "099", "sender_name": "Sở GDĐT Ví Dụ (TEST)", "number": 1, "previous": _NIL,
    "created_at": "2026-06-10T09:00:00Z", "count": 1, "form": "test/1", "test": True,
}  # fmt: skip
"""What the fields of a batch can say, with invented values."""
RECORD: Mapping[str, Any] = {
    "replaces": "", "code": "0000-0000-0000", "pdf_sha256": _NIL, "pdf_size": 1, "pdf_name": "pdf/0.pdf",
    "log_index": 0, "sealed_at": "2026-06-10T09:00:00Z", "group": "3A", "school_year": "2025/2026",
}  # fmt: skip
"""What the fields of a record can say beyond its snapshot, under ``delivery``."""


def check(form: Form) -> Writer:
    """The form made ready. Raises `MappingInvalid` with everything that is wrong."""
    facts = sample(form.document)
    if facts is None:
        raise MappingInvalid(
            f"There is no sample of {form.document}.", problems=(f"form: no documents of the kind {form.document}",)
        )
    writer = Writer(form)
    problems = [*_sources(form.batch, {"delivery": BATCH}, "batch"), *_sources(form.fields, facts, "record")]
    if not problems:
        try:
            found = writer.problems(writer.batch(facts["delivery"], [writer.record(facts)]))
            problems += [f"the sample does not pass the schema: {to}: {what}" for to, what in found]
        except (Unfit, ValueError) as unfit:
            problems.append(f"the sample cannot be written: {unfit}")
    if problems:
        raise MappingInvalid(
            f"The mapping {form.name} cannot be used: {'; '.join(problems)}.", problems=tuple(problems)
        )
    return writer


def _sources(fields: Sequence[Field], facts: Any, where: str) -> list[str]:
    found = []
    for field in fields:
        if field.source and not is_there(facts, field.source):
            found.append(f"{where}: {field.to}: there is no {field.source}")
        if field.each:
            items = look_up(facts, field.each)
            if not isinstance(items, list):
                found.append(f"{where}: {field.to}: there is no list {field.each}")
            elif items:
                found += _sources(field.fields, items[0], f"{where}: {field.to}")
    return found
