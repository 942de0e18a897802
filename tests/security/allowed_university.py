"""Who of a university may use which address of the result lists: the one readable table.

`HERE` is the department of data, `THERE` that of economy. Whoever is not named is turned away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Where(StrEnum):
    """The department whose lists an address is about."""

    HERE = "data"
    THERE = "ekonomi"


Who = Mapping[Where, frozenset[str]]

ROLES: Mapping[str, str] = {
    "anonymous": "",
    "teacher": "",
    "examiner": "",
    "other_examiner": "",
    "administrator": "",
    "economy_teacher": "",
    "economy_examiner": "",
    "university_administrator": "",
    "rector": "",
    "registrar": "",
    "author": "self",
}
"""Person of the university → hat, where it is not the first; ``author`` is a student."""


def at(here: Iterable[str] = (), there: Iterable[str] = ()) -> Who:
    """By department."""
    return {Where.HERE: frozenset(here), Where.THERE: frozenset(there)}


def anywhere(*roles: str) -> Who:
    """The address is about the visitor alone."""
    return at(roles, roles)


_TEACH = ("teacher", "examiner", "other_examiner")
_TEACH_THERE = ("economy_teacher", "economy_examiner")
_WHOLE = ("university_administrator", "rector", "registrar")

WRITERS = at(_TEACH, _TEACH_THERE)
READERS = at((*_TEACH, "administrator", *_WHOLE), (*_TEACH_THERE, *_WHOLE))
COMMENTERS = at((*_TEACH, "administrator", "university_administrator"), (*_TEACH_THERE, "university_administrator"))
EXAMINERS = at(("examiner",), ("economy_examiner",))  # of the very list
STAFF = anywhere(*_TEACH, *_TEACH_THERE, "administrator", *_WHOLE)
OPENERS = anywhere(*_TEACH, *_TEACH_THERE, "administrator", "university_administrator")
NOBODY = at()

ALLOWED: Mapping[str, Who] = {
    "results:home": STAFF,
    "results:open": STAFF,  # a number that is none, or of a list elsewhere, is told in its field
    "results:new": OPENERS,
    "results:list": READERS,
    "results:rows": READERS,
    "POST results:rows": WRITERS,
    "results:fetch": WRITERS,
    "results:comment": COMMENTERS,
    "results:graders": WRITERS,
    "results:title": WRITERS,
    "results:reveal": WRITERS,
    "results:unregistered": READERS,  # to oneself, what one may read
    "results:discard": WRITERS,
    "results:send": WRITERS,
    "results:recall": WRITERS,
    "results:history": READERS,
    # A sent list, and its own examiner.
    "results:review": EXAMINERS,
    "results:return": EXAMINERS,
    "results:sign": EXAMINERS,
    "results:seen": READERS,
}
"""Name of an address → who may use it, by the department whose list it is about. ``POST …``: sending needs more."""

SENT = frozenset({"results:review", "results:return", "results:sign", "results:seen", "results:recall"})
"""Addresses that are played with a sent list; the others with a draft."""

OUTSIDERS = frozenset({"anonymous", "author"})
"""Who never sees the name or number of a student in a list."""

SEES_PROTECTED = frozenset({"university_administrator", "rector"})
"""Who works with protected students of the university. Nobody else sees their names or numbers."""
