"""The seal's box and its font."""

from __future__ import annotations

import re
import unicodedata

import pytest

from testamur.trust.sealing.appearance import SIZES, BoxTooSmall, Unprintable, box, normalised, subset_for
from tests.trust.sealing.support import LINES, RECT

FONT = subset_for(LINES)


def size_of(content: bytes) -> float:
    found = re.search(rb"/F ([\d.]+) Tf", content)
    assert found is not None
    return float(found[1])


def rows_of(content: bytes) -> int:
    return content.count(b" Tj T*")


def test_a_roomy_box_uses_the_largest_type_and_one_row_for_each_line() -> None:
    content = box(FONT, LINES, (0, 0, 60_000, 20_000))
    assert size_of(content) == SIZES[0]
    assert rows_of(content) == len(LINES)


def test_a_narrow_box_breaks_lines_between_words_and_takes_smaller_type() -> None:
    content = box(FONT, LINES, (0, 0, 17_000, 9_000))
    assert size_of(content) < SIZES[0]
    assert rows_of(content) > len(LINES)


@pytest.mark.parametrize("rect", [(0, 0, 3_000, 20_000), (0, 0, 60_000, 2_000)])
def test_a_box_where_the_text_could_not_be_read_is_refused(rect: tuple[int, int, int, int]) -> None:
    with pytest.raises(BoxTooSmall):
        box(FONT, LINES, rect)


def test_text_never_leaves_the_box() -> None:
    for width in range(12_000, 40_000, 3_100):
        try:
            content = box(FONT, LINES, (0, 0, width, 12_000))
        except BoxTooSmall:
            continue
        size = size_of(content)
        widths = {int(code, 16): w for code, w in ((FONT.codes[ord(c)], w) for c, w in FONT.widths.items())}
        for row in re.findall(rb"<([0-9A-F]+)> Tj", content):
            codes = [int(row[i : i + 4], 16) for i in range(0, len(row), 4)]
            assert sum(widths[c] for c in codes) * size / 1000 <= width / 100 - 12


def test_letters_that_were_not_announced_are_refused_by_name() -> None:
    with pytest.raises(Unprintable) as refused:
        box(FONT, ["Ж"], RECT)
    assert refused.value.found["letters"] == "Ж"


def test_letters_that_the_font_does_not_have_are_refused_by_name() -> None:
    with pytest.raises(Unprintable) as refused:
        subset_for(["Åsa 学"])
    assert refused.value.found["letters"] == "学"


def test_a_decomposed_name_is_shown_as_the_composed_one() -> None:
    apart = unicodedata.normalize("NFD", LINES[1])
    assert apart != LINES[1]
    assert normalised(apart) == LINES[1]
    assert box(FONT, [apart], RECT) == box(FONT, [LINES[1]], RECT)
    assert subset_for([apart]).bodies == subset_for([LINES[1]]).bodies


def test_line_breaks_in_a_name_cannot_make_lines_of_their_own() -> None:
    assert normalised("Åsa\r\n\u2028 Öberg\u00a0x") == "Åsa Öberg x"


def test_the_same_letters_give_the_same_font_in_any_order() -> None:
    assert subset_for(reversed(LINES)).bodies == FONT.bodies
