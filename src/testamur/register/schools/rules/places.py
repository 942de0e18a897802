"""Pure rules about places in the tree: organisation paths and the codes that they are made of."""

from __future__ import annotations

import re

from testamur.kernel.base.refused import Refused
from testamur.register.people.rules import fold

MAX_PATH = 400
"""Longest organisation path, in characters."""


class PathInvalid(Refused):
    """A code gives no usable part of an organisation path."""

    code = "schools.path.invalid"


_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")


def slug_of(code: str) -> str:
    """The part of a path made of a code: folded, words joined by hyphens; ``Skolan 1`` gives ``skolan-1``.

    Raises `PathInvalid` (``schools.path.invalid``) when nothing is left.
    """
    slug = "-".join("".join(c if c.isascii() else _latin(c) for c in word) for word in fold(code).split()).strip("-")
    if _SLUG.match(slug) is None:
        raise PathInvalid("The code gives no path; state a slug of letters and digits.", field="code", code=code)
    return slug


# ISO 9-like letters without diacritics, enough for Bulgarian codes such as 5А
_CYRILLIC = {
    "а": "a",
    "б": "b",
    "в": "v",
    "г": "g",
    "д": "d",
    "е": "e",
    "ж": "zh",
    "з": "z",
    "и": "i",
    "й": "y",
    "к": "k",
    "л": "l",
    "м": "m",
    "н": "n",
    "о": "o",
    "п": "p",
    "р": "r",
    "с": "s",
    "т": "t",
    "у": "u",
    "ф": "f",
    "х": "h",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "sht",
    "ъ": "a",
    "ь": "y",
    "ю": "yu",
    "я": "ya",
}


def _latin(letter: str) -> str:
    return _CYRILLIC.get(letter, "")


def child_path(parent: str, slug: str) -> str:
    """The path of `slug` below `parent` (``/`` for a root): ``/finsta/`` and ``skolan-1`` give ``/finsta/skolan-1/``.

    Raises `PathInvalid` (``schools.path.invalid``) for a slug that is none, or a path over `MAX_PATH`.
    """
    if _SLUG.match(slug) is None:
        raise PathInvalid("A path part has lower-case letters, digits and single hyphens.", field="slug", slug=slug)
    path = f"{parent}{slug}/"
    if len(path) > MAX_PATH:
        raise PathInvalid("The organisation path is too long.", field="slug", slug=slug)
    return path
