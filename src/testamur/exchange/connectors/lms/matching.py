"""Whom of ours a platform or a file means. Nobody is guessed: what fits two persons, or none, is nobody."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from testamur.exchange.connectors.models import SourceKey
from testamur.exchange.connectors.queries import CHUNK
from testamur.register.people import finding
from testamur.register.people import queries as people
from testamur.register.people.queries import chunks
from testamur.register.people.rules import Identifier, IdentifierInvalid, Scheme, parse_identifier
from testamur.register.schools import queries as schools

_SCHEMES = (Scheme.PERSONNUMMER, Scheme.SAMORDNINGSNUMMER, Scheme.TEMPORARY)
_LONGEST = 120
_SHAPE = re.compile(r"(?:[0-9]{2})?[0-9]{6}[-+]?[0-9]{4}\Z")
"""What was meant as a personal number, right or wrong."""


@dataclass(frozen=True, slots=True)
class Who:
    """What a source tells of somebody: numbers of any kind, and e-mail addresses."""

    numbers: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """The person, or None. `conflict`: what is told of one person fits two of ours."""

    person: UUID | None
    conflict: bool = False


def university_of(path: str) -> str:
    """The path of the whole university that `path` lies in."""
    return f"/{path.split('/')[1]}/"


def match(*, whos: Sequence[Who], path: str, on: date) -> tuple[Match, ...]:
    """For each the person kept in the university of `path`.

    A number may be a personal one, a local one of any source, or the key of an import from the student register. A
    personal number that nobody has, or that is mistyped, is not made good by an e-mail address.
    """
    home = university_of(path)
    numbers = {one.strip() for who in whos for one in who.numbers if 0 < len(one.strip()) <= _LONGEST}
    personal = _personal(numbers, on)
    held = people.holders_of_identifiers(numbers={key for some in personal.values() for key in some})
    at_home = _kept(held.values(), home)
    by_number = {
        text: {held[key] for key in _keys(some) if held.get(key) in at_home} for text, some in personal.items()
    }
    local = finding.by_local_number(numbers=numbers, path=home, on=on)
    imported = _imported(numbers, home)
    mail = finding.by_email(addresses={one for who in whos for one in who.emails}, path=home)
    found: list[Match] = []
    for who in whos:
        texts = [one.strip() for one in who.numbers]
        persons = {one for text in texts for one in by_number.get(text, ())}
        persons |= {local[text] for text in texts if text in local}
        persons |= {imported[text] for text in texts if text in imported}
        if persons or not any(text in personal or _SHAPE.match(text) for text in texts):
            persons |= {mail[one.strip().lower()] for one in who.emails if one.strip().lower() in mail}
        found.append(Match(next(iter(persons)) if len(persons) == 1 else None, len(persons) > 1))
    return tuple(found)


def _personal(texts: Iterable[str], on: date) -> dict[str, tuple[Identifier, ...]]:
    """Those of the texts that are personal numbers, each with what it may be."""
    found: dict[str, tuple[Identifier, ...]] = {}
    for text in texts:
        some = []
        for scheme in _SCHEMES:
            try:
                some.append(parse_identifier(scheme, text, on=on))
            except IdentifierInvalid:
                continue
        if some:
            found[text] = tuple(some)
    return found


def _keys(numbers: Iterable[Identifier]) -> list[tuple[str, str, str]]:
    return [(one.scheme.value, one.context, one.value) for one in numbers]


def _imported(texts: Collection[str], home: str) -> dict[str, UUID]:
    """Persons by the keys with which the university's other systems gave them to us."""
    unit = schools.unit_at(home)
    if unit is None:
        return {}
    found: dict[str, set[UUID]] = {}
    rows = SourceKey.objects.filter(source__name__startswith=f"{unit.code}/", kind="person")
    for chunk in chunks(sorted(texts), CHUNK):
        for key, person in rows.filter(key__in=chunk).values_list("key", "object_id"):
            found.setdefault(key, set()).add(person)
    kept = _kept({one for some in found.values() for one in some}, home)
    return {key: next(iter(some)) for key, some in found.items() if len(some) == 1 and some <= kept}


def _kept(persons: Iterable[UUID], home: str) -> frozenset[UUID]:
    return frozenset(key for key, path in people.paths(persons).items() if path.startswith(home))
