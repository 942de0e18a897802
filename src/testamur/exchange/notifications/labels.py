"""Labels as a PDF: three columns and eight rows on A4, which the usual sheets of labels have."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import typst

from testamur.exchange.notifications.rules.labels import Label, Sheet
from testamur.trust.records.render import FONT_FILES, fonts_dir

_TEMPLATE = Path(__file__).parent / "templates" / "notifications" / "labels.typ"


def pdf(labels: Sequence[Label], sheet: Sheet) -> bytes:
    """The labels, 24 on a page. The same labels give the same bytes."""
    content = {
        "title": sheet.title,
        "address": sheet.address,
        "text_to": sheet.text_to,
        "call": sheet.call,
        "words": dict(sheet.words),
        "labels": [
            {"name": one.name, "group": one.group, "code": one.code, "digits": _grouped(one.digits)} for one in labels
        ],
    }
    made: Any = typst.compile(
        str(_TEMPLATE),
        root=str(_TEMPLATE.parent),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"labels": json.dumps(content, ensure_ascii=False)},
    )
    return bytes(made)


def _grouped(digits: str) -> str:
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


@cache
def _fonts() -> Any:
    folder = fonts_dir()
    folders = sorted({str(next(folder.rglob(name)).parent) for name in FONT_FILES})
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
