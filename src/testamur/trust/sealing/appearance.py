"""What the seal looks like on the page: one embedded font subset per batch and a tidy box of text.

The font is written as PDF/A-3a and PDF/UA-1 want it (ISO 19005-3 section 6.2.11): CIDFontType2 with Identity-H, widths
that agree with the font program, and a ToUnicode map so that the text of the box can be searched and read aloud.
"""

from __future__ import annotations

import hashlib
import io
import unicodedata
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from testamur.kernel.base.refused import Refused
from testamur.trust.sealing.rules import Rect, stream_close

FONT_OBJECTS = 5
"""Objects that the font takes: Type0 font, CIDFont, descriptor, font program, ToUnicode map."""
SIZES = (9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5, 5.0, 4.5)
"""Type sizes tried, in points, from the largest; smaller ones cannot be read on paper."""

_PADDING = 5.0
_BAR = 2.0
_LEADING = 1.34
_ASCENT = 1.02
_KEPT_TABLES = {"glyf", "head", "hhea", "hmtx", "loca", "maxp", "GlyphOrder"}
_MAPS_PER_BLOCK = 100
_MAX_ROWS = 4096


class Unprintable(Refused):
    """The appearance holds letters that the font does not have or that were not announced for the batch."""

    code = "sealing.appearance.unprintable"


class BoxTooSmall(Refused):
    """The lines do not fit into the box even at the smallest size that can be read."""

    code = "sealing.appearance.box_too_small"


def font_path() -> Path:
    """The regular Noto Sans (OFL): the copy that ships with the product, else the one that npm installed."""
    package = Path(__file__).parents[2]
    folders = (
        package / "assets/vendor/noto-sans",
        package.parents[1] / "node_modules/@expo-google-fonts/noto-sans/400Regular",
    )
    for folder in folders:
        found = sorted(p for p in folder.rglob("*Regular*.ttf") if "Italic" not in p.name)
        if found:
            return found[0]
    raise FileNotFoundError(f"Noto Sans is not installed; looked in {', '.join(map(str, folders))}")


@dataclass(frozen=True, slots=True)
class Row:
    """A text that is set on one row: its codes in hexadecimal and its width in thousandths of the type size."""

    text: str
    codes: str
    width: int


@dataclass(frozen=True, slots=True)
class Font:
    """A subset, ready to be written.

    Attributes:
        codes: character → its two-byte code in hexadecimal, for `str.translate`.
        widths: character → width in thousandths of the type size.
        bodies: the font's objects; ``%d`` stands for an object number, see `objects`.
        rows: texts set before; most lines of a batch are the same in every document.
    """

    codes: Mapping[int, str]
    widths: Mapping[str, int]
    bodies: tuple[bytes, bytes, bytes, bytes, bytes]
    rows: dict[str, Row] = field(default_factory=dict)

    def objects(self, first: int) -> tuple[bytes, ...]:
        """The five objects as they stand between ``obj`` and ``endobj``, numbered from `first`."""
        font, cid, descriptor, program, to_unicode = self.bodies
        return (
            font % (first + 1, first + 4),
            cid % (first + 2),
            descriptor % (first + 3),
            program,
            to_unicode,
        )

    def row(self, line: str) -> Row:
        """`line`, normalised, as one row. Raises `Unprintable` for a letter outside the subset."""
        found = self.rows.get(line)
        if found is None:
            text = normalised(line)
            strange = "".join(sorted(set(text) - self.widths.keys()))
            if strange:
                raise Unprintable(f"The seal's font cannot show {strange!r}.", field="lines", letters=strange)
            found = Row(text, text.translate(self.codes), sum(map(self.widths.__getitem__, text)))
            if len(self.rows) >= _MAX_ROWS:
                self.rows.clear()
            self.rows[line] = found
        return found


_ALWAYS = frozenset(" 0123456789-.:/")
_LAYOUT_TABLES = frozenset({"GDEF", "GPOS", "GSUB"})


def subset_for(lines: Iterable[str]) -> Font:
    """The font with the letters of `lines`, and the digits and marks of any time: batches of one signer share it.

    Same letters, same bytes. Raises `Unprintable`.
    """
    return _subset("".join(sorted(_ALWAYS.union(*map(normalised, lines)))))


def normalised(text: str) -> str:
    """Composed letters (NFC) and plain spaces: a decomposed Vietnamese name must not fall apart."""
    return " ".join(unicodedata.normalize("NFC", text).split())


