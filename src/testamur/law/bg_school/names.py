"""What people write → codes and values of Bulgarian school."""

from __future__ import annotations

import re
from datetime import date

from testamur.law.bg_school import tables
from testamur.law.bg_school.rules import CodeUnknown, KindUnknown, OffScale, scale
from testamur.law.bg_school.subjects import ALIASES, SUBJECTS
from testamur.law.naming import Names, fold

_SUBJECTS = Names.of((s.code, (s.name, *ALIASES.get(s.code, ()))) for s in SUBJECTS)
_FACTS = Names.of(tables.FACTS.items())

_NUMBER = re.compile(r"([0-9])(?:[.,]0{1,2})?")
_WITH_WORD = re.compile(r"(?P<word>[^0-9]*?)[\s(]*(?P<number>[0-9](?:[.,]0{1,2})?)[\s)]*")
_SIGNS = re.compile(r"[^\w\s.()]")
_WORDS = {
    kind: {
        fold(name): step.value
        for step in tables.SCALES[kind].values
        for name in (step.name, *short.get(step.value, ()))
    }
    for kind, short in (("grade", tables.SHORT_WORDS), ("level", tables.QUALITY_WORDS))
}


def code(kind: str, text: str) -> str:
    """The code of a subject (kinds ``grade``, ``level``, ``comment``) or fact: ``БЕЛ``, ``мат.`` → ``BEL``, ``MAT``."""
    if kind not in tables.KINDS:
        raise KindUnknown(f"{kind!r} is no kind of decision here.", field="kind", kind=kind)
    names = _FACTS if kind == "fact" else _SUBJECTS
    found = names.find(text)
    if found is None:
        near = names.near(text)
        hint = f" Perhaps {', '.join(near)}?" if near else ""
        what = "fact" if kind == "fact" else "subject"
        raise CodeUnknown(f"No {what} is called {text[:60]!r}.{hint}", field="code", text=text[:60], near=near)
    return found


def value(kind: str, text: str, on: date) -> str:
    """The value on the scale: ``отличен 6``, ``Отл. 6``, ``6,00`` → ``6``; ``постига изискванията`` → ``П``.

    A fraction is an average, not a mark, and is refused; so are a word and a number that disagree. Raises `OffScale`,
    `KindUnknown`.
    """
    wanted = text.strip()
    if kind in {"fact", "comment"}:
        return wanted
    steps = scale(kind, on).values
    found = _read(kind, wanted)
    if found is None or all(step.value != found for step in steps):
        accepted = ", ".join(v.value for v in steps)
        raise OffScale(
            f"{text[:60]!r} is not on the scale {accepted}.", field="value", value=text[:60], accepted=accepted
        )
    return found


def _read(kind: str, wanted: str) -> str | None:
    if len(wanted) > 40 or (kind == "level" and wanted.casefold() in {"п", "с", "з"}):  # noqa: PLR2004 - longer is no mark
        return wanted.upper() if len(wanted) == 1 else None
    if kind == "grade" and (number := _NUMBER.fullmatch(wanted)):
        return number[1]
    if kind == "grade" and (both := _WITH_WORD.fullmatch(wanted)):
        word = _word(kind, both["word"])
        return word if word == both["number"][0] else None
    return _word(kind, wanted)


def _word(kind: str, text: str) -> str | None:
    """The value of a word alone; a sign among the letters (``-добър``) changes the meaning and is refused."""
    return None if _SIGNS.search(text) else _WORDS[kind].get(fold(text))
