"""What people write → codes and values of Vietnamese primary school."""

from __future__ import annotations

from datetime import date

from testamur.law.naming import Names, fold, fold_word
from testamur.law.vn_primary import tables
from testamur.law.vn_primary.rules import CodeUnknown, KindUnknown, OffScale, scale

_SUBJECTS = Names.of((s.code, (s.name, *tables.SUBJECT_ALIASES.get(s.code, ()))) for s in tables.SUBJECTS)
_QUALITIES = Names.of((c, (n, *tables.TRAIT_ALIASES.get(c, ()))) for c, n in tables.QUALITIES.items())
_COMPETENCES = Names.of((c, (n, *tables.TRAIT_ALIASES.get(c, ()))) for c, n in tables.COMPETENCES.items())
_FACTS = Names.of((c, (f.name, *f.aliases)) for c, f in tables.FACTS.items())
_TABLES = {
    "level": _SUBJECTS,
    "test": _SUBJECTS,
    "comment": _SUBJECTS,
    "quality": _QUALITIES,
    "competence": _COMPETENCES,
    "fact": _FACTS,
}


def code(kind: str, text: str) -> str:
    """The code of a subject, quality, competence or fact; kinds about the whole year have one code each."""
    if kind in tables.WHOLE_YEAR:
        return tables.WHOLE_YEAR[kind]
    names = _TABLES.get(kind)
    if names is None:
        raise KindUnknown(f"{kind!r} is no kind of decision here.", field="kind", kind=kind)
    found = names.find(text)
    if found is None:
        near = names.near(text)
        hint = f" Perhaps {', '.join(near)}?" if near else ""
        raise CodeUnknown(f"No {kind} is called {text[:60]!r}.{hint}", field="code", text=text[:60], near=near)
    return found


def value(kind: str, text: str, on: date) -> str:
    """The value on the scale: ``hoàn thành tốt`` → ``T``, ``đ`` or ``D`` → ``Đ``, ``9.0`` → ``9``.

    Raises `OffScale`, `KindUnknown`; a mark with a fraction is refused, never rounded (art. 7.1.d).
    """
    wanted = text.strip()
    if kind in {"fact", "comment"}:
        return wanted
    steps = scale(kind, on).values
    if kind == "test":
        whole, _, fraction = wanted.replace(",", ".").partition(".")
        if whole.isascii() and whole.isdigit() and len(whole) <= 3 and not fraction.strip("0"):  # noqa: PLR2004 - marks end at 10
            wanted = str(int(whole))
    for step in steps:
        named = fold_word(wanted)
        if wanted.casefold() == step.value.casefold() or (named and named in {fold(step.value), fold(step.name)}):
            return step.value
    accepted = ", ".join(v.value for v in steps)
    raise OffScale(f"{text[:60]!r} is not on the scale {accepted}.", field="value", value=text[:60], accepted=accepted)
