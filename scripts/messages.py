"""The product's texts and their translations: read texts from the sources; merge, check and compile the catalogues.

No gettext programs are needed. `--update` brings the catalogues up to date with the texts, `--check` says what is
missing or wrong in them, `--compile` makes the .mo files that run (also without an option). One catalogue per language
holds the texts of every package, in `src/testamur/surfaces/web/locale`.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "src" / "testamur"
LOCALE = SOURCES / "surfaces" / "web" / "locale"
PLURALS = {
    "sv": "nplurals=2; plural=(n != 1);",
    "vi": "nplurals=1; plural=0;",
    "bg": "nplurals=2; plural=(n != 1);",
}
"""The languages beside English (whose texts are the keys), with their forms of the plural as Django has them."""

_FORMS = {  # function → positions of context, text, plural
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
_LITERAL = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(
    rf"(?<![\w.])(?P<name>_|n?p?gettext(?:_lazy|_noop)?)\(\s*(?P<args>{_LITERAL}(?:\s*,\s*{_LITERAL})*)", re.DOTALL
)
_PLACE = re.compile(r"%\((\w+)\)[sdif]|%[sd]|\{(\w*)(?:[:!][^{}]*)?\}")


@dataclass(frozen=True, order=True)
class Key:
    """What names a text: its context (or none) and its English words."""

    context: str
    text: str


@dataclass
class Message:
    """A text of the product: its plural where it has one, and the files that say it."""

    plural: str = ""
    files: list[str] = field(default_factory=list)


class UnreadableError(Exception):
    """A text that cannot be known from the source: not a plain string."""


def texts() -> dict[Key, Message]:
    """Every text of the product, in the order of files and lines."""
    found: dict[Key, Message] = {}
    for path in sorted(SOURCES.rglob("*")):
        if "vendor" in path.parts or "migrations" in path.parts:
            continue
        if path.suffix == ".py":
            calls = _python(path)
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            calls = _template(path)
        else:
            continue
        for context, text, plural in calls:
            message = found.setdefault(Key(context, text), Message())
            message.plural = message.plural or plural
            name = path.relative_to(ROOT).as_posix()
            if name not in message.files:
                message.files.append(name)
    return found


def _python(path: Path) -> Iterator[tuple[str, str, str]]:
    source = path.read_text()
    if "gettext" not in source:
        return
    tree = ast.parse(source)
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names |= {alias.asname or alias.name: alias.name for alias in node.names if alias.name in _FORMS}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            where = f"{path.relative_to(ROOT)}:{node.lineno}"
            yield _placed(names[node.func.id], [_constant(a) for a in node.args], where)


def _constant(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _placed(function: str, given: list[str | None], where: str) -> tuple[str, str, str]:
    """The arguments of a call as (context, text, plural)."""
    out = []
    for position in _FORMS[function]:
        value = "" if position is None else given[position] if position < len(given) else None
        if value is None:
            raise UnreadableError(f"{where}: the text of {function}() is not a plain string")
        out.append(value)
    return out[0], out[1], out[2]


def _template(path: Path) -> Iterator[tuple[str, str, str]]:
    from django.utils.translation.template import templatize

    for call in _CALL.finditer(templatize(path.read_text(), origin=str(path))):
        name = "gettext" if call["name"] == "_" else call["name"]
        given: list[str | None] = [ast.literal_eval(literal) for literal in re.findall(_LITERAL, call["args"])]
        yield _placed(name, given, str(path.relative_to(ROOT)))


def catalogue(language: str) -> Path:
    """Where the catalogue of a language is."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def _read(language: str) -> Any:
    import polib

    path = catalogue(language)
    return polib.pofile(str(path), wrapwidth=118) if path.exists() else polib.POFile(wrapwidth=118)


def update() -> None:
    """Merge the texts of the sources into every catalogue: new ones come in empty, those no longer said go."""
    import polib

    found = texts()
    for language, plurals in PLURALS.items():
        before = {Key(e.msgctxt or "", e.msgid): e for e in _read(language)}
        count = int(plurals[9])
        after = polib.POFile(wrapwidth=118)
        after.metadata = {
            "Project-Id-Version": "testamur",
            "Language": language,
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=UTF-8",
            "Content-Transfer-Encoding": "8bit",
            "Plural-Forms": plurals,
        }
        for key, message in found.items():
            old = before.get(key)
            entry = polib.POEntry(
                msgctxt=key.context or None,
                msgid=key.text,
                occurrences=[(name, "") for name in message.files],
                comment=old.tcomment if old else "",
            )
            if message.plural:
                kept = old.msgstr_plural if old else {}
                entry.msgid_plural = message.plural
                entry.msgstr_plural = {i: kept.get(i, "") for i in range(count)}
            else:
                entry.msgstr = old.msgstr if old else ""
            after.append(entry)
        path = catalogue(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{after}\n" if not str(after).endswith("\n") else str(after))
        print(f"{language}: {len(after)} texts, {sum(not _translated(e) for e in after)} to translate")


def _translated(entry: Any) -> bool:
    values = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    return bool(values) and all(value.strip() for value in values) and not entry.fuzzy


def faults() -> list[str]:
    """What is missing or wrong in the catalogues, one line each."""
    try:
        found = texts()
    except UnreadableError as unreadable:
        return [str(unreadable)]
    out: list[str] = []
    for language, plurals in PLURALS.items():
        entries = {Key(e.msgctxt or "", e.msgid): e for e in _read(language) if not e.obsolete}
        out += [f"{language}: missing: {key.text!r} ({found[key].files[0]})" for key in found if key not in entries]
        out += [f"{language}: no longer said: {key.text!r}" for key in entries if key not in found]
        for key, entry in entries.items():
            if key in found:
                out += [f"{language}: {fault}: {key.text!r}" for fault in _wrong(entry, found[key], int(plurals[9]))]
    return out


def _wrong(entry: Any, message: Message, forms: int) -> Iterator[str]:
    if entry.fuzzy:
        yield "fuzzy"
    if (entry.msgid_plural or "") != message.plural:
        yield "other plural"
        return
    said = list(entry.msgstr_plural.values()) if message.plural else [entry.msgstr]
    if (message.plural and len(said) != forms) or not all(value.strip() for value in said):
        yield "not translated"
        return
    one = places(entry.msgid)
    many = places(message.plural) if message.plural else one
    if any(not (one & many) <= places(value) <= (one | many) for value in said):
        yield "other placeholders"
    if any(value.startswith("\n") != entry.msgid.startswith("\n") for value in said):
        yield "other line ends"


def places(text: str) -> set[str]:
    """The placeholders of a text."""
    return {match.group(0) for match in _PLACE.finditer(text.replace("%%", ""))}


def compile_all() -> None:
    """Make each .mo that is missing or older than its .po, in one step, so that others never see half of one."""
    for language in PLURALS:
        source = catalogue(language)
        target = source.with_suffix(".mo")
        if not source.exists() or (target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
            continue
        data = _read(language).to_binary()
        handle, name = tempfile.mkstemp(dir=source.parent, suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(target)


def main() -> int:
    """One thing at a time; exit status 1 when a check fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--compile", action="store_true")
    asked = parser.parse_args()
    if asked.update:
        update()
    if asked.check:
        found = faults()
        print("\n".join(found[:200]))
        if len(found) > 200:  # noqa: PLR2004 - enough to work on
            print(f"… and {len(found) - 200} more")
        return 1 if found else 0
    compile_all()
    return 0


if __name__ == "__main__":
    sys.exit(main())
