"""Phrases for comments: a teacher's own, the school's, the body's. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from testamur.kernel.base.refused import Refused

LONGEST = 400
"""Characters of a phrase: those of a comment in a transcript."""
MOST = 400
"""Phrases that one owner keeps."""
_CODE = re.compile(r"[^\W_]{1,12}")
_PLACE = re.compile(r"\{(?:tên|ten|name|namn|име)\}", re.IGNORECASE)


class PhraseInvalid(Refused):
    """A phrase has a text of up to 400 characters and a code of one to twelve letters and digits."""

    code = "diary.phrase.invalid"


class PhraseTaken(Refused):
    """The same owner keeps another phrase under that code."""

    code = "diary.phrase.taken"


class PhraseTooMany(Refused):
    """Nobody keeps more phrases than can be looked through."""

    code = "diary.phrase.too_many"


class Circle(StrEnum):
    """Whose phrase it is."""

    OWN = "own"
    SCHOOL = "school"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase. `subject` and `value` (a step of the scale) say what it fits; empty fits all."""

    id: UUID
    circle: Circle
    code: str
    text: str
    subject: str = ""
    value: str = ""
    mine: bool = False


@dataclass(frozen=True, slots=True)
class NewPhrase:
    """A phrase as somebody writes it."""

    circle: Circle
    code: str
    text: str
    subject: str = ""
    value: str = ""


def check(new: NewPhrase) -> NewPhrase:
    """As it is kept: on one line, its code in small letters. Raises `PhraseInvalid`."""
    code, text = new.code.strip().lower(), " ".join(new.text.split())
    if not _CODE.fullmatch(code):
        raise PhraseInvalid("A code has one to twelve letters and digits.", field="code")
    if not 0 < len(text) <= LONGEST:
        raise PhraseInvalid(f"A phrase has up to {LONGEST} characters.", field="text")
    return NewPhrase(new.circle, code, text, new.subject.strip(), new.value.strip())


def filled(text: str, given: str) -> str:
    """The phrase about a pupil: ``{tên}`` becomes the name."""
    return _PLACE.sub(lambda _found: given, text)


def found(phrases: Iterable[Phrase], code: str) -> Phrase | None:
    """The phrase of that code; one's own before the school's, the school's before the body's."""
    ranked = sorted((one for one in phrases if one.code == code.strip().lower().lstrip("/")), key=_rank)
    return ranked[0] if ranked else None


def _rank(one: Phrase) -> int:
    return list(Circle).index(one.circle)
