"""What people write → codes and values of Swedish compulsory school."""

from __future__ import annotations

from datetime import date

from testamur.kernel.base.refused import Refused
from testamur.law.contract import Scale
from testamur.law.naming import Names, fold, fold_word
from testamur.law.se_compulsory import tables
from testamur.law.se_compulsory.languages import LANGUAGES
from testamur.law.se_compulsory.rules import KindUnknown, OffScale, SubjectUnknown, canonical, scale


class Ambiguous(Refused):
    """The text may mean several subjects."""

    code = "se.compulsory.subject.ambiguous"


_SUBJECTS = Names.of((s.code, (s.name, *tables.ALIASES.get(s.code, ()))) for s in tables.SUBJECTS)
_FACTS = Names.of(tables.FACTS.items())
_LANGUAGES = Names.of((code, filter(None, (x.other, x.name, x.english))) for code, x in LANGUAGES.items())
_PREFIXES = sorted(
    ((fold(name), prefix) for prefix, names in tables.LANGUAGE_PREFIXES.items() for name in names),
    key=lambda row: -len(row[0]),
)
_FILLERS = frozenset({"i", "som", "in", "as"})
_DASHES = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2212")


def code(kind: str, text: str) -> str:
    """The code of a subject (kinds ``grade``, ``level``, ``comment``) or fact.

    Languages are read in any of their forms: ``M2SPA``, ``M2GER``, ``Moderna språk, språkval, tyska``, ``Modersmål
    (arabiska)``. A language alone could be språkval, elevens val or modersmål and is refused as ambiguous.
    """
    if kind not in tables.KINDS:
        raise KindUnknown(f"{kind!r} is no kind of decision here.", field="kind", kind=kind)
    names = _FACTS if kind == "fact" else _SUBJECTS
    found = names.find(text)
    if found is None and kind != "fact":
        found = canonical("".join(text.split()).upper()[:8]) or _language_subject(fold(text))
    if found is None:
        near = names.near(text)
        hint = f" Perhaps {', '.join(near)}?" if near else ""
        raise SubjectUnknown(
            f"No subject is called {text[:60]!r}.{hint}"
            if kind != "fact"
            else f"No fact is called {text[:60]!r}.{hint}",
            field="code",
            text=text[:60],
            near=near,
        )
    return found


def value(kind: str, text: str, on: date) -> str:
    """The value on the scale: ``a`` → ``A``, any dash or ``streck`` → ``-``; raises `OffScale`, `KindUnknown`."""
    if kind in {"fact", "comment"}:
        return text.strip()
    in_force = scale(kind, on)
    wanted = text.strip()
    if wanted and (wanted in _DASHES or fold(wanted) == "streck"):
        wanted = tables.DASH
    found = _by_value(in_force, wanted) or _by_name(in_force, wanted)
    if found is None:
        accepted = ", ".join(v.value for v in in_force.values)
        raise OffScale(
            f"{text[:60]!r} is not on the scale {accepted}.", field="value", value=text[:60], accepted=accepted
        )
    return found


def _by_value(in_force: Scale, text: str) -> str | None:
    return next((v.value for v in in_force.values if v.value.casefold() == text.casefold()), None)


def _by_name(in_force: Scale, text: str) -> str | None:
    return next((v.value for v in in_force.values if fold_word(text) and fold(v.name) == fold_word(text)), None)


def _language_subject(folded: str) -> str | None:
    for name, prefix in _PREFIXES:
        if folded.startswith(name + " "):
            rest = folded.removeprefix(name)
        elif folded.endswith(" " + name):
            rest = folded.removesuffix(name)
        else:
            continue
        language = _LANGUAGES.find(" ".join(w for w in rest.split() if w not in _FILLERS))
        if language:
            return prefix + language
    if language := _LANGUAGES.find(folded):
        choices = tuple(prefix + language for prefix in tables.LANGUAGE_SUBJECTS)
        raise Ambiguous(
            f"{LANGUAGES[language].name} may be {', '.join(choices)}: say which.",
            field="code",
            text=folded,
            near=choices,
        )
    return None