@lru_cache(maxsize=32)
def _subset(letters: str) -> Font:
    font = TTFont(io.BytesIO(_font_bytes()), recalcTimestamp=False, lazy=True)
    for tag in _LAYOUT_TABLES & set(font.keys()):
        del font[tag]  # nothing is shaped here, and reading these is most of the work
    known = font.getBestCmap()
    strange = "".join(c for c in letters if ord(c) not in known)
    if strange:
        raise Unprintable(f"The seal's font cannot show {strange!r}.", field="lines", letters=strange)
    options = subset.Options(
        hinting=False,
        layout_features=[],
        notdef_outline=True,
        name_IDs=[],
        recalc_timestamp=False,
        canonical_order=True,
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[ord(c) for c in letters])
    cutter.subset(font)
    glyphs = {c: font.getGlyphID(font.getBestCmap()[ord(c)]) for c in letters}
    scale = 1000 / font["head"].unitsPerEm
    advances = [round(font["hmtx"][name][0] * scale) for name in font.getGlyphOrder()]
    head, hhea = font["head"], font["hhea"]
    box = b"%d %d %d %d" % tuple(round(v * scale) for v in (head.xMin, head.yMin, head.xMax, head.yMax))
    ascent, descent = round(hhea.ascent * scale), round(hhea.descent * scale)
    for tag in set(font.keys()) - _KEPT_TABLES:
        del font[tag]
    out = io.BytesIO()
    font.save(out, reorderTables=None)
    program = out.getvalue()
    name = _tag(program) + b"+NotoSans-Regular"
    widths = b" ".join(b"%d" % w for w in advances)
    return Font(
        codes={ord(c): f"{g:04X}" for c, g in glyphs.items()},
        widths={c: advances[g] for c, g in glyphs.items()},
        bodies=(
            b"<</Type/Font/Subtype/Type0/BaseFont/" + name
            + b"/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>",
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont/" + name
            + b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor %d 0 R"
            + b"/CIDToGIDMap/Identity/DW 0/W[0[" + widths + b"]]>>",
            b"<</Type/FontDescriptor/FontName/" + name + b"/Flags 4/FontBBox[" + box
            + b"]/ItalicAngle 0/Ascent " + b"%d/Descent %d" % (ascent, descent)
            + b"/CapHeight 714/StemV 80/FontFile2 %d 0 R>>",
            _stream(zlib.compress(program, 9), b"/Filter/FlateDecode/Length1 %d" % len(program)),
            _stream(zlib.compress(_to_unicode(glyphs), 9), b"/Filter/FlateDecode"),
        ),
    )  # fmt: skip


@cache
def _font_bytes() -> bytes:
    return font_path().read_bytes()


def _tag(program: bytes) -> bytes:
    """Six capitals that name this subset (ISO 32000-1 section 9.6.4)."""
    return bytes(65 + b % 26 for b in hashlib.sha256(program).digest()[:6])


def _to_unicode(glyphs: Mapping[str, int]) -> bytes:
    """The map in the line form of Adobe Technical Note 5411; terser forms are valid and yet not read everywhere."""
    pairs = [
        b"<%04X> <%s>" % (g, c.encode("utf-16-be").hex().upper().encode())
        for c, g in sorted(glyphs.items(), key=lambda x: x[1])
    ]
    blocks = [pairs[i : i + _MAPS_PER_BLOCK] for i in range(0, len(pairs), _MAPS_PER_BLOCK)]
    lines = [
        b"/CIDInit /ProcSet findresource begin", b"12 dict begin", b"begincmap", b"/CIDSystemInfo",
        b"<< /Registry (Adobe)", b"/Ordering (UCS)", b"/Supplement 0", b">> def",
        b"/CMapName /Adobe-Identity-UCS def", b"/CMapType 2 def",
        b"1 begincodespacerange", b"<0000> <FFFF>", b"endcodespacerange",
    ]  # fmt: skip
    for block in blocks:
        lines += [b"%d beginbfchar" % len(block), *block, b"endbfchar"]
    lines += [b"endcmap", b"CMapName currentdict /CMap defineresource pop", b"end", b"end", b""]
    return b"\n".join(lines)


def box(font: Font, lines: Sequence[str], rect: Rect) -> bytes:
    """The appearance's content stream: a thin frame, a bar at the left, the lines at the largest size that fits.

    Only shades of grey: every PDF/A output intent covers them. Raises `BoxTooSmall` or `Unprintable`.
    """
    width, height = (rect[2] - rect[0]) / 100, (rect[3] - rect[1]) / 100
    size, rows = _fit(font, lines, width - 2 * _PADDING - _BAR, height - 2 * _PADDING)
    leading = size * _LEADING
    top = height - (height - len(rows) * leading) / 2 - size * _ASCENT
    parts = [
        f"q .55 G .5 w .25 .25 {width - 0.5:.2f} {height - 0.5:.2f} re S .2 g 0 0 {_BAR:g} {height:.2f} re f Q",
        f"BT 0 g /F {size:g} Tf {leading:.2f} TL {_BAR + _PADDING:g} {top:.2f} Td",
        *[f"<{row.codes}> Tj T*" for row in rows],
        "ET",
    ]
    return "\n".join(parts).encode("ascii")


def _fit(font: Font, lines: Sequence[str], width: float, height: float) -> tuple[float, list[Row]]:
    texts = [font.row(line) for line in lines]
    for size in SIZES:
        room = width / size * 1000
        rows = [row for text in texts for row in ([text] if text.width <= room else _wrap(font, text.text, room))]
        if len(rows) * size * _LEADING <= height and all(row.width <= room for row in rows):
            return size, rows
    raise BoxTooSmall("The lines of the seal do not fit into its box.", field="rect", lines=len(lines))


def _wrap(font: Font, text: str, room: float) -> list[Row]:
    """`text` broken between words; a single word that is too wide stays whole and fails the fit."""
    rows: list[str] = []
    row = ""
    for word in text.split(" "):
        longer = f"{row} {word}" if row else word
        if row and font.row(longer).width > room:
            rows.append(row)
            row = word
        else:
            row = longer
    return [font.row(r) for r in (*rows, row)]


def _stream(data: bytes, entries: bytes) -> bytes:
    return b"<</Length %d" % len(data) + entries + b">>\nstream\n" + data + stream_close(data)
