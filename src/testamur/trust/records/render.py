"""The renderer: the frozen snapshot in, the same PDF bytes out, every time and in every process.

A Typst template reads the canonical bytes of the snapshot and nothing else; the output is PDF/A-3a (ISO 19005-3) and
PDF/UA-1 (ISO 14289-1) with the snapshot attached as `record.json`, and ends in one newline, so that the sealing
revision can be appended as it is (docs/formats.md §2). No Django, no clock, no network, no system fonts.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import typst
import zxingcpp

import testamur
import testamur.law
from testamur.kernel.base.refused import Refused
from testamur.trust.records.streams import settle_stream_ends

RENDERER_VERSION = f"1/typst-{version('typst')}"
"""Names everything besides snapshot and template that decides the bytes; goes into the record's provenance."""

FONT_FILES = ("NotoSans_400Regular.ttf", "NotoSans_600SemiBold.ttf")
"""The two cuts that the templates use."""

_LAW = Path(testamur.law.__file__).parent
_STANDARDS: list[Any] = ["a-3a", "ua-1"]

# Characters that change what a reader sees without being seen: controls, bidirectional overrides and isolates (they can
# make a name read backwards), invisible operators, private use, non-characters. Newline is the one control that texts
# may hold.
_UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff9-\uffff\ue000-\uf8ff\ud800-\udfff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_MISSING_GLYPH = re.compile(r"text `\"(?P<text>.*)\"` could not be displayed with", re.DOTALL)
_PANIC = re.compile(r"panicked with: \"?(?P<text>.*?)\"?$", re.DOTALL)


class FontsMissing(Refused):
    """The font files are not installed: `make install` brings them by their lock."""

    code = "records.render.fonts_missing"


class CharacterNotPrintable(Refused):
    """A text of the snapshot holds a character that no font of the product can show, or that hides or turns text.

    `field` is the path inside the snapshot (``subject.name``); `found` holds `character` (``U+2603``).
    """

    code = "records.render.character"


class SnapshotUnreadable(Refused):
    """The bytes given as snapshot are no JSON object."""

    code = "records.render.snapshot"


class LayoutRefused(Refused):
    """The content does not fit the document's form, or the signature box is not where the snapshot says."""

    code = "records.render.layout"


class TemplateFailed(Refused):
    """The template does not fit the snapshot (a member is missing or of another type) or is itself at fault."""

    code = "records.render.template"


def fonts_dir() -> Path:
    """The folder with the product's font files (Noto Sans, SIL Open Font License 1.1).

    The installed package carries them; a source tree before `make install` uses the copy that npm unpacked. Raises
    `FontsMissing`.
    """
    for folder in (
        Path(testamur.__file__).parent / "assets" / "vendor" / "noto-sans",
        Path(testamur.__file__).parents[2] / "node_modules" / "@expo-google-fonts" / "noto-sans",
    ):
        if all(any(folder.rglob(name)) for name in FONT_FILES):
            return folder
    raise FontsMissing("The font files of the documents are not installed; run `make install`.", files=FONT_FILES)


