"""Answers: what may be said by whom, and where a child stands after all that was said."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any
from uuid import UUID

from testamur.kernel.base.refused import Refused
from testamur.schoolday.forms.rules.making import LONGEST, Audience, Consent, FormView, Kind, Needs, Question

_LONGEST_NUMBER = 20


class Word(StrEnum):
    """What an answer says."""

    ANSWERED = "answered"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Standing(StrEnum):
    """Where a child stands with a form."""

    NONE = "none"
    """Nobody has answered."""
    WAITS = "waits"
    """One guardian has answered; another has to as well."""
    ANSWERED = "answered"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    RUN_OUT = "run_out"
    """It was given for a time, which is over."""


class AnswerInvalid(Refused):
    """An answer is missing, or is none to its question; `field` names the question."""

    code = "forms.answer.invalid"


class NotAsked(Refused):
    """The form does not go to this child, or is answered by others."""

    code = "forms.answer.not_asked"


class NotDecider(Refused):
    """A consent is given by those with custody of the child."""

    code = "forms.answer.not_decider"


class SignatureNeeded(Refused):
    """This consent is given with a signature only."""

    code = "forms.answer.signature"


class NothingToWithdraw(Refused):
    """The person has given no consent here that stands."""

    code = "forms.answer.nothing"


class AnswerKept(Refused):
    """The consent cannot be taken back: the form said so when it was given."""

    code = "forms.answer.kept"


@dataclass(frozen=True, slots=True)
class Said:
    """What one person said last."""

    person: UUID
    word: Word
    at: datetime


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One version of an answer. `values`: key of a question → what was answered; `signed`: evidence is kept with it."""

    id: UUID
    form: UUID
    child: UUID
    person: UUID
    version: int
    word: Word
    values: Mapping[str, Any]
    language: str
    at: datetime
    signed: bool
    method: str


@dataclass(frozen=True, slots=True)
class SigningView:
    """An answer that waits to be signed. `ceremony`: the last that was begun."""

    id: UUID
    form: UUID
    child: UUID
    person: UUID
    values: Mapping[str, Any]
    language: str
    size: int
    ceremony: UUID | None
    asked_at: datetime
    over: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """A child's part of a form: where it stands, who has to answer, and the last word of each."""

    standing: Standing
    deciders: frozenset[UUID]
    answers: tuple[AnswerView, ...]

    def of(self, person: UUID) -> AnswerView | None:
        """The last word of one person."""
        return next((one for one in self.answers if one.person == person), None)


def answerers(form: FormView, child: UUID, custodians: frozenset[UUID]) -> frozenset[UUID]:
    """Who has to answer for a child: the pupil, or those who decide for it."""
    return frozenset({child}) if form.audience is Audience.PUPILS else custodians


def stands(
    form: FormView, said: Sequence[Said], deciders: Collection[UUID], *, on: date, anybody: bool = True
) -> Standing:
    """Where a child stands.

    For a consent only the words of those who decide for the child today count. Where all of them are needed, one
    refusal or withdrawal is enough that it does not stand; where one is, the latest word counts, whoever says it. A
    plain form is answered when anybody has (`anybody`), or all who have to.
    """
    counted = [one for one in said if one.person in deciders]
    if form.consent is Consent.NONE:
        if form.needs is Needs.ONE:
            return Standing.ANSWERED if counted or (anybody and said) else Standing.NONE
        done = bool(deciders) and {one.person for one in counted} >= set(deciders)
        return Standing.ANSWERED if done else Standing.WAITS if said else Standing.NONE
    if not counted:
        return Standing.NONE
    found = _of_one(counted) if form.needs is Needs.ONE else _of_all(counted, deciders)
    ran_out = form.holds_until is not None and on > form.holds_until
    return Standing.RUN_OUT if found is Standing.GIVEN and ran_out else found


def _of_one(said: Iterable[Said]) -> Standing:
    return Standing(max(said, key=lambda one: one.at).word.value)


def _of_all(said: Sequence[Said], deciders: Collection[UUID]) -> Standing:
    words = {one.word for one in said}
    if Word.REFUSED in words:
        return Standing.REFUSED
    if Word.WITHDRAWN in words:
        return Standing.WITHDRAWN
    return Standing.GIVEN if {one.person for one in said} >= set(deciders) else Standing.WAITS


def check_values(questions: Sequence[Question], given: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as they are kept: booleans, places of choices, numbers and days as text. Raises AnswerInvalid."""
    found: dict[str, Any] = {}
    for one in questions:
        value = given.get(one.key)
        if value is None or value in ("", [], ()):
            if one.required:
                raise AnswerInvalid("This question wants an answer.", field=one.key)
            continue
        try:
            found[one.key] = _KEPT[one.kind](one, value)
        except (ValueError, TypeError, InvalidOperation) as error:
            raise AnswerInvalid("That is no answer to this question.", field=one.key) from error
    return found


def _yes_no(_one: Question, value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _place(one: Question, value: Any) -> int:
    place = int(value)
    if not 0 <= place < len(one.choices("")):
        raise ValueError
    return place


def _places(one: Question, value: Any) -> list[int]:
    return sorted({_place(one, each) for each in value})


def _text(_one: Question, value: Any) -> str:
    text = str(value).strip()
    if not text or len(text) > LONGEST:
        raise ValueError
    return text


def _number(_one: Question, value: Any) -> str:
    number = Decimal(str(value).strip().replace(",", "."))
    text = f"{number:f}"
    if not number.is_finite() or len(text) > _LONGEST_NUMBER:
        raise ValueError
    return text


def _date(_one: Question, value: Any) -> str:
    return (value if isinstance(value, date) else date.fromisoformat(str(value))).isoformat()


_KEPT = {
    Kind.YES_NO: _yes_no,
    Kind.ONE: _place,
    Kind.SEVERAL: _places,
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.DATE: _date,
}
