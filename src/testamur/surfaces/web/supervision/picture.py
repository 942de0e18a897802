"""The schools of a place as squares, one each, in the order of the table beneath; SVG without script or style.

Darker is farther; the number in the square says the same, and the title of a square names its school.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH = 720
_SIDE, _GAP, _NAME, _BETWEEN = 30, 4, 20, 10
_COLUMNS = (WIDTH + _GAP) // (_SIDE + _GAP)
_SHADES = ((100, "sup-all"), (75, "sup-4"), (50, "sup-3"), (25, "sup-2"), (1, "sup-1"), (0, "sup-0"))


@dataclass(frozen=True, slots=True)
class Square:
    """A school: its name, its share in percent, and what is written (empty where no count is told)."""

    name: str
    percent: int
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """Schools that stand together, with the name of their district (empty where there is none)."""

    name: str
    squares: tuple[Square, ...]


def shade(percent: int) -> str:
    """The class of a share."""
    return next(name for least, name in _SHADES if percent >= least)


def squares(title: str, blocks: Sequence[Block]) -> SafeString:
    """The picture; `title` is its text alternative."""
    parts: list[SafeString] = []
    top = 0
    for block in blocks:
        if block.name:
            parts.append(format_html('<text class="sup-name" x="0" y="{}">{}</text>', top + 14, block.name))
            top += _NAME
        parts.append(format_html_join("", "{}", ((_square(n, top, one),) for n, one in enumerate(block.squares))))
        rows = -(-len(block.squares) // _COLUMNS)
        top += rows * (_SIDE + _GAP) + _BETWEEN
    return format_html(
        '<svg class="sup-squares" viewBox="0 0 {} {}" role="img" aria-label="{}" focusable="false">{}</svg>',
        WIDTH, max(top - _BETWEEN, 1), title, format_html_join("", "{}", ((part,) for part in parts)),
    )  # fmt: skip


def _square(number: int, top: int, one: Square) -> SafeString:
    row, column = divmod(number, _COLUMNS)
    x, y = column * (_SIDE + _GAP), top + row * (_SIDE + _GAP)
    return format_html(
        '<g class="{}"><title>{}: {}</title><rect x="{}" y="{}" width="{}" height="{}" rx="4"/>'
        '<text x="{}" y="{}">{}</text></g>',
        shade(one.percent), one.name, one.text, x, y, _SIDE, _SIDE, x + _SIDE // 2, y + 19, one.text.rstrip(" %"),
    )  # fmt: skip