def qr_svg(text: str) -> str:
    """A QR code (ISO/IEC 18004, level M) of `text` as a bare SVG of unit modules, without quiet zone."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    picture: Any = code.to_image(scale=1, add_quiet_zones=False)  # a buffer of one byte per module; its stub lacks it
    image = memoryview(picture)
    height, width = image.shape or (0, 0)
    modules = bytes(image)
    runs: list[str] = []
    for y in range(height):
        row = modules[y * width : (y + 1) * width]
        x = 0
        while x < width:
            if row[x]:
                x += 1
                continue
            end = row.find(b"\xff", x)
            end = width if end < 0 else end
            runs.append(f"M{x} {y}h{end - x}v1h{x - end}z")
            x = end
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<path d="{"".join(runs)}"/></svg>'
    )


def template_digest(template: Path) -> str:
    """SHA-256 (hex) over everything that draws the document: the template, the files beside it, the shared ones.

    Order: relative paths below the storey of the law packs, sorted; per file the path, a zero byte, the length in eight
    bytes, the content. Goes into the snapshot as ``template.sha256``.
    """
    files = {template, *template.parent.glob("*.typ"), *(_LAW / "shared_documents").glob("*.typ")}
    total = hashlib.sha256()
    for path in sorted(files, key=_relative):
        content = path.read_bytes()
        total.update(_relative(path).encode() + b"\0" + len(content).to_bytes(8, "big") + content)
    return total.hexdigest()


def _relative(path: Path) -> str:
    return (path.relative_to(_LAW) if path.is_relative_to(_LAW) else Path(path.name)).as_posix()


class Renderer:
    """Renders documents; made once per process, usable from many threads.

    Fonts are read once and shared; each thread keeps one compiler per template, because a compiler works on one
    document at a time. Rendering releases the interpreter lock.
    """

    def __init__(self, *, root: Path = _LAW) -> None:
        """`root` is the folder that templates may read from: the storey of the law packs."""
        folder = fonts_dir()
        # Only the folders of the two cuts: the choice of font must not hang on what else lies there.
        folders = sorted({next(folder.rglob(name)).parent for name in FONT_FILES})
        self._fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(f) for f in folders]
        )
        self._root = root
        self._mine = threading.local()

    def render(self, *, template: Path, record_json: bytes, frozen_at: datetime) -> bytes:
        """The first revision of a record: PDF/A-3a, PDF/UA-1, `record.json` attached, ending in ``%%EOF`` and newline.

        `record_json` is the canonical snapshot (docs/formats.md §1); `frozen_at` (aware) becomes the file's date. Same
        arguments, same bytes. Raises `SnapshotUnreadable`, `CharacterNotPrintable`, `LayoutRefused`, `TemplateFailed`.
        """
        record = _read(record_json)
        text = record_json.decode()
        if "\\u" in text or _UNSEEN.search(text):  # one look at the whole; only a hit is worth finding the place of
            _refuse_unseen(record)
        inputs = {"record": text, "qr": qr_svg(record.get("verify", {}).get("url", ""))}
        try:
            pdf = self._compiler(template).compile(
                sys_inputs=inputs,
                format="pdf",
                pdf_standards=_STANDARDS,
                timestamp=frozen_at,
            )
        except typst.TypstError as error:
            raise _explain(error, record, template) from error
        return settle_stream_ends(bytes(pdf) + b"\n")

    def _compiler(self, template: Path) -> Any:
        compilers: dict[Path, Any] = self._mine.__dict__.setdefault("compilers", {})
        if template not in compilers:
            compilers[template] = typst.Compiler(
                str(template), root=str(self._root), font_paths=self._fonts, ignore_system_fonts=True
            )
        return compilers[template]


def _read(record_json: bytes) -> dict[str, Any]:
    try:
        record = json.loads(record_json)
    except ValueError as error:
        raise SnapshotUnreadable("The snapshot is not readable as JSON.", reason=str(error)) from error
    if not isinstance(record, dict):
        raise SnapshotUnreadable("The snapshot is not a JSON object.", reason=type(record).__name__)
    return record


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every string below `value` with its path (``content.groups.0.title``)."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, member in value.items():
            yield from _texts(member, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _texts(member, f"{path}.{index}")


def _refuse_unseen(record: dict[str, Any]) -> None:
    for path, text in _texts(record):
        if found := _UNSEEN.search(text):
            raise _character(found.group(), path)


def _character(cluster: str, path: str) -> CharacterNotPrintable:
    """`cluster` is one character, or one with its combining marks."""
    name = " ".join(f"U+{ord(character):04X}" for character in cluster)
    return CharacterNotPrintable(
        f"{path or 'The document'} holds the character {name}, which cannot be shown in a document.",
        field=path,
        character=name,
    )


def _explain(error: Any, record: dict[str, Any], template: Path) -> Refused:
    message = str(getattr(error, "message", error))
    if missing := _MISSING_GLYPH.search(message):
        cluster = missing.group("text")
        path = next((p for p, text in _texts(record) if cluster in text), "")
        return _character(cluster, path)
    if panic := _PANIC.search(message):
        return LayoutRefused(f"{template.stem}: {panic.group('text')}", template=template.stem)
    return TemplateFailed(
        f"{template.stem}: {message}", template=template.stem, diagnostic=str(getattr(error, "diagnostic", ""))
    )
